"""A herd: a pool of cows of several breeds in groups of 1, 2, 4, 8 and 15.

Showing or hiding the groups makes every herd size from none to thirty with one Boolean a group, which a Replicator
graph can draw. Each cow is a variant set `animal` over all looks, so a graph can change any cow too.
"""

from __future__ import annotations

import numpy as np
from pxr import Gf, Usd, UsdGeom

from scenes.animals.herd import BREEDS, cow_asset
from scenes.labels import label
from scenes.variants import add_variants, look_name

GROUPS = (1, 2, 4, 8, 15)
BREED_CYCLE = (
    "holstein",
    "hereford",
    "simmental",
    "angus",
    "holstein",
    "jersey",
    "charolais",
    "brown_swiss",
    "holstein",
)
POSE_CYCLE = (
    "grazing",
    "standing",
    "walking_a",
    "grazing_step",
    "lying",
    "looking",
    "grazing",
    "walking_c",
    "standing",
)


def build(
    stage: Usd.Stage,
    path: str,
    rng: np.random.Generator,
    *,
    bodies: int = 9,
    coats: int = 2,
    breeds: list[str] | None = None,
    calves: int = 1,
    groups: list[int] | None = None,
) -> None:
    """Make the pool under `path`: `<path>/Group_<size>/Cow_<nn>`, labelled `cow`.

    Args:
        stage: the stage, metres, z up.
        path: prim path.
        rng: chooses poses and seeds.
        bodies: how many bodies are made, each of a breed and in a pose.
        coats: how many coats each body can wear; every cow can take any of the bodies * coats looks.
        breeds: names to take in turn; common ones by default.
        calves: how many of the bodies are calves.
        groups: sizes of the groups.

    Raises:
        ValueError: for an unknown breed, fewer than one body or coat, or more calves than bodies.
    """
    unknown = [name for name in breeds or [] if name not in BREEDS]
    if unknown:
        raise ValueError(f"breed '{unknown[0]}' is unknown; choose from {', '.join(BREEDS)}")
    if bodies < 1 or coats < 1:
        raise ValueError(f"bodies is {bodies} and coats {coats}; expected 1 or more of each")
    if not 0 <= calves <= bodies:
        raise ValueError(f"calves is {calves}; expected 0 to {bodies}, the number of bodies")
    looks = [(file, coat) for file in _choose_files(rng, bodies, coats, breeds, calves) for coat in range(coats)]
    UsdGeom.Xform.Define(stage, path)
    number = 0
    for size in groups or GROUPS:
        group = f"{path}/Group_{size:02d}"
        UsdGeom.Xform.Define(stage, group)
        for _ in range(size):
            _define_cow(stage, f"{group}/Cow_{number:02d}", looks, number)
            number += 1


def _choose_files(
    rng: np.random.Generator, bodies: int, coats: int, breeds: list[str] | None, calves: int
) -> list[str]:
    """Walk through breeds and poses so that each is used about equally often; the last bodies are calves."""
    start = int(rng.integers(len(POSE_CYCLE)))
    files = []
    for body in range(bodies):
        breed = (breeds or BREED_CYCLE)[body % len(breeds or BREED_CYCLE)]
        pose = POSE_CYCLE[(start + body) % len(POSE_CYCLE)]
        age = "calf" if body >= bodies - calves else "cow"
        files.append(str(cow_asset(breed, pose, int(rng.integers(1, 1000)), age, coats)))
    return files


def _define_cow(stage: Usd.Stage, path: str, looks: list[tuple[str, int]], number: int) -> None:
    prim = UsdGeom.Xform.Define(stage, path).GetPrim()
    label(prim, "cow")

    def fill(index: int) -> None:
        file, coat = looks[index]
        body = stage.DefinePrim(f"{path}/Body", "Xform")
        body.GetReferences().AddReference(file)
        body.GetVariantSets().GetVariantSet("coat").SetVariantSelection(f"coat_{coat}")

    names = [look_name(index) for index in range(len(looks))]
    add_variants(prim, "animal", names, fill, names[number % len(looks)])
    UsdGeom.XformCommonAPI(prim).SetTranslate(Gf.Vec3d(3.0 * (number % 6), 3.0 * (number // 6), 0.0))
