"""Household objects: cans, bottles, bowls, mugs, boxes, books, fruit, each labelled with its kind."""

from __future__ import annotations

import numpy as np
from pxr import Gf, Usd, UsdGeom

from scenes.household.paint import PAINT_OF, texture
from scenes.household.shapes import KINDS, shape_of
from scenes.labels import label
from scenes.meshes import bind, define_material, define_mesh

MADE_OF = {"can": "aluminum/paint", "bottle": "plastic", "ball": "rubber/paint", "book": "paper"}
SUBSTANCES = {"print": "cardboard", "cardboard": "cardboard", "glaze": "ceramic_glass/paint", "skin": "plastic"}
SHINE = {"print": 0.35, "cardboard": 0.9, "glaze": 0.15, "skin": 0.35}


def build(stage: Usd.Stage, path: str, rng: np.random.Generator, *, kinds: list[str], copies: int = 1) -> None:
    """Make `copies` of every kind as `<path>/<Kind>_<nn>`.

    Args:
        stage: the stage, metres, z up.
        path: prim path.
        rng: chooses labels and colours.
        kinds: names of shapes.
        copies: how many of each, with textures of their own.

    Raises:
        ValueError: for an unknown kind or a negative number of copies.
    """
    if copies < 0:
        raise ValueError(f"copies is {copies}; expected 0 or more")
    UsdGeom.Xform.Define(stage, path)
    for kind in kinds:
        if kind not in KINDS:
            raise ValueError(f"object '{kind}' is unknown; choose from {', '.join(KINDS)}")
        shape, paint = shape_of(kind), PAINT_OF.get(kind, "print")
        for copy in range(copies):
            prim = UsdGeom.Xform.Define(stage, f"{path}/{kind.title().replace('_', '')}_{copy:02d}").GetPrim()
            label(prim, kind)
            UsdGeom.XformCommonAPI(prim).SetTranslate(Gf.Vec3d(0.25 * copy, 0.0, 0.74))
            body = f"{prim.GetPath()}/Body"
            mesh = define_mesh(
                stage, body, shape.points, shape.triangles, normals=shape.normals, uvs=shape.uvs, double_sided=True
            )
            file = texture(paint, int(rng.integers(1, 40)))
            look = define_material(
                stage,
                f"{prim.GetPath()}/Look",
                texture=file,
                roughness=SHINE[paint],
                substance=MADE_OF.get(kind, SUBSTANCES[paint]),
            )
            bind(mesh.GetPrim(), look)
