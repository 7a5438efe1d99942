"""Make the model of an animal: skin, texture, eyes, hooves, horns and teats of one posed body."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scenes.animals.atlas import Atlas
from scenes.animals.body import Body
from scenes.animals.bovine import Cow
from scenes.animals.coats import PARTS, Canvas, Coarse, ramp, to_srgb
from scenes.animals.field import Field
from scenes.animals.noise import value_noise
from scenes.animals.shapes import Array
from scenes.animals.skin import grid_axis, make_skin
from scenes.animals.solids import Solid, ball, hoof, join, tube
from scenes.animals.usd_file import Colour, Model

HORN: Colour = (0.045, 0.035, 0.028)
LEGS = ("fore_l", "fore_r", "hind_l", "hind_r")


@dataclass(frozen=True)
class Looks:
    """How an animal is coloured.

    Args:
        paints: each gives the texels of a canvas their linear albedo (n, 3); the first is the coat worn at first.
        feet: colour of the hooves, or None where paws belong to the skin.
        skin: colour of the teats.
        cloven: hooves have two claws.
        eye: along, up and radius of the eyes, shares of the head's length.
    """

    paints: Sequence[Callable[[Canvas], Array]]
    feet: Colour | None
    skin: Colour = (0.6, 0.4, 0.33)
    cloven: bool = True
    eye: tuple[float, float, float] = (0.335, 0.035, 0.052)


def shag(points: Array, depth: float, seed: int) -> Array:
    """Return the relief (n,) of long hair in hanging strands, metres."""
    rng = np.random.default_rng(seed)
    strands = 0.6 * value_noise(points, (16.0, 16.0, 4.0), rng) + 0.3 * value_noise(points, (30.0, 30.0, 8.0), rng)
    return depth * (0.5 + strands)


def grid_axes(field: Field, body: Body) -> list[Array]:
    """Return a grid round an animal, fine at the head, the legs and the tail."""
    low, high = field.bounds()
    low, high = low - 0.04, high + 0.04
    low[2] = max(low[2], -0.03 * body.grain)
    k = body.grain if body.grain > 0.9 else 0.15 * body.grain**0.5 + 0.85 * body.grain
    k *= 1.0 + 4.0 * body.build.coat_depth
    corners = [body.head_at(0, side, up) for side in (-0.55, 0.55) for up in (0.1, -0.3)]
    head = np.array([*corners, body.head_at(1.05, 0, 0)])
    spans = list(zip(head.min(0), head.max(0), strict=True))
    return [
        grid_axis(low[0], high[0], [(*spans[0], 0.0155 * k)], 0.031 * k),
        grid_axis(low[1], high[1], [(-0.26 * k, 0.26 * k, 0.0205 * k)], 0.029 * k),
        grid_axis(low[2], high[2], [(*spans[2], 0.022 * k)], 0.027 * k),
    ]


def eyes(body: Body, field: Field, place: tuple[float, float, float]) -> Solid:
    """Return the eyeballs, sunk into the skin where their sockets are.

    Args:
        body: whose eyes.
        field: its skin.
        place: along, up and radius, shares of the head's length.
    """
    along, up, share = place
    radius, balls = share * body.head_size, []
    for sign in (1.0, -1.0):
        start, end = body.head_at(along, sign * 0.42, up), body.head_at(along, sign * 0.05, up)
        line = start + np.linspace(0.0, 1.0, 200)[:, None] * (end - start)
        skin = line[int(np.argmax(field.at(line) < 0.0))]
        balls.append(ball(skin - 0.62 * radius * sign * body.head_frame()[1], radius))
    return join(balls)


def horns(body: Body) -> Solid:
    """Return two horns that leave the poll sideways and turn forward and up."""
    length, tubes = body.build.horns, []
    t = np.linspace(0.0, 1.0, 12)
    wide = float(np.clip((length - 0.3) / 0.2, 0.0, 1.0))
    for sign in (1.0, -1.0):
        root = body.head_at(0.03, 0.12 * sign, 0.06)
        out, up, ahead = (
            np.sin((1.5 - 0.6 * wide) * t) / 1.5,
            (0.55 + 0.1 * wide) * t**2.2,
            (0.45 - 0.35 * wide) * t * t,
        )
        line = root + length * (np.stack([ahead, sign * out * (1 + 0.4 * wide), up], -1) @ body.head_frame())
        tubes.append(tube(line, (0.032 * (1 - t) ** 0.8 + 0.004) * (0.6 + 0.4 * length / 0.25) ** 0.5))
    return join(tubes)


def hooves(body: Body, cloven: bool) -> Solid:
    """Return the four hooves, none of them below the ground."""
    size = body.grain * (0.5 + 0.5 * body.build.limb)
    feet = []
    for leg in LEGS:
        fetlock, foot = body.joints[leg][3], body.joints[leg][4]
        feet.append(hoof(fetlock, foot, body.rest_pastern(leg[:4]), size, body.rest_foot(leg[:4]), cloven))
    solid = join(feet)
    return Solid(np.maximum(solid.points, [-np.inf, -np.inf, 0.0]), solid.triangles, solid.normals)


def teats(cow: Cow) -> Solid:
    """Return the four teats."""
    share = np.linspace(0.0, 1.0, 6)
    lines = [top + share[:, None] * (tip - top) for top, tip in cow.teats()]
    return join([tube(line, 0.017 * cow.size * np.array([1.2, 1.1, 1.0, 0.95, 0.85, 0.5])) for line in lines])


def coat_warmth(points: Array, body: Body, distances: Array) -> Array:
    """Return by how much the skin (n,) is warmer, K, than the coat of the flank: bare parts more, cold legs less.

    Args:
        points: of the skin (n, 3).
        body: whose skin.
        distances: to the PARTS (n, parts), metres.

    Source: estimates after pictures of cattle in the cold: eyes, muzzle, ears' roots and udder are warmest, shanks and
    long hair coldest.
    """
    k, head = body.grain, body.head_local(points)

    def near(name: str, reach: float) -> Array:
        return ramp(distances[:, PARTS.index(name)], reach * k, 0.0)

    warmth = 0.7 * value_noise(points, 4.0 / k, np.random.default_rng(1))
    warmth += 1.2 * near("leg", 0.12) - 1.8 * near("shank", 0.06) + 3.5 * near("udder", 0.05)
    face = np.maximum(near("head", 0.05), near("muzzle", 0.05))
    warmth += 1.5 * face + 1.8 * near("muzzle", 0.04) * ramp(head[:, 0], 0.75, 0.95)
    for sign in (1.0, -1.0):
        away = np.linalg.norm(head - [0.335, 0.17 * sign, 0.035], axis=1)
        warmth += 2.2 * face * ramp(away, 0.22, 0.06)
    warmth += 1.2 * near("ear", 0.03) * face - 1.0 * near("ear", 0.03) * (1.0 - face)
    return np.asarray(warmth - 1.2 * near("switch", 0.05) - 0.5 * near("tail", 0.04))


def build_model(name: str, body: Body, field: Field, looks: Looks, facts: Mapping[str, str | float]) -> Model:
    """Polygonise, paint and complete one animal.

    Args:
        name: of the root prim.
        body: the posed animal.
        field: its skin.
        looks: its colours.
        facts: attributes of the root.
    """
    axes = grid_axes(field, body)
    skin = make_skin(field.on_grid(axes), field.at, axes)
    atlas = Atlas.of(skin)
    distances = field.part_distances(skin.points, PARTS)
    texels = atlas.texels(skin.quads, np.hstack([skin.points, body.head_local(skin.points), distances]))
    coarse = Coarse(skin.points, lambda values: atlas.texels(skin.quads, values[:, None])[:, 0])
    canvas = Canvas(texels[:, :3], texels[:, 6:], texels[:, 3:6], body.grain, coarse)
    coats = [atlas.image(to_srgb(paint(canvas))) for paint in looks.paints]
    solids: dict[str, tuple[Solid, Colour, float]] = {
        "Eyes": (eyes(body, field, looks.eye), (0.010, 0.006, 0.004), 0.12)
    }
    if looks.feet is not None:
        solids["Hooves"] = (hooves(body, looks.cloven), looks.feet, 0.5)
    if body.build.horns:
        solids["Horns"] = (horns(body), (0.42, 0.34, 0.22), 0.4)
    if isinstance(body, Cow) and body.teats():
        solids["Teats"] = (teats(body), looks.skin, 0.6)
    warmth = coat_warmth(skin.points, body, distances)
    return Model(name, skin, atlas.texture_coordinates(), coats, solids, dict(facts), warmth)
