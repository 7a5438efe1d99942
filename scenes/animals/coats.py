"""Paint the coat of a cow: colours in space, from its breed, its seed and the parts of its body."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scenes.animals.bovine import Cow
from scenes.animals.breeds import Coat
from scenes.animals.noise import layered_noise, value_noise
from scenes.animals.shapes import Array

PARTS = ("trunk", "brisket", "neck", "head", "muzzle", "ear", "leg", "shank", "udder", "tail", "switch")


def ramp(value: Array, low: float, high: float) -> Array:
    """Return 0 below low, 1 above high and a smooth step between (either may be the larger)."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def mix(first: Array, second: Array | tuple[float, ...], weight: Array) -> Array:
    """Blend colours (n, 3) or (3,) by a weight (n,)."""
    return first + (np.asarray(second, np.float32) - first) * weight.astype(np.float32)[:, None]


@dataclass(frozen=True)
class Coarse:
    """The points of the skin, at which broad noise is evaluated, and how values (n,) there reach the texels."""

    points: Array
    spread: Callable[[Array], Array]


FINE = 40.0  # lattice cells a metre from which noise is evaluated at the texels themselves


@dataclass
class Canvas:
    """The texels to paint.

    Args:
        points: where they lie (n, 3), metres.
        parts: how far from each of PARTS (n, parts), metres.
        head: head coordinates along, left, up (n, 3), shares of the head's length.
        size: of the animal, 1 is a grown Holstein.
        coarse: the skin's points; None evaluates all noise at the texels.
    """

    points: Array
    parts: Array
    head: Array
    size: float
    coarse: Coarse | None = None

    def noise(self, frequency: float | tuple[float, float, float], layers: int, rng: np.random.Generator) -> Array:
        """Return layered noise (n,) at the texels; broad layers cost little."""
        if self.coarse is None or np.max(frequency) * 2.0 ** (layers - 1) > FINE:
            return layered_noise(self.points, frequency, layers, rng)
        return self.coarse.spread(layered_noise(self.coarse.points, frequency, layers, rng))

    def part(self, name: str) -> Array:
        """Return the distance (n,) to a part, metres."""
        return self.parts[:, PARTS.index(name)]

    def nearer(self, name: str, other: str) -> Array:
        """Return by how much a part is nearer than another (n,), metres; positive means it is."""
        return self.part(other) - self.part(name)


def white_mask(canvas: Canvas, coat: Coat, rng: np.random.Generator) -> Array:
    """Return where the coat is white (n,), 0 to 1."""
    edge = canvas.noise(15.0 / canvas.size, 2, rng) * 0.025
    edge += value_noise(canvas.points, (70.0, 160.0, 90.0), rng) * 0.010
    if coat.pattern == "patches":
        return _patches(canvas, coat, edge, rng)
    if coat.pattern == "hereford":
        return _hereford(canvas, edge)
    return np.zeros(len(canvas.points), np.float32)


def _patches(canvas: Canvas, coat: Coat, edge: Array, rng: np.random.Generator) -> Array:
    """Return white between large patches, on the feet, the belly, the switch and the face."""
    scale = 1.0 / (coat.patch_size * canvas.size)
    noise = canvas.noise(scale, 2, rng)
    trunk = (canvas.part("trunk") < 0.03) & (canvas.part("leg") > 0.05)
    share = rng.uniform(*coat.share)
    level = float(np.quantile(noise[trunk], 1.0 - share))
    white = level - noise + edge * 4.0
    leg = np.minimum(canvas.part("shank"), canvas.part("leg") + 0.09) / canvas.size
    foot = rng.uniform(0.02, 0.15) - leg + 0.06 * noise
    white = np.maximum(white, foot * 5.0 + edge * 3.0)
    under = 0.10 * canvas.size - canvas.part("udder")
    white = np.maximum(white, under * 4.0 + edge * 2.0)
    white = np.maximum(white, (0.06 - canvas.part("switch")) * 8.0)
    face = np.minimum(canvas.part("head"), canvas.part("muzzle")) - canvas.part("neck") * 0.4
    on_head = ramp(face, 0.03, 0.0)
    along, left, up = canvas.head.T
    if coat.face == "blaze":
        width = 0.045 + rng.uniform(0.0, 0.05) + 0.03 * np.sin(along * 7.0 + rng.uniform(0, 6))
        blaze = (width - np.abs(left)) * 6.0 + edge * 2.5 + np.where(up > -0.12, 0.0, -1.0)
        blaze = np.maximum(blaze, (along - 0.86) * 4.0)
        white = white + (blaze - white) * on_head
    elif coat.face == "white":
        pale = (along - 0.02 + 0.5 * edge) * 4.0
        white = white + (np.maximum(pale, 0.2) - white) * on_head * ramp(along, -0.12, 0.0)
    ear = ramp(canvas.nearer("ear", "head"), 0.0, 0.02)
    white = white - ear * (1.0 + np.abs(white))
    return ramp(white, -0.035, 0.035)


