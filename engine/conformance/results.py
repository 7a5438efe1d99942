"""What the last runs of rows and sweep found, kept in one file, and the tables that docs/parity.md shows of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .rows import ROWS
from .run import Outcome
from .sweep.run import Result

FILE = Path(__file__).parent / "results.json"
TIERS = {
    "A": "Isaac Sim 6.0.1, with their own checks",
    "A51": "Isaac Sim 5.1.0, judged by the files they write",
    "B": "synthetic-data-examples, judged by the files they write",
    "C": "Isaac Sim 6.0.1, stand-ins for remote assets",
    "CB": "synthetic-data-examples, stand-ins for remote assets",
}


def load(file: Path = FILE) -> dict[str, Any]:
    """Return what is kept: `rows`, label to [result, reason]; `sweep`, label to [remote, completes, where it stops]."""
    empty: dict[str, Any] = {"rows": {}, "sweep": {}}
    return empty | json.loads(file.read_text(encoding="utf-8")) if file.is_file() else empty


def save(kept: dict[str, Any], file: Path = FILE) -> None:
    """Write what is kept, sorted, one entry a line."""
    parts = []
    for name in ("rows", "sweep"):
        entries = [f"  {json.dumps(label)}: {json.dumps(kept[name][label])}" for label in sorted(kept[name])]
        parts.append(f'"{name}": {{\n' + ",\n".join(entries) + "\n}")
    file.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def keep_rows(outcomes: Sequence[Outcome], file: Path = FILE) -> None:
    """Take the outcomes of rows into the file; rows that were not run stay as they are."""
    kept = load(file)
    kept["rows"] |= {outcome.label: [outcome.word, without_paths(outcome.reason)] for outcome in outcomes}
    kept["rows"] = {label: entry for label, entry in kept["rows"].items() if label in {row.label for row in ROWS}}
    save(kept, file)


def keep_sweep(results: Sequence[Result], file: Path = FILE) -> None:
    """Take the results of a whole sweep into the file, in the place of those of the sweep before."""
    kept = load(file)
    kept["sweep"] = {result.label: [result.remote, result.completes, without_paths(result.at)] for result in results}
    save(kept, file)


def without_paths(text: str) -> str:
    """Return one line of text in which words that hold paths of this machine are cut to their last part."""
    words = [
        word.rstrip("'").rpartition("/")[2] if word.lstrip("'\"(").startswith("/") else word for word in text.split()
    ]
    return " ".join(words).lstrip(": ")[:160]


def section(kept: dict[str, Any] | None = None) -> str:
    """Return the part of docs/parity.md about published scripts."""
    kept = load() if kept is None else kept
    return "\n".join([*rows_table(kept["rows"]), *sweep_table(kept["sweep"])])


def rows_table(rows: dict[str, Sequence[str]]) -> list[str]:
    """Return the lines about the rows of `./launch.sh conformance`."""
    passed = sum(entry[0] == "pass" for entry in rows.values())
    lines = [
        "\n## Published scripts\n",
        f"Unmodified, from the user's own checkouts: `./launch.sh conformance`. {passed} of {len(rows)} rows passed.\n",
        "| row | script | what it shows | result |\n|---|---|---|---|",
    ]
    tier = ""
    for row in ROWS:
        if row.tier != tier:
            tier = row.tier
            lines.append(f"| | **{TIERS[tier]}** | | |")
        word, reason = rows.get(row.label, ("not run", ""))
        name = row.target.rpartition("/")[2] if row.target.endswith(".py") else row.target.rpartition(".")[2]
        lines.append(f"| {row.label} | `{name}` | {row.title} | {word}{': ' + escaped(reason) if reason else ''} |")
    return lines


def sweep_table(sweep: dict[str, Sequence[Any]]) -> list[str]:
    """Return the lines about the sweep: figures by release, then what does not complete and why."""
    lines = [
        "\n## Every public script without robot, LiDAR or window\n",
        "What `python -m engine.conformance.sweep` found, scripts and test methods (the rules are in "
        "`engine/conformance/sweep/rules.py`). Those that want remote assets ran with `--stand-ins`.\n",
        "| release | scripts | tests | files | with remote assets: scripts | tests | files |\n" + "|---" * 7 + "|",
    ]
    releases = sorted({label.partition(":")[0] for label in sweep})
    for release in [*releases, "all"]:
        mine = {label: e for label, e in sweep.items() if release in ("all", label.partition(":")[0])}
        cells = [
            cell for remote in (False, True) for cell in figures({k: e for k, e in mine.items() if e[0] == remote})
        ]
        lines.append(f"| {release} | {' | '.join(cells)} |")
    stops = {label: entry for label, entry in sweep.items() if not entry[1]}
    if stops:
        lines.append("\n| does not complete | where it stops |\n|---|---|")
        lines += [f"| `{short(label)}` | {escaped(entry[2])} |" for label, entry in sorted(stops.items())]
    return lines


def figures(sweep: dict[str, Sequence[Any]]) -> tuple[str, str, str]:
    """Return "n of m (p %)" of scripts, of test methods, and of files, of which all tests must complete."""
    scripts = [entry[1] for label, entry in sweep.items() if "::" not in label]
    tests = [entry[1] for label, entry in sweep.items() if "::" in label]
    files = {label.partition("::")[0] for label in sweep}
    bad = {label.partition("::")[0] for label, entry in sweep.items() if not entry[1]}
    return share(sum(scripts), len(scripts)), share(sum(tests), len(tests)), share(len(files) - len(bad), len(files))


def share(part: int, whole: int) -> str:
    """Return "part of whole (percent)"."""
    return f"{part} of {whole} ({100 * part / whole:.0f} %)" if whole else "none"


def short(label: str) -> str:
    """Return release, file name and test of a label."""
    release, _, rest = label.partition(":")
    path, _, test = rest.partition("::")
    return f"{release} {path.rpartition('/')[2]}{' ' + test.rpartition('.')[2] if test else ''}"


def escaped(text: str) -> str:
    """Return text that a table cell can hold."""
    return text.replace("|", "\\|").replace("<", "&lt;")
