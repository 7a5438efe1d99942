"""docs/rtx-parity.md: what was fitted, on what, and how far the engine's pictures are from RTX's."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from ...render import mitsuba_materials, tonemap
from .measure import Difference
from .run import Found, Result

ROOT = Path(__file__).parent.parent.parent.parent
PAGE = ROOT / "docs" / "rtx-parity.md"
PICTURES = ROOT / "docs" / "pictures" / "rtx"
TEXT = Path(__file__).parent / "page.md"
LARGEST = 320
SHOWN = ("colour", "classes")


def write_page(results: list[Result]) -> None:
    """Write the page and its pictures, which are the engine's alone: NVIDIA's pixels are not to be passed on."""
    text = TEXT.read_text(encoding="utf-8")
    marks = {"table": table(results), "pictures": pictures(results), "exposure": f"{tonemap.EXPOSURE:g}"}
    marks |= {name.lower(): f"{getattr(mitsuba_materials, name)}" for name in ("DEFAULT_GREY", "DEFAULT_ROUGHNESS")}
    for name, value in marks.items():
        text = text.replace("{" + name + "}", value)
    PAGE.write_text(text, encoding="utf-8")


def table(results: list[Result]) -> str:
    """Return one row for each folder of golden images."""
    lines = [
        "| golden images | used to | NVIDIA's own test | limit | mean difference | bias | 95th percentile | IoU |",
        "|---|---|---|---|---|---|---|---|",
    ]
    verdicts = {True: "passes", False: "FAILS", None: "no test: a script"}
    for result in results:
        for one in result.found:
            cells = [one.golden.name, one.golden.use, verdicts[result.own_verdict], f"{one.golden.tolerance:g}"]
            lines.append("| " + " | ".join([*cells, *numbers(one)]) + " |")
    return "\n".join(lines)


def numbers(found: Found) -> list[str]:
    """Return the cells of the worst image of a folder."""
    if not found.differences:
        return ["no images", "", "", ""]
    worst = max(found.differences, key=lambda one: one.mean)
    overlaps = [one.iou for one in found.differences if one.iou == one.iou]
    overlap = f"{min(overlaps):.4f}" if overlaps else ""
    return [f"{worst.mean:.2f}", f"{worst.bias:+.2f}", f"{worst.p95:.0f}", overlap]


def pictures(results: list[Result]) -> str:
    """Write small copies of our images and return the lines that show them."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    lines = []
    for result in results:
        shown = []
        for number, one in enumerate(one for one in result.found if one.golden.kind in SHOWN and one.pairs):
            for (_, ours), found in zip(one.pairs, one.differences, strict=True):
                if "overlay" not in ours.name:
                    shown.append(_picture(ours, f"{result.suite.name}_{number}_{ours.stem}", found))
        lines += [f"**{result.suite.name}**", "", " ".join(shown), ""] if shown else []
    return "\n".join(lines)


def _picture(ours: Path, name: str, found: Difference) -> str:
    image = Image.open(ours).convert("RGB")
    image.thumbnail((LARGEST, LARGEST))
    image.save(PICTURES / f"{name}.jpg", quality=88)
    return f"![{name}: mean difference {found.mean:.2f}](pictures/rtx/{name}.jpg)"
