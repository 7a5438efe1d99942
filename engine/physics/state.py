"""Where every body is and how it moves, as arrays; and quaternions in the order wxyz."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

Pose = tuple[Float[np.ndarray, "3"], Float[np.ndarray, "4"]]
Velocity = tuple[Float[np.ndarray, "3"], Float[np.ndarray, "3"]]


@dataclass
class BodyState:
    """Rows of all bodies, world frame.

    Attributes:
        paths: prim paths.
        positions: (n, 3) stage units.
        turns: (n, 4) quaternions wxyz.
        linear: (n, 3) stage units/s.
        angular: (n, 3) rad/s.
    """

    paths: tuple[str, ...] = ()
    positions: Float[np.ndarray, "n 3"] = field(default_factory=lambda: np.zeros((0, 3)))
    turns: Float[np.ndarray, "n 4"] = field(default_factory=lambda: np.zeros((0, 4)))
    linear: Float[np.ndarray, "n 3"] = field(default_factory=lambda: np.zeros((0, 3)))
    angular: Float[np.ndarray, "n 3"] = field(default_factory=lambda: np.zeros((0, 3)))

    def row(self, path: str) -> int:
        """Return the row of a body.

        Raises:
            KeyError: if there is no such body.
        """
        if path not in self.paths:
            some = ", ".join(self.paths[:5]) or "none"
            raise KeyError(f"no rigid body at '{path}' in the simulation; there are: {some}")
        return self.paths.index(path)

    def pose(self, path: str) -> Pose:
        """Return position and rotation of a body (raises as `row`)."""
        row = self.row(path)
        return self.positions[row].copy(), self.turns[row].copy()

    def velocity(self, path: str) -> Velocity:
        """Return linear and angular velocity of a body (raises as `row`)."""
        row = self.row(path)
        return self.linear[row].copy(), self.angular[row].copy()

    def velocities(self) -> dict[str, Velocity]:
        """Return the velocities of every body."""
        return {path: (self.linear[row], self.angular[row]) for row, path in enumerate(self.paths)}


def joined(parts: Sequence[BodyState]) -> BodyState:
    """Put the rows of several states into one."""
    filled = [part for part in parts if part.paths]
    if len(filled) == 1:
        return filled[0]
    if not filled:
        return BodyState()
    names = ("positions", "turns", "linear", "angular")
    columns = [np.concatenate([getattr(part, name) for part in filled]) for name in names]
    return BodyState(tuple(path for part in filled for path in part.paths), *columns)


def relative_turns(frames: Float[np.ndarray, "n 4"], turns: Float[np.ndarray, "n 4"]) -> Float[np.ndarray, "n 4"]:
    """Return world rotations as seen in frames: conjugate(frame) times turn."""
    w, v = frames[:, :1], -frames[:, 1:]
    s, u = turns[:, :1], turns[:, 1:]
    scalar = w * s - np.sum(v * u, axis=1, keepdims=True)
    return np.concatenate([scalar, w * u + s * v + np.cross(v, u)], axis=1)


def matrices(turns: Float[np.ndarray, "n 4"]) -> Float[np.ndarray, "n 3 3"]:
    """Return quaternions as column-vector rotations."""
    w, x, y, z = np.asarray(turns).T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.asarray(rows), -1, 0)
