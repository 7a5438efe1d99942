"""The form and the coat of the animals beside the herd, from the tables of their species."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from scenes.animals.body import Body
from scenes.animals.coats import Canvas, mix, ramp
from scenes.animals.noise import value_noise
from scenes.animals.shapes import Array, Cone, Shape
from scenes.animals.skeleton import SIDES, Build, Pose
from scenes.animals.species import Species


class Beast(Body):
    """The shapes of one posed animal of a species.

    Args:
        species: its tables.
        build: size and form.
        pose: what it does.
    """

    def __init__(self, species: Species, build: Build, pose: Pose) -> None:
        super().__init__(species.plan, build, pose)
        self.species = species

    def shapes(self) -> list[Shape]:
        """Return all shapes of the skin, in the order in which they join."""
        legs = [s for name in ("fore", "hind") for side in SIDES for s in self._leg(name, side)]
        return [self.barrel(self.species.trunk, 2.15), *legs, *self._neck(), *self._tail(), *self._head()]

    def _leg(self, name: str, side: str) -> list[Shape]:
        """Return one leg from shoulder or hip to foot."""
        top, elbow, knee, fetlock, foot = self.joints[f"{name}_{side}"]
        k, (r0, r1, r2, r3, r4) = self.size, np.array(self.species.leg) * self.size
        r0, r1 = (r0, r1) if name == "fore" else (r0 * 1.3, r1 * 1.15)
        middle = 0.5 * (elbow + knee)
        out: list[Shape] = [
            Cone(top, elbow, r0, r1, "trunk", r0, 0.75),
            Cone(elbow, middle, r1, 0.5 * (r1 + r2) * 0.95, "leg", r1, 0.8),
            Cone(middle, knee, 0.5 * (r1 + r2) * 0.95, r2, "leg", r2, 0.85),
            Cone(knee, fetlock, r2, r3, "shank", r3, 0.9),
            Cone(fetlock, foot, r3 * 1.12, r4, "shank", r3),
        ]
        if name == "hind":
            pin = top + np.array([-0.10 * self.plan.height, 0.0, 0.0]) * k
            out.insert(1, Cone(pin, middle, r0 * 0.75, r1 * 0.7, "trunk", r0, 0.75))
            out.append(Cone(knee, knee + np.array([-0.8, 0.0, 0.6]) * r2, r2 * 0.9, r2 * 0.5, "leg", r2))
        if self.species.feet == "paw":
            toe = foot + np.array([0.6 * r4, 0.0, 0.0])
            out.append(Cone(foot, toe, foot[2] if foot[2] < 1.5 * r4 else r4, r4 * 0.8, "shank", r3, 1.1))
        return out

    def _neck(self) -> list[Shape]:
        """Return neck, crest and mane."""
        s, k, base = self.species, self.size, self.joints["neck_base"]
        r0, r1, r2, wide = np.array(s.neck) * [k, k, k, 1.0]
        nape = self.head_at(0.05, 0, -0.08)
        middle = 0.5 * (base + nape) + np.array([0.0, 0.0, 0.02 * self.plan.height * k])
        across = np.cross(nape - base, [0.0, 0.0, 1.0])
        inside = base + np.array([-0.45 * r0, 0.0, -0.15 * r0])
        out: list[Shape] = [
            Cone(inside, base, r0 * 1.1, r0, "neck", r0 * 0.6, wide + 0.1),
            Cone(base, middle, r0, r1, "neck", r1 * 0.6, wide, across),
            Cone(middle, nape, r1, r2, "neck", r2 * 0.6, wide, across),
            Cone(
                nape, self.head_at(0.2, 0, -0.06), r2, 0.17 * self.head_size, "neck", 0.1 * self.head_size, 0.9, across
            ),
        ]
        if s.mane:
            up = np.cross(across / np.linalg.norm(across), (nape - base) / np.linalg.norm(nape - base))
            up *= np.sign(up[2]) or 1.0
            line = [base + up * r0 * 0.95, middle + up * r1, self.head_at(0.0, 0, 0.06), self.head_at(0.16, 0, 0.115)]
            for a, b in pairwise(line):
                out.append(Cone(a, b, s.mane * 0.5 * k, s.mane * 0.42 * k, "switch", 0.015 * k, 0.55, across))
        return out

    def _tail(self) -> list[Shape]:
        """Return the tail."""
        part = "switch" if self.species.mane else "tail"
        out: list[Shape] = []
        for a, b in pairwise(self.species.tail):
            out.append(
                Cone(self.at(*a[:3]), self.at(*b[:3]), a[3] * self.size, b[3] * self.size, part, 0.03 * self.size)
            )
        return out

    def _head(self) -> list[Shape]:
        """Return skull, muzzle, brows and ears."""
        s, h, at, frame = self.species, self.head_size, self.head_at, self.head_frame()
        radius, height = s.nose
        out: list[Shape] = [self.skull(s.skull)]
        out.append(Cone(at(0.92, 0.025, height), at(0.92, -0.025, height), radius * h, radius * h, "muzzle", 0.06 * h))
        brow = float(np.interp(s.eye[0] - 0.06, s.skull[:, 0], s.skull[:, 3]))
        root, middle, tip, half = s.ear
        for sign in (1.0, -1.0):
            eye = at(s.eye[0] - 0.06, (brow - 0.03) * sign, s.eye[1] + 0.03)
            out.append(Cone(eye, eye + 0.05 * h * frame[0], 0.05 * h, 0.045 * h, "head", 0.05 * h))
            points = [at(p[0], p[1] * sign, p[2]) for p in (root, middle, tip)]
            along = np.cross(points[2] - points[0], frame[2] if abs(tip[2] - root[2]) < 0.2 else frame[1])
            face = np.cross(points[2] - points[0], np.cross(along, points[2] - points[0])) + 1e-9
            face = along if abs(tip[2] - root[2]) < 0.2 else face
            face = frame[0] * 0.8 + frame[1] * sign * 0.4 if tip[2] > 0.2 else face
            flat = 0.42
            out.append(Cone(points[0], points[1], half * 0.6 * h, half * h, "ear", 0.03 * h, flat, face))
            out.append(Cone(points[1], points[2], half * h, half * 0.35 * h, "ear", 0.02 * h, flat, face))
        return out


def fleece(points: Array, depth: float, body: Beast, seed: int) -> Array:
    """Return the relief (n,) of a fleece on trunk and neck, none on face and legs, metres."""
    rng = np.random.default_rng(seed)
    lumps = 0.45 + 0.55 * value_noise(points, 16.0, rng) + 0.25 * value_noise(points, 36.0, rng)
    head = body.head_local(points)[:, 0]
    woolly = ramp(head, 0.30, 0.0) * ramp(points[:, 2], 0.22 * body.build.height, 0.42 * body.build.height)
    return depth * lumps * woolly


def paint_beast(canvas: Canvas, body: Beast, coat: int, rng: np.random.Generator) -> Array:
    """Return the linear albedo (n, 3) of an animal's texels.

    Args:
        canvas: the texels.
        body: whose skin it is.
        coat: which of the species' coats.
        rng: draws the variation.
    """
    main, points_colour, hair, muzzle = (np.asarray(c) for c in body.species.coats[coat])
    broad = canvas.noise(4.0 / canvas.size, 2, rng)
    colour = main * (1.0 + 0.12 * broad[:, None])
    k, along = canvas.size, canvas.head[:, 0]
    head = np.minimum(canvas.part("head"), canvas.part("muzzle"))
    edge = 0.12 if body.species.wool else -0.05
    face = ramp(head, 0.05 * k, 0.01 * k) * ramp(along, edge, edge + 0.12)
    face = np.maximum(
        face, ramp(canvas.part("ear"), 0.02 * k, 0.0) * ramp(canvas.nearer("ear", "head"), -0.01 * k, 0.01 * k)
    )
    colour = mix(colour, points_colour, np.maximum(face, ramp(canvas.part("shank"), 0.06 * k, 0.0)))
    colour = mix(
        colour,
        hair,
        ramp(canvas.nearer("switch", "neck") + 0.0, -0.01 * k, 0.01 * k) * ramp(canvas.part("switch"), 0.03 * k, 0.0),
    )
    low = (
        0.5 * ramp(canvas.points[:, 2], 0.4 * body.build.height, 0.1 * body.build.height) if body.species.mane else 0.0
    )
    colour = mix(colour, hair, low * np.ones(len(colour)))
    nose = ramp(along - 0.3 * np.abs(canvas.head[:, 1]), 0.88, 0.93) * ramp(head, 0.06 * k, 0.03 * k)
    colour = mix(colour, muzzle, nose)
    for sign in (1.0, -1.0):
        hole = np.hypot(
            np.hypot(along - 1.0, canvas.head[:, 1] - 0.055 * sign), canvas.head[:, 2] - body.species.nose[1]
        )
        colour = mix(colour, np.asarray((0.015, 0.01, 0.01)), ramp(hole, 0.05, 0.03))
    streak = value_noise(canvas.points, (60.0, 180.0, 120.0), rng)
    return np.clip(colour * (1.0 + 0.18 * streak[:, None]), 0.004, 0.9)
