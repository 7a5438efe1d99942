"""What the engine does not simulate: making one says so."""

from __future__ import annotations

from typing import Any


class _Unsupported:
    what = ""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        raise RuntimeError(
            f"{type(self).__name__}: the embedded engine simulates no {self.what} (docs/parity.md); "
            "run the script in Isaac Sim"
        )


class Articulation(_Unsupported):
    """A robot: not simulated."""

    what = "robots"
