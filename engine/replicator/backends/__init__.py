"""rep.backends: where writers put files; the work is done in engine/output."""

from __future__ import annotations

from typing import Any

from engine.output.backends import BackendGroup, BackendRegistry, BaseBackend, DiskBackend, Sequential
from engine.output.dispatch import BackendDispatch
from engine.output.s3 import S3Backend
from engine.replicator.backends import io_queue
from engine.replicator.missing import refuse

register = BackendRegistry.register
unregister = BackendRegistry.unregister


def get(name: str, init_params: dict[str, Any] | None = None) -> BaseBackend:
    """Return a backend by name, initialized if `init_params` are given."""
    backend: BaseBackend = BackendRegistry.get(name, init_params)
    return backend


__all__ = [
    "BackendDispatch",
    "BackendGroup",
    "BackendRegistry",
    "BaseBackend",
    "DiskBackend",
    "S3Backend",
    "Sequential",
    "get",
    "io_queue",
    "register",
    "unregister",
]
__getattr__ = refuse("omni.replicator.core.backends")
