"""BackendDispatch: the older backend, whose write methods queue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.output.backends import BackendGroup, BaseBackend, DiskBackend
from engine.output.images import write_exr, write_image, write_np
from engine.output.queue import write_queue
from engine.output.s3 import S3Backend


class BackendDispatch(BackendGroup):
    """Files below a folder or in an S3 bucket, written by the queue.

    Args:
        config: `{"paths": {"out_dir": folder}}`, as the oldest scripts have it.
        output_dir: folder; with a bucket, the prefix of its keys where `key_prefix` is not given.
        key_prefix, bucket, region, endpoint_url: see S3Backend.
        overwrite: see DiskBackend and S3Backend.

    Raises:
        ValueError: if there is neither a folder nor a bucket.
    """

    def __init__(
        self,
        config: dict[str, Any] | str | None = None,
        output_dir: str | None = None,
        key_prefix: str | None = None,
        bucket: str | None = None,
        region: str | None = None,
        endpoint_url: str | None = None,
        overwrite: bool = True,
    ) -> None:
        paths = config.get("paths", {}) if isinstance(config, dict) else {"out_dir": config}
        folder = output_dir or paths.get("out_dir")
        if bucket:
            super().__init__([S3Backend(bucket, key_prefix or folder, region, endpoint_url, overwrite)])
            return
        if key_prefix or region or endpoint_url:
            raise ValueError(
                f"BackendDispatch: key_prefix={key_prefix!r}, region={region!r}, endpoint_url={endpoint_url!r} were "
                "given without a bucket; expected bucket=... as well, or output_dir=... alone"
            )
        if not folder:
            raise ValueError(
                "BackendDispatch: no folder was given; expected output_dir=... or {'paths': {'out_dir': ...}}, "
                "or bucket=... for S3"
            )
        super().__init__([DiskBackend(folder, overwrite)])

    def resolve_path(self, path: str | Path) -> str:
        """Return the absolute path of a file, or its address in a bucket."""
        first: Any = self._backends[0]
        return str(first.resolve_path(path))

    def write_image(self, path: str, data: Any) -> None:
        """Queue an image; the file name's ending chooses its format."""
        self.schedule(write_image, path=path, data=data)

    def write_array(self, path: str, data: Any) -> None:
        """Queue a NumPy file."""
        self.schedule(write_np, path=path, data=data)

    def write_exr(self, path: str, data: Any, half_precision: bool = False) -> None:
        """Queue an OpenEXR image."""
        self.schedule(write_exr, path=path, data=data, half_precision=half_precision)

    def write_blob(self, path: str, data: bytes) -> None:
        """Queue bytes."""
        self.schedule(_write_blob, path=path, data=data)

    def sync_pending_paths(self) -> None:
        """Wait until everything is written, as the oldest scripts ask for."""
        write_queue().wait()

    @staticmethod
    def is_done_writing() -> bool:  # type: ignore[override]
        """Tell whether everything scheduled by any backend is written."""
        return write_queue().is_idle()

    @staticmethod
    def wait_until_done() -> None:  # type: ignore[override]
        """Wait until everything scheduled by any backend is written.

        Raises:
            WriteError: if a file could not be written.
        """
        write_queue().wait()

    @staticmethod
    def set_max_queue_size(size: int) -> None:
        """Choose how many tasks may wait to be written."""
        write_queue().set_size(size)


def _write_blob(path: str, data: bytes, backend_instance: BaseBackend) -> None:
    backend_instance.write_blob(path, data)