def _hereford(canvas: Canvas, edge: Array) -> Array:
    """Return white on the face, the crest, the chest, the belly, the feet and the switch."""
    k = canvas.size
    along = canvas.head[:, 0]
    head = np.minimum(canvas.part("head"), canvas.part("muzzle"))
    face = np.minimum(0.05 - head + 0.3 * np.clip(along, -0.2, 0.2), canvas.part("neck") * 0.0 + 0.4 * (along + 0.05))
    white = face
    white = np.maximum(white, 0.05 * k - canvas.part("brisket"))
    white = np.maximum(white, 0.02 * k - canvas.part("shank"))
    white = np.maximum(white, 0.06 * k - canvas.part("udder"))
    white = np.maximum(white, 0.05 - canvas.part("switch"))
    belly = (0.10 * k - np.abs(canvas.points[:, 1])) + (0.60 * k - canvas.points[:, 2])
    white = np.maximum(white, np.minimum(belly, 0.03 - canvas.part("trunk")))
    ear = canvas.nearer("ear", "head")
    return ramp(white + edge * 1.2 - 10.0 * np.clip(ear, 0.0, 0.1), -0.012, 0.012)


def _points(canvas: Canvas, coat: Coat, colour: Array, rng: np.random.Generator) -> Array:
    """Darken towards head, feet, neck and switch; pale ring round the muzzle, under the belly and round the eyes."""
    k = canvas.size
    wave = canvas.noise(5.0, 2, rng) * 0.12
    dark = 0.75 * ramp(canvas.part("shank") / k, 0.22, -0.02)
    dark = np.maximum(
        dark, 0.7 * ramp(canvas.part("head") / k + 0.3 * np.maximum(0.4 - canvas.head[:, 0], 0), 0.18, 0.0)
    )
    dark = np.maximum(dark, 0.4 * ramp(canvas.part("neck") / k, 0.2, -0.05))
    dark = np.maximum(dark, ramp(canvas.part("switch"), 0.08, 0.0))
    colour = mix(colour, coat.point, np.clip(dark * (0.75 + wave), 0.0, 1.0))
    pale = np.clip(np.asarray(coat.colour) * 1.5 + 0.12, 0, 0.8)
    ring = ramp(canvas.head[:, 0], 0.74, 0.82) * ramp(canvas.part("muzzle"), 0.10 * k, 0.0)
    colour = mix(colour, np.asarray((0.70, 0.60, 0.46)), ring * 0.85)
    inner = ramp(canvas.part("udder"), 0.16 * k, 0.0)
    return mix(colour, pale, 0.7 * inner)


def _details(canvas: Canvas, cow: Cow, coat: Coat, colour: Array, rng: np.random.Generator) -> Array:
    """Paint bare skin: muzzle, nostrils, mouth, eyelids, inner ears, udder."""
    h, k = cow.head_size, canvas.size
    near = np.flatnonzero(np.minimum(canvas.part("head"), canvas.part("muzzle")) < 0.05 * k)
    colour[near] = _face(canvas.head[near], value_noise(canvas.points[near], 120.0, rng), coat, colour[near])
    hollows = [s for s in cow.shapes() if s.part == "ear" and s.carve]
    close = np.flatnonzero(canvas.part("ear") < 0.03)
    depth = np.min([s.distance(canvas.points[close].astype(float)) for s in hollows], 0)
    inner = np.asarray(coat.skin) * 0.55
    colour[close] = mix(colour[close], inner, 0.8 * ramp(depth, 0.035 * h, 0.008 * h))
    bare = ramp(canvas.part("udder") - 0.3 * np.minimum(canvas.part("trunk"), 0.1), 0.03 * k, -0.005)
    low = np.flatnonzero(bare)
    colour[low] = mix(colour[low], np.asarray(coat.skin), 0.85 * bare[low])
    return colour


