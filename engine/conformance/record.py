"""Record the API surface of Isaac Sim 4.5, 5.1 and 6.0 as facts: names, parameter names, versions.

`python -m engine.conformance.record --v51 CHECKOUT --v60 CHECKOUT` reads `surface_names.txt` and the syntax trees of
the public IsaacSim sources, and writes `surface.json`. Nothing is executed and no text is copied.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from pathlib import Path
from typing import Any

VERSIONS = ("4.5", "5.1", "6.0")
HERE = Path(__file__).parent
Entry = dict[str, Any]

SOURCES = {
    "isaacsim.core.utils": ("*/isaacsim.core.utils/python/impl", "*/isaacsim.core.utils/isaacsim/core/utils"),
    "isaacsim.core.experimental.utils": (
        "*/isaacsim.core.experimental.utils/python/impl",
        "*/isaacsim.core.experimental.utils/isaacsim/core/experimental/utils",
    ),
}
SINCE_50: tuple[str, ...] = (
    "add_labels",
    "get_labels",
    "remove_labels",
    "upgrade_prim_semantics_to_labels",
    "check_missing_labels",
)
SINCE_50 += ("check_incorrect_labels", "count_labels_in_scene")
_LINE = re.compile(r"([\w.]+)(\((.*)\))?((?: +[@<]\d\.\d)*)(?: *-> *([\w.]+))?$")


def versions_of(marks: str) -> list[str]:
    """Return the versions that marks such as `@5.1 <6.0` leave."""
    since = re.search(r"@(\d\.\d)", marks)
    until = re.search(r"<(\d\.\d)", marks)
    return [v for v in VERSIONS if (not since or v >= since[1]) and (not until or v < until[1])]


def parse_names(text: str) -> dict[str, Entry]:
    """Return the entries of a table of names.

    Raises:
        ValueError: if a line cannot be read.
    """
    entries: dict[str, Entry] = {}
    package = ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            package = line.strip("[]")
            continue
        match = _LINE.match(line)
        if match is None:
            raise ValueError(f"line {number}: cannot read '{line}'; expected name(parameter, ...) @5.1 -> type")
        entries[f"{package}.{match[1]}"] = _entry(match)
    return entries


def _entry(match: re.Match[str]) -> Entry:
    entry: Entry = {"versions": versions_of(match[4])}
    if match[2] is not None:
        words = [word.strip() for word in match[3].split(",") if word.strip()]
        entry["parameters"] = {
            word.partition("@")[0]: versions_of("@" + word.partition("@")[2] if "@" in word else "")
            for word in words
            if word not in ("...", "**", "*")
        }
        entry["open"] = any(word in ("...", "**") for word in words)
    if match[5]:
        entry["returns"] = match[5]
    return entry


def functions_of(source: str) -> dict[str, tuple[list[str], bool]]:
    """Return public function name to (parameter names, takes any keyword) of a module's source."""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            arguments = node.args
            names = [a.arg for a in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]]
            found[node.name] = (names, arguments.kwarg is not None)
    return found


def read_sources(checkout: Path, version: str, entries: dict[str, Entry]) -> None:
    """Add the functions of the packages of `SOURCES` that a checkout holds."""
    for package, patterns in SOURCES.items():
        for folder in (f for pattern in patterns for f in sorted((checkout / "source").glob(pattern))):
            for path in sorted(folder.glob("*.py")):
                if not path.name.startswith("_"):
                    functions = functions_of(path.read_text(encoding="utf-8"))
                    for name, (parameters, is_open) in functions.items():
                        _add(entries, f"{package}.{path.stem}.{name}", version, parameters, is_open)


def _add(entries: dict[str, Entry], name: str, version: str, parameters: list[str], is_open: bool) -> None:
    entry = entries.setdefault(name, {"versions": [], "parameters": {}, "open": is_open})
    also_45 = version == "5.1" and name.startswith("isaacsim.core.utils.") and name.rpartition(".")[2] not in SINCE_50
    for each in (["4.5"] if also_45 else []) + [version]:
        if each not in entry["versions"]:
            entry["versions"].append(each)
        for parameter in parameters:
            versions = entry["parameters"].setdefault(parameter, [])
            if each not in versions:
                versions.append(each)


def main(arguments: list[str] | None = None) -> int:
    """Write `surface.json` and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engine.conformance.record", description=__doc__)
    parser.add_argument("--v51", type=Path, required=True, help="IsaacSim checkout at v5.1.0")
    parser.add_argument("--v60", type=Path, required=True, help="IsaacSim checkout at v6.0.1")
    options = parser.parse_args(arguments)
    entries = parse_names((HERE / "surface_names.txt").read_text(encoding="utf-8"))
    read_sources(options.v51, "5.1", entries)
    read_sources(options.v60, "6.0", entries)
    lines = [f"{json.dumps(name)}: {json.dumps(entries[name])}" for name in sorted(entries)]
    (HERE / "surface.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(entries)} names recorded")
    return 0


if __name__ == "__main__":
    sys.exit(main())
