"""carb.input: keyboards and mice, of which there are none; every name is accepted and does nothing."""

from __future__ import annotations

from typing import Any

from ..kit import inert


def __getattr__(name: str) -> Any:
    """Return a class of that name that does nothing."""
    return inert.__getattr__(name)
