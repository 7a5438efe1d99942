"""The one error a Replicator YAML file can have, and names that are near a wrong one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ParserError(ValueError):
    """A Replicator YAML file cannot be run as it is written.

    Args:
        file: the file.
        line: line in it, from 1; 0 is the file as a whole.
        key: dotted path of the wrong key ("" is the whole file).
        message: what was given, what was expected, what to do.
    """

    def __init__(self, file: str, line: int, key: str, message: str) -> None:
        self.file, self.line, self.key, self.message = file, line, key, message
        place = f"{file}:{line}" if line else file
        super().__init__(f"{place}: {key}: {message}" if key else f"{place}: {message}")


def near(name: str, known: Iterable[str], count: int = 3) -> str:
    """Return "; did you mean a, b?" for the nearest known names, or "" where none is near."""
    found = difflib.get_close_matches(name, list(dict.fromkeys(known)), n=count, cutoff=0.6)
    return f"; did you mean {', '.join(found)}?" if found else ""
