"""Write docs/parity.md: what of the recorded surface the engine has, looked up in the engine itself."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

from .. import import_names
from . import results
from .surface import load_surface

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "parity.md"
NOTES = Path(__file__).parent / "parity_notes.txt"
_STANDS_FOR = {
    "omni.kit.app.ExtensionManager": ("engine.kit.extension_manager", "ExtensionManager"),
    "carb.eventdispatcher.IEventDispatcher": ("engine.carb.eventdispatcher", "EventDispatcher"),
}
HEAD = """\
# Parity with Isaac Sim's Replicator

What the embedded engine offers of the API that Isaac Sim 4.5, 5.1 and 6.0 offer, name by name. Made from the recorded
surface (`engine/conformance/surface.json`) and the engine itself; and which published scripts run, as the last
conformance run and sweep found (`engine/conformance/results.json`). Do not edit: `python -m engine.conformance.parity`.

`works`: the name is there and takes every recorded parameter. `partly`: it is there and something is missing, as
noted. `not yet`: using it raises an error that points here.
"""


def read_notes() -> dict[str, str]:
    """Return name to note."""
    lines = [line for line in NOTES.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return {name.strip(): note.strip() for name, _, note in (line.partition(":") for line in lines)}


def look_up(name: str) -> Any:
    """Return what the engine has under an Isaac Sim name.

    Raises:
        AttributeError: if the engine has not got it.
    """
    parts = name.split(".")
    for prefix, (module, attribute) in _STANDS_FOR.items():
        if name == prefix or name.startswith(prefix + "."):
            return _follow(getattr(importlib.import_module(module), attribute), name[len(prefix) :].split(".")[1:])
    for length in range(len(parts), 0, -1):
        target = import_names.target_of(".".join(parts[:length]))
        if target is not None:
            return _follow(importlib.import_module(target), parts[length:])
    raise AttributeError(f"the engine has no module for '{name}'")


def _follow(value: Any, parts: list[str]) -> Any:
    for part in parts:
        if part.startswith("__"):
            raise AttributeError(f"'{part}' is not a public name")
        value = getattr(value, part)
    return value


def missing_parameters(value: Any, entry: dict[str, Any]) -> list[str]:
    """Return the recorded parameters that a function of the engine does not take."""
    if not callable(value) or "parameters" not in entry:
        return []
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return []
    kinds = [parameter.kind for parameter in signature.parameters.values()]
    if inspect.Parameter.VAR_KEYWORD in kinds:
        return []
    return [name for name in entry["parameters"] if name not in signature.parameters]


def status(name: str, entry: dict[str, Any], notes: dict[str, str]) -> tuple[str, str]:
    """Return (works | partly | not yet, note) of one name."""
    try:
        value = look_up(name)
    except (AttributeError, ImportError):
        return ("not yet", notes.get(name, ""))
    lacking = missing_parameters(value, entry) if name.startswith(("omni.replicator", "isaacsim.")) else []
    remarks = [f"without {', '.join(lacking)}"] if lacking else []
    remarks += [notes[name]] if name in notes else []
    return ("partly" if remarks else "works", "; ".join(remarks))


def page() -> str:
    """Return the text of the page."""
    surface, notes = load_surface(), read_notes()
    rows = {name: status(name, entry, notes) for name, entry in surface.items()}
    sections = [HEAD, results.section()]
    for title, prefixes in (
        ("omni.replicator.core (`rep`)", ("omni.replicator.core.",)),
        ("Kit: omni, carb", ("omni.usd", "omni.kit", "omni.timeline", "omni.client", "carb")),
        ("Isaac Sim: isaacsim, omni.isaac", ("isaacsim", "omni.isaac")),
    ):
        names = sorted(name for name in rows if name.startswith(prefixes))
        counts = {word: sum(rows[name][0] == word for name in names) for word in ("works", "partly", "not yet")}
        summary = ", ".join(f"{number} {word}" for word, number in counts.items())
        sections.append(f"\n## {title}\n\n{summary}.\n\n| name | Isaac Sim | engine | note |\n|---|---|---|---|")
        for name in names:
            shown = name.replace("omni.replicator.core.", "rep.")
            sections.append(
                f"| `{shown}` | {' '.join(surface[name]['versions'])} | {rows[name][0]} | {rows[name][1]} |"
            )
    return "\n".join(sections) + "\n"


def main() -> int:
    """Write the page and return the exit status."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
