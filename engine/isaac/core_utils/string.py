"""isaacsim.core.utils.string: unique names, and the fixed part of a regular expression."""

from __future__ import annotations

from collections.abc import Callable


def find_unique_string_name(initial_name: str, is_unique_fn: Callable[[str], bool]) -> str:
    """Return the name, or the first of name_1, name_2 ... that `is_unique_fn` takes."""
    name, number = initial_name, 0
    while not is_unique_fn(name):
        number += 1
        name = f"{initial_name}_{number}"
    return name


def find_root_prim_path_from_regex(prim_path_regex: str) -> tuple[str | None, int | None]:
    """Return the path above the first part that is a pattern, and the level of that part; (None, None) without one."""
    parts = str(prim_path_regex).split("/")
    for level, part in enumerate(parts):
        if any(sign in part for sign in "[]*|^"):
            return "/".join(parts[:level]), level
    return None, None
