"""No secret in an address, and a clear word about drivers."""

from __future__ import annotations

import importlib.util

import pytest

from writers.shards.addresses import check_options, check_url, package_for
from writers.shards.remote import RemoteStorage
from writers.shards.storage import storage_of


@pytest.mark.parametrize(
    "url, text",
    [
        ("s3://AKIAHIDDEN:hidden@bucket/x", "has a user or password before its '@'"),
        ("s3://AKIAHIDDEN@bucket/x", "has a user or password before its '@'"),
        ("sftp://me:hidden@host/x", "has a user or password before its '@'"),
        ("s3://bucket/x?key=hidden&secret=hidden", "has a query after its '?'"),
        ("az://box/x?sv=1&sig=hidden", "has a query after its '?'"),
        ("simplecache::s3://hidden:hidden@bucket", "has several protocols"),
        ("s3://", "names no bucket; expected e.g. s3://bucket/prefix"),
    ],
)
def test_refused_addresses(url: str, text: str) -> None:
    """The error says what is wrong and repeats no secret."""
    with pytest.raises(ValueError) as caught:
        storage_of(url)
    assert text in str(caught.value)
    assert "hidden" not in str(caught.value).lower()


def test_accepted_addresses() -> None:
    """A container's account and a user without a password are no secrets."""
    assert check_url("s3://bucket/a/b//") == ("s3", "s3://bucket/a/b")
    assert check_url("abfs://box@account.dfs.core.windows.net/a")[0] == "abfs"
    assert check_url("sftp://me@host/a")[0] == "sftp"


@pytest.mark.parametrize(
    "options",
    [
        {"key": "hidden"},
        {"secret": "hidden"},
        {"client_kwargs": {"aws_secret_access_key": "hidden"}},
        {"sas_token": "hidden"},
    ],
)
def test_refused_options(options: dict[str, object]) -> None:
    """Options end up in scenarios; secrets do not."""
    with pytest.raises(ValueError, match="holds a secret; leave it out") as caught:
        RemoteStorage("s3://bucket/x", options)
    assert "hidden" not in str(caught.value)
    check_options({"endpoint_url": "http://localhost", "config_kwargs": {"read_timeout": 1}})


@pytest.mark.parametrize("url, package", [("gs://bucket/x", "gcsfs"), ("az://box/x", "adlfs"), ("oci://b/x", "ocifs")])
def test_missing_drivers(url: str, package: str) -> None:
    """One line says what to install."""
    if importlib.util.find_spec(package) is not None:
        pytest.skip(f"{package} is installed")
    with pytest.raises(ValueError, match=f"needs the package {package}; install it: pip install {package}"):
        storage_of(url)


def test_unknown_protocols() -> None:
    """A protocol that nobody knows is told apart from one whose driver is missing."""
    with pytest.raises(ValueError, match="fsspec knows no protocol s4://"):
        storage_of("s4://bucket/x")
    assert package_for("s4") is None
    with pytest.raises(ValueError, match=r"smb:// needs its driver: .*smbprotocol"):
        storage_of("smb://host/x")


def test_several_protocols_are_refused_by_name() -> None:
    """The last protocol is shown, nothing of the rest."""
    with pytest.raises(ValueError, match=r"expected one, e\.g\. s3://bucket/prefix"):
        check_url("filecache::s3://bucket")
