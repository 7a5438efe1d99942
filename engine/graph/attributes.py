"""Actions that write attributes, labels, visibility, materials, variants and time."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Sdf, Usd, UsdGeom, UsdLux, UsdShade, UsdSkel

from engine.carb.settings import get_settings
from engine.graph.authoring import shared
from engine.graph.graph import Moment
from engine.graph.node import Node, resolve_paths
from engine.graph.pose import existing
from engine.graph.sampling import Choice, Sequential, objects
from engine.timeline import get_timeline_interface


def typed(value: Any, type_name: str) -> Any:
    """Convert a sample to what an attribute of a USD type takes.

    Args:
        value: number, string, bool or row of numbers.
        type_name: USD value type name, e.g. "float", "color3f", "token", "asset".

    Raises:
        ValueError: if the sample has the wrong number of components.
    """
    if type_name == "asset":
        return value if isinstance(value, Sdf.AssetPath) else Sdf.AssetPath(str(value))
    if type_name in ("string", "token"):
        return str(value)
    zero = Sdf.ValueTypeNames.Find(type_name).defaultValue
    row = np.asarray(value).ravel()
    if isinstance(zero, bool | int | float):
        if len(row) != 1:
            raise ValueError(f"{len(row)} numbers were given for an attribute of type {type_name}; expected one")
        return type(zero)(row[0])
    if zero is None or type_name.endswith("[]"):
        return value
    if type_name.startswith("quat"):
        return type(zero)(*[item.item() for item in row])
    width = len(zero)
    row = np.repeat(row, width) if len(row) == 1 else row
    if len(row) != width:
        raise ValueError(f"{len(row)} numbers were given for an attribute of type {type_name}; expected 1 or {width}")
    return type(zero)(*[item.item() for item in row])


def guess_type(value: Any) -> Sdf.ValueTypeName:
    """Return the USD type for a new attribute holding `value`."""
    names = Sdf.ValueTypeNames
    if isinstance(value, str):
        return names.String
    row = np.asarray(value).ravel()
    if len(row) == 1:
        scalar = row[0].item()
        return names.Bool if isinstance(scalar, bool) else names.Int if isinstance(scalar, int) else names.Float
    return {2: names.Float2, 3: names.Float3, 4: names.Float4}.get(len(row), names.FloatArray)


def attribute_for(prim: Usd.Prim, name: str, kind: str | None, sample: Any) -> Usd.Attribute:
    """Find or make the attribute `name` means on `prim`.

    A material stands for its shader; a light or shader attribute may be named without `inputs:`; a Replicator Xform
    that lacks the attribute stands for its first child that is no Xform.
    """
    for owner in _owners(prim):
        for full in (name, f"inputs:{name}"):
            attribute = owner.GetAttribute(full)
            if attribute:
                return attribute
    owner = _owners(prim)[-1]
    inputs = owner.HasAPI(UsdLux.LightAPI) or owner.IsA(UsdShade.Shader)
    full = f"inputs:{name}" if inputs and not name.startswith("inputs:") else name
    value_type = Sdf.ValueTypeNames.Find(kind) if kind else guess_type(sample)
    return owner.CreateAttribute(full, value_type, not inputs)


def _owners(prim: Usd.Prim) -> list[Usd.Prim]:
    if prim.IsA(UsdShade.Material):
        shaders = [child for child in Usd.PrimRange(prim) if child.IsA(UsdShade.Shader)]
        return [prim, *shaders[:1]]
    if str(prim.GetTypeName()) == "Xform":
        return [prim, *[child for child in prim.GetChildren() if str(child.GetTypeName()) != "Xform"][:1]]
    return [prim]


class AttributeNode(Node):
    """rep.modify.attribute."""

    type_name = "omni.replicator.core.OgnWritePrimAttribute"

    def run(self, moment: Moment) -> None:
        """Write one sample to the attribute of every target."""
        paths = self.targets(moment)
        name, kind = self.inputs["attribute"], self.inputs.get("attributeType")
        for path, sample in zip(paths, objects(self.inputs["values"], moment, len(paths)), strict=True):
            key = ("attribute", path, name)
            attribute = self.graph.cache.get(key)
            if not attribute or attribute.GetStage() != moment.stage:
                attribute = attribute_for(existing(moment, path), name, kind, sample)
                self.graph.cache[key] = attribute
            moment.edits.set(attribute, typed(sample, str(attribute.GetTypeName())))


class VisibilityNode(Node):
    """rep.modify.visibility: one value for each prim, or rows of one value for each prim."""

    type_name = "omni.replicator.core.OgnSetVisibility"

    def samples_needed(self, moment: Moment) -> int:
        """Ask for one sample where each sample is a row over the prims."""
        source = self.inputs.get("values")
        rows = isinstance(source, Sequential) and source.items_are_rows()
        rows = rows or (isinstance(source, Choice) and isinstance(source.inputs["choices"][0], list | tuple))
        return 1 if rows else super().samples_needed(moment)

    def run(self, moment: Moment) -> None:
        """Write `visibility` of every target."""
        paths, source = self.targets(moment), self.inputs["values"]
        if not paths:
            return
        drawn = objects(source, moment, self.samples_needed(moment)) if isinstance(source, Node) else [source]
        flags = np.concatenate([np.ravel(row) for row in drawn]).astype(bool)
        for index, path in enumerate(paths):
            attribute = UsdGeom.Imageable(existing(moment, path)).GetVisibilityAttr()
            token = UsdGeom.Tokens.inherited if flags[index % len(flags)] else UsdGeom.Tokens.invisible
            moment.edits.set(attribute, token)


class SemanticsNode(Node):
    """rep.modify.semantics: add, replace or clear labels."""

    type_name = "omni.replicator.core.OgnWriteSemantics"

    def run(self, moment: Moment) -> None:
        """Write the labels of every target."""
        moment.edits.flush()
        paths = self.targets(moment)
        columns = {kind: objects(value, moment, len(paths)) for kind, value in self.inputs["semantics"].items()}
        for index, path in enumerate(paths):
            labels = {kind: column[index] for kind, column in columns.items()}
            shared().apply_semantics(existing(moment, path), labels, self.inputs.get("mode", "add"))


class MaterialNode(Node):
    """rep.modify.material: bind a material to every target."""

    type_name = "omni.replicator.core.OgnBindMaterial"

    def run(self, moment: Moment) -> None:
        """Bind, stronger than descendants' own bindings."""
        moment.edits.flush()
        paths = self.targets(moment)
        for path, material in zip(paths, objects(self.inputs["values"], moment, len(paths)), strict=False):
            shared().bind_material(existing(moment, path), existing(moment, resolve_paths(material, moment)[0]))


