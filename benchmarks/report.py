"""The results as a Markdown table in README.md, between two marks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cases import CASES, COMPARISONS

BEGIN, END = "<!-- results: written by run.py -->", "<!-- end of results -->"


def write(readme: Path, results: dict[str, Any]) -> None:
    """Put the tables of a run between the marks of a file.

    Raises:
        ValueError: if the file lacks the marks.
    """
    write_between(readme, BEGIN, END, render(results))


def write_between(file: Path, begin: str, end: str, tables: str) -> None:
    """Put text between two marks of a file.

    Raises:
        ValueError: if the file lacks the marks.
    """
    text = file.read_text()
    if begin not in text or end not in text:
        raise ValueError(f"{file} has no lines '{begin}' and '{end}'; put them where the results belong")
    head, rest = text.split(begin, 1)
    tail = rest.split(end, 1)[1]
    file.write_text(f"{head}{begin}\n\n{tables}\n{end}{tail}")


def publish(folder: Path, results: dict[str, Any], tables: str, marks: tuple[str, str]) -> Path:
    """Write what was measured apart from the main run: the result file, the screen and, of a full run, the page.

    Args:
        folder: of the benchmarks.
        results: with `name` and `quick`.
        tables: the results as Markdown.
        marks: lines of the folder's README.md between which they stand.

    Returns:
        The result file.

    Raises:
        ValueError: if README.md lacks the marks.
    """
    file = folder / "results" / f"{results['name']}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(results, indent=1) + "\n")
    print(tables, flush=True)
    if not results["quick"]:
        write_between(folder / "README.md", *marks, tables)
    return file


def render(results: dict[str, Any]) -> str:
    """Return the tables of a run."""
    parts = [
        run_line(results),
        _targets(results),
        _speed(results),
        _ratios(results),
        _agreement(results),
        _memory(results),
    ]
    return "\n".join(part for part in parts if part)


def table(head: list[str], rows: list[list[Any]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"


def run_line(results: dict[str, Any]) -> str:
    """Say which run this is and on what machine."""
    machine = results["machine"]
    kind = "Quick run" if results["quick"] else "Run"
    return (
        f"{kind} `{results['name']}`: {machine['cores']} cores of {machine['processor']}, {machine['memory_gb']} GB, "
        f"Python {machine['python']}; load before the run {machine['load_before']}.\n"
    )


def _targets(results: dict[str, Any]) -> str:
    rows = [
        [item["target"], item["limit"], item["measured"], "yes" if item["met"] else "**no**"]
        for item in results["targets"]
    ]
    return table(["target", "at most", "measured", "met"], rows)


def _speed(results: dict[str, Any]) -> str:
    rows = []
    for case in CASES:
        found = results["speed"].get(case.name)
        if found:
            first = found["first_frame"]
            rows.append(
                [
                    case.engine,
                    case.title,
                    f"**{found['cpu_per_frame']:.3g}**",
                    f"{1 / found['cpu_per_frame']:.3g}",
                    f"{found['wall_per_frame']:.3g}",
                    found["peak_mb"],
                    f"{first['wall']:.2g}",
                ]
            )
    head = [
        "engine",
        "gives",
        "CPU-s a frame",
        "frames a CPU-s",
        "wall s a frame",
        "peak MB",
        "start to first, s",
    ]
    return table(head, rows) if rows else ""


def _ratios(results: dict[str, Any]) -> str:
    what = {f"{a} / {b}": text for a, b, text in COMPARISONS}
    rows = [[name, value, what[name]] for name, value in results["ratios"].items()]
    return table(["CPU-seconds, ours / theirs", "ratio", "of"], rows) if rows else ""


def _agreement(results: dict[str, Any]) -> str:
    rows = [
        [
            pair,
            f"{100 * v['same_item']:.4f} %",
            f"{100 * v['same_depth']:.4f} %",
            v["depth_99"],
            v["worst_iou"],
            v["items"],
        ]
        for pair, v in results.get("agreement", {}).items()
    ]
    head = ["engines", "same item", "depth within 1 mm", "99 % within, m", "worst mask IoU", "items"]
    return table(head, rows) if rows else ""


def _memory(results: dict[str, Any]) -> str:
    parts = []
    if "first_frame" in results:
        first = results["first_frame"]
        parts.append(
            f"First frame on disk (`first_frame.py`, {first['files']} files, {first['bytes']} bytes): "
            f"{first['wall']} s wall, {first['cpu']} CPU-s (median of {first['runs']} starts).\n"
        )
    for mode, found in results.get("memory", {}).items():
        steps = ", ".join(f"{n}: {mb}" for n, mb in found["memory_mb"].items())
        parts.append(
            f"Memory with new assets each frame ({mode}, {found['frames']} frames), MB at frame {steps}; slope "
            f"{found['slope_kb_per_frame']} kB a frame; CPU-s a frame early {found['cpu_early']}, late "
            f"{found['cpu_late']}; {found['bytes']} bytes in {found['files']} files.\n"
        )
    return "\n".join(parts)
