"""The herd: cattle as USD files, by breed, pose and seed.

path = cow_asset("holstein", "grazing", seed=3)
path = cow_asset("hereford", "standing", seed=1, age="calf")
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from scenes.animals.atlas import Atlas
from scenes.animals.bovine import Cow
from scenes.animals.breeds import BREEDS, Coat, individual
from scenes.animals.coats import PARTS, Canvas, paint, to_srgb
from scenes.animals.field import Field
from scenes.animals.noise import value_noise
from scenes.animals.skeleton import Pose, walking_steps
from scenes.animals.skin import grid_axis, make_skin
from scenes.animals.solids import Solid, ball, hoof, join, tube
from scenes.animals.usd_file import Colour, Model, write_model
from scenes.asset_cache import asset_file

AGES = ("cow", "bull", "calf")
POSES = ("standing", "looking", "grazing", "grazing_step", "walking_a", "walking_b", "walking_c", "lying")
DEFAULT_HERD: tuple[tuple[str, str, int, str], ...] = (
    ("holstein", "grazing", 1, "cow"),
    ("holstein", "standing", 2, "cow"),
    ("holstein", "walking_a", 3, "cow"),
    ("holstein", "lying", 4, "cow"),
    ("holstein", "grazing_step", 5, "cow"),
    ("holstein", "looking", 6, "cow"),
    ("jersey", "grazing", 1, "cow"),
    ("jersey", "walking_b", 2, "cow"),
    ("angus", "grazing_step", 1, "cow"),
    ("angus", "standing", 2, "bull"),
    ("hereford", "grazing", 1, "cow"),
    ("hereford", "walking_c", 2, "cow"),
    ("simmental", "looking", 1, "cow"),
    ("brown_swiss", "grazing_step", 1, "cow"),
    ("charolais", "lying", 1, "cow"),
    ("holstein", "standing", 7, "calf"),
)


class HerdError(ValueError):
    """An animal was asked for that there is not."""


def _known(what: str, given: str, known: tuple[str, ...]) -> None:
    """Refuse a name that is not in a list."""
    if given not in known:
        raise HerdError(f"unknown {what} {given!r}; expected one of: {', '.join(known)}")


def pose_of(name: str, rng: np.random.Generator) -> Pose:
    """Return a named pose with its small differences drawn.

    Args:
        name: one of POSES.
        rng: draws the differences.
    """

    def near(value: float, spread: float) -> float:
        return value + spread * float(rng.uniform(-1.0, 1.0))

    yaw, tail = near(0.0, 12.0), near(0.0, 12.0)
    shuffle = {f"{leg}_{side}": (near(0.0, 0.07), 0.0) for leg in ("fore", "hind") for side in "lr"}
    if name == "standing":
        return Pose(near(31, 6), near(-38, 6), yaw, shuffle, tail=tail)
    if name == "looking":
        return Pose(near(36, 5), near(-32, 5), near(55, 20) * float(rng.choice([-1.0, 1.0])), shuffle, tail=tail)
    if name == "lying":
        return Pose(near(32, 6), near(-30, 6), near(0.0, 25.0), lie=True, tail=tail)
    if name.startswith("grazing"):
        steps = dict(shuffle)
        if name == "grazing_step":
            ahead, behind = ("l", "r") if rng.random() < 0.5 else ("r", "l")
            steps |= {f"fore_{ahead}": (near(0.26, 0.05), 0.0), f"fore_{behind}": (near(-0.14, 0.05), 0.0)}
            steps |= {f"hind_{behind}": (near(0.16, 0.05), 0.0), f"hind_{ahead}": (near(-0.14, 0.04), 0.0)}
        return Pose(0.0, near(-72, 7), near(0.0, 14.0), steps, graze=True, tail=tail)
    phase = {"walking_a": 0.05, "walking_b": 0.38, "walking_c": 0.72}[name]
    return Pose(near(16, 6), near(-42, 5), 0.5 * yaw, walking_steps(phase + near(0.0, 0.04)), tail=tail)


def _axes(field: Field, cow: Cow) -> list[np.ndarray]:
    """Return a grid round a cow, fine at the head, the legs and the tail."""
    low, high = field.bounds()
    low, high = low - 0.04, high + 0.04
    low[2] = max(low[2], -0.03 * cow.size)
    k = 0.35 + 0.65 * cow.size
    head = np.array([cow.head_at(0, s, u) for s in (-0.55, 0.55) for u in (0.1, -0.3)] + [cow.head_at(1.05, 0, 0)])
    spans = list(zip(head.min(0), head.max(0), strict=True))
    return [
        grid_axis(low[0], high[0], [(*spans[0], 0.0155 * k)], 0.031 * k),
        grid_axis(low[1], high[1], [(-0.26 * k, 0.26 * k, 0.0205 * k)], 0.029 * k),
        grid_axis(low[2], high[2], [(*spans[2], 0.022 * k)], 0.027 * k),
    ]


def _eyes(cow: Cow, field: Field) -> Solid:
    """Return the eyeballs, sunk into the skin where their sockets are."""
    radius, balls = 0.052 * cow.head_size, []
    for sign in (1.0, -1.0):
        line = np.array([cow.head_at(0.335, sign * y, 0.035) for y in np.linspace(0.35, 0.05, 200)])
        outside = field.at(line)
        skin = line[int(np.argmax(outside < 0.0))]
        inward = cow.head_frame()[1] * -sign
        balls.append(ball(skin + 0.62 * radius * inward, radius))
    return join(balls)


def _horns(cow: Cow) -> Solid:
    """Return two horns that leave the poll sideways and turn forward and up."""
    length, tubes = cow.build.horns, []
    t = np.linspace(0.0, 1.0, 12)
    for sign in (1.0, -1.0):
        root = cow.head_at(0.03, 0.12 * sign, 0.06)
        out, up, ahead = np.sin(1.5 * t) / 1.5, 0.55 * t**2.2, 0.45 * t * t
        line = root + length * (np.stack([ahead, sign * out, up], -1) @ cow.head_frame())
        tubes.append(tube(line, (0.032 * (1 - t) ** 0.8 + 0.004) * (0.6 + 0.4 * length / 0.25) ** 0.5))
    return join(tubes)


def _solids(cow: Cow, field: Field, coat: Coat) -> dict[str, tuple[Solid, Colour, float]]:
    """Return eyes, hooves, horns and teats with colour and roughness."""
    size = cow.size * (0.5 + 0.5 * cow.build.limb)
    hooves = []
    for name in ("fore_l", "fore_r", "hind_l", "hind_r"):
        fetlock, foot = cow.joints[name][3:]
        hooves.append(hoof(fetlock, foot, cow.rest_pastern(name[:4]), size, cow.rest_foot(name[:4])))
    found: dict[str, tuple[Solid, Colour, float]] = {"Eyes": (_eyes(cow, field), (0.010, 0.006, 0.004), 0.12)}
    found["Hooves"] = (join(_level(hooves)), coat.hoof, 0.5)
    if cow.build.horns:
        found["Horns"] = (_horns(cow), (0.42, 0.34, 0.22), 0.4)
    if cow.teats():
        ramp = np.linspace(0.0, 1.0, 6)
        lines = [top + ramp[:, None] * (tip - top) for top, tip in cow.teats()]
        radius = 0.017 * cow.size * np.array([1.2, 1.1, 1.0, 0.95, 0.85, 0.5])
        found["Teats"] = (join([tube(line, radius) for line in lines]), coat.skin, 0.6)
    return found


def _level(solids: list[Solid]) -> list[Solid]:
    """Keep solids above the ground."""
    return [Solid(np.maximum(s.points, [-np.inf, -np.inf, 0.0]), s.triangles, s.normals) for s in solids]


def model_cow(breed: str, pose: str, seed: int, age: str) -> tuple[Model, float]:
    """Return the model of one animal and the white share of its trunk."""
    kind = BREEDS[breed]
    rng = np.random.default_rng([seed, *f"{breed} {pose} {age}".encode()])
    cow = Cow(individual(kind, age, rng), pose_of(pose, rng))
    depth, lattice = cow.build.coat_depth, int(rng.integers(1 << 31))
    field = Field(cow.shapes(), partial(_shag, depth=depth, seed=lattice) if depth else None)
    axes = _axes(field, cow)
    skin = make_skin(field.on_grid(axes), field.at, axes)
    atlas = Atlas.of(skin)
    values = np.hstack([skin.points, field.part_distances(skin.points, PARTS)])
    texels = atlas.texels(skin.quads, values)
    points = texels[:, :3]
    head = ((points - cow.joints["poll"]) @ cow.head_frame().T / cow.head_size).astype(np.float32)
    canvas = Canvas(points, texels[:, 3:], head, cow.size)
    colour, white = paint(canvas, cow, kind.coat, rng)
    facts = {"breed": breed, "pose": pose, "age": age, "height": cow.build.height, "seed": float(seed)}
    solids = _solids(cow, field, kind.coat)
    share = float(white[canvas.part("trunk") < 0.03].mean())
    return Model("Cow", skin, atlas.texture_coordinates(), atlas.image(to_srgb(colour)), solids, facts), share


def _shag(points: np.ndarray, depth: float, seed: int) -> np.ndarray:
    """Return the relief (n,) of long hair in hanging strands, metres."""
    rng = np.random.default_rng(seed)
    return depth * (
        0.5 + 0.6 * value_noise(points, (16.0, 16.0, 4.0), rng) + 0.3 * value_noise(points, (30.0, 30.0, 8.0), rng)
    )


def _build_cow(path: Path, breed: str, pose: str, seed: int, age: str) -> None:
    """Write the file of one animal."""
    write_model(model_cow(breed, pose, seed, age)[0], path)


def cow_asset(breed: str, pose: str, seed: int, age: str = "cow") -> Path:
    """Return the USD file of one animal, made on first use.

    Args:
        breed: one of BREEDS.
        pose: one of POSES.
        seed: which individual.
        age: one of AGES.

    Returns:
        A file whose default prim is an Xform in metres, Z up, feet at z = 0, facing +X, with a
        `replicant:height` (at the withers) among its attributes; it carries no semantics.

    Raises:
        HerdError: for a breed, pose or age that there is not.
    """
    _known("breed", breed, tuple(BREEDS))
    _known("pose", pose, POSES)
    _known("age", age, AGES)
    params = {"breed": breed, "pose": pose, "seed": int(seed), "age": age}
    return asset_file("cow", params, partial(_build_cow, **params))


def default_herd() -> list[Path]:
    """Return the files of DEFAULT_HERD."""
    return [cow_asset(*member) for member in DEFAULT_HERD]
