"""Where datasets lie: one small interface over a local folder and any object store."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO


class Storage(ABC):
    """A flat set of named files under one place; names are relative, with forward slashes.

    Attributes:
        url: the place as the user gave it, without credentials.
        local: its folder on this machine; None where there is none.
    """

    url: str
    local: Path | None

    @abstractmethod
    def read(self, name: str) -> bytes:
        """Return a whole file.

        Raises:
            FileNotFoundError: if it does not exist.
        """

    @abstractmethod
    def open(self, name: str) -> BinaryIO:
        """Open a file for reading; the reader can seek.

        Raises:
            FileNotFoundError: if it does not exist.
        """

    @abstractmethod
    def list(self, prefix: str = "") -> list[str]:
        """List the names that begin with `prefix`, sorted; what is unfinished is never among them."""

    @abstractmethod
    def size(self, name: str) -> int:
        """Return the length of a file, bytes.

        Raises:
            FileNotFoundError: if it does not exist.
        """

    @abstractmethod
    def publish(self, name: str, path: Path) -> bool:
        """Give a finished local file its name: atomically, durably, and only if the name is free.

        Args:
            name: the name it gets.
            path: a file on this machine; it may share its data with the published one afterwards, so nobody writes to
                it again.

        Returns:
            True if this call published it, False if the name was taken; what is there is never replaced.
        """

    @abstractmethod
    def put(self, name: str, data: bytes, exclusive: bool = False) -> bool:
        """Write a small file atomically and durably.

        Args:
            name: its name.
            data: its content.
            exclusive: leave what is there alone.

        Returns:
            False if `exclusive` and the name was taken, else True.
        """

    @abstractmethod
    def delete(self, name: str) -> None:
        """Remove a file; one that does not exist is no error."""

    def probe(self) -> None:  # noqa: B027 - a store that can only be tried by writing is tried by the first shard
        """See that something can be written here, leaving nothing behind.

        Raises:
            OSError: if it cannot.
        """

    def sweep(self, prefix: str = "") -> int:
        """Clear away uploads that killed processes left and that can never be finished; safe at any time.

        Returns:
            How many; always 0 where uploads are not a thing of their own.
        """
        return 0

    def exists(self, name: str) -> bool:
        """Tell whether a file is there."""
        try:
            self.size(name)
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True


def storage_of(url: str | Path, options: Mapping[str, Any] | None = None) -> Storage:
    """Return the storage of a folder or URL.

    Args:
        url: a path, `file://...`, or any URL that fsspec knows (s3://bucket/prefix, gs://..., az://..., memory://...).
        options: what an object store needs beyond the standard credential chain, e.g. its endpoint.
    """
    text = str(url)
    if text.startswith("file://"):
        text = text.removeprefix("file://")
    if "://" in text:
        from writers.shards.remote import RemoteStorage

        return RemoteStorage(text, options)
    from writers.shards.local import LocalStorage

    return LocalStorage(Path(text))


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, without holding the file in memory."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_in(storage: Storage, name: str) -> str:
    """Return the SHA-256 of a stored file in hexadecimal.

    Raises:
        FileNotFoundError: if it does not exist.
    """
    digest = hashlib.sha256()
    with storage.open(name) as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
