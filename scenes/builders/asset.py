"""Reference a USD file onto the stage, in the stage's units and up axis."""

from __future__ import annotations

import numpy as np
from pxr import Gf, Sdf, Tf, Usd, UsdGeom

from scenes.labels import label
from scenes.typecheck import AssetFile


def build(
    stage: Usd.Stage,
    path: str,
    rng: np.random.Generator,
    *,
    file: AssetFile,
    label_class: str | None = None,
    position: tuple[float, float, float] = (0.0, 0.0, 0.0),
    rotation: tuple[float, float, float] = (0.0, 0.0, 0.0),
    scale: float = 1.0,
) -> None:
    """Reference `file` at `<path>/Asset`; `path` itself carries label and pose.

    An asset in other units, or with the other up axis, is scaled and turned to fit the stage.

    Args:
        stage: the stage.
        path: prim path.
        rng: unused; nothing is random.
        file: USD file, looked up beside the scenario, or a URL that USD can open.
        label_class: semantic class, or none.
        position: stage units.
        rotation: degrees, XYZ.
        scale: uniform scale.

    Raises:
        ValueError: if USD cannot read the file, or it has no default prim or draws nothing.
    """
    if scale <= 0:
        raise ValueError(f"scale is {scale}; expected a number above 0")
    layer = _open(file)
    prim = UsdGeom.Xform.Define(stage, path)
    api = UsdGeom.XformCommonAPI(prim)
    api.SetTranslate(Gf.Vec3d(*position))
    api.SetRotate(Gf.Vec3f(*rotation))
    api.SetScale(Gf.Vec3f(scale, scale, scale))
    fitted = UsdGeom.Xform.Define(stage, f"{path}/Fit")
    fitted.AddTransformOp().Set(_fit(stage, layer))
    asset = stage.DefinePrim(f"{path}/Fit/Asset")
    asset.GetReferences().AddReference(file)
    if not any(child.IsA(UsdGeom.Gprim) for child in Usd.PrimRange(asset, Usd.TraverseInstanceProxies())):
        raise ValueError(f"asset '{file}' has nothing to draw below its defaultPrim '{layer.defaultPrim}'")
    if label_class:
        label(prim.GetPrim(), label_class)


def _open(file: str) -> Sdf.Layer:
    try:
        layer = Sdf.Layer.FindOrOpen(file)
    except Tf.ErrorException as error:
        reason = " ".join(str(error).split()).partition(" : ")[2].strip("' ")
        raise ValueError(f"asset '{file}' is not readable as USD: {reason}") from error
    if layer is None:
        raise ValueError(f"asset '{file}' is not readable as USD; expected .usd, .usda, .usdc or .usdz")
    if not layer.defaultPrim:
        raise ValueError(f"asset '{file}' has no defaultPrim; author one or flatten the asset")
    return layer


def _fit(stage: Usd.Stage, layer: Sdf.Layer) -> Gf.Matrix4d:
    """Return what takes the layer's units and up axis to the stage's (row vectors, as USD writes them)."""
    root = layer.pseudoRoot
    unit = root.GetInfo("metersPerUnit") if root.HasInfo("metersPerUnit") else 0.01  # USD's fallback: centimetres
    up = root.GetInfo("upAxis") if root.HasInfo("upAxis") else "Y"  # USD's fallback
    angle = 0.0 if up == UsdGeom.GetStageUpAxis(stage) else (90.0 if up == "Y" else -90.0)
    turned = Gf.Matrix4d().SetRotate(Gf.Rotation(Gf.Vec3d.XAxis(), angle))
    return Gf.Matrix4d().SetScale(unit / UsdGeom.GetStageMetersPerUnit(stage)) * turned
