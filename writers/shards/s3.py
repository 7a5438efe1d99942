"""S3: conditional writes with checksums, multipart uploads that leave nothing behind.

Source: Amazon S3 User Guide, "How to prevent object overwrites with conditional writes" (If-None-Match on PutObject and
CompleteMultipartUpload: 412 the name is taken; 409 a rival is at work, try again, a multipart upload from its start);
"Checking object integrity" (SHA-256, for a multipart upload one a part).
"""

from __future__ import annotations

import base64
import errno
import hashlib
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from writers.shards.drivers import Driver
from writers.shards.retries import Passing, Retries, StorageError, code_of, status_of

PART = 16 * 1024 * 1024  # bytes held in memory at once; S3 wants 5 MiB at least
_MOST_PARTS = 10_000
_TOKEN = "replicant-upload"  # object metadata: whose upload it was, for an answer that got lost


class S3Driver(Driver):
    """S3 through the client of s3fs.

    s3fs's own `mode="create"` sends neither checksums nor knows whose object it finds when the answer to a successful
    write got lost and the second try is refused; both matter here.

    Args:
        protocol: "s3".
        url: the address of the dataset.
        options: for s3fs.
        retries: how often and how long to try; the client itself tries once.
        part: files longer than this are sent in parts of this length, bytes.
    """

    def __init__(self, protocol: str, url: str, options: Mapping[str, Any], retries: Retries, part: int = PART) -> None:
        config = {"connect_timeout": 10, "read_timeout": 60, **options.get("config_kwargs", {})}
        config["retries"] = {"total_max_attempts": 1, "mode": "standard"}
        own = {"skip_instance_cache": True, "use_listings_cache": False, "config_kwargs": config}
        super().__init__(protocol, url, {**options, **own}, retries)
        self._part = part
        self._brief = replace(retries, tries=min(3, retries.tries), total=min(15.0, retries.total))
        self._bucket, self._prefix, _ = self.fs.split_path(self.root)

    def get(self, name: str, start: int | None = None, stop: int | None = None) -> bytes:
        """Return an object or a range of it."""
        extra = {} if start is None or stop is None else {"Range": f"bytes={start}-{stop - 1}"}
        key = self._key(name)

        async def fetch() -> bytes:
            client = await self.fs.set_session()
            answer = await client.get_object(Bucket=self._bucket, Key=key, **extra)
            async with answer["Body"] as body:
                data: bytes = await body.read()
            if len(data) != answer["ContentLength"]:
                raise Passing(f"{len(data)} of {answer['ContentLength']} bytes arrived")
            return data

        return self.run("read", name, lambda: self._sync(fetch))

    def size(self, name: str) -> int:
        """Return the length of an object, bytes."""
        return int(self._call("look at", name, "head_object")["ContentLength"])

    def names(self, prefix: str) -> list[str]:
        """List the names that begin with `prefix`, page by page."""
        found: list[str] = []
        more: dict[str, str] = {}
        while True:
            page = self._call("list", prefix, "list_objects_v2", Key=None, Prefix=self._key(prefix), **more)
            found += [item["Key"].removeprefix(self._key("")) for item in page.get("Contents", [])]
            if not page.get("IsTruncated"):
                return found
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def create(self, name: str, file: Path) -> bool:
        """Send a file as a new object; False if the name is taken."""
        with open(file, "rb") as source:
            size = file.stat().st_size
            if size <= self._part:
                return self.write(name, source.read(), exclusive=True)
            return self.run("write", name, lambda: self._send_parts(name, source, size))

    def write(self, name: str, data: bytes, exclusive: bool) -> bool:
        """Send bytes as one object; False if it is to be new and the name is taken."""
        token = uuid.uuid4().hex
        words: dict[str, Any] = {"Body": data, "ChecksumSHA256": _checksum(data), "Metadata": {_TOKEN: token}}
        if exclusive:
            words["IfNoneMatch"] = "*"
        return self.run("write", name, lambda: self._sent(name, token, lambda: self._once("put_object", name, **words)))

    def delete(self, name: str) -> None:
        """Remove an object, if it is there."""
        with suppress(FileNotFoundError):
            self._call("delete", name, "delete_object")

    def sweep(self, prefix: str) -> int:
        """End the multipart uploads below `prefix` whose names are taken: they can never be completed."""
        ended = 0
        for upload in self._uploads(prefix):
            name = upload["Key"].removeprefix(self._key(""))
            if self._token(name) is not None:
                self._end(name, upload["UploadId"])
                ended += 1
        return ended

    def _send_parts(self, name: str, source: BinaryIO, size: int) -> bool:
        """Send a file in parts and complete it if the name is still free; whatever fails, no parts stay behind."""
        if self._token(name) is not None:
            return False
        token = uuid.uuid4().hex
        begun = self._call(
            "write", name, "create_multipart_upload", ChecksumAlgorithm="SHA256", Metadata={_TOKEN: token}
        )
        upload, done = begun["UploadId"], False
        try:
            parts = self._parts(name, upload, source, max(self._part, -(-size // _MOST_PARTS)))
            done = self._complete(name, token, upload, parts)
        finally:
            if not done:
                self._end(name, upload)
        return done

    def _parts(self, name: str, upload: str, source: BinaryIO, length: int) -> list[dict[str, Any]]:
        source.seek(0)
        parts: list[dict[str, Any]] = []
        while data := source.read(length):
            words = {"UploadId": upload, "PartNumber": len(parts) + 1, "ChecksumSHA256": _checksum(data)}
            try:
                answer = self._call("write", name, "upload_part", Body=data, **words)
            except FileNotFoundError as error:
                raise Passing("the upload was ended by somebody else") from error
            parts.append({"ETag": answer["ETag"], **{key: words[key] for key in ("PartNumber", "ChecksumSHA256")}})
        return parts

    def _complete(self, name: str, token: str, upload: str, parts: list[dict[str, Any]]) -> bool:
        words = {"UploadId": upload, "MultipartUpload": {"Parts": parts}, "IfNoneMatch": "*"}

        def complete() -> bool | None:
            try:
                return self._sent(name, token, lambda: self._once("complete_multipart_upload", name, **words))
            except FileNotFoundError:  # completed by the try whose answer got lost, or ended by somebody
                found = self._token(name)
                return None if found is None else found == token
            except Exception as error:
                if status_of(error) == 409:
                    return None
                raise

        done = self.run("write", name, complete)
        if done is None:
            raise Passing("the upload was ended by somebody else, or a rival was at work")
        return done

    def _sent(self, name: str, token: str, send: Callable[[], Any]) -> bool:
        """Send; where the name is taken, see whether it was us, by a try whose answer got lost."""
        try:
            send()
        except Exception as error:
            if status_of(error) != 412:
                raise
            found = self._token(name)
            if found is None:
                raise Passing("the name was taken and is free again") from error
            return found == token
        return True

    def _token(self, name: str) -> str | None:
        """Return whose upload an object is; "" for one that is not ours, None where there is no object."""
        try:
            return str(self._call("look at", name, "head_object").get("Metadata", {}).get(_TOKEN, ""))
        except FileNotFoundError:
            return None

    def _end(self, name: str, upload: str) -> None:
        """Abort an upload that may be over already; the error that brought us here is the one to tell."""
        url = f"{self.url}/{name}"
        with suppress(FileNotFoundError, StorageError):
            self._brief.run("clear", url, lambda: self._once("abort_multipart_upload", name, UploadId=upload))

    def _uploads(self, prefix: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        more: dict[str, str] = {}
        while True:
            page = self._call("list", prefix, "list_multipart_uploads", Key=None, Prefix=self._key(prefix), **more)
            found += page.get("Uploads", [])
            if not page.get("IsTruncated"):
                return found
            more = {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page["NextUploadIdMarker"]}

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name

    def _call(self, operation: str, name: str, method: str, **words: Any) -> dict[str, Any]:
        return self.run(operation, name, lambda: self._once(method, name, **words))

    def _once(self, method: str, name: str, **words: Any) -> dict[str, Any]:
        """Make one request about an object (or, with Key=None, about the bucket)."""
        words = {"Bucket": self._bucket, "Key": self._key(name), **words}
        words = {key: value for key, value in words.items() if value is not None}

        async def ask() -> dict[str, Any]:
            client = await self.fs.set_session()
            answer: dict[str, Any] = await getattr(client, method)(**words)
            return answer

        return self._sync(ask)

    def _sync(self, action: Callable[[], Any]) -> Any:
        """Wait for a request; a missing object is a FileNotFoundError, a missing bucket an error of the store."""
        from fsspec.asyn import sync

        try:
            return sync(self.fs.loop, action)
        except Exception as error:
            if code_of(error) == "NoSuchBucket":
                raise StorageError(f"bucket '{self._bucket}' of {self.url} does not exist; make it first") from error
            if status_of(error) == 404:
                raise FileNotFoundError(errno.ENOENT, f"not in the store ({code_of(error)})", self.url) from error
            raise


def _checksum(data: bytes) -> str:
    """Return a SHA-256 as S3 writes it."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()
