"""manifest.json: what a dataset holds, with hashes, and how to make it again. No clocks, no host names."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from writers.shards.formats import format_of
from writers.shards.plan import PLAN, Plan
from writers.shards.record import ShardRecord
from writers.shards.storage import Storage, sha256_in

SCHEMA = 2
PACKAGES = (
    "replicant",
    "isaacsim",
    "usd-core",
    "mitsuba",
    "embreex",
    "pyoidn",
    "numpy",
    "scipy",
    "ovphysx",
    "opencv-python-headless",
    "pycocotools",
    "pyarrow",
)
ROOT = Path(__file__).resolve().parent.parent
CODE = (  # what shapes bytes: sources, and the tables they read
    "engine/**/*.py",
    "randomizers/**/*.py",
    "replicator_scripts/dataset.py",
    "replicator_scripts/frames.py",
    "replicator_scripts/generate.py",
    "scenes/**/*.py",
    "scenes/infrared/schema/*",
    "sensors/**/*.py",
    "sensors/**/*.yaml",
    "writers/*.py",
    "writers/infrared/**/*.py",
    "writers/shards/**/*.py",
)
CODE_VERSION = "REPLICANT_CODE_VERSION"


def package_versions() -> dict[str, str]:
    """List the versions of the packages that shape the bytes; absent ones are left out."""
    found = {"python": ".".join(map(str, sys.version_info[:2]))}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def code_version() -> str:
    """Name the code that makes samples: a hash of its sources, so that a checkout updated amid a run is noticed.

    The environment variable REPLICANT_CODE_VERSION names it instead, for installations that vouch for it themselves.
    """
    if given := os.environ.get(CODE_VERSION):
        return given
    digest = hashlib.sha256()
    for pattern in CODE:
        for path in sorted(path for path in ROOT.glob(pattern) if path.is_file()):
            digest.update(f"{path.relative_to(ROOT).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def make_manifest(storage: Storage, plan: Plan, records: list[ShardRecord], files: list[str]) -> dict[str, Any]:
    """Describe a whole dataset.

    Args:
        storage: where it lies.
        plan: what was asked for.
        records: of all its shards, in order.
        files: names of what lies beside the shards.
    """
    scenario = plan.spec.get("scenario", {})
    totals: dict[str, int] = {}
    for record in records:
        for name, number in record.totals.items():
            totals[name] = totals.get(name, 0) + number
    count = plan.frames or (records[-1].stop - plan.start if records else 0)
    return {
        "schema": SCHEMA,
        "name": scenario.get("name", "dataset"),
        "command": plan.spec.get("command", ""),
        "plan": plan.hash,
        "format": plan.format,
        "license": scenario.get("license", "unknown"),
        "seed": scenario.get("seed"),
        "frames": {"start": plan.start, "count": count},
        "views": plan.views,
        "resolution": scenario.get("resolution"),
        "outputs": scenario.get("outputs", []),
        "classes": scenario.get("classes", []),
        "samples": sum(record.samples for record in records),
        "bytes": sum(record.bytes for record in records),
        "objects": dict(sorted(totals.items())),
        "skipped": [item for record in records for item in record.skipped],
        "shards": [_entry(record) | {"seed": scenario.get("seed")} for record in records],
        "files": [describe_file(storage, name) for name in sorted([PLAN, *files])],
        "scenario": scenario,
        "versions": plan.spec.get("versions", {}),
        "code": plan.spec.get("code", ""),
    }


def describe_file(storage: Storage, name: str) -> dict[str, Any]:
    """Give a stored file's name, size and SHA-256."""
    return {"name": name, "bytes": storage.size(name), "sha256": sha256_in(storage, name)}


def shard_name(plan: Plan, number: int) -> str:
    """Return the name of a shard's file below `shards/`."""
    return format_of(plan.format).file_name(number)


def _entry(record: ShardRecord) -> dict[str, Any]:
    """Return what the manifest says of a shard: its record, but for what is the same in all and where samples lie."""
    dropped = ("plan", "index", "skipped", "number")
    return {key: value for key, value in asdict(record).items() if key not in dropped}
