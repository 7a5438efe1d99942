"""A real S3 server of this machine (moto) in a process of its own, with what the tests ask about it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from typing import Any

BUCKET = "bucket"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing-secret",
    "AWS_DEFAULT_REGION": "us-east-1",
}


class ObjectStore:
    """moto on a free port, with one bucket.

    Attributes:
        host: address.
        port: port.
        url: of the server.
    """

    def __init__(self) -> None:
        self.host, self.port = "127.0.0.1", free_port()
        self.url = f"http://{self.host}:{self.port}"
        command = [sys.executable, "-m", "moto.server", "-H", self.host, "-p", str(self.port)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(
            command, env={**os.environ, **CREDENTIALS, "S3_UPLOAD_PART_MIN_SIZE": "1024"}, **quiet
        )
        wait_for(self.host, self.port)
        self.client = self._client()
        self.client.create_bucket(Bucket=BUCKET)

    def environment(self, url: str | None = None) -> dict[str, str]:
        """Return what a process needs in its environment to use this store, or a proxy before it."""
        return {**CREDENTIALS, "AWS_ENDPOINT_URL": url or self.url, "AWS_EC2_METADATA_DISABLED": "true"}

    def objects(self, prefix: str = "") -> dict[str, bytes]:
        """Return all objects below a prefix, whole."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        return {key: self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}

    def unfinished(self, prefix: str = "") -> list[str]:
        """List the keys of multipart uploads that were begun and neither completed nor aborted."""
        found = self.client.list_multipart_uploads(Bucket=BUCKET, Prefix=prefix).get("Uploads", [])
        return [item["Key"] for item in found]

    def remove(self, prefix: str) -> None:
        """Remove all objects below a prefix."""
        for key in self.objects(prefix):
            self.client.delete_object(Bucket=BUCKET, Key=key)

    def close(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(10)

    def _client(self) -> Any:
        import boto3
        from botocore.config import Config

        names = {
            "aws_access_key_id": CREDENTIALS["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            "region_name": CREDENTIALS["AWS_DEFAULT_REGION"],
        }
        return boto3.client("s3", endpoint_url=self.url, config=Config(s3={"addressing_style": "path"}), **names)


def free_port() -> int:
    """Return a port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(host: str, port: int, seconds: float = 120.0) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens at {host}:{port} after {seconds:.0f} s")
