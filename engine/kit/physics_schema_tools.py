"""pxr.PhysicsSchemaTools: paths as numbers, and a ground plane."""

from __future__ import annotations

from typing import Any

from pxr import Sdf, Usd

from engine.isaac.views.ground import add_ground_plane

_paths: list[Sdf.Path] = [Sdf.Path()]
_numbers: dict[Sdf.Path, int] = {Sdf.Path(): 0}


def sdfPathToInt(path: Any) -> int:
    """Return the number of a path (0 for none), the same within a process."""
    key = Sdf.Path(str(path)) if str(path) else Sdf.Path()
    if key not in _numbers:
        _numbers[key] = len(_paths)
        _paths.append(key)
    return _numbers[key]


def intToSdfPath(number: Any) -> Sdf.Path:
    """Return the path of a number; a path is returned as it is."""
    if isinstance(number, str | Sdf.Path):
        return Sdf.Path(str(number))
    return _paths[int(number)] if 0 <= int(number) < len(_paths) else Sdf.Path()


def encodeSdfPath(path: Any) -> tuple[int, int]:
    """Return a path as two numbers."""
    return sdfPathToInt(path), 0


def decodeSdfPath(first: int, second: int) -> Sdf.Path:
    """Return the path of two numbers."""
    return intToSdfPath(first)


def addGroundPlane(stage: Usd.Stage, planePath: str, axis: str, size: float, position: Any, color: Any) -> str:
    """Make a ground: a square of `size` half-length that shows, and an endless plane that collides.

    Args:
        stage: where.
        planePath: path of the frame that holds both.
        axis: normal, "X", "Y" or "Z".
        size: half the length of an edge, stage units.
        position: (3,) centre.
        color: (3,) linear RGB from 0 to 1.
    """
    return str(add_ground_plane(stage, str(planePath), axis, size, position, color).GetPath())
