"""Distractors: plain coloured solids without labels."""

from __future__ import annotations

import numpy as np
from pxr import Gf, Usd, UsdGeom

from scenes.meshes import bind, define_material

SOLIDS = (UsdGeom.Cube, UsdGeom.Sphere, UsdGeom.Cylinder, UsdGeom.Cone)


def build(stage: Usd.Stage, path: str, rng: np.random.Generator, *, count: int = 8, size: float = 0.05) -> None:
    """Make `count` solids of about `size` metres as `<path>/Solid_<nn>`, resting on their origin.

    Raises:
        ValueError: if count is negative or size not above 0.
    """
    if count < 0 or size <= 0:
        raise ValueError(f"count is {count} and size {size}; expected count of 0 or more and size above 0")
    UsdGeom.Xform.Define(stage, path)
    for number in range(count):
        prim = UsdGeom.Xform.Define(stage, f"{path}/Solid_{number:02d}").GetPrim()
        solid = SOLIDS[number % len(SOLIDS)].Define(stage, f"{prim.GetPath()}/Body")
        half = float(size * rng.uniform(0.5, 1.0)) / 2
        api = UsdGeom.XformCommonAPI(solid)
        api.SetTranslate(Gf.Vec3d(0, 0, half))
        api.SetScale(Gf.Vec3f(half, half, half))
        red, green, blue = rng.uniform(0.05, 0.8, 3).tolist()
        bind(
            solid.GetPrim(),
            define_material(
                stage,
                f"{prim.GetPath()}/Look",
                color=(red, green, blue),
                roughness=float(rng.uniform(0.2, 0.9)),
                substance="plastic",
            ),
        )
