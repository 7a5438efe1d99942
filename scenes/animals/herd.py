"""The herd: cattle as USD files, by breed, pose and seed.

path = cow_asset("holstein", "grazing", seed=3)
path = cow_asset("hereford", "standing", seed=1, age="calf")
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from scenes.animals.beasts import Beast, fleece, paint_beast
from scenes.animals.bovine import Cow
from scenes.animals.breeds import BREEDS, individual
from scenes.animals.coats import paint
from scenes.animals.field import Field
from scenes.animals.model import HORN, Looks, build_model, shag
from scenes.animals.skeleton import Build, Pose, walking_steps
from scenes.animals.species import SPECIES
from scenes.animals.usd_file import Model, write_model
from scenes.asset_cache import asset_file

KINDS = tuple(SPECIES)
AGES = ("cow", "bull", "calf")
POSES = ("standing", "looking", "grazing", "grazing_step", "walking_a", "walking_b", "walking_c", "lying")


class HerdError(ValueError):
    """An animal was asked for that there is not."""


def _known(what: str, given: str, known: tuple[str, ...]) -> None:
    """Refuse a name that is not in a list."""
    if given not in known:
        raise HerdError(f"unknown {what} {given!r}; expected one of: {', '.join(known)}")


def pose_of(name: str, rng: np.random.Generator, neck: float = 31.0, head: float = -38.0) -> Pose:
    """Return a named pose with its small differences drawn.

    Args:
        name: one of POSES.
        rng: draws the differences.
        neck, head: their angles when the animal stands, degrees.
    """

    def near(value: float, spread: float) -> float:
        return value + spread * float(rng.uniform(-1.0, 1.0))

    yaw, tail = near(0.0, 12.0), near(0.0, 12.0)
    shuffle = {f"{leg}_{side}": (near(0.0, 0.07), 0.0) for leg in ("fore", "hind") for side in "lr"}
    if name == "standing":
        return Pose(near(neck, 6), near(head, 6), yaw, shuffle, tail=tail)
    if name == "looking":
        return Pose(
            near(neck + 5, 5), near(head + 6, 5), near(55, 20) * float(rng.choice([-1.0, 1.0])), shuffle, tail=tail
        )
    if name == "lying":
        return Pose(near(neck, 6), near(head + 8, 6), near(0.0, 25.0), lie=True, tail=tail)
    if name.startswith("grazing"):
        steps = dict(shuffle)
        if name == "grazing_step":
            ahead, behind = ("l", "r") if rng.random() < 0.5 else ("r", "l")
            steps |= {f"fore_{ahead}": (near(0.26, 0.05), 0.0), f"fore_{behind}": (near(-0.14, 0.05), 0.0)}
            steps |= {f"hind_{behind}": (near(0.16, 0.05), 0.0), f"hind_{ahead}": (near(-0.14, 0.04), 0.0)}
        return Pose(0.0, near(-72, 7), near(0.0, 14.0), steps, graze=True, tail=tail)
    phase = {"walking_a": 0.05, "walking_b": 0.38, "walking_c": 0.72}[name]
    return Pose(near(neck - 15, 6), near(head - 4, 5), 0.5 * yaw, walking_steps(phase + near(0.0, 0.04)), tail=tail)


def model_cow(breed: str, pose: str, seed: int, age: str, coats: int = 1) -> Model:
    """Return the model of one of the herd, with one or more coats of its breed."""
    kind = BREEDS[breed]
    rng = np.random.default_rng([seed, *f"{breed} {pose} {age}".encode()])
    cow = Cow(individual(kind, age, rng), pose_of(pose, rng))
    depth, lattice = cow.build.coat_depth, int(rng.integers(1 << 31))
    field = Field(cow.shapes(), partial(shag, depth=depth, seed=lattice) if depth else None)
    facts: dict[str, str | float] = {"breed": breed, "pose": pose, "age": age, "height": cow.build.height}
    facts["seed"] = float(seed)
    paints = [partial(paint, cow=cow, coat=kind.coat, rng=own) for own in rng.spawn(coats)]
    return build_model("Cow", cow, field, Looks(paints, kind.coat.hoof, kind.coat.skin), facts)


def model_animal(kind: str, pose: str, seed: int) -> Model:
    """Return the model of another animal."""
    species = SPECIES[kind]
    rng = np.random.default_rng([seed, *f"{kind} {pose}".encode()])
    height = species.plan.height * float(rng.uniform(0.93, 1.07))
    spread = {name: float(rng.normal(1.0, 0.03)) for name in ("length", "width", "belly")}
    build = Build(height, species.plan.elbow / species.plan.height, **spread)
    body = Beast(species, build, pose_of(pose, rng, *species.angles))
    lattice, coat = int(rng.integers(1 << 31)), int(rng.integers(len(species.coats)))
    relief = partial(fleece, depth=species.wool, body=body, seed=lattice) if species.wool else None
    feet = {"cloven": HORN, "round": HORN, "paw": None}[species.feet]
    looks = Looks(
        [partial(paint_beast, body=body, coat=coat, rng=rng)], feet, cloven=species.feet == "cloven", eye=species.eye
    )
    facts: dict[str, str | float] = {"kind": kind, "pose": pose, "height": height, "seed": float(seed)}
    return build_model(kind.capitalize(), body, Field(body.shapes(), relief), looks, facts)


def _build_cow(path: Path, breed: str, pose: str, seed: int, age: str, coats: int) -> None:
    """Write the file of one animal."""
    write_model(model_cow(breed, pose, seed, age, coats), path)


def cow_asset(breed: str, pose: str, seed: int, age: str = "cow", coats: int = 1) -> Path:
    """Return the USD file of one animal, made on first use.

    Args:
        breed: one of BREEDS.
        pose: one of POSES.
        seed: which individual.
        age: one of AGES.
        coats: how many coats it can wear, as variants coat_0, coat_1 ... of variant set `coat` where more than one.

    Returns:
        A file whose default prim is an Xform in metres, Z up, feet at z = 0, facing +X, with a
        `replicant:height` (at the withers) among its attributes; it carries no semantics.

    Raises:
        HerdError: for a breed, pose or age that there is not, or fewer than one coat.
    """
    _known("breed", breed, tuple(BREEDS))
    _known("pose", pose, POSES)
    _known("age", age, AGES)
    if coats < 1:
        raise HerdError(f"coats is {coats}; expected 1 or more")
    params = {"breed": breed, "pose": pose, "seed": int(seed), "age": age, "coats": int(coats)}
    return asset_file("cow", params, partial(_build_cow, breed=breed, pose=pose, seed=int(seed), age=age, coats=coats))


def _build_animal(path: Path, kind: str, pose: str, seed: int) -> None:
    """Write the file of another animal."""
    write_model(model_animal(kind, pose, seed), path)


def animal_asset(kind: str, pose: str, seed: int) -> Path:
    """Return the USD file of an animal beside the herd, made on first use.

    Args:
        kind: one of KINDS.
        pose: one of POSES.
        seed: which individual.

    Returns:
        A file laid out as those of `cow_asset`, with a `replicant:kind` instead of a breed.

    Raises:
        HerdError: for a kind or pose that there is not.
    """
    _known("animal", kind, KINDS)
    _known("pose", pose, POSES)
    params = {"kind": kind, "pose": pose, "seed": int(seed)}
    return asset_file(kind, params, partial(_build_animal, kind=kind, pose=pose, seed=int(seed)))
