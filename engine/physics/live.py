"""Values of bodies as PhysX has them while it runs: mass, inertia, friction, offsets; and gravity.

What is set here is not written to the stage and lasts until the simulation is reset, as with Isaac Sim's tensor API.
When something else on the stage makes PhysX read it again, these values are set again, except for those whose own
attribute has been edited on the stage since.

Source: documentation of ovphysx 0.7, read_write/readable and read_write/writable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike
from pxr import Sdf

GRAVITY = "physics:gravity"


@dataclass(frozen=True)
class Property:
    """A value of a body.

    Attributes:
        width: numbers a body; 0 is one a collider.
        writable: it can be set.
        authored: attributes of the stage that say it anew when they are edited.
    """

    width: int = 1
    writable: bool = True
    authored: tuple[str, ...] = ()


PROPERTIES = {
    "mass": Property(1, authored=("physics:mass", "physics:density")),
    "inverseMass": Property(1, writable=False),
    "inertia": Property(9, authored=("physics:diagonalInertia", "physics:density")),
    "inverseInertia": Property(9, writable=False),
    "centerOfMassPosition": Property(3, authored=("physics:centerOfMass",)),
    "centerOfMassOrientation": Property(4, authored=("physics:principalAxes",)),
    "linearAcceleration": Property(3, writable=False),
    "angularAcceleration": Property(3, writable=False),
    "disableGravity": Property(1, authored=("physxRigidBody:disableGravity",)),
    "disableSimulation": Property(1, authored=("physics:rigidBodyEnabled",)),
    "shapeCount": Property(1, writable=False),
    "staticFriction": Property(0),
    "dynamicFriction": Property(0),
    "restitution": Property(0),
    "contactOffset": Property(0, authored=("physxCollision:contactOffset",)),
    "restOffset": Property(0, authored=("physxCollision:restOffset",)),
}


class LiveValues:
    """Values of the bodies of one simulation.

    Attributes:
        gravity: (3,) stage units/s^2 that is simulated in place of the stage's, or None.
    """

    def __init__(self, world: Callable[[], Any]) -> None:
        self.gravity: tuple[float, float, float] | None = None
        self._world = world
        self._set: dict[str, dict[str, np.ndarray]] = {}

    def read(self, name: str, paths: Sequence[str]) -> Float[np.ndarray, "n width"]:
        """Return a value of bodies, one row each.

        Args:
            name: key of `PROPERTIES`; units are the stage's, inertia (9,) and quaternions (xyzw) as PhysX has them.
            paths: prims of the bodies. Where there is a number a collider, rows are as wide as the body with the most
                colliders, and the rest is 0.

        Raises:
            KeyError: if the value is unknown, or a prim is no rigid body of the simulation.
        """
        width = self.width(name, paths)
        column = self._world().column(name)
        return np.array([_fitted(column[path], width) for path in paths]).reshape(len(paths), width)

    def width(self, name: str, paths: Sequence[str]) -> int:
        """Return how wide the rows of a value are (arguments and errors as `read`)."""
        known = _property(name)
        world = self._world()
        for path in paths:
            world.state().row(path)
        if known.width:
            return known.width
        counts = world.column("shapeCount")
        return int(max((counts[path][0] for path in paths), default=0))

    def write(self, name: str, paths: Sequence[str], rows: ArrayLike) -> None:
        """Set a value of bodies (arguments as `read`).

        Raises:
            KeyError: if the value is unknown, or a prim is no rigid body of the simulation.
            ValueError: if the value cannot be set, or the rows are too few or too narrow.
        """
        known = _property(name)
        if not known.writable:
            settable = ", ".join(key for key, value in PROPERTIES.items() if value.writable)
            raise ValueError(f"LiveValues.write: '{name}' was given, which PhysX computes; expected one of: {settable}")
        given = np.asarray(rows, dtype=np.float64)
        if given.ndim != 2 or len(given) != len(paths) or (known.width and given.shape[1] != known.width):
            width = known.width or "colliders"
            raise ValueError(
                f"LiveValues.write: '{name}' of shape {given.shape} was given; expected ({len(paths)}, {width})"
            )
        world = self._world()
        for path in paths:
            world.state().row(path)
        values = dict(zip(paths, given, strict=True))
        world.set_column(name, values)
        self._set.setdefault(name, {}).update(values)

    def give_way(self, edited: Iterable[Sdf.Path]) -> None:
        """Forget values whose attributes have been edited on the stage."""
        for path in edited:
            if path.name.startswith(GRAVITY):
                self.gravity = None
            for name, values in self._set.items():
                if path.name in PROPERTIES[name].authored:
                    for body in [body for body in values if path.GetPrimPath().HasPrefix(Sdf.Path(body))]:
                        del values[body]

    def restore(self, world: Any) -> None:
        """Set everything again, after PhysX has read the stage again; bodies that are gone are forgotten."""
        stay = set(world.state().paths)
        for name, values in self._set.items():
            for path in [path for path in values if path not in stay]:
                del values[path]
            world.set_column(name, values)

    def forget(self) -> None:
        """Forget everything, with the simulation."""
        self._set, self.gravity = {}, None


def _property(name: str) -> Property:
    if name not in PROPERTIES:
        raise KeyError(f"'{name}' was given; expected one of: {', '.join(PROPERTIES)}")
    return PROPERTIES[name]


def _fitted(row: np.ndarray, width: int) -> np.ndarray:
    return np.pad(row[:width], (0, max(0, width - row.size)))
