"""What is measured: the cases, the comparisons between them, and the targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """One engine in one mode.

    Attributes:
        engine: ours, newton or blenderproc.
        mode: the script's --mode.
        title: what it gives, for the table.
        frames: measured frames in a full run.
        quick: measured frames in a quick run.
        rounds: how often a full run measures it, the engines taking turns.
    """

    engine: str
    mode: str
    title: str
    frames: int = 10
    quick: int = 3
    rounds: int = 1

    @property
    def name(self) -> str:
        """Return the key of this case in results."""
        return f"{self.engine} {self.mode}"


CASES = (
    Case("ours", "geometry", "depth, normals, instance masks", 20, 5, 3),
    Case("ours", "labels", "depth, normals, semantic and instance masks, tight and loose boxes", 20, 5, 3),
    Case("newton", "labels", "depth, normals, shape ids", 20, 5, 3),
    Case("ours", "realtime", "RGB real time (default: few samples, denoised)", rounds=2),
    Case("newton", "realtime", "the same and RGB with one shadowed directional light", 20, 5, 2),
    Case("blenderproc", "labels", "1 sample: RGB, depth, normals, class and instance masks"),
    Case("ours", "pathtracing", "RGB path traced, 16 samples", 5, 1),
    Case("ours", "pathtracing_denoised", "RGB path traced, 16 samples, denoised", 5, 1),
    Case("blenderproc", "pathtracing", "RGB path traced, 16 samples", 5, 1),
    Case("blenderproc", "pathtracing_denoised", "RGB path traced, 16 samples, denoised (Intel)", 5, 1),
)

COMPARISONS = (  # ours, theirs, what is compared
    ("ours geometry", "newton labels", "depth, normals and ids"),
    ("ours labels", "newton labels", "labels; Newton gives no boxes and no semantics"),
    ("ours labels", "blenderproc labels", "labels; BlenderProc cannot leave the colour out"),
    ("ours realtime", "newton realtime", "colour; area light and bounces here, one directional light there"),
    ("ours realtime", "blenderproc pathtracing_denoised", "denoised colour, real-time default here, 16 samples there"),
    ("ours pathtracing", "blenderproc pathtracing", "16 samples, not denoised"),
    ("ours pathtracing_denoised", "blenderproc pathtracing_denoised", "16 samples, denoised"),
)

LABEL_SECONDS = 0.10
REAL_TIME_SHARE = 0.1
FIRST_FRAME_SECONDS = 4.0
FLAT_KB_PER_FRAME = 10.0  # 10 MB over 1,000 frames


def ratios(speed: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Return CPU-seconds a frame of ours over theirs, for the comparisons whose two sides were measured."""
    return {
        f"{ours} / {theirs}": round(speed[ours]["cpu_per_frame"] / speed[theirs]["cpu_per_frame"], 4)
        for ours, theirs, _ in COMPARISONS
        if ours in speed and theirs in speed
    }


def targets(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each target that can be judged: what was asked, what was measured, and whether it was met."""
    found: list[dict[str, Any]] = []

    def judge(name: str, limit: float, value: float) -> None:
        found.append({"target": name, "limit": limit, "measured": value, "met": bool(value <= limit)})

    for mode, title in (("geometry", "depth, normals, ids"), ("labels", "with semantics, tight and loose boxes")):
        if f"ours {mode}" in results.get("speed", {}):
            judge(f"labels ({title}), CPU-s a frame", LABEL_SECONDS, results["speed"][f"ours {mode}"]["cpu_per_frame"])
    share = results.get("ratios", {}).get("ours realtime / blenderproc pathtracing_denoised")
    if share is not None:
        judge("RGB real time, share of BlenderProc's 16 samples with denoiser", REAL_TIME_SHARE, share)
    if "first_frame" in results:
        judge("start to first written frame, s", FIRST_FRAME_SECONDS, results["first_frame"]["wall"])
    for mode, memory in results.get("memory", {}).items():
        name = f"memory over {memory['frames']} frames ({mode}), kB a frame"
        judge(name, FLAT_KB_PER_FRAME, memory["slope_kb_per_frame"])
    return found
