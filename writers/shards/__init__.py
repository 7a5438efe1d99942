"""Shards: samples in, complete files out, each exactly once, whoever dies in between."""

from writers.shards.folder_sink import ShardSink, WebDatasetSink, sink_class
from writers.shards.sample import Sample
from writers.shards.storage import Storage, sha256_of, storage_of

__all__ = ["Sample", "ShardSink", "Storage", "WebDatasetSink", "sha256_of", "sink_class", "storage_of"]
