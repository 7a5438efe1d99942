"""The results of `infrared_costs.py` as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from report import run_line, table

BEGIN, END = "<!-- infrared results: written by infrared_costs.py -->", "<!-- end of infrared results -->"


def render(results: dict[str, Any], cases: Iterable[Any]) -> str:
    """Return the tables of a run.

    Args:
        results: of `infrared_costs.run`.
        cases: with `mode` and `title`, in the order of the table.
    """
    return "\n".join(
        [run_line(results), _targets(results), _frames(results, cases), _together(results), _parts(results)]
    )


def _targets(results: dict[str, Any]) -> str:
    rows = [[i["target"], i["limit"], i["measured"], "yes" if i["met"] else "**no**"] for i in results["targets"]]
    return table(["target", "at most", "measured", "met"], rows)


def _frames(results: dict[str, Any], cases: Iterable[Any]) -> str:
    rows = []
    for case in cases:
        found = results["frames"][case.mode]
        spent = ", ".join(f"{value:.3g}" for value in found["rounds"])
        wall = f"{found['wall_per_frame']:.3g}"
        rows.append([case.title, f"**{found['cpu_per_frame']:.3g}**", spent, wall, found["peak_mb"]])
    return table([f"{results['size']}", "CPU-s a frame", "by round", "wall s a frame", "peak MB"], rows)


def _together(results: dict[str, Any]) -> str:
    found = results["derived"]
    return (
        f"LWIR and MWIR in one render cost {found['both_to_one_after_the_other']} of the two one after the other; "
        f"850 nm with floods costs {found['nir_to_rgb']} of RGB.\n"
    )


def _parts(results: dict[str, Any]) -> str:
    rows = [
        [name, f"{found['cpu_ms']:.2f}", f"{found['bytes'] / 1000:.1f}" if found["bytes"] else ""]
        for name, found in results["parts"].items()
    ]
    return table(["part of a camera, or file", "CPU ms", "kB"], rows)
