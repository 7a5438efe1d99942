"""A dataset in an object store: S3 and what speaks like it, Google Cloud Storage, Azure, and whatever fsspec knows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from writers.shards.addresses import check_options, check_url
from writers.shards.drivers import Driver
from writers.shards.ranges import open_ranges
from writers.shards.retries import Retries
from writers.shards.storage import Storage

_OURS = ("tries", "first_pause", "longest_pause", "total", "part")


class RemoteStorage(Storage):
    """Files below an address like `s3://bucket/prefix`.

    Nothing appears under a name before it is whole: files are made on this machine and sent as one object. On S3,
    Google Cloud Storage and Azure a name is given only if it is free (see `s3` and `drivers` for what other stores can
    promise). Time-outs, lost connections and overloaded servers are tried again; see `Retries`.

    Args:
        url: the address, without credentials: they come from the standard chain of the store.
        options: for fsspec's file system (e.g. `endpoint_url`, which AWS_ENDPOINT_URL gives as well), and ours:
            `tries`, `first_pause`, `longest_pause`, `total` (seconds, see `Retries`), `part` (bytes a request to S3).

    Raises:
        ValueError: for an address or option with a secret, or a protocol that nothing installed speaks.
    """

    local: Path | None = None

    def __init__(self, url: str, options: Mapping[str, Any] | None = None) -> None:
        options = dict(options or {})
        protocol, self.url = check_url(url)
        check_options(options)
        ours = {name: options.pop(name) for name in _OURS if name in options}
        usual = Retries()
        retries = Retries(
            tries=int(ours.get("tries", usual.tries)),
            first=float(ours.get("first_pause", usual.first)),
            longest=float(ours.get("longest_pause", usual.longest)),
            total=float(ours.get("total", usual.total)),
        )
        self._driver = _driver(protocol, self.url, options, retries, ours.get("part"))

    def read(self, name: str) -> bytes:
        """Return a whole file."""
        return self._driver.get(name)

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading by ranges."""
        return open_ranges(lambda start, stop: self._driver.get(name, start, stop), self._driver.size(name))

    def list(self, prefix: str = "") -> list[str]:
        """List the names that begin with `prefix`, sorted."""
        return sorted(self._driver.names(prefix))

    def size(self, name: str) -> int:
        """Return the length of a file, bytes."""
        return self._driver.size(name)

    def publish(self, name: str, path: Path) -> bool:
        """Send a finished file, if its name is free.

        Raises:
            StorageError: if the store refuses or does not answer in time; then nothing of the file stays there.
        """
        path.stat()  # a file that is gone is no fault of the store
        return self._driver.create(name, path)

    def put(self, name: str, data: bytes, exclusive: bool = False) -> bool:
        """Write a small file as one object."""
        return self._driver.write(name, data, exclusive)

    def delete(self, name: str) -> None:
        """Remove a file."""
        self._driver.delete(name)

    def sweep(self, prefix: str = "") -> int:
        """Clear away uploads that killed processes left unfinished and that can never be finished; returns how many.

        Only uploads to names that are taken are ended, so it is safe at any time, whoever else is at work.
        """
        return self._driver.sweep(prefix)


def _driver(protocol: str, url: str, options: dict[str, Any], retries: Retries, part: int | None) -> Driver:
    if protocol in ("s3", "s3a"):
        from writers.shards.s3 import PART, S3Driver

        return S3Driver(protocol, url, options, retries, PART if part is None else int(part))
    return Driver(protocol, url, options, retries)
