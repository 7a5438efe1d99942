"""Backends: where bytes go. DiskBackend is the built-in one; scripts may register their own.

Source: Replicator documentation, I/O guidelines and backends.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from engine.carb.settings import get_settings
from engine.output.files import write_file
from engine.output.queue import WriteError, write_queue
from engine.output.sequential import Sequential, accepts_backend, resolved

__all__ = ["BackendGroup", "BackendRegistry", "BackendRegistryError", "BaseBackend", "DiskBackend", "Sequential"]

ROOT_SETTING = "/omni/replicator/backends/disk/root_dir"
DEFAULT_ROOT = "~/omni.replicator_out"


class BackendRegistryError(Exception):
    """A backend name that the registry does not know, or something that is no backend class."""


used_folders: list[str] = []  # every folder that a DiskBackend of this process was given, in order


class BaseBackend(ABC):
    """Base class of backends: subclasses implement `write_blob` and `read_blob`."""

    def initialize(self, **parameters: Any) -> None:
        """Run `__init__` with these parameters, for a backend that comes from the registry."""
        self.__init__(**parameters)  # type: ignore[misc]

    @abstractmethod
    def write_blob(self, path: str, data: bytes) -> None:
        """Write bytes under a path, now."""

    @abstractmethod
    def read_blob(self, path: str) -> bytes:
        """Return the bytes under a path."""

    def schedule(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Queue `fn(*args, backend_instance=self, **kwargs)` for the writing threads.

        Raises:
            TypeError: if `fn` cannot be called, or takes no `backend_instance`.
            WriteError: if an earlier write has failed.
        """
        if not callable(fn) or not accepts_backend(fn):
            raise TypeError(
                f"{type(self).__name__}.schedule: {fn!r} was given; expected a function that takes backend_instance"
            )
        label = str(kwargs.get("path", next((a for a in args if isinstance(a, str | Path)), "")))
        size = sum(int(getattr(value, "nbytes", 0)) for value in (*args, *kwargs.values()))
        write_queue().put(lambda: resolved(fn, args, {**kwargs, "backend_instance": self}), label, size)

    def is_done_writing(self) -> bool:
        """Tell whether everything scheduled is written."""
        return write_queue().is_idle()

    def wait_until_done(self) -> None:
        """Wait until everything scheduled is written.

        Raises:
            WriteError: if a file could not be written.
        """
        write_queue().wait()


class DiskBackend(BaseBackend):
    """Files below a folder.

    Args:
        output_dir: folder; a relative one lies below the carb setting `/omni/replicator/backends/disk/root_dir`, or
            below `~/omni.replicator_out`.
        overwrite: write into a folder that is there; otherwise take the first of `<output_dir>_0001`, ... that is not.

    Raises:
        ValueError: if no folder was given.
        WriteError: if the folder cannot be made.
    """

    _output_dir: str | None = None

    def __init__(self, output_dir: str | Path, overwrite: bool = True) -> None:
        if not isinstance(output_dir, str | Path) or not str(output_dir):
            raise ValueError(f"DiskBackend: output_dir={output_dir!r} was given; expected the path of a folder")
        self._output_dir = str(_claimed(_below_root(output_dir), overwrite))
        if self._output_dir not in used_folders:
            used_folders.append(self._output_dir)

    @property
    def output_dir(self) -> str:
        """The folder, absolute.

        Raises:
            ValueError: if the backend has not been initialized.
        """
        if self._output_dir is None:
            raise ValueError("DiskBackend has no folder yet; call initialize(output_dir=...) first")
        return self._output_dir

    def resolve_path(self, path: str | Path) -> str:
        """Return the absolute path of a file; an absolute one stays as it is."""
        return str(Path(self.output_dir) / path)

    def write_blob(self, path: str | Path, data: bytes) -> None:
        """Write a file now; it appears only when it is complete.

        Raises:
            WriteError: if it cannot be written.
        """
        write_file(self.resolve_path(path), data)

    def read_blob(self, path: str | Path) -> bytes:
        """Return the content of a file.

        Raises:
            FileNotFoundError: if there is none.
        """
        found = Path(self.resolve_path(path))
        if not found.is_file():
            raise FileNotFoundError(f"DiskBackend.read_blob: path='{path}' was given; there is no file '{found}'")
        return found.read_bytes()


class BackendGroup(BaseBackend):
    """Several backends that all get every file."""

    def __init__(self, backends: Iterable[BaseBackend]) -> None:
        self._backends = list(backends)
        wrong = [backend for backend in self._backends if not isinstance(backend, BaseBackend)]
        if wrong or not self._backends:
            raise ValueError(f"BackendGroup: backends={self._backends!r} was given; expected a list of backends")

    @property
    def output_dir(self) -> str:
        """The folder of the first backend that has one."""
        return next((str(b.output_dir) for b in self._backends if hasattr(b, "output_dir")), "")

    def write_blob(self, path: str, data: bytes) -> None:
        """Write to every backend."""
        for backend in self._backends:
            backend.write_blob(path, data)

    def read_blob(self, path: str) -> bytes:
        """Read from the first backend."""
        return self._backends[0].read_blob(path)

    def schedule(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Queue the function once for each backend."""
        for backend in self._backends:
            backend.schedule(fn, *args, **kwargs)


class BackendRegistry:
    """The backend classes there are, by name."""

    _backends: dict[str, type[BaseBackend]] = {"DiskBackend": DiskBackend, "BackendGroup": BackendGroup}

    @classmethod
    def register(cls, backend: type[BaseBackend], name: str | None = None) -> None:
        """Register a backend class under its name.

        Raises:
            BackendRegistryError: if it is no subclass of BaseBackend.
        """
        if not inspect.isclass(backend) or not issubclass(backend, BaseBackend):
            raise BackendRegistryError(f"backends.register: {backend!r} was given; expected a subclass of BaseBackend")
        cls._backends[name or backend.__name__] = backend

    @classmethod
    def get(cls, name: str, init_params: dict[str, Any] | None = None) -> BaseBackend:
        """Return a new backend; its `__init__` runs when `init_params` are given or `initialize` is called.

        Raises:
            BackendRegistryError: if there is no backend of that name.
        """
        cls._check(name)
        kind = cls._backends[name]
        made: BaseBackend = kind.__new__(kind)
        if init_params is not None:
            made.initialize(**init_params)
        return made

    @classmethod
    def unregister(cls, name: str) -> None:
        """Forget a backend class.

        Raises:
            BackendRegistryError: if there is no backend of that name.
        """
        cls._check(name)
        del cls._backends[name]

    @classmethod
    def _check(cls, name: str) -> None:
        if name not in cls._backends:
            known = ", ".join(sorted(cls._backends))
            raise BackendRegistryError(f"backend '{name}' is not registered; expected one of: {known}")


def _below_root(output_dir: str | Path) -> Path:
    path = Path(output_dir).expanduser()
    root = Path(str(get_settings().get(ROOT_SETTING) or DEFAULT_ROOT)).expanduser()
    return path if path.is_absolute() else root.absolute() / path


def _claimed(path: Path, overwrite: bool) -> Path:
    """Make the folder, or the first free one beside it."""
    try:
        if overwrite:
            path.mkdir(parents=True, exist_ok=True)
            return path
        candidate, number = path, 0
        while True:
            try:
                candidate.mkdir(parents=True)
                return candidate
            except FileExistsError:
                number += 1
                candidate = path.with_name(f"{path.name}_{number:04d}")
    except OSError as error:
        raise WriteError(
            f"DiskBackend: output_dir='{path}' was given, which cannot be made: {error.strerror}; "
            "expected a folder that can be written"
        ) from error
