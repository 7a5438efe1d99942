"""carb.tokens: `${name}` substitution in paths."""

from __future__ import annotations

import os
import re
import tempfile


class Tokens:
    """Names and their values; `${kit}`, `${data}`, `${cache}`, `${logs}` are folders of the engine's own."""

    def __init__(self) -> None:
        root = os.path.join(tempfile.gettempdir(), "replicant")
        self._values = {name: os.path.join(root, name) for name in ("kit", "app", "data", "cache", "logs")}
        self._values["temp"] = tempfile.gettempdir()

    def set_value(self, name: str, value: str) -> None:
        """Set a token."""
        self._values[name] = value

    def remove_token(self, name: str) -> bool:
        """Remove a token and tell whether it was there."""
        return self._values.pop(name, None) is not None

    def exists(self, name: str) -> bool:
        """Tell whether a token is set."""
        return name in self._values

    def resolve(self, text: str) -> str:
        """Replace every known `${name}` in `text`."""
        return re.sub(r"\$\{([^}]+)\}", lambda match: self._values.get(match[1], match[0]), text)


_tokens = Tokens()


def get_tokens_interface() -> Tokens:
    """Return the process-wide tokens."""
    return _tokens


acquire_tokens_interface = get_tokens_interface
