"""The results of `dataset_costs.py` as Markdown tables."""

from __future__ import annotations

from typing import Any

from report import run_line, table

BEGIN, END = "<!-- dataset results: written by dataset_costs.py -->", "<!-- end of dataset results -->"


def render(results: dict[str, Any]) -> str:
    """Return the tables of a run."""
    parts = [run_line(results), _targets(results), _overhead(results), _encoders(results), _formats(results)]
    return "\n".join([*parts, _workers(results), _memory(results)])


def _targets(results: dict[str, Any]) -> str:
    rows = [[i["target"], i["limit"], i["measured"], "yes" if i["met"] else "**no**"] for i in results["targets"]]
    return table(["target", "asked", "measured", "met"], rows)


def _overhead(results: dict[str, Any]) -> str:
    rows = [
        [
            name,
            found["cpu_with"],
            found["cpu_without"],
            f"{100 * found['overhead']:.1f} %",
            found["finish_cpu_per_frame"],
        ]
        for name, found in results["overhead"].items()
    ]
    head = ["run", "CPU-s a frame, written", "the same frames, not written", "more", "finishing, CPU-s a frame"]
    return table(head, rows)


def _encoders(results: dict[str, Any]) -> str:
    runs = results["encoders"]
    names = list(next(iter(runs.values()))["members"])
    rows = []
    for name in [*names, "all of a sample"]:
        found = [run["sample"] if name == "all of a sample" else run["members"][name] for run in runs.values()]
        rows.append([name, *(f"{item['cpu_ms']:.2f} / {item['bytes'] / 1000:.1f}" for item in found)])
    return table(["member, CPU ms / kB", *runs], rows)


def _formats(results: dict[str, Any]) -> str:
    runs = results["encoders"]
    names = list(next(iter(runs.values()))["formats"])
    rows = [
        [
            name,
            *(
                f"{run['formats'][name]['cpu_ms']:.2f} / {run['formats'][name]['bytes'] / 1000:.1f}"
                for run in runs.values()
            ),
        ]
        for name in names
    ]
    return table(["shard format, CPU ms / kB a sample", *runs], rows)


def _workers(results: dict[str, Any]) -> str:
    found = results["workers"]
    one, two = (found["frames_per_second"][n] for n in ("1", "2"))
    return (
        f"Two workers beside one (labels only, 640x480, {found['frames']} frames, in turns): {two} and {one} frames a "
        f"second; {found['speed_up']} times, the median of the rounds ({', '.join(map(str, found['speed_ups']))}). Two "
        f"runs that know nothing of each other, what the machine gives to two processes: {found['speed_up_apart']} "
        f"times ({', '.join(map(str, found['speed_ups_apart']))}).\n"
    )


def _memory(results: dict[str, Any]) -> str:
    found = results["memory"]
    steps = ", ".join(f"{n}: {mb}" for n, mb in found["memory_mb"].items())
    return (
        f"Memory of a worker over {found['frames']} samples (labels only), MB at sample {steps}; slope "
        f"{found['slope_kb_per_frame']} kB a sample.\n"
    )
