"""torch, which is the user's: the engine needs it for nothing of its own."""

from __future__ import annotations

import importlib
from typing import Any


def torch_or_error(what: str) -> Any:
    """Return the torch module.

    Args:
        what: who needs it, for the error.

    Raises:
        ImportError: if torch is not installed.
    """
    try:
        return importlib.import_module("torch")
    except ImportError as error:
        raise ImportError(
            f"{what} needs torch ({error}); install it (pip install torch) or use the NumPy backend", name="torch"
        ) from error
