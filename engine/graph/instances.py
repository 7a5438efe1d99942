"""rep.randomizer.instantiate: slots that show a new draw of assets each time."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, Vt

from engine.graph.authoring import shared
from engine.graph.graph import Graph, Moment
from engine.graph.node import PrimSource, ValueNode, resolve_paths
from engine.graph.point_poses import MARK
from engine.graph.sampling import SeededNode, entries

ROOT = "/Replicator/Instances"


def reference_to(prim: Usd.Prim, asset: str) -> None:
    """Make a prim reference one asset: a USD file, or a prim of this stage given by its path."""
    is_prim = asset.startswith("/") and Sdf.Path.IsValidPathString(asset) and bool(prim.GetStage().GetPrimAtPath(asset))
    reference = Sdf.Reference("", asset) if is_prim else Sdf.Reference(asset)
    prim.GetReferences().SetReferences([reference])


class InstantiateNode(SeededNode, PrimSource):
    """Draws `size` assets and shows them: one slot an asset, or one PointInstancer for all.

    Where `size` is drawn too, there are as many slots as it can be at most, and the last of them stay empty.
    """

    type_name = "omni.replicator.core.OgnInstantiate"

    def __init__(self, graph: Graph, stage: Usd.Stage, name: str | None, **inputs: Any) -> None:
        super().__init__(graph, name, **inputs)
        UsdGeom.Scope.Define(stage, ROOT)
        self._shown: list[str | None] = []
        self._slots: list[str] = []
        self._most = self._used = most(inputs["size"])
        if inputs["mode"] == "point_instance":
            self._slots = [self._instancer(stage)]
        else:
            for _ in range(self._most):
                path = shared().free_path(stage, ROOT, "Instance_Xform")
                prim = UsdGeom.Xform.Define(stage, path).GetPrim()
                prim.CreateAttribute(MARK, Sdf.ValueTypeNames.Bool, True).Set(True)
                UsdGeom.Xform.Define(stage, f"{path}/Instance")
                self._slots.append(path)
            self._shown = [None] * self._most
        for path in self._slots if inputs.get("semantics") else ():
            shared().apply_semantics(stage.GetPrimAtPath(path), inputs["semantics"])
        self._show(stage, [self.assets()[i % len(self.assets())] for i in range(len(self._shown))])

    def paths(self, moment: Moment | None = None) -> list[str]:
        """Return the slots: all of them, or those in use in a firing."""
        return self._slots if moment is None or not self._shown else self._slots[: self._used]

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
        self._used = self._size(moment) if replace else min(self._size(moment), len(assets))
        picks = self.generator.choice(len(assets), size=self._used, p=p, replace=replace)
        if self.inputs["mode"] == "point_instance":
            instancer, own = UsdGeom.PointInstancer.Get(moment.stage, self._slots[0]), self.assets()
            indices = [own.index(assets[pick]) for pick in picks] + [0] * (self._most - self._used)
            instancer.CreateProtoIndicesAttr().Set(Vt.IntArray(indices))
            if isinstance(self.inputs["size"], ValueNode):
                instancer.CreateInvisibleIdsAttr().Set(list(range(self._used, self._most)))
            return
        self._show(moment.stage, [assets[pick] for pick in picks])

    def samples_needed(self, moment: Moment) -> int:
        """Ask for one sample, of a size."""
        return 1

    def _size(self, moment: Moment) -> int:
        """Return how many assets are shown in this firing."""
        size = self.inputs["size"]
        if not isinstance(size, ValueNode):
            return int(size)
        return min(max(int(np.asarray(size.draw(moment, 1)).ravel()[0]), 0), self._most)

    def _show(self, stage: Usd.Stage, assets: list[str]) -> None:
        if not self._shown:
            return
        for slot, asset in enumerate([*assets, *[None] * (self._most - len(assets))]):
            if self._shown[slot] == asset:
                continue
            prim = stage.GetPrimAtPath(f"{self._slots[slot]}/Instance")
            prim.SetInstanceable(self.inputs["mode"] == "scene_instance" and asset is not None)
            if asset is None:
                prim.GetReferences().ClearReferences()
            else:
                reference_to(prim, asset)
            self._shown[slot] = asset

    def _instancer(self, stage: Usd.Stage) -> str:
        path = shared().free_path(stage, ROOT, "PointInstancer")
        instancer = UsdGeom.PointInstancer.Define(stage, path)
        UsdGeom.Scope.Define(stage, f"{path}/Prototypes")
        for index, asset in enumerate(self.assets()):
            prim = UsdGeom.Xform.Define(stage, f"{path}/Prototypes/Prototype_{index:02d}").GetPrim()
            reference_to(prim, asset)
            instancer.CreatePrototypesRel().AddTarget(prim.GetPath())
        size = self._most
        instancer.GetPrim().CreateAttribute(MARK, Sdf.ValueTypeNames.Bool, True).Set(True)
        instancer.CreateProtoIndicesAttr([i % len(self.assets()) for i in range(size)])
        instancer.CreatePositionsAttr([Gf.Vec3f(0.0)] * size)
        instancer.CreateOrientationsAttr([Gf.Quath(1.0)] * size)
        instancer.CreateScalesAttr([Gf.Vec3f(1.0)] * size)
        return path


def most(size: Any) -> int:
    """Return how large a size can be: itself, or the most that a distribution draws.

    Raises:
        ValueError: if there is no bound, as for a normal distribution.
    """
    if not isinstance(size, ValueNode):
        return int(size)
    bounds = entries(size) or np.asarray(size.inputs.get("upper", ())).ravel().tolist()
    if not bounds or not all(isinstance(bound, int | float | np.number) for bound in bounds):
        raise ValueError(
            f"randomizer.instantiate: size={size.name} was given; expected a whole number, or a choice, a sequence or "
            "a uniform distribution of them"
        )
    return max(int(np.ceil(max(bounds))), 0)
