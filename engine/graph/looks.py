"""Colour, texture and material randomizers: each prim gets an OmniPBR of its own, whose inputs are then edited."""

from __future__ import annotations

from typing import Any

from pxr import Sdf, Usd, UsdGeom, UsdShade

from engine.graph.attributes import typed
from engine.graph.authoring import shared
from engine.graph.graph import Moment
from engine.graph.node import Node, resolve_paths
from engine.graph.pose import existing
from engine.graph.sampling import SeededNode, objects

LOOKS = "/Replicator/Looks"
INPUT_TYPES = {
    "diffuse_color_constant": Sdf.ValueTypeNames.Color3f,
    "diffuse_texture": Sdf.ValueTypeNames.Asset,
    "texture_scale": Sdf.ValueTypeNames.Float2,
    "texture_rotate": Sdf.ValueTypeNames.Float,
    "project_uvw": Sdf.ValueTypeNames.Bool,
}


def drop_instancing(prim: Usd.Prim) -> None:
    """Make a prim and those below it editable one by one."""
    for each in Usd.PrimRange(prim):
        if each.IsInstance():
            each.SetInstanceable(False)


def own_shader(moment: Moment, cache: dict[Any, Any], prim: Usd.Prim) -> Usd.Prim:
    """Return the shader of the prim's own OmniPBR, made and bound on first use."""
    key = ("look", str(prim.GetPath()))
    if key not in cache or not cache[key].IsValid():
        moment.edits.flush()
        drop_instancing(prim)
        UsdGeom.Scope.Define(moment.stage, LOOKS)
        material = shared().define_omnipbr(moment.stage, shared().free_path(moment.stage, LOOKS, "OmniPBR"))
        shared().bind_material(prim, material)
        cache[key] = next(p for p in Usd.PrimRange(material) if p.IsA(UsdShade.Shader))
    return cache[key]


class LookNode(Node):
    """Base of randomizers that edit shader inputs, one sample a prim (or a mesh below it)."""

    def coloured(self, moment: Moment) -> list[str]:
        """Return the prims that get a look of their own."""
        paths = self.targets(moment)
        if not self.inputs.get("perSubMesh"):
            return paths
        moment.edits.flush()
        found = [p for path in paths for p in Usd.PrimRange(existing(moment, path)) if p.IsA(UsdGeom.Mesh)]
        return [str(p.GetPath()) for p in found] or paths

    def samples_needed(self, moment: Moment) -> int:
        """Ask for one sample a look."""
        return len(self.coloured(moment))

    def run(self, moment: Moment) -> None:
        """Write one sample of every input to every look."""
        paths = self.coloured(moment)
        columns = {
            name: objects(self.inputs[name], moment, len(paths))
            for name in INPUT_TYPES
            if self.inputs.get(name) is not None
        }
        for index, path in enumerate(paths):
            shader = own_shader(moment, self.graph.cache, existing(moment, path))
            for name, column in columns.items():
                attribute = shader.GetAttribute(f"inputs:{name}")
                if not attribute:
                    attribute = UsdShade.Shader(shader).CreateInput(name, INPUT_TYPES[name]).GetAttr()
                moment.edits.set(attribute, typed(column[index], str(attribute.GetTypeName())))


class ColorNode(LookNode):
    """rep.randomizer.color."""

    type_name = "omni.replicator.core.OgnWriteColor"


class TextureNode(LookNode):
    """rep.randomizer.texture."""

    type_name = "omni.replicator.core.OgnWriteTexture"


class MaterialsNode(SeededNode):
    """rep.randomizer.materials: bind one of several materials to every target."""

    type_name = "omni.replicator.core.OgnSampleMaterials"

    def run(self, moment: Moment) -> None:
        """Draw as `choice` does, and bind."""
        moment.edits.flush()
        paths, source = self.targets(moment), self.inputs["materials"]
        if isinstance(source, Node):
            chosen = objects(source, moment, len(paths))
        else:
            picks = self.generator.choice(len(source), size=len(paths))
            chosen = [source[i] for i in picks]
        for path, material in zip(paths, chosen, strict=True):
            prim = existing(moment, path)
            drop_instancing(prim)
            shared().bind_material(prim, self.material(moment, material))

    def material(self, moment: Moment, given: Any) -> Usd.Prim:
        """Return the material prim for a path, name, MDL file or item.

        Raises:
            ValueError: if there is no such material.
        """
        text = resolve_paths(given, moment)[0]
        key = ("material", text)
        if key not in self.graph.cache:
            self.graph.cache[key] = self._find(moment, text)
        return self.graph.cache[key]

    def _find(self, moment: Moment, text: str) -> Usd.Prim:
        if text.endswith(".mdl"):
            UsdGeom.Scope.Define(moment.stage, LOOKS)
            name = text.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".mdl")
            path = shared().free_path(moment.stage, LOOKS, "".join(c if c.isalnum() else "_" for c in name))
            return shared().define_mdl(moment.stage, path, text)
        found = moment.stage.GetPrimAtPath(text) if text.startswith("/") else None
        if not found:
            named = [p for p in moment.stage.TraverseAll() if p.IsA(UsdShade.Material) and p.GetName() == text]
            found = named[0] if named else None
        if not found or not found.IsA(UsdShade.Material):
            raise ValueError(f"randomizer.materials: '{text}' was given; expected a material path, name or MDL file")
        return found
