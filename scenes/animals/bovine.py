"""The form of a cow: where its joints are and which shapes lie over them.

Source: proportions after Ashdown and Done, "Color Atlas of Veterinary Anatomy: The Ruminants", and breed standards.
"""

from __future__ import annotations

import numpy as np

from scenes.animals.body import Body
from scenes.animals.shapes import Array, Cone, Shape
from scenes.animals.skeleton import SIDES, Build, Plan, Pose

PLAN = Plan(
    height=1.45,
    elbow=0.74,
    fore=np.array(
        [[0.70, 0.19, 0.98], [0.47, 0.20, 0.80], [0.505, 0.175, 0.44], [0.495, 0.165, 0.165], [0.54, 0.165, 0.08]]
    ),
    hind=np.array(
        [[-0.70, 0.17, 1.14], [-0.50, 0.23, 0.88], [-0.87, 0.185, 0.57], [-0.81, 0.175, 0.175], [-0.765, 0.175, 0.08]]
    ),
    neck_base=np.array([0.60, 0.0, 1.17]),
    neck_length=0.66,
    head_length=0.51,
    chest_floor=0.68,
)
# Rows of the trunk: along, top, widest height, bottom, half width; metres at the reference height.
TRUNK = np.array(
    [
        [0.84, 1.20, 1.04, 0.90, 0.11],
        [0.74, 1.33, 1.04, 0.79, 0.20],
        [0.56, 1.42, 1.06, 0.72, 0.245],
        [0.30, 1.425, 1.05, 0.685, 0.285],
        [0.05, 1.41, 1.02, 0.635, 0.34],
        [-0.22, 1.415, 0.99, 0.60, 0.365],
        [-0.48, 1.43, 1.03, 0.655, 0.335],
        [-0.70, 1.435, 1.09, 0.80, 0.275],
        [-0.87, 1.41, 1.12, 0.94, 0.215],
        [-0.96, 1.35, 1.14, 1.02, 0.15],
    ]
)
# Rows of the head, as shares of its length: along, top, bottom, half width.
HEAD = np.array(
    [
        [0.00, 0.10, -0.20, 0.145],
        [0.13, 0.135, -0.29, 0.185],
        [0.32, 0.13, -0.325, 0.205],
        [0.50, 0.095, -0.30, 0.172],
        [0.68, 0.06, -0.255, 0.148],
        [0.82, 0.035, -0.235, 0.152],
        [0.92, 0.015, -0.22, 0.162],
        [0.985, -0.02, -0.18, 0.140],
    ]
)


Point = tuple[float, float, float]
Pair = tuple[float, float]


