"""What all animals' bodies share: a posed skeleton and the frames in which shapes and paint are placed."""

from __future__ import annotations

import numpy as np

from scenes.animals.shapes import Array, Loft, Shape
from scenes.animals.skeleton import Build, Joints, Plan, Pose, posed_joints, warp

COW_HEIGHT = 1.45


class Body:
    """A posed animal of which species give the shapes.

    Args:
        plan: reference skeleton.
        build: size and form.
        pose: what it does.
    """

    def __init__(self, plan: Plan, build: Build, pose: Pose) -> None:
        self.plan, self.build, self.pose = plan, build, pose
        self.size = build.height / plan.height
        self.grain = build.height / COW_HEIGHT
        self.joints: Joints = posed_joints(plan, build, pose)
        self.head_size = plan.head_length * build.head * self.size

    def shapes(self) -> list[Shape]:
        """Return all shapes of the skin, in the order in which they join."""
        raise AttributeError(f"{type(self).__name__} has no shapes; a body is made as a Cow or a Beast")

    def at(self, x: float, y: float, z: float) -> Array:
        """Return a reference point of the trunk (3,) in the posed body."""
        return warp(self.plan, self.build, np.array([x, y, z])) + self.joints["trunk"]

    def head_frame(self) -> Array:
        """Return the rows forward, left, up (3, 3) of the head."""
        forward = (self.joints["muzzle"] - self.joints["poll"]) / self.head_size
        up = self.joints["head_up"]
        return np.stack([forward, np.cross(up, forward), up])

    def head_at(self, along: float, left: float, up: float) -> Array:
        """Return a point of the head (3,) from shares of the head's length."""
        return self.joints["poll"] + self.head_size * (np.array([along, left, up]) @ self.head_frame())

    def head_local(self, points: Array) -> Array:
        """Return points (n, 3) as shares of the head's length along, left and up."""
        return (points - self.joints["poll"]) @ self.head_frame().T / self.head_size

    def rest_pastern(self, leg: str) -> Array:
        """Return the way (3,) from fetlock to foot of a standing "fore" or "hind" leg."""
        joints = warp(self.plan, self.build, getattr(self.plan, leg))
        return joints[4] - joints[3]

    def rest_foot(self, leg: str) -> float:
        """Return the height of a standing "fore" or "hind" leg's foot joint, metres."""
        return float(warp(self.plan, self.build, getattr(self.plan, leg))[4, 2])

    def barrel(self, rows: Array, power: float = 2.25) -> Loft:
        """Return the trunk from reference rows (k, 5): along, top, widest height, bottom, half width."""
        b, rows = self.build, rows.copy()
        inside = (rows[:, 0] - rows[:, 0].mean()) / np.ptp(rows[:, 0])
        middle = np.exp(-((inside / 0.24) ** 2))
        rows[:, 3] -= (b.belly - 1.0) * 0.17 * self.plan.height * middle
        rows[:, 4] *= 1.0 + (b.belly - 1.0) * 0.5 * middle
        top, wide, low = (warp(self.plan, b, np.stack([rows[:, 0], 0 * rows[:, 0], rows[:, i]], -1)) for i in (1, 2, 3))
        stations = np.stack([top[:, 0], wide[:, 2], top[:, 2] - wide[:, 2], wide[:, 2] - low[:, 2]], -1)
        stations = np.column_stack([stations, rows[:, 4] * b.width * self.size])[::-1]
        axes = np.eye(3)
        cap = 0.048 * self.build.height
        return Loft(self.joints["trunk"], axes[0], axes[2], stations, "trunk", power=power, cap=cap)

    def skull(self, rows: Array, power: float = 2.5) -> Loft:
        """Return the head from rows (k, 4), shares of its length: along, top, bottom, half width."""
        h, frame = self.head_size, self.head_frame()
        middle = rows[:, 2] + 0.55 * (rows[:, 1] - rows[:, 2])
        stations = np.column_stack([rows[:, 0], middle, rows[:, 1] - middle, middle - rows[:, 2], rows[:, 3]]) * h
        return Loft(self.joints["poll"], frame[0], frame[2], stations, "head", 0.05 * h, power, 0.045 * h)
