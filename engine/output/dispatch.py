"""BackendDispatch: the older backend, whose write methods queue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.output.backends import BackendGroup, BaseBackend, DiskBackend
from engine.output.images import write_exr, write_image, write_np
from engine.output.queue import write_queue


class BackendDispatch(BackendGroup):
    """Files below a folder, written by the queue.

    Args:
        config: `{"paths": {"out_dir": folder}}`, as the oldest scripts have it.
        output_dir: folder.
        key_prefix, bucket, region, endpoint_url: of an S3 bucket; refused.
        overwrite: see DiskBackend.

    Raises:
        ValueError: if there is no folder, or an S3 bucket was asked for.
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
        s3 = bucket or key_prefix or region or endpoint_url or (isinstance(config, dict) and config.get("s3"))
        if s3:
            raise ValueError(
                "BackendDispatch: an S3 bucket was given; expected output_dir: the embedded engine writes no S3, "
                "see docs/parity.md"
            )
        if not folder:
            raise ValueError(
                "BackendDispatch: no folder was given; expected output_dir=... or {'paths': {'out_dir': ...}}"
            )
        super().__init__([DiskBackend(folder, overwrite)])

    def resolve_path(self, path: str | Path) -> str:
        """Return the absolute path of a file."""
        return str(Path(self.output_dir) / path)

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
