"""WebDataset: a tar file whose members `<key>.<extension>` of one sample lie side by side, sorted.

Source: WebDataset's naming rule (key = basename up to its first dot); POSIX.1-1988 ustar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from writers.shards import ustar
from writers.shards.formats import ShardFormat
from writers.shards.sample import Sample


class WebDataset(ShardFormat):
    """Tar files for WebDataset, Hugging Face datasets and Megatron-Energon. The journal of a shard has these bytes."""

    name = "webdataset"

    def file_name(self, number: int) -> str:
        """Return `shard-000000.tar`."""
        return f"shard-{number:06d}.tar"

    def build(self, samples: Iterable[Sample], path: Path) -> None:
        """Write one shard."""
        with open(path, "wb") as file:
            for sample in samples:
                file.write(pack(sample))
            file.write(ustar.TRAILER)

    def read(self, file: BinaryIO) -> Iterator[Sample]:
        """Yield the samples of a shard in order."""
        key, found = "", dict[str, bytes]()
        for name, data in ustar.members(file):
            start, _, extension = name.partition(".")
            if start != key and found:
                yield Sample(key, found)
                found = {}
            key, found[extension] = start, data
        if found:
            yield Sample(key, found)


def pack(sample: Sample) -> bytes:
    """Return the members of one sample as they lie in the tar file."""
    return b"".join(ustar.member(f"{sample.key}.{name}", data) for name, data in sorted(sample.members.items()))


def unpack(data: bytes) -> Sample:
    """Read one sample from its piece of a tar file, as a record's index says where it lies.

    Raises:
        ValueError: if the piece is not one whole sample.
    """
    import io

    (sample,) = WebDataset().read(io.BytesIO(data + ustar.TRAILER))
    return sample


FORMAT = WebDataset()
