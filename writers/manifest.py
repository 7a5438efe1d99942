"""manifest.json: what a dataset holds, with hashes, and how to make it again. No clocks, no host names."""

from __future__ import annotations

import os
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from writers.encode import json_bytes
from writers.shards import sha256_of

PACKAGES = (
    "replicant",
    "isaacsim",
    "usd-core",
    "mitsuba",
    "embreex",
    "pyoidn",
    "numpy",
    "opencv-python-headless",
    "pycocotools",
)


def package_versions() -> dict[str, str]:
    """List the versions of the packages that shape the bytes; absent ones are left out."""
    found = {"python": ".".join(map(str, sys.version_info[:2]))}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def describe_file(path: Path) -> dict[str, Any]:
    """Give a file's name, size and SHA-256."""
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": sha256_of(path)}


def write_manifest(folder: Path, content: dict[str, Any]) -> Path:
    """Write `manifest.json` whole or not at all; it is the last file of a dataset."""
    path = folder / "manifest.json"
    partial = folder / ".manifest.json.partial"
    partial.write_bytes(json_bytes(content) + b"\n")
    os.replace(partial, path)
    return path
