"""Where a built-in writer puts its files: the backend given, or one made from its output options."""

from __future__ import annotations

from typing import Any

from engine.replicator import backends


def backend_for(
    writer: str,
    output_dir: str | None,
    backend: Any = None,
    s3: dict[str, str | None] | None = None,
    overwrite: bool = True,
) -> Any:
    """Return the backend of a writer.

    Args:
        writer: its name, for errors.
        output_dir: folder; with a bucket, what its keys begin with.
        backend: a backend, which wins.
        s3: bucket, region and endpoint.
        overwrite: write into the folder even if it is there.

    Raises:
        ValueError: if there is neither a folder, nor a bucket, nor a backend.
    """
    if backend is not None:
        if not isinstance(backend, backends.BaseBackend):
            raise ValueError(f"{writer}: backend={backend!r} was given; expected an object of a BaseBackend class")
        return backend
    store = {key: value for key, value in (s3 or {}).items() if value}
    if store.get("bucket"):
        return backends.S3Backend(
            store["bucket"], output_dir, store.get("region"), store.get("endpoint"), overwrite=overwrite
        )
    if store:
        given = ", ".join(f"{key}={value!r}" for key, value in store.items())
        raise ValueError(f"{writer}: {given} of S3 was given without a bucket; expected s3_bucket as well")
    if not output_dir:
        raise ValueError(f"{writer}: neither output_dir nor backend was given; expected one of them")
    return backends.DiskBackend(output_dir=str(output_dir), overwrite=overwrite)


def flat(output: dict[str, Any]) -> dict[str, Any]:
    """Return the info of a flat annotator dict: everything but the array."""
    return {key: value for key, value in output.items() if key != "data"}


def plain(value: Any) -> Any:
    """Return a value with arrays as lists and NumPy scalars as Python's, ready for JSON."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value
