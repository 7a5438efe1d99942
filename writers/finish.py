"""Complete a dataset: what is computed from its records and shards alone, and the manifest last.

A run that was killed and resumed, or made by many processes, therefore ends with the bytes of one that never died. It
can be called again at any time, by anyone, also by two at once.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from writers.card import make_card, units
from writers.encode import json_bytes
from writers.manifest import make_manifest
from writers.shards.claim import MANIFEST, claim, clear_work
from writers.shards.formats import format_of
from writers.shards.local import naming
from writers.shards.plan import Plan
from writers.shards.record import RECORDS, SHARDS, ShardRecord, read_record
from writers.shards.sample import Sample
from writers.shards.storage import Storage, sha256_in, sha256_of

CARD, PREVIEW = "README.md", "preview.png"
MAX_SHOWN = 8


class UnfinishedError(ValueError):
    """Shards are missing, so there is nothing to finish."""


def finish_dataset(storage: Storage, plan: Plan) -> dict[str, Any]:
    """Write what lies beside the shards, then `manifest.json`; a dataset is whole once that is there.

    Args:
        storage: where the dataset lies.
        plan: of the run.

    Returns:
        The manifest.

    Raises:
        UnfinishedError: if records are missing, naming the first ones.
        OutputError: if the output belongs to another plan.
    """
    plan = claim(storage, plan)
    records = whole_records(storage, plan)
    storage.sweep()  # what killed processes have left of uploads; every shard's name is taken now
    files = format_of(plan.format).finish(records, storage)
    files = [*files, *_export(storage, plan), *_preview(storage, plan, records)]
    manifest = _described(storage, plan, records, files)
    card = make_card(manifest, manifest["members"], has_preview=PREVIEW in files)
    storage.put(CARD, card.encode())
    manifest = _described(storage, plan, records, [*files, CARD])
    storage.put(MANIFEST, _manifest_bytes(manifest))
    clear_work(storage)
    return manifest


def manifest_again(storage: Storage, plan: Plan, files: list[str]) -> bytes:
    """Compute the manifest of a whole dataset without writing anything, to compare the one that is there with.

    Args:
        storage: where the dataset lies.
        plan: of the run.
        files: names of what lies beside the shards.

    Raises:
        UnfinishedError: if records are missing.
    """
    return _manifest_bytes(_described(storage, plan, whole_records(storage, plan), files))


def _described(storage: Storage, plan: Plan, records: list[ShardRecord], files: list[str]) -> dict[str, Any]:
    first = next(samples_of(storage, plan, records), None)
    members = sorted(first.members) if first is not None else []
    return make_manifest(storage, plan, records, files) | {"members": members, "units": units(members)}


def _manifest_bytes(manifest: dict[str, Any]) -> bytes:
    return json_bytes(manifest) + b"\n"


def missing_shards(storage: Storage, plan: Plan) -> list[int]:
    """List the shards of a plan that have no record."""
    present = set(storage.list(RECORDS))
    return [shard.number for shard in plan.shards() if f"{RECORDS}shard-{shard.number:06d}.json" not in present]


def whole_records(storage: Storage, plan: Plan) -> list[ShardRecord]:
    """Return the records of all shards in order, without their indices.

    Raises:
        UnfinishedError: if some are missing, or were made by another plan.
    """
    if missing := missing_shards(storage, plan):
        shown = ", ".join(map(str, missing[:MAX_SHOWN])) + (", ..." if len(missing) > MAX_SHOWN else "")
        raise UnfinishedError(
            f"'{storage.url}' lacks {len(missing)} of {len(plan.shards())} shards ({shown}); run the same command again"
        )
    records = [replace(record, index=None) for record in _records(storage, plan)]
    for record in records:
        if record.plan != plan.hash:
            raise UnfinishedError(
                f"shard {record.number} of '{storage.url}' was made by another plan; run again with --verify"
            )
    return records


def samples_of(storage: Storage, plan: Plan, records: list[ShardRecord]) -> Iterator[Sample]:
    """Read the samples of a dataset in order."""
    form = format_of(plan.format)
    for record in records:
        if record.name:
            with storage.open(SHARDS + record.name) as file:
                yield from form.read(file)


def _records(storage: Storage, plan: Plan) -> Iterator[ShardRecord]:
    numbers: Any = (shard.number for shard in plan.shards()) if plan.frames else iter(range(1 << 31))
    for number in numbers:
        record = read_record(storage, number)
        if record is None:
            return
        yield record


def _preview(storage: Storage, plan: Plan, records: list[ShardRecord]) -> list[str]:
    """Make the contact sheet from the first samples; returns its name if there was anything to show."""
    from writers.preview import ContactSheet, add_sample

    rows = int(plan.spec.get("scenario", {}).get("writer", {}).get("preview", 8))
    sheet = ContactSheet(rows)
    for sample in islice(samples_of(storage, plan, records), rows):
        add_sample(sheet, sample)
    data = sheet.encode()
    if data is None:
        return []
    storage.put(PREVIEW, data)
    return [PREVIEW]


def _export(storage: Storage, plan: Plan) -> list[str]:
    """Write the exports that the scenario asks for; returns the names of their files."""
    from writers.exports import export
    from writers.exports.coco import write_instances
    from writers.reader import Dataset

    dataset, names = Dataset(storage, plan, None), []
    for name in plan.spec.get("scenario", {}).get("writer", {}).get("exports", []):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / name
            with naming(out):
                if name == "coco":
                    out.mkdir()
                    write_instances(dataset, out / "instances.json")
                else:
                    export(name, dataset, out)
            prefix = "" if name == "coco" else f"exports/{name}/"
            for path in sorted(path for path in out.rglob("*") if path.is_file()):
                names.append(prefix + path.relative_to(out).as_posix())
                _place(storage, names[-1], path)
    return names


def _place(storage: Storage, name: str, path: Path) -> None:
    """Publish a file that may be there from an earlier call, without holding it in memory."""
    if storage.publish(name, path):
        return
    if sha256_in(storage, name) != sha256_of(path):
        storage.delete(name)
        storage.publish(name, path)
