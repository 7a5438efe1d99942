"""omni.metrics.assembler.core: make up for referenced files that are in other units than the stage.

A prim whose reference or payload leads to a layer with other metres a unit, or another up axis, gets two innermost
transform ops, `xformOp:rotateX:unitsResolve` and `xformOp:scale:unitsResolve`, as Kit's metrics assembler does.
"""

from __future__ import annotations

from functools import lru_cache

from pxr import Gf, Pcp, Sdf, Usd, UsdGeom

from .usdrt import attached_stage

SUFFIX = "unitsResolve"
ARCS = (Pcp.ArcTypeReference, Pcp.ArcTypePayload)
METRES, UP_AXIS = "metersPerUnit", "upAxis"
SAME = 1e-6


class MetricsAssembler:
    """Resolves units."""

    def resolve_stage(self, stage_id: int) -> dict[str, bool]:
        """Resolve every reference and payload of a stage that is in other units; doing so twice changes nothing.

        Args:
            stage_id: its id in the USD stage cache.

        Returns:
            ret_val: True.
        """
        stage = attached_stage(stage_id)
        for prim in stage.Traverse():
            layer = referred_layer(prim)
            if layer is not None and prim.IsA(UsdGeom.Xformable):
                _resolve(UsdGeom.Xformable(prim), layer)
        return {"ret_val": True}


@lru_cache(maxsize=1)
def get_metrics_assembler_interface() -> MetricsAssembler:
    """Return the assembler."""
    return MetricsAssembler()


def referred_layer(prim: Usd.Prim) -> Sdf.Layer | None:
    """Return the root layer of the first reference or payload that a prim's own specs name, or None."""
    if not (prim.HasAuthoredReferences() or prim.HasAuthoredPayloads()):
        return None
    own = set(prim.GetStage().GetLayerStack())
    for arc in Usd.PrimCompositionQuery(prim).GetCompositionArcs():
        if arc.GetArcType() in ARCS and not arc.IsAncestral() and arc.GetIntroducingLayer() in own:
            layer = arc.GetTargetLayer()
            if layer not in own:
                return layer
    return None


def _resolve(xform: UsdGeom.Xformable, layer: Sdf.Layer) -> None:
    stage = xform.GetPrim().GetStage()
    names = [op.GetOpName() for op in xform.GetOrderedXformOps()]
    if any(name.endswith(f":{SUFFIX}") for name in names):
        return
    ratio = _metres(layer) / UsdGeom.GetStageMetersPerUnit(stage)
    axes = _up_axis(layer), UsdGeom.GetStageUpAxis(stage)
    if axes[0] != axes[1]:
        turn = 90.0 if axes == ("Y", "Z") else -90.0
        xform.AddRotateXOp(UsdGeom.XformOp.PrecisionDouble, SUFFIX).Set(turn)
    if abs(ratio - 1.0) > SAME:
        xform.AddScaleOp(UsdGeom.XformOp.PrecisionDouble, SUFFIX).Set(Gf.Vec3d(ratio))


def _metres(layer: Sdf.Layer) -> float:
    """Return metres a unit of a layer; USD's default is 0.01."""
    root = layer.pseudoRoot
    return float(root.GetInfo(METRES)) if root.HasInfo(METRES) else 0.01


def _up_axis(layer: Sdf.Layer) -> str:
    """Return the up axis of a layer; USD's default is Y."""
    root = layer.pseudoRoot
    return str(root.GetInfo(UP_AXIS)) if root.HasInfo(UP_AXIS) else str(UsdGeom.GetFallbackUpAxis())
