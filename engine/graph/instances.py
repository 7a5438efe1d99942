"""rep.randomizer.instantiate: slots that show a new draw of assets each time."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, Vt

from engine.graph.authoring import shared
from engine.graph.graph import Graph, Moment
from engine.graph.node import PrimSource, ValueNode, resolve_paths
from engine.graph.sampling import SeededNode, entries

ROOT = "/Replicator/Instances"


def reference_to(prim: Usd.Prim, asset: str) -> None:
    """Make a prim reference one asset: a USD file, or a prim of this stage given by its path."""
    is_prim = asset.startswith("/") and bool(prim.GetStage().GetPrimAtPath(asset))
    reference = Sdf.Reference("", asset) if is_prim else Sdf.Reference(asset)
    prim.GetReferences().SetReferences([reference])


class InstantiateNode(SeededNode, PrimSource):
    """Draws `size` assets and shows them: one slot an asset, or one PointInstancer for all."""

    type_name = "omni.replicator.core.OgnInstantiate"

    def __init__(self, graph: Graph, stage: Usd.Stage, name: str | None, **inputs: Any) -> None:
        super().__init__(graph, name, **inputs)
        UsdGeom.Scope.Define(stage, ROOT)
        self._shown: list[str | None] = []
        self._slots: list[str] = []
        if inputs["mode"] == "point_instance":
            self._slots = [self._instancer(stage)]
        else:
            for _ in range(inputs["size"]):
                path = shared().free_path(stage, ROOT, "Instance_Xform")
                prim = UsdGeom.Xform.Define(stage, path).GetPrim()
                prim.CreateAttribute("replicatorXform", Sdf.ValueTypeNames.Bool, True).Set(True)
                UsdGeom.Xform.Define(stage, f"{path}/Instance")
                self._slots.append(path)
            self._shown = [None] * inputs["size"]
        for path in self._slots if inputs.get("semantics") else ():
            shared().apply_semantics(stage.GetPrimAtPath(path), inputs["semantics"])
        self._show(stage, [self.assets()[i % len(self.assets())] for i in range(len(self._shown))])

    def paths(self, moment: Moment | None = None) -> list[str]:
        """Return the slots."""
        return self._slots

    def assets(self, moment: Moment | None = None) -> list[str]:
        """Return the assets to choose from; those of a distribution are drawn in every firing."""
        source = self.inputs["assets"]
        if isinstance(source, ValueNode):
            drawn = (
                entries(source) if moment is None else source.draw(moment, int(source.inputs.get("numSamples") or 1))
            )
            return [str(asset) for asset in drawn]
        return resolve_paths(source, moment)

    def run(self, moment: Moment) -> None:
        """Draw the assets of this firing."""
        moment.edits.flush()
        assets, weights = self.assets(moment), self.inputs.get("weights")
        p = None if weights is None else np.asarray(weights, dtype=np.float64) / np.sum(weights)
        replace = bool(self.inputs["withReplacements"])
        picks = self.generator.choice(len(assets), size=self.inputs["size"], p=p, replace=replace)
        if self.inputs["mode"] == "point_instance":
            instancer, own = UsdGeom.PointInstancer.Get(moment.stage, self._slots[0]), self.assets()
            indices = [own.index(assets[pick]) for pick in picks]
            instancer.CreateProtoIndicesAttr().Set(Vt.IntArray(indices))
            return
        self._show(moment.stage, [assets[pick] for pick in picks])

    def _show(self, stage: Usd.Stage, assets: list[str]) -> None:
        for slot, asset in enumerate(assets):
            if not self._shown:
                return
            if self._shown[slot] != asset:
                prim = stage.GetPrimAtPath(f"{self._slots[slot]}/Instance")
                reference_to(prim, asset)
                prim.SetInstanceable(self.inputs["mode"] == "scene_instance")
                self._shown[slot] = asset

    def _instancer(self, stage: Usd.Stage) -> str:
        path = shared().free_path(stage, ROOT, "PointInstancer")
        instancer = UsdGeom.PointInstancer.Define(stage, path)
        UsdGeom.Scope.Define(stage, f"{path}/Prototypes")
        for index, asset in enumerate(self.assets()):
            prim = UsdGeom.Xform.Define(stage, f"{path}/Prototypes/Prototype_{index:02d}").GetPrim()
            reference_to(prim, asset)
            instancer.CreatePrototypesRel().AddTarget(prim.GetPath())
        size = self.inputs["size"]
        instancer.CreateProtoIndicesAttr([i % len(self.assets()) for i in range(size)])
        instancer.CreatePositionsAttr([Gf.Vec3f(0.0)] * size)
        instancer.CreateOrientationsAttr([Gf.Quath(1.0)] * size)
        instancer.CreateScalesAttr([Gf.Vec3f(1.0)] * size)
        return path
