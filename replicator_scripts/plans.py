"""The plan of a run: a scenario and the command line, frozen with everything else that shapes the bytes."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from replicator_scripts import arguments
from scenes.dependencies import dependencies, short_names
from scenes.scenario import Scenario, writer_options
from scenes.steps import Step
from scenes.typecheck import defaults_of
from writers.manifest import code_version, package_versions
from writers.shards.plan import Plan
from writers.shards.storage import sha256_of

_RAW = ("scene", "cameras", "randomizers", "infrared")
_ELSEWHERE = ("format", "samples_per_shard")  # the plan has fields of its own for these


def make_plan(scenario: Scenario, options: arguments.Options) -> Plan:
    """Freeze what a run makes."""
    views = len(scenario.cameras)
    writer = resolved_writer(scenario)
    per_shard = max(1, writer["samples_per_shard"] // views)
    if options.shards is not None:
        per_shard = max(1, -(-scenario.frames // options.shards))
    spec = {
        "scenario": _resolved(scenario, {k: v for k, v in writer.items() if k not in _ELSEWHERE}),
        "files": _files([*scenario.scene, *scenario.randomizers]),
        "versions": package_versions(),
        "code": code_version(),
        "command": arguments.command(scenario, options),
    }
    return Plan(spec, options.start, scenario.frames, per_shard, views, writer["format"])


def resolved_writer(scenario: Scenario) -> dict[str, Any]:
    """Return the scenario's `writer` with every default filled in."""
    writer = {**defaults_of(writer_options), **scenario.writer}
    if writer["exports"] is None:
        writer["exports"] = ["coco"] if {"rgb", "boxes"} <= set(scenario.outputs) else []
    return writer


def _resolved(scenario: Scenario, writer: dict[str, Any]) -> dict[str, Any]:
    """Return the scenario as JSON values: defaults filled in where they shape bytes, steps as they were written."""
    plain = ("name", "description", "seed", "classes", "outputs", "license")
    return {
        **{name: getattr(scenario, name) for name in plain},
        "resolution": list(scenario.resolution),
        "stage": {"up_axis": scenario.up_axis, "meters_per_unit": scenario.meters_per_unit},
        "quality": asdict(scenario.quality),
        "writer": writer,
        **{name: _plain(scenario.document.get(name, {})) for name in _RAW},
    }


def _plain(value: Any) -> Any:
    """Turn what YAML reads into JSON values: keys become text, dates and the like too."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _files(steps: list[Step]) -> dict[str, str]:
    """Hash the files that steps name and what those refer to: one changed under the same name is another plan."""
    found = {}
    for step in steps:
        for name, value in step.options.items():
            for number, path in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(path, str) and path and Path(path).is_absolute() and Path(path).is_file():
                    key = f"{step.name}.{name}[{number}]"
                    found[key] = sha256_of(Path(path))
                    found |= {f"{key}/{end}": _hash(file) for end, file in short_names(dependencies(path))}
    return found


def _hash(path: Path) -> str:
    """Return the hash of a file, or that it is not there: a texture that comes later is another plan as well."""
    return sha256_of(path) if path.is_file() else "missing"
