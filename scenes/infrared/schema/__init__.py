"""The codeless applied schema `IrSurfaceAPI`: plain USD files, this module's Python only registers and applies it.

`generatedSchema.usda` is the one list of attributes: types, units, limits and documentation are read from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pxr import Plug, Sdf, Usd

FOLDER = Path(__file__).parent
NAME = "IrSurfaceAPI"


@dataclass(frozen=True)
class Attribute:
    """One attribute of the schema.

    Args:
        name: full name, "ir:emissivity:lwir".
        type_name: USD's name of its type.
        minimum: smallest number allowed, or None.
        maximum: largest number allowed, or None.
        unit: "K", "W/m2", "1" for fractions, "" for what is no number.
        doc: what it means.
    """

    name: str
    type_name: str
    minimum: float | None
    maximum: float | None
    unit: str
    doc: str


@cache
def attributes() -> dict[str, Attribute]:
    """Return the attributes of the schema by name, read from its file."""
    layer = Sdf.Layer.FindOrOpen(str(FOLDER / "generatedSchema.usda"))
    found = {}
    for spec in layer.GetPrimAtPath(f"/{NAME}").attributes:
        data = spec.customData
        found[spec.name] = Attribute(
            spec.name,
            str(spec.typeName),
            data.get("minimum"),
            data.get("maximum"),
            data.get("unit", ""),
            spec.documentation,
        )
    return found


@cache
def register() -> bool:
    """Tell USD of the schema and return whether USD knows it now.

    USD reads all schemas once, when the first stage is opened: after that (in Isaac Sim always) only
    PXR_PLUGINPATH_NAME=<this folder>, set before it starts, makes the schema known. Attributes work either way.
    """
    if not any(plugin.name == "replicantInfrared" for plugin in Plug.Registry().GetAllPlugins()):
        Plug.Registry().RegisterPlugins(str(FOLDER))
    return Usd.SchemaRegistry().FindAppliedAPIPrimDefinition(NAME) is not None


def apply(prim: Usd.Prim) -> None:
    """Apply the schema to a prim; by name alone where USD was started without it."""
    if register():
        prim.ApplyAPI(NAME)
    else:
        prim.AddAppliedSchema(NAME)
