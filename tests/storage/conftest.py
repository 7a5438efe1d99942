"""One store for all tests here; each test has a prefix and a proxy of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.storage.faulty_proxy import FaultyProxy
from tests.storage.object_store import BUCKET, CREDENTIALS, ObjectStore
from writers.shards.remote import RemoteStorage

QUICK = {"tries": 4, "first_pause": 0.01, "longest_pause": 0.02, "part": 5 * 2**20}
MEGA = 2**20


@pytest.fixture(scope="session")
def store() -> Iterator[ObjectStore]:
    """Run an S3 server."""
    found = ObjectStore()
    yield found
    found.close()


@pytest.fixture
def proxy(store: ObjectStore) -> Iterator[FaultyProxy]:
    """Stand a proxy before the server."""
    found = FaultyProxy(store.host, store.port)
    yield found
    found.close()


@pytest.fixture(autouse=True)
def standard_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give credentials as a user does: in the environment."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> str:
    """Return a prefix of this test's own."""
    return "".join(c if c.isalnum() else "-" for c in request.node.name)


@pytest.fixture
def remote(proxy: FaultyProxy, prefix: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., RemoteStorage]:
    """Return a maker of storages that go through the proxy."""

    def make(**options: Any) -> RemoteStorage:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        return RemoteStorage(f"s3://{BUCKET}/{prefix}", {**QUICK, **options})

    return make
