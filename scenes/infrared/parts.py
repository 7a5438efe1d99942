"""Which part of a thing a prim is, by the words of its name: the bonnet of a car, the face of a person."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

SAME = {
    "hood": "bonnet",
    "engine": "bonnet",
    "grill": "grille",
    "radiator": "grille",
    "wheel": "tyres",
    "tire": "tyres",
    "tyre": "tyres",
    "rotor": "brakes",
    "window": "windows",
    "windscreen": "windows",
    "windshield": "windows",
    "glass": "windows",
    "tailpipe": "exhaust",
    "muffler": "exhaust",
    "headlight": "lamps",
    "headlamp": "lamps",
    "light": "lamps",
    "skin": "face",
    "head": "face",
    "neck": "face",
    "ear": "face",
    "muzzle": "nose",
    "snout": "nose",
    "wall": "facade",
    "shirt": "clothing",
    "trousers": "clothing",
    "jacket": "clothing",
    "coat": "clothing",
    "shoe": "clothing",
}
WHOLE = ("body", "coat", "clothing", "surface", "facade", "outside", "back", "ground")


def words_of(name: str) -> list[str]:
    """Return the words of a prim's name in small letters: FrontLeft_Tyre2 is front, left, tyre."""
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]


def whole_of(parts: Iterable[str]) -> str:
    """Return the part that stands for the whole of a thing."""
    names = list(parts)
    return next((name for name in WHOLE if name in names), names[0])


@lru_cache(maxsize=4096)
def part_of(path: str, holder: str, parts: tuple[str, ...]) -> str:
    """Return which of a thing's parts a prim is.

    Args:
        path: of the prim.
        holder: path of the thing.
        parts: names of its parts.

    Returns:
        The part that a name between the two speaks of, the deepest first; else the one that stands for the whole.
    """
    below = path[len(holder) :] if path.startswith(holder) else path
    for name in reversed([name for name in below.split("/") if name]):
        for word in words_of(name):
            for form in (word, f"{word}s", word.removesuffix("s")):
                if form in parts:
                    return form
                if SAME.get(form) in parts:
                    return SAME[form]
    return whole_of(parts)
