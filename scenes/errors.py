"""The one error a scenario can have: which file, which key, what was given, what was expected."""

from __future__ import annotations


class ScenarioError(ValueError):
    """A scenario cannot be used as it is written.

    Args:
        key: dotted path of the wrong key ("" is the whole file).
        message: what was given, what was expected, what to do.
        file: the scenario file, when known.
    """

    def __init__(self, key: str, message: str, file: str = "") -> None:
        self.key, self.message, self.file = key, message, file
        place = ": ".join(part for part in (file, key) if part)
        super().__init__(f"{place}: {message}" if place else message)
