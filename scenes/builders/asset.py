"""Reference a USD file onto the stage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pxr import Gf, Sdf, Tf, Usd, UsdGeom

from scenes.labels import label


def build(
    stage: Usd.Stage,
    path: str,
    rng: np.random.Generator,
    *,
    file: str,
    label_class: str | None = None,
    position: tuple[float, float, float] = (0.0, 0.0, 0.0),
    rotation: tuple[float, float, float] = (0.0, 0.0, 0.0),
    scale: float = 1.0,
) -> None:
    """Reference `file` at `path`.

    Args:
        stage: the stage.
        path: prim path.
        rng: unused; nothing is random.
        file: USD file.
        label_class: semantic class, or none.
        position: stage units.
        rotation: degrees, XYZ.
        scale: uniform scale.

    Raises:
        FileNotFoundError: if the file is not there.
        ValueError: if USD cannot read it or it has no default prim.
    """
    if not Path(file).is_file():
        raise FileNotFoundError(f"asset '{file}' does not exist; give the path of a USD file")
    try:
        layer = Sdf.Layer.FindOrOpen(file)
    except Tf.ErrorException as error:
        raise ValueError(f"asset '{file}' is not readable as USD: {str(error).splitlines()[-1]}") from error
    if layer is None:
        raise ValueError(f"asset '{file}' is not readable as USD; expected .usd, .usda, .usdc or .usdz")
    if not layer.defaultPrim:
        raise ValueError(f"asset '{file}' has no defaultPrim; author one or flatten the asset")
    prim = UsdGeom.Xform.Define(stage, path)
    prim.GetPrim().GetReferences().AddReference(file)
    api = UsdGeom.XformCommonAPI(prim)
    api.SetTranslate(Gf.Vec3d(*position))
    api.SetRotate(Gf.Vec3f(*rotation))
    api.SetScale(Gf.Vec3f(scale, scale, scale))
    if label_class:
        label(prim.GetPrim(), label_class)
