"""The PhysX schemas as installed: which schema an attribute belongs to, and of which type it is.

Scripts write PhysX attributes without applying their schema, or with the type of the Python value; PhysX reads them
only with both in order.

Source: generatedSchema.usda of the package physx-usd-schemas.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import metadata
from pathlib import Path

from pxr import Sdf

MODULES = ("PhysxSchema", "OmniUsdPhysicsDeformableSchema")


def schema_folders() -> list[Path]:
    """Return the folders of the installed schemas."""
    package = metadata.distribution("physx-usd-schemas")
    return [Path(str(package.locate_file(f"physx_usd_schemas/{module}/resources"))) for module in MODULES]


@lru_cache(maxsize=1)
def _attributes() -> dict[str, tuple[str, Sdf.ValueTypeName]]:
    """Return attribute name to (schema, type)."""
    layer = Sdf.Layer.FindOrOpen(str(schema_folders()[0] / "generatedSchema.usda"))
    return {
        spec.name: (prim.name, spec.typeName)
        for prim in layer.rootPrims
        for spec in prim.attributes
        if spec.name.startswith("physx")
    }


def schema_of_property(name: str) -> str | None:
    """Return the single-apply PhysX schema that an attribute such as `physxScene:timeStepsPerSecond` belongs to."""
    found = _attributes().get(name) if name.startswith("physx") else None
    return found[0] if found else None


def property_type(name: str) -> Sdf.ValueTypeName | None:
    """Return the type of a PhysX attribute, or None if it is no such attribute."""
    found = _attributes().get(name) if name.startswith("physx") else None
    return found[1] if found else None
