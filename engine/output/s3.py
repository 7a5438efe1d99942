"""S3Backend: files as objects of a bucket of S3, or of any store that speaks its protocol."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.output.backends import BackendRegistry, BaseBackend
from engine.output.queue import WriteError

__all__ = ["S3Backend"]


class S3Backend(BaseBackend):
    """Objects `s3://<bucket>/<key_prefix>/<path>`; an object appears whole or not at all.

    Credentials come from where AWS's own tools look for them: environment, profile, role of the machine.

    Args:
        bucket: a bucket that is there.
        key_prefix: what the keys begin with, a folder as it were; None begins at the bucket's root.
        region: the bucket's; None leaves it to the environment.
        endpoint_url: of a store other than AWS; None leaves it to the environment (AWS_ENDPOINT_URL).
        overwrite: write below a prefix that holds objects; otherwise take the first of `<key_prefix>_0001`, ... that
            holds none.

    Raises:
        ValueError: if no bucket was given.
        WriteError: if the bucket cannot be reached.
    """

    _bucket: str | None = None

    def __init__(
        self,
        bucket: str,
        key_prefix: str | None = None,
        region: str | None = None,
        endpoint_url: str | None = None,
        overwrite: bool = False,
    ) -> None:
        if not isinstance(bucket, str) or not bucket:
            raise ValueError(f"S3Backend: bucket={bucket!r} was given; expected the name of a bucket")
        self._bucket = bucket.removeprefix("s3://").strip("/")
        self._files = _file_system(region, endpoint_url)
        self._prefix = str(key_prefix or "").strip("/")
        if not self._tried(self._is_there, self._bucket):
            raise WriteError(
                f"S3Backend: bucket='{self._bucket}' was given, which is not there (endpoint_url={endpoint_url!r}); "
                "expected the name of a bucket that exists: make it first"
            )
        if not overwrite and self._prefix:
            self._prefix = self._free(self._prefix)

    @property
    def output_dir(self) -> str:
        """The address that files lie below.

        Raises:
            ValueError: if the backend has not been initialized.
        """
        return self.resolve_path("").rstrip("/")

    def resolve_path(self, path: str | Path) -> str:
        """Return the address of a file, `s3://bucket/key`."""
        return f"s3://{self._key(path)}"

    def write_blob(self, path: str | Path, data: bytes) -> None:
        """Write an object now.

        Raises:
            WriteError: if it cannot be written.
        """
        self._tried(self._files.pipe_file, self._key(path), bytes(data))

    def read_blob(self, path: str | Path) -> bytes:
        """Return the content of an object.

        Raises:
            FileNotFoundError: if there is none.
        """
        try:
            return bytes(self._files.cat_file(self._key(path)))
        except FileNotFoundError as error:
            address = self.resolve_path(path)
            raise FileNotFoundError(f"S3Backend.read_blob: path='{path}' was given; there is no '{address}'") from error

    def _is_there(self, bucket: str) -> bool:
        from fsspec.asyn import sync

        try:
            sync(self._files.loop, self._files._call_s3, "head_bucket", Bucket=bucket)
        except FileNotFoundError:
            return False
        return True

    def _key(self, path: str | Path) -> str:
        if self._bucket is None:
            raise ValueError("S3Backend has no bucket yet; call initialize(bucket=...) first")
        parts = (self._bucket, self._prefix, Path(path).as_posix().strip("/"))
        return "/".join(part for part in parts if part and part != ".")

    def _free(self, prefix: str) -> str:
        candidate, number = prefix, 0
        while self._tried(self._files.exists, f"{self._bucket}/{candidate}"):
            number += 1
            candidate = f"{prefix}_{number:04d}"
        return candidate

    def _tried(self, call: Any, *arguments: Any) -> Any:
        """Call the store, and say what went wrong in our words."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return call(*arguments)
        except (OSError, BotoCoreError, ClientError) as error:
            raise WriteError(
                f"S3Backend: 's3://{arguments[0]}' could not be written or read: {error}; expected a store that "
                "answers and credentials that allow it, see bucket, region, endpoint_url and the AWS_* variables"
            ) from error


def _file_system(region: str | None, endpoint_url: str | None) -> Any:
    """Return the client of a store."""
    import s3fs  # a second of import, for who writes to S3 alone

    options: dict[str, Any] = {"region_name": region} if region else {}
    return s3fs.S3FileSystem(
        endpoint_url=endpoint_url, client_kwargs=options, use_listings_cache=False, skip_instance_cache=True
    )


BackendRegistry.register(S3Backend)
