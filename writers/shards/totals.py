"""Objects a class, as the JSON of a sample counts them."""

from __future__ import annotations

import json

from writers.shards.sample import Sample


def count_objects(sample: Sample) -> dict[str, int]:
    """Return the entry "counts" of a sample's JSON, or nothing where it has none."""
    try:
        about = json.loads(sample.members.get("json", b"{}"))
    except ValueError:
        return {}
    counts = about.get("counts", {}) if isinstance(about, dict) else {}
    return {name: number for name, number in counts.items() if isinstance(number, int)}
