"""The PhysX schemas as installed: which schema an attribute belongs to, and of which type it is.

Scripts write PhysX attributes without applying their schema, or with the type of the Python value; PhysX reads them
only with both in order.

Source: generatedSchema.usda of the package physx-usd-schemas.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from pxr import Plug, Sdf

MODULES = ("PhysxSchema", "OmniUsdPhysicsDeformableSchema")


def schema_folders() -> list[Path]:
    """Return the folders of the installed schemas."""
    package = metadata.distribution("physx-usd-schemas")
    return [Path(str(package.locate_file(f"physx_usd_schemas/{module}/resources"))) for module in MODULES]


def register_schemas() -> None:
    """Make the PhysX schemas known to OpenUSD, as they are in Isaac Sim: their attributes are there once applied.

    Only before the process makes its first stage; where they are not installed nothing happens.
    """
    with contextlib.suppress(metadata.PackageNotFoundError):
        Plug.Registry().RegisterPlugins([str(folder) for folder in schema_folders()])


@dataclass(frozen=True)
class PhysxProperty:
    """What a schema says of an attribute.

    Attributes:
        schema: single-apply schema that it belongs to.
        kind: its type.
        default: value where none is authored.
    """

    schema: str
    kind: Sdf.ValueTypeName
    default: Any


@lru_cache(maxsize=1)
def _attributes() -> dict[str, PhysxProperty]:
    layer = Sdf.Layer.FindOrOpen(str(schema_folders()[0] / "generatedSchema.usda"))
    return {
        spec.name: PhysxProperty(prim.name, spec.typeName, spec.default)
        for prim in layer.rootPrims
        for spec in prim.attributes
        if spec.name.startswith("physx")
    }


def physx_property(name: str) -> PhysxProperty | None:
    """Return what is known of an attribute such as `physxScene:timeStepsPerSecond`, None where it is no such one."""
    return _attributes().get(name) if name.startswith("physx") else None