class Cow(Body):
    """The shapes of one posed cow.

    Args:
        build: size and form.
        pose: what it does.
    """

    def __init__(self, build: Build, pose: Pose) -> None:
        super().__init__(PLAN, build, pose)

    def shapes(self) -> list[Shape]:
        """Return all shapes of the skin, in the order in which they join."""
        legs = [s for side in SIDES for s in (*self._foreleg(side), *self._hindleg(side))]
        return [self.barrel(TRUNK), *self._bones(), *legs, *self._neck(), *self._udder(), *self._tail(), *self._head()]

    def _cone(
        self, start: Point, end: Point, radii: Pair, part: str, blend: float, aspect: float = 1.0, carve: bool = False
    ) -> Cone:
        """Return a cone between reference points of the trunk; radii and blend are metres at the reference size."""
        k = self.size
        return Cone(self.at(*start), self.at(*end), radii[0] * k, radii[1] * k, part, blend * k, aspect, carve=carve)

    def _head_cone(
        self, start: Point, end: Point, radii: Pair, part: str, blend: float, aspect: float = 1.0, carve: bool = False
    ) -> Cone:
        """Return a cone in head coordinates; everything in shares of the head's length."""
        h, side = self.head_size, self.head_frame()[1]
        ends = self.head_at(*start), self.head_at(*end)
        return Cone(*ends, radii[0] * h, radii[1] * h, part, blend * h, aspect, side, carve)

    def _under(self, x: float, z: float, radius: float) -> Array:
        """Return the centre (3,) of a ball on the top line, its top where the reference ball's top would be."""
        return self.at(x, 0.0, z + radius) - [0.0, 0.0, radius * self.size]

    def _ridge(self, start: tuple[float, float, float], end: tuple[float, float, float], blend: float) -> Cone:
        """Return a stretch of the spine between two (x, z, radius), metres at the reference size."""
        k = self.size
        return Cone(self._under(*start), self._under(*end), start[2] * k, end[2] * k, "trunk", blend * k)

    def _bones(self) -> list[Shape]:
        """Return spine, withers, brisket, shoulder blades, hip and pin bones, and the hollow of the flank."""
        b, cone = self.build, self._cone
        out: list[Shape] = [
            self._ridge((0.58, 1.345, 0.085), (0.30, 1.375, 0.05), 0.10),
            self._ridge((0.30, 1.385, 0.04), (-0.50, 1.405, 0.045), 0.08),
            self._ridge((-0.50, 1.405, 0.05), (-0.92, 1.385, 0.045), 0.06),
            cone((0.72, 0, 0.90), (0.45, 0, 0.79), (0.12 * b.dewlap**0.4, 0.10), "brisket", 0.12),
        ]
        hollow = (0.085 * b.bone, 0.07 * b.bone)
        for s in SIDES.values():
            out += [
                cone((0.46, 0.10 * s, 1.31), (0.66, 0.165 * s, 1.02), (0.085, 0.125 * b.muscle), "trunk", 0.10),
                cone((-0.53, 0.235 * s, 1.355), (-0.60, 0.20 * s, 1.35), (0.055 * b.bone, 0.05), "trunk", 0.09),
                cone((-0.93, 0.10 * s, 1.29), (-0.88, 0.11 * s, 1.27), (0.05, 0.06), "trunk", 0.07),
                cone((-0.36, 0.40 * s, 1.24), (-0.30, 0.41 * s, 1.22), hollow, "trunk", 0.10, carve=True),
            ]
        return out

    def _foreleg(self, side: str) -> list[Shape]:
        """Return shoulder to fetlock of one foreleg."""
        shoulder, elbow, knee, fetlock, hoof = self.joints[f"fore_{side}"]
        k, t, m = self.size, self.size * self.build.limb, self.build.muscle
        front = np.array([0.02 * k, 0.0, 0.0])
        return [
            Cone(shoulder, elbow, 0.115 * k * m, 0.10 * k * m, "trunk", 0.09 * k, 0.75),
            Cone(elbow + front, 0.45 * elbow + 0.55 * knee, 0.092 * k * m, 0.058 * t, "leg", 0.07 * k, 0.8),
            Cone(0.45 * elbow + 0.55 * knee, knee, 0.058 * t, 0.05 * t, "leg", 0.03 * k, 0.9),
            Cone(
                knee + front * 0.4, knee + (fetlock - knee) * 0.08 + front * 0.4, 0.052 * t, 0.048 * t, "leg", 0.03 * k
            ),
            Cone(knee, fetlock, 0.042 * t, 0.037 * t, "shank", 0.03 * k, 0.88),
            Cone(fetlock, fetlock - front * 0.6, 0.046 * t, 0.04 * t, "shank", 0.03 * k),
            Cone(fetlock, hoof, 0.04 * t, 0.05 * t, "shank", 0.02 * k),
        ]

    def _hindleg(self, side: str) -> list[Shape]:
        """Return thigh to fetlock of one hind leg."""
        hip, stifle, hock, fetlock, hoof = self.joints[f"hind_{side}"]
        k, t, m, sign = self.size, self.size * self.build.limb, self.build.muscle, SIDES[side]
        back = np.array([-1.0, 0.0, 0.0]) * k
        pin = self.at(-0.86, 0.13 * sign, 1.16)
        calf = 0.55 * stifle + 0.45 * hock
        heel = hock + back * 0.035 + [0, 0, 0.03 * k]
        low = calf + back * 0.035 + [0, 0, 0.09 * k]
        out: list[Shape] = [
            Cone(hip, stifle, 0.185 * k * m, 0.105 * k * m, "trunk", 0.10 * k, 0.72),
            Cone(pin, low, 0.125 * k * m, 0.085 * k * m, "trunk", 0.10 * k, 0.75),
            Cone(stifle, calf, 0.11 * k * m, 0.085 * k * m, "leg", 0.08 * k, 0.72),
            Cone(calf, hock, 0.088 * k * m, 0.05 * t, "leg", 0.05 * k, 0.72),
            Cone(hock, heel, 0.052 * t, 0.036 * t, "leg", 0.03 * k, 0.8),
            Cone(hock, fetlock, 0.051 * t, 0.040 * t, "shank", 0.03 * k, 0.8),
            Cone(fetlock, fetlock + back * 0.012, 0.048 * t, 0.042 * t, "shank", 0.03 * k),
            Cone(fetlock, hoof, 0.042 * t, 0.052 * t, "shank", 0.02 * k),
        ]
        if not self.pose.lie:
            out.insert(4, Cone(calf + back * 0.06, heel, 0.045 * k, 0.028 * t, "leg", 0.04 * k, 0.7))
        return out

    def _neck(self) -> list[Shape]:
        """Return the neck's muscles, throat, crest and dewlap."""
        k, b, j = self.size, self.build, self.joints
        base, nape = j["neck_base"], self.head_at(0.02, 0, -0.10)
        throat = self.head_at(0.22, 0, -0.20)
        middle = 0.5 * (base + nape) + np.array([0.0, 0.0, 0.03 * k])
        across = np.cross(nape - base, [0.0, 0.0, 1.0])
        full = k * (0.55 + 0.45 * b.muscle)
        crest = 0.5 * (self._under(0.50, 1.40, 0.09) + nape)
        out: list[Shape] = [
            Cone(
                self.at(0.50, 0, 1.12), base + (middle - base) * 0.25, 0.26 * full, 0.215 * full, "neck", 0.14 * k, 0.72
            ),
            Cone(base, middle, 0.205 * full, 0.148 * full, "neck", 0.10 * k, 0.66, across),
            Cone(middle, nape, 0.148 * full, 0.108 * full, "neck", 0.08 * k, 0.72, across),
            Cone(self._under(0.50, 1.32, 0.09), crest, 0.09 * k, 0.08 * k, "neck", 0.12 * k, 0.7, across),
            Cone(crest, self.head_at(0.03, 0, 0.0), 0.08 * k, 0.07 * k, "neck", 0.09 * k, 0.8, across),
        ]
        chest = self.at(0.80, 0, 0.84)
        sag = 0.5 * (throat + self.at(0.82, 0, 0.95)) - 0.04 * k * b.dewlap * np.array([0.0, 0.0, 1.0])
        out += [
            Cone(throat, sag, 0.06 * k, 0.07 * k * b.dewlap, "neck", 0.10 * k, 0.5, across),
            Cone(sag, chest, 0.07 * k * b.dewlap, 0.07 * k * b.dewlap, "brisket", 0.10 * k, 0.55),
            Cone(chest, self.at(0.62, 0, 0.76), 0.07 * k * b.dewlap, 0.06 * k, "brisket", 0.10 * k, 0.7),
        ]
        if b.hump:
            out.append(Cone(self.at(0.55, 0, 1.38), crest, 0.11 * k * b.hump, 0.10 * k * b.hump, "neck", 0.14 * k, 0.8))
        return out

    def _udder(self) -> list[Shape]:
        """Return the udder, hanging before the hind legs."""
        u = self.build.udder
        if u <= 0.0 or self.pose.lie:
            return []
        front, back = 0.77 - 0.02 * u, 0.76 - 0.06 * u
        return [
            self._cone((-0.40, 0, front), (-0.60, 0, back), (0.11 * u, 0.155 * u), "udder", 0.08, 1.1),
            self._cone((-0.60, 0, back + 0.02), (-0.75, 0, 0.88), (0.135 * u, 0.10 * u), "udder", 0.07, 1.1),
        ]

    def teats(self) -> list[tuple[Array, Array]]:
        """Return top and tip of the four teats."""
        u, k = self.build.udder, self.size
        if u <= 0.0 or self.pose.lie:
            return []
        floor = 0.76 - 0.06 * u - 0.135 * u
        spots = [(x, y) for x in (-0.47, -0.62) for y in (0.075, -0.075)]
        tops = [self.at(x, y * u, floor + 0.05 + 0.03 * (x > -0.5)) for x, y in spots]
        return [(top, top + [0.004, 0.0, -0.095 * k * u**0.5]) for top in tops]

    def _tail(self) -> list[Shape]:
        """Return the tail and its tuft."""
        k, swing = self.size, np.sin(np.radians(self.pose.tail))
        root = self.at(-0.90, 0, 1.40)
        line = [
            root,
            root + np.array([-0.10, 0.01 * swing, -0.06]) * k,
            root + np.array([-0.145, 0.10 * swing, -0.28]) * k,
        ]
        line.append(root + np.array([-0.13, 0.32 * swing, -0.66]) * k)
        tuft = root + np.array([-0.14, 0.42 * swing, -0.92]) * k
        if self.pose.lie:
            line[2:] = [root + np.array([-0.12, 0.06, -0.35]) * k, root + np.array([-0.08, 0.22, -0.62]) * k]
            tuft = line[3] + np.array([0.10, 0.22, -0.05]) * k
            line[3][2], tuft[2] = max(line[3][2], 0.05), 0.05
        radii = np.array([0.055, 0.042, 0.030, 0.025]) * k
        out: list[Shape] = [
            Cone(line[i], line[i + 1], max(radii[i], 0.024), max(radii[i + 1], 0.024), "tail", 0.03 * k)
            for i in range(3)
        ]
        hair = 0.7 * line[3] + 0.3 * tuft
        return [
            *out,
            Cone(line[3], hair, 0.026, 0.052 * k, "switch", 0.02),
            Cone(hair, tuft, 0.052 * k, 0.022, "switch", 0.03),
        ]

    def _head(self) -> list[Shape]:
        """Return skull, jaw, brow, muzzle, ears and the hollows of nostrils and ears."""
        cone = self._head_cone
        out: list[Shape] = [
            self.skull(HEAD),
            cone((0.0, 0, 0.05), (0.06, 0, 0.07), (0.10, 0.09), "head", 0.06, 1.2),
            cone((0.925, 0.06, -0.07), (0.925, -0.06, -0.07), (0.112, 0.112), "muzzle", 0.06),
            cone((0.88, 0.05, -0.19), (0.88, -0.05, -0.19), (0.065, 0.065), "head", 0.05),
        ]
        if self.build.coat_depth > 0.02:  # the fringe of long-haired breeds, from the poll over the brow
            for y in (-0.13, -0.045, 0.045, 0.13):
                out.append(cone((-0.02, 0.7 * y, 0.12), (0.44 - abs(y), 1.15 * y, 0.135), (0.085, 0.03), "head", 0.03))
        for s in SIDES.values():
            out += [
                cone((0.20, 0.10 * s, -0.16), (0.32, 0.10 * s, -0.17), (0.13, 0.10), "head", 0.08, 0.8),
                cone((0.27, 0.165 * s, 0.075), (0.37, 0.165 * s, 0.055), (0.052, 0.045), "head", 0.05),
                cone((0.985, 0.085 * s, -0.045), (1.03, 0.12 * s, -0.03), (0.03, 0.03), "muzzle", 0.02, carve=True),
                *self._ear(s),
            ]
        return out

    def _ear(self, sign: float) -> list[Shape]:
        """Return one ear, pointing sideways, and its hollow."""
        h, at = self.head_size, self.head_at
        root, mid, tip = at(0.07, 0.15 * sign, 0.0), at(0.02, 0.33 * sign, -0.01), at(0.05, 0.52 * sign, -0.05)
        face = np.array([0.75, 0.15 * sign, -0.45]) @ self.head_frame()
        hollow = face * 0.055 * h
        inner, outer = 0.8 * mid + 0.2 * root + hollow, 0.5 * (mid + tip) + hollow
        return [
            Cone(root, mid, 0.055 * h, 0.105 * h, "ear", 0.04 * h, 0.42, face),
            Cone(mid, tip, 0.105 * h, 0.035 * h, "ear", 0.03 * h, 0.42, face),
            Cone(inner, outer, 0.07 * h, 0.05 * h, "ear", 0.02 * h, 0.6, face, True),
        ]
