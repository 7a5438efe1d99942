"""rep.create.material_omnipbr."""

from __future__ import annotations

from typing import Any

from pxr import Sdf, Usd, UsdGeom

from engine.graph.authoring import shared
from engine.graph.graph import current_stage
from engine.replicator import arguments as check
from engine.replicator import modify
from engine.replicator.placing import item_of, label, parent_path
from engine.replicator.utils.items import ReplicatorWrapper

LOOKS = "/Replicator/Looks"


def looks_scope() -> str:
    """Return the scope of materials, making it where it is missing."""
    parent_path("create.material_omnipbr", None)
    UsdGeom.Scope.Define(current_stage(), Sdf.Path(LOOKS))
    return LOOKS


def new_omnipbr(**inputs: Any) -> Usd.Prim:
    """Author one OmniPBR material in the scope of materials."""
    stage = current_stage()
    return shared().define_omnipbr(stage, shared().free_path(stage, looks_scope(), "OmniPBR"), **inputs)


@ReplicatorWrapper
def material_omnipbr(
    diffuse: Any = None,
    diffuse_texture: Any = None,
    roughness: Any = None,
    roughness_texture: Any = None,
    metallic: Any = None,
    metallic_texture: Any = None,
    specular: Any = None,
    emissive_color: Any = None,
    emissive_texture: Any = None,
    emissive_intensity: Any = 0.0,
    project_uvw: bool = False,
    semantics: Any = None,
    count: int = 1,
) -> Any:
    """Create OmniPBR materials; any value may be a distribution.

    Args:
        diffuse, emissive_color: linear RGB.
        roughness, metallic, specular: in [0, 1].
        diffuse_texture, roughness_texture, metallic_texture, emissive_texture: image files.
        emissive_intensity: strength of emission; above 0 (or a distribution) switches it on.
        project_uvw: project textures instead of using the mesh's UVs.
        semantics: labels of the material prims.
        count: materials to make.
    """
    where = "create.material_omnipbr"
    colors = {"diffuse_color_constant": ("diffuse", diffuse), "emissive_color": ("emissive_color", emissive_color)}
    scalars = {
        "reflection_roughness_constant": ("roughness", roughness),
        "metallic_constant": ("metallic", metallic),
        "specular_level": ("specular", specular),
        "emissive_intensity": ("emissive_intensity", emissive_intensity),
    }
    textures = {
        "diffuse_texture": diffuse_texture,
        "reflectionroughness_texture": roughness_texture,
        "metallic_texture": metallic_texture,
        "emissive_color_texture": emissive_texture,
    }
    inputs = {key: check.vector(where, name, value, (3,)) for key, (name, value) in colors.items()}
    inputs |= {key: check.vector(where, name, value, (1,)) for key, (name, value) in scalars.items()}
    inputs |= {key: check.source(value) for key, value in textures.items()}
    inputs |= {"project_uvw": bool(project_uvw) or None, "enable_emission": _emits(inputs) or None}
    given = {key: value for key, value in inputs.items() if value is not None}
    random = {key: value for key, value in given.items() if check.is_item(value)}
    constant = {key: _plain(value) for key, value in given.items() if key not in random}
    for key in random:  # the inputs exist with their types before anything is drawn
        constant[key] = "" if "texture" in key else (0.0, 0.0, 0.0) if "color" in key else 0.0
    prims = [new_omnipbr(**constant) for _ in range(check.count_of(where, count))]
    label(where, prims, semantics)
    for key, value in random.items():
        modify.attribute(f"inputs:{key}", value, input_prims=[str(prim.GetPath()) for prim in prims])
    return item_of(prims)


def _emits(inputs: dict[str, Any]) -> bool:
    value = inputs["emissive_intensity"]
    return check.is_item(value) or bool(value)


def _plain(value: Any) -> Any:
    return tuple(value.tolist()) if hasattr(value, "tolist") else value
