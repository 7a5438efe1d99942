"""isaacsim.core.experimental.utils.backend: every backend is USD here; a wish for another is accepted."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

BACKENDS = ("usd", "usdrt", "fabric", "tensor", "simstate")
_wished: list[tuple[str, bool, bool]] = []


@contextlib.contextmanager
def use_backend(
    backend: str, *, raise_on_unsupported: bool = False, raise_on_fallback: bool = False
) -> Generator[None, None, None]:
    """Note a wish for a backend; what is done inside is done in USD.

    Raises:
        ValueError: if the backend is unknown.
    """
    if backend not in BACKENDS:
        raise ValueError(f"use_backend('{backend}'): expected one of: {', '.join(BACKENDS)}")
    _wished.append((backend, raise_on_unsupported, raise_on_fallback))
    try:
        yield
    finally:
        _wished.pop()


def get_current_backend(supported_backends: list[str], *, raise_on_unsupported: bool | None = None) -> str:
    """Return the wished backend if it is among the supported ones, else the first of these."""
    wished = _wished[-1][0] if _wished else "usd"
    return wished if wished in supported_backends else supported_backends[0]


def is_backend_set() -> bool:
    """Tell whether a backend is wished for."""
    return bool(_wished)


def should_raise_on_unsupported() -> bool:
    """Tell what was wished."""
    return bool(_wished) and _wished[-1][1]


def should_raise_on_fallback() -> bool:
    """Tell what was wished."""
    return bool(_wished) and _wished[-1][2]
