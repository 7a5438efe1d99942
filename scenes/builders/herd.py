"""A herd: a pool of cows of several breeds in groups of 1, 2, 4, 8 and 15.

Showing or hiding the groups makes every herd size from none to thirty with one Boolean a group, which a Replicator
graph can draw. Each cow is a variant set `animal` over all breeds and poses, so a graph can change any cow too.
"""

from __future__ import annotations

import numpy as np
from pxr import Gf, Usd, UsdGeom

from scenes.animals.herd import BREEDS, POSES, cow_asset
from scenes.labels import label

GROUPS = (1, 2, 4, 8, 15)


def build(
    stage: Usd.Stage,
    path: str,
    rng: np.random.Generator,
    *,
    looks: int = 16,
    breeds: list[str] | None = None,
    groups: list[int] | None = None,
) -> None:
    """Make the pool under `path`: `<path>/Group_<size>/Cow_<nn>`, labelled `cow`.

    Args:
        stage: the stage, metres, z up.
        path: prim path.
        rng: chooses breeds, poses and coat seeds.
        looks: how many different cow files are made; every cow can take any of them.
        breeds: names to choose from; all by default.
        groups: sizes of the groups.

    Raises:
        ValueError: for an unknown breed or fewer than one look.
    """
    unknown = [name for name in breeds or [] if name not in BREEDS]
    if unknown:
        raise ValueError(f"breed '{unknown[0]}' is unknown; choose from {', '.join(BREEDS)}")
    if looks < 1:
        raise ValueError(f"looks is {looks}; expected 1 or more")
    files = _choose_files(rng, looks, list(breeds or BREEDS))
    UsdGeom.Xform.Define(stage, path)
    number = 0
    for size in groups or GROUPS:
        group = f"{path}/Group_{size:02d}"
        UsdGeom.Xform.Define(stage, group)
        for _ in range(size):
            _define_cow(stage, f"{group}/Cow_{number:02d}", files, number)
            number += 1


def _choose_files(rng: np.random.Generator, looks: int, breeds: list[str]) -> list[str]:
    """Walk through breeds and poses so that each is used about equally often."""
    breed_order, pose_order = rng.permutation(len(breeds)), rng.permutation(len(POSES))
    poses = list(POSES)
    files = []
    for look in range(looks):
        breed = breeds[breed_order[look % len(breeds)]]
        pose = poses[pose_order[(look + look // len(breeds)) % len(poses)]]
        files.append(str(cow_asset(breed, pose, int(rng.integers(1, 1000)))))
    return files


def _define_cow(stage: Usd.Stage, path: str, files: list[str], number: int) -> None:
    prim = UsdGeom.Xform.Define(stage, path).GetPrim()
    label(prim, "cow")
    variants = prim.GetVariantSets().AddVariantSet("animal")
    for index, file in enumerate(files):
        name = f"look_{index:02d}"
        variants.AddVariant(name)
        variants.SetVariantSelection(name)
        with variants.GetVariantEditContext():
            stage.DefinePrim(f"{path}/Body", "Xform").GetReferences().AddReference(file)
    variants.SetVariantSelection(f"look_{number % len(files):02d}")
    UsdGeom.XformCommonAPI(prim).SetTranslate(Gf.Vec3d(3.0 * (number % 6), 3.0 * (number // 6), 0.0))
