"""What a store must do, done through fsspec; a store that can do more has a driver of its own (`s3`)."""

from __future__ import annotations

import inspect
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from writers.shards.addresses import package_for
from writers.shards.retries import Passing, Retries

Result = TypeVar("Result")
TEMPORARY = ".replicant-tmp-"


class Driver:
    """Any fsspec file system.

    Google Cloud Storage and Azure create a name conditionally on the server, so the first writer wins as on S3. A store
    whose fsspec driver cannot do that (memory, sftp, ...) is looked at first and then written under a temporary name
    and moved: two writers in the same instant may both believe that they won, with equal bytes.

    Args:
        protocol: e.g. "gs".
        url: the address of the dataset, for messages.
        options: for fsspec's file system.
        retries: how often and how long to try.
    """

    def __init__(self, protocol: str, url: str, options: Mapping[str, Any], retries: Retries) -> None:
        self.url, self.retries = url, retries
        self.fs: Any = open_file_system(protocol, options)
        self.root = self.fs._strip_protocol(url).rstrip("/")

    def run(self, operation: str, name: str, action: Callable[[], Result]) -> Result:
        """Do something with a file, with retries."""
        return self.retries.run(operation, f"{self.url}/{name}", action)

    def path(self, name: str) -> str:
        """Return where fsspec finds a file."""
        return f"{self.root}/{name}"

    def get(self, name: str, start: int | None = None, stop: int | None = None) -> bytes:
        """Return a file or a range of it; a range that arrives short is fetched again."""

        def fetch() -> bytes:
            data: bytes = self.fs.cat_file(self.path(name), start=start, end=stop)
            if start is not None and stop is not None and len(data) != stop - start:
                raise Passing(f"{len(data)} of {stop - start} bytes arrived")
            return data

        return self.run("read", name, fetch)

    def size(self, name: str) -> int:
        """Return the length of a file, bytes."""

        def look() -> int:
            self.fs.invalidate_cache()
            info = self.fs.info(self.path(name))
            if info["type"] != "file":
                raise FileNotFoundError(f"{self.url}/{name}")
            return int(info["size"])

        return self.run("look at", name, look)

    def names(self, prefix: str) -> list[str]:
        """List the names that begin with `prefix`, in any order."""
        folder = prefix.rpartition("/")[0]

        def find() -> list[str]:
            self.fs.invalidate_cache()
            try:
                return list(self.fs.find(self.path(folder).rstrip("/")))
            except FileNotFoundError:
                return []

        names = [path.removeprefix(f"{self.root}/") for path in self.run("list", prefix, find)]
        return [name for name in names if name.startswith(prefix) and TEMPORARY not in name]

    def create(self, name: str, file: Path) -> bool:
        """Give a local file a name that is free; False if it is taken."""
        kind = _exclusive(self.fs, "put_file")
        if kind is not None:
            return self.run("write", name, lambda: self._new(self.fs.put_file, str(file), self.path(name), **kind))
        return self.run("write", name, lambda: self._moved(self.fs.put_file, str(file), self.path(name), True))

    def write(self, name: str, data: bytes, exclusive: bool) -> bool:
        """Write a small file; False if it is to be new and the name is taken."""
        target = self.path(name)
        kind = _exclusive(self.fs, "pipe_file")
        if kind is None:
            return self.run("write", name, lambda: self._moved(self.fs.pipe_file, data, target, exclusive, first=False))
        if exclusive:
            return self.run("write", name, lambda: self._new(self.fs.pipe_file, target, data, **kind))
        self.run("write", name, lambda: self.fs.pipe_file(target, data))
        return True

    def delete(self, name: str) -> None:
        """Remove a file, if it is there."""
        with suppress(FileNotFoundError):
            self.run("delete", name, lambda: self.fs.rm_file(self.path(name)))

    def sweep(self, prefix: str) -> int:
        """Clear away what failed uploads left in the store; returns how many."""
        return 0

    def _new(self, call: Callable[..., Any], *arguments: Any, **kind: Any) -> bool:
        try:
            call(*arguments, **kind)
        except FileExistsError:
            return False
        return True

    def _moved(self, call: Callable[..., Any], source: Any, target: str, exclusive: bool, first: bool = True) -> bool:
        """Write under a temporary name, then move."""
        if exclusive and self.fs.exists(target):
            return False
        folder, _, base = target.rpartition("/")
        temporary = f"{folder}/{TEMPORARY}{uuid.uuid4().hex}-{base}"
        try:
            self.fs.makedirs(folder, exist_ok=True)
            call(*((source, temporary) if first else (temporary, source)))
            if exclusive and self.fs.exists(target):
                return False
            self.fs.mv(temporary, target)
        finally:
            if self.fs.exists(temporary):
                self.fs.rm_file(temporary)
        return True


def open_file_system(protocol: str, options: Mapping[str, Any]) -> Any:
    """Make fsspec's file system of a protocol, with credentials from its standard chain.

    Raises:
        ValueError: if nothing installed speaks the protocol.
    """
    try:
        import fsspec
    except ImportError as error:
        raise ValueError(f"{protocol}:// needs the package fsspec; install it: pip install fsspec") from error
    try:
        return fsspec.filesystem(protocol, **options)
    except ImportError as error:
        package = package_for(protocol)
        advice = f"the package {package}; install it: pip install {package}" if package else f"its driver: {error}"
        raise ValueError(f"{protocol}:// needs {advice}") from error
    except ValueError as error:
        if "Protocol not known" not in str(error):
            raise
        raise ValueError(f"fsspec knows no protocol {protocol}://; expected e.g. s3://, gs:// or az://") from error


def _exclusive(fs: Any, method: str) -> dict[str, Any] | None:
    """Return the arguments that make a driver's own method create a file and never replace one.

    None where the method is the one that every driver inherits: it looks first and then streams into the final name.
    """
    from fsspec import AbstractFileSystem
    from fsspec.asyn import AsyncFileSystem

    for name in (f"_{method}", method):
        own = getattr(type(fs), name, None)
        if own is None or own in (getattr(AbstractFileSystem, name, None), getattr(AsyncFileSystem, name, None)):
            continue
        parameters = inspect.signature(own).parameters
        if "mode" in parameters:
            return {"mode": "create"}
        if "overwrite" in parameters:
            return {"overwrite": False}
    return None
