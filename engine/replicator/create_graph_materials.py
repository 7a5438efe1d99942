"""rep.create.mdl_from_json: a material and its shaders from a dictionary.

Replicator publishes no grammar for it; ours is

    {"name": "Painted",
     "shaders": {"surface": {"mdl": "OmniPBR.mdl", "identifier": "OmniPBR",
                             "inputs": {"metallic_constant": 0.5, "diffuse_texture": "wood.png"}}},
     "connections": [["other", "out", "surface", "diffuse_color_constant"]],
     "surface": "surface"}

`name`, `identifier` (the file's name), `inputs`, `connections` and `surface` (the first shader) may be left out.
Textures are relative to the file. The renderer reads the surface shader's constants and textures, and connections only
where they lead to values it knows.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pxr import Sdf, Usd, UsdShade

from engine.graph.attributes import typed
from engine.graph.authoring import shared
from engine.graph.graph import current_stage
from engine.replicator import arguments as check
from engine.replicator.create_materials import looks_scope
from engine.replicator.functional.authoring import input_type
from engine.replicator.placing import item_of
from engine.replicator.utils.items import ReplicatorWrapper

WHERE = "create.mdl_from_json"
MATERIAL_KEYS = ("name", "shaders", "connections", "surface")
SHADER_KEYS = ("mdl", "identifier", "inputs")


@ReplicatorWrapper
def mdl_from_json(material_def: dict[str, Any] | None = None, material_def_path: Any = None) -> Any:
    """Create a material of MDL shaders from a dictionary or a JSON file.

    Args:
        material_def: the dictionary.
        material_def_path: a file that holds it.

    Raises:
        ValueError: if neither or both are given, or the dictionary is not as above.
    """
    check.exclusive(WHERE, material_def=material_def, material_def_path=material_def_path)
    folder = Path()
    if material_def is None:
        material_def, folder = _read(material_def_path)
    _check(material_def, "the material", MATERIAL_KEYS, ("shaders",))
    shaders = material_def["shaders"]
    if not isinstance(shaders, dict) or not shaders:
        raise check.fail(WHERE, "shaders", shaders, "a dictionary with at least one shader by its name", TypeError)
    stage = current_stage()
    path = shared().free_path(stage, looks_scope(), str(material_def.get("name") or "Material"))
    material = UsdShade.Material.Define(stage, path)
    made = {name: _shader(stage, f"{path}/{name}", name, fields, folder) for name, fields in shaders.items()}
    for connection in material_def.get("connections", ()):
        _connect(made, connection)
    top = material_def.get("surface", next(iter(shaders)))
    if top not in made:
        raise check.fail(WHERE, "surface", top, f"one of the shaders: {', '.join(made)}")
    for output in ("surface", "displacement", "volume"):
        target = material.CreateOutput(f"mdl:{output}", Sdf.ValueTypeNames.Token)
        target.ConnectToSource(made[top].ConnectableAPI(), "out")
    return item_of([material.GetPrim()])


def _read(path: Any) -> tuple[dict[str, Any], Path]:
    if not isinstance(path, str | Path) or not Path(path).is_file():
        raise check.fail(WHERE, "material_def_path", path, "material_def, or the path of a JSON file that is there")
    try:
        return json.loads(Path(path).read_text(encoding="utf-8")), Path(path).parent
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{WHERE}: '{path}' is no JSON: line {error.lineno}, {error.msg}; expected a dictionary"
        ) from error


def _check(value: Any, what: str, known: tuple[str, ...], needed: tuple[str, ...]) -> None:
    if not isinstance(value, dict):
        raise check.fail(WHERE, what, value, f"a dictionary with {', '.join(known)}", TypeError)
    wrong = [key for key in value if key not in known]
    missing = [key for key in needed if key not in value]
    if wrong or missing:
        given = f"unknown key '{wrong[0]}'" if wrong else f"no key '{missing[0]}'"
        raise ValueError(f"{WHERE}: {what} has {given}; expected the keys {', '.join(known)}")


def _shader(stage: Usd.Stage, path: str, name: str, fields: Any, folder: Path) -> UsdShade.Shader:
    _check(fields, f"shader '{name}'", SHADER_KEYS, ("mdl",))
    if not Sdf.Path.IsValidIdentifier(name):
        raise check.fail(WHERE, "shaders", name, "names of letters, digits and underscores")
    shader = UsdShade.Shader.Define(stage, path)
    shader.SetSourceAsset(Sdf.AssetPath(str(fields["mdl"])), "mdl")
    shader.SetSourceAssetSubIdentifier(str(fields.get("identifier") or Path(fields["mdl"]).stem), "mdl")
    shader.CreateOutput("out", Sdf.ValueTypeNames.Token)
    for key, value in fields.get("inputs", {}).items():
        kind = input_type(key, value)
        if kind == Sdf.ValueTypeNames.Asset and (folder / str(value)).is_file():
            value = str(folder / str(value))
        shader.CreateInput(key, kind).Set(typed(value, str(kind)))
    return shader


def _connect(made: dict[str, UsdShade.Shader], connection: Any) -> None:
    ends = list(connection) if isinstance(connection, list | tuple) else []
    if len(ends) != 4 or ends[0] not in made or ends[2] not in made:
        expected = f"[shader, output, shader, input] with shaders among {', '.join(made)}"
        raise check.fail(WHERE, "connections", connection, expected)
    source, output, target, name = ends
    found = made[target].GetInput(name) or made[target].CreateInput(name, Sdf.ValueTypeNames.Token)
    made[source].CreateOutput(output, found.GetTypeName())
    found.ConnectToSource(made[source].ConnectableAPI(), output)