class VariantNode(Node):
    """rep.modify.variant: select a variant on every target."""

    type_name = "omni.replicator.core.OgnSetVariant"

    def run(self, moment: Moment) -> None:
        """Select the variants.

        Raises:
            ValueError: if a prim has no such variant.
        """
        moment.edits.flush()
        paths, name = self.targets(moment), self.inputs["variantName"]
        for path, value in zip(paths, objects(self.inputs["values"], moment, len(paths)), strict=True):
            variants = existing(moment, path).GetVariantSets().GetVariantSet(name)
            if str(value) not in variants.GetVariantNames():
                known = ", ".join(variants.GetVariantNames()) or "none"
                raise ValueError(f"prim '{path}' has no variant '{value}' in set '{name}'; expected one of: {known}")
            variants.SetVariantSelection(str(value))


class AnimationNode(Node):
    """rep.modify.animation: bind a SkelAnimation to the skeletons at or below every target."""

    type_name = "omni.replicator.core.OgnSetAnimation"

    def run(self, moment: Moment) -> None:
        """Bind, and rewind the timeline where asked."""
        moment.edits.flush()
        paths = self.targets(moment)
        for path, source in zip(paths, objects(self.inputs["values"], moment, len(paths)), strict=False):
            for prim in Usd.PrimRange(existing(moment, path)):
                if prim.IsA(UsdSkel.Skeleton):
                    binding = UsdSkel.BindingAPI.Apply(prim)
                    binding.CreateAnimationSourceRel().SetTargets([resolve_paths(source, moment)[0]])
        if self.inputs.get("resetTimeline"):
            get_timeline_interface().set_current_time(0.0)


class TimelineNode(Node):
    """rep.modify.timeline, time and frame: set the timeline's time, start or end."""

    type_name = "omni.replicator.core.OgnSetTimeline"

    def run(self, moment: Moment) -> None:
        """Set the current, the start or the end time."""
        timeline = get_timeline_interface()
        value = float(np.ravel(objects(self.inputs["values"], moment, 1)[0])[0])
        kind = self.inputs.get("modifyType", "time")
        if kind.endswith("frame"):
            value /= timeline.get_time_codes_per_seconds()
        if kind.startswith("start"):
            timeline.set_start_time(value)
        elif kind.startswith("end"):
            timeline.set_end_time(value)
        else:
            timeline.set_current_time(value)


class SettingNode(Node):
    """rep.settings.carb_settings with a distribution: write a setting."""

    type_name = "omni.replicator.core.OgnSetCarbSetting"

    def run(self, moment: Moment) -> None:
        """Write one sample."""
        sample = objects(self.inputs["values"], moment, 1)[0]
        if isinstance(sample, np.ndarray):
            sample = sample.tolist() if sample.size > 1 else sample.ravel()[0].item()
        get_settings().set(self.inputs["setting"], sample)
