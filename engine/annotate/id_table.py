"""The dictionaries in `info`: keyed by id or colour, readable with either form of the key."""

from __future__ import annotations

from typing import Any


class IdTable(dict[Any, Any]):
    """A dict of ids (2 or "2") or colours ((r, g, b, a) or "(r, g, b, a)"): look-ups take both forms of a key."""

    def __missing__(self, key: Any) -> Any:
        """Look the other form of a key up.

        Raises:
            KeyError: if neither form is there.
        """
        other = other_form(key)
        if other is None or not dict.__contains__(self, other):
            raise KeyError(key)
        return dict.__getitem__(self, other)

    def __contains__(self, key: object) -> bool:
        return dict.__contains__(self, key) or (
            (other := other_form(key)) is not None and dict.__contains__(self, other)
        )

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the value of either form of a key, or the default."""
        try:
            return self[key]
        except KeyError:
            return default


def other_form(key: Any) -> Any:
    """Return "2" for 2, 2 for "2", "(1, 2, 3, 4)" for (1, 2, 3, 4) and back; None for anything else."""
    if isinstance(key, tuple):
        return str(tuple(int(part) for part in key))
    if not isinstance(key, str):
        return str(int(key)) if hasattr(key, "__index__") else None
    parts = key.strip("() ").split(",")
    if not all(part.strip().isdigit() for part in parts):
        return None
    numbers = tuple(int(part) for part in parts)
    return numbers if key.startswith("(") else numbers[0]
