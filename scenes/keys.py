"""Refuse keys that do not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from scenes.errors import ScenarioError


def suggestion(name: Any, known: Iterable[str]) -> str:
    """Return "; did you mean 'x'?" for the nearest known name, or nothing where none is near."""
    near = difflib.get_close_matches(str(name), list(known), n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


def check_keys(given: Mapping[str, Any], allowed: Iterable[str], key: str) -> None:
    """Refuse keys that do not exist, with the nearest one that does.

    Args:
        given: the mapping as the scenario has it.
        allowed: names that exist.
        key: dotted path of the mapping ("" is the whole file).

    Raises:
        ScenarioError: naming the first unknown key.
    """
    known = list(allowed)
    for name in given:
        if name not in known:
            path = f"{key}.{name}" if key else str(name)
            raise ScenarioError(path, f"is not a known key{suggestion(name, known)} (known: {', '.join(known)})")
