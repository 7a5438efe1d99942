"""Colours as scripts name them: numbers, "red", "r" or "#ff0000"."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float
from PIL import ImageColor

from .values import rows

_LETTERS = {"r": "#ff0000", "g": "#008000", "b": "#0000ff", "c": "#00bfbf", "m": "#bf00bf", "y": "#bfbf00"}
_LETTERS |= {"k": "#000000", "w": "#ffffff"}


def rgb(color: Any) -> Any:
    """Return three numbers in [0, 1] for a word, anything else unchanged.

    Raises:
        ValueError: if the word is no colour.
    """
    if not isinstance(color, str):
        return color
    try:
        return [channel / 255.0 for channel in ImageColor.getrgb(_LETTERS.get(color, color))[:3]]
    except ValueError as error:
        raise ValueError(f"'{color}' is no colour; expected a CSS name, '#rrggbb' or three numbers") from error


def color_rows(colors: Any, count: int) -> Float[np.ndarray, "count 3"]:
    """Return one colour a prim."""
    given = [rgb(color) for color in colors] if isinstance(colors, list | tuple) else rgb(colors)
    return rows(given, count, 3, "colors")
