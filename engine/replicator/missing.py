"""The one answer to a name that the embedded engine leaves out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PARITY = "docs/parity.md"


def refuse(module: str, hint: str = "") -> Callable[[str], Any]:
    """Return a module `__getattr__` that names the missing attribute.

    Args:
        module: dotted name as scripts import it, e.g. "omni.replicator.core.annotators".
        hint: one sentence on what to use instead.
    """

    def missing(name: str) -> Any:
        raise AttributeError(missing_text(module, name, hint))

    return missing


def missing_text(module: str, name: str, hint: str = "") -> str:
    """Return the sentence for a missing name."""
    text = f"{module} has no '{name}' in the embedded engine: a name of the real one may be left out, see {PARITY}"
    return f"{text}. {hint}" if hint else text
