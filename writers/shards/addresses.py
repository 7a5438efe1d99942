"""Addresses of object stores: which driver they need, and never a secret in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_CHAIN = (
    "credentials come from the standard chain only (environment, profile, role of the machine, or fsspec's own "
    "configuration), because addresses end up in logs and datasets"
)
_PLAIN_HOSTS = {"s3", "s3a", "gs", "gcs"}  # their addresses have no user at all
_SECRET = re.compile(
    r"^(key|secret|token|password|passwd|username|credentials?|.*(secret|password|token|_key|access_key_id|credential)"
    r"|connection_string)$",
    re.IGNORECASE,
)
_PACKAGES = {
    "s3fs": {"s3", "s3a"},
    "gcsfs": {"gs", "gcs"},
    "adlfs": {"az", "abfs", "abfss"},
    "ocifs": {"oci"},
}


def check_url(url: str) -> tuple[str, str]:
    """Return the protocol and the address without trailing slashes.

    Raises:
        ValueError: for an address with a secret, a query or several protocols; the text does not repeat a secret.
    """
    protocol, _, rest = url.partition("://")
    shown = f"{protocol.rpartition('@')[2]}://..."
    if "::" in protocol or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", protocol):
        raise ValueError(f"output address '{shown}' has several protocols; expected one, e.g. s3://bucket/prefix")
    user, at, _ = urlsplit(f"x://{rest}").netloc.rpartition("@")
    if at and (":" in user or protocol in _PLAIN_HOSTS):
        raise ValueError(f"output address '{shown}' has a user or password before its '@'; leave it out: {_CHAIN}")
    if "?" in rest:
        raise ValueError(f"output address '{shown}' has a query after its '?'; leave it out: {_CHAIN}")
    if not rest.strip("/"):
        raise ValueError(f"output address '{url}' names no bucket; expected e.g. {protocol}://bucket/prefix")
    return protocol, url.rstrip("/")


def check_options(options: Mapping[str, Any], path: str = "") -> None:
    """Refuse secrets among the options of a store.

    Raises:
        ValueError: naming the option, never its value.
    """
    for name, value in options.items():
        if _SECRET.match(str(name)):
            raise ValueError(f"storage option '{path}{name}' holds a secret; leave it out: {_CHAIN}")
        if isinstance(value, Mapping):
            check_options(value, f"{path}{name}.")


def package_for(protocol: str) -> str | None:
    """Return the package that speaks a protocol, as far as we know it."""
    for package, protocols in _PACKAGES.items():
        if protocol in protocols:
            return package
    return None
