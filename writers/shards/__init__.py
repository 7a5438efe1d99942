"""Shards: samples in, complete files out, each exactly once, whoever dies in between."""

from writers.shards.sample import Sample
from writers.shards.storage import Storage, sha256_of, storage_of

__all__ = ["Sample", "Storage", "sha256_of", "storage_of"]
