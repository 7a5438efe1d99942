"""Materials of a stage, read once and kept until they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pxr import Sdf, Usd, UsdShade

from engine.stage.band_data import NO_SURFACES, Surfaces
from engine.stage.bands import OFFSET, read_suns, read_surfaces, read_texture
from engine.stage.changes import Change, Changes, is_prototype
from engine.stage.complaints import Complaints
from engine.stage.geometry import Needs
from engine.stage.mdl_surface import MdlSurface
from engine.stage.preview_surface import PreviewSurface
from engine.stage.scene import Material, Texture
from engine.stage.shader_inputs import Inputs, Reading

UNBOUND = Material()
PREVIEW_IDS = ("UsdPreviewSurface", "ND_UsdPreviewSurface_surfaceshader")
CONTEXTS = ("mdl", "", "mtlx")


@dataclass(frozen=True, eq=False)
class Look:
    """A material as read.

    Attributes:
        material: what renderers get.
        needs: what it asks of meshes.
        varies: may vary over time.
        surfaces: how it behaves beyond the visible, by band.
        offset: kelvin added to the temperature of what it covers.
        warmer: image of kelvin added to it.
        suns: kelvin that suns add to it, instead of the prim's; None where it does not say.
    """

    material: Material
    needs: Needs
    varies: bool = False
    surfaces: Surfaces = field(default_factory=lambda: NO_SURFACES)
    offset: float = 0.0
    warmer: Texture | None = None
    suns: tuple[float, ...] | None = None


DEFAULT_LOOK = Look(UNBOUND, Needs())


class Materials:
    """Looks by material prim; equal materials stay the same object when they are read again."""

    def __init__(self, complaints: Complaints) -> None:
        self._complaints = complaints
        self._looks: dict[Sdf.Path, Look] = {}
        self._stale: dict[Sdf.Path, Look] = {}
        self._time: Usd.TimeCode | None = None
        self.version = 0

    def update(self, stage: Usd.Stage, changes: Changes, time: Usd.TimeCode) -> None:
        """Forget what has changed or varies over time; `version` grows if anything was forgotten."""
        gone: set[Sdf.Path] = set()
        if changes.everything:
            gone |= set(self._looks)
        elif self._looks and (changes.resynced or changes.kinds):
            gone |= self._edited(stage, changes)
        if changes.instances:
            gone |= {path for path in self._looks if is_prototype(path)}
        if self._time is not None and time != self._time:
            gone |= {path for path, look in self._looks.items() if look.varies}
        self._time = time
        for path in gone:
            self._stale[path] = self._looks.pop(path)
        self.version += bool(gone)

    def _edited(self, stage: Usd.Stage, changes: Changes) -> set[Sdf.Path]:
        """Find the looks that edits concern; a shader outside of any material may concern all."""
        gone = {path for path in self._looks if any(path.HasPrefix(p) for p in changes.resynced)}
        edited = [path for path, kind in changes.kinds.items() if kind & ~(Change.MOVED | Change.SHOWN)]
        for path in (*changes.resynced, *edited):
            owner = next((prefix for prefix in path.GetPrefixes() if prefix in self._looks), None)
            if owner is not None:
                gone.add(owner)
            elif _is_node(stage.GetPrimAtPath(path)):
                return set(self._looks)
        return gone

    def keep_only(self, used: set[Sdf.Path]) -> None:
        """Drop looks that nothing uses any more."""
        self._stale.clear()
        for path in [p for p in self._looks if p not in used]:
            del self._looks[path]

    def look(self, material: UsdShade.Material, time: Usd.TimeCode) -> Look:
        """Return how a bound material looks; an invalid one means nothing is bound."""
        prim = material.GetPrim()
        if not prim:
            return DEFAULT_LOOK
        source = prim.GetPrimInPrototype() if prim.IsInstanceProxy() else prim
        key = source.GetPath()
        if key not in self._looks:
            fresh = self._read(prim, time)
            before = self._stale.pop(key, None)
            if before is not None and before.material == fresh.material and before.needs == fresh.needs:
                fresh = replace(fresh, material=before.material, needs=before.needs)
            self._looks[key] = fresh
        return self._looks[key]

    def _read(self, prim: Usd.Prim, time: Usd.TimeCode) -> Look:
        offset = prim.GetAttribute(OFFSET).Get(time) if prim.HasAttribute(OFFSET) else 0.0
        surfaces = read_surfaces(prim, time, self._complaints)
        warmer, suns = read_texture(prim, time, self._complaints), read_suns(prim, time)
        visible = self._visible(prim, time)
        return replace(visible, surfaces=surfaces, offset=float(offset or 0.0), warmer=warmer, suns=suns)

    def _visible(self, prim: Usd.Prim, time: Usd.TimeCode) -> Look:
        path = str(prim.GetPath())
        shader = surface_shader(UsdShade.Material(prim))
        if shader is None:
            self._complaints.warn(f"{path}: the material has no surface shader; the default grey is used")
            return Look(Material(path), Needs())
        reading = Reading(time, self._complaints)
        inputs = Inputs(shader, reading)
        kind = shader.GetShaderId() or ""
        if kind in PREVIEW_IDS:
            material, needs = PreviewSurface(inputs).read(path)
        else:
            material, needs = MdlSurface(inputs, _mdl_name(shader) or kind).read(path)
        return Look(material, needs, reading.varies)


def _is_node(prim: Usd.Prim) -> bool:
    if not prim or prim.IsA(UsdShade.Material):
        return False
    return prim.IsA(UsdShade.Shader) or prim.IsA(UsdShade.NodeGraph)


def surface_shader(material: UsdShade.Material) -> UsdShade.Shader | None:
    """Return the shader of a material's surface: MDL's first, as RTX does, then the universal one."""
    for context in CONTEXTS:
        found = material.ComputeSurfaceSource(context)[0]
        if found and (found.GetShaderId() or _mdl_name(found)):
            return found
    return None


def _mdl_name(shader: UsdShade.Shader) -> str:
    """Return the name of an MDL material: the sub-identifier, else the file's name."""
    name = str(shader.GetSourceAssetSubIdentifier("mdl") or "")
    if not name:
        asset = shader.GetSourceAsset("mdl")
        name = asset.path.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".mdl") if asset else ""
    return name.split("(")[0].rsplit("::", 1)[-1]


def bound_materials(prims: Sequence[Usd.Prim]) -> list[UsdShade.Material]:
    """Return the material bound to each prim for full rendering: direct, inherited or by collection, by strength."""
    if not prims:
        return []
    return list(UsdShade.MaterialBindingAPI.ComputeBoundMaterials(list(prims), UsdShade.Tokens.full)[0])