def _face(head: Array, grain: Array, coat: Coat, colour: Array) -> Array:
    """Paint muzzle, nostrils, eyelids and mouth at head coordinates (n, 3)."""
    along, left, up = head.T
    tip = along + 0.25 * np.clip(up + 0.06, -0.2, 0.05) - 0.5 * np.maximum(np.abs(left) - 0.07, 0) + 0.006 * grain
    colour = mix(colour, np.asarray(coat.muzzle) * (1.0 + 0.15 * grain[:, None]), ramp(tip, 0.925, 0.955))
    for sign in (1.0, -1.0):
        hole = np.hypot(np.hypot(along - 1.0, left - 0.095 * sign), (up + 0.04) * 1.3)
        colour = mix(colour, np.asarray((0.012, 0.008, 0.008)), ramp(hole, 0.048, 0.032))
        eye = np.hypot(along - 0.335, (up - 0.035) * 1.35)
        lid = ramp(eye, 0.085, 0.055) * (left * sign > 0.1)
        colour = mix(colour, np.asarray((0.03, 0.02, 0.018)), 0.85 * lid)
    mouth = np.abs(up + 0.135 + 0.06 * np.maximum(along - 0.9, 0)) - 0.004
    line = ramp(mouth, 0.010, 0.0) * ramp(along, 0.70, 0.74)
    return mix(colour, np.asarray((0.03, 0.02, 0.018)), 0.8 * line)


def _fur(canvas: Canvas, colour: Array, broad: Array, rng: np.random.Generator) -> Array:
    """Comb the coat: fine hair and locks that run along the body; dark hair bleaches to brown and shines in places."""
    hair = value_noise(canvas.points, (55.0, 190.0, 110.0), rng) * 0.6
    hair += rng.uniform(-0.3, 0.3, len(hair)).astype(np.float32)
    locks = canvas.noise((9.0, 34.0, 22.0), 1, rng)
    colour = colour * (1.0 + 0.20 * hair + 0.12 * locks)[:, None]
    dark = np.flatnonzero(colour.mean(1) < 0.08)
    shine = 0.35 + 0.5 * hair[dark] + 0.35 * locks[dark] + 0.8 * broad[dark] * ramp(canvas.points[dark, 2], 0.5, 1.2)
    weight = 0.22 * ramp(colour[dark].mean(1), 0.08, 0.03) * np.clip(shine, 0.0, 1.0)
    colour[dark] = mix(colour[dark], (0.115, 0.082, 0.058), weight)
    return colour


def paint(canvas: Canvas, cow: Cow, coat: Coat, rng: np.random.Generator) -> Array:
    """Return the linear albedo (n, 3) of a cow's texels."""
    points, k = canvas.points, canvas.size
    broad = 1.2 * canvas.noise(3.5, 1, rng)
    tint = rng.lognormal(0.0, 0.16) * np.array([1.0, rng.normal(1.0, 0.02), rng.normal(1.0, 0.03)])
    colour = np.asarray(coat.colour * tint, np.float32) * (1.0 + 0.16 * broad[:, None])
    if coat.pattern == "points":
        colour = _points(canvas, coat, colour, rng)
    white = white_mask(canvas, coat, rng)
    pale = np.asarray(coat.white, np.float32) * (1.0 + 0.04 * broad[:, None])
    colour = mix(colour, pale, white)
    colour = _details(canvas, cow, coat, colour, rng)
    colour = _fur(canvas, colour, broad, rng)
    dirt = ramp(points[:, 2] + 0.10 * broad, 0.30 * k, 0.02) * 0.45 + 0.10 * ramp(broad, 0.3, 1.0)
    colour = mix(colour, np.asarray((0.13, 0.095, 0.06)), np.clip(dirt, 0, 1) * ramp(colour.mean(1), 0.05, 0.3))
    return np.clip(colour, 0.004, 0.9)


def to_srgb(colour: Array) -> Array:
    """Return linear colour as 8-bit sRGB (IEC 61966-2-1)."""
    coded = np.where(colour < 0.0031308, 12.92 * colour, 1.055 * np.maximum(colour, 0.0031308) ** (1 / 2.4) - 0.055)
    return (np.clip(coded, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
