"""GeomPrim: shapes as colliders."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import UsdGeom

from ..arrays import to_device
from ..views import colliders
from ..views.fields import accessors
from ..views.values import flags
from .xform_prim import XformPrim


@accessors({"offsets": (colliders.CONTACT, colliders.REST), "collision_approximations": colliders.SHAPE})
class GeomPrim(XformPrim):
    """Shapes that other bodies touch."""

    def __init__(self, paths: str | list[str], *, apply_collision_apis: bool = False, **placing: Any) -> None:
        """Find the shapes.

        Args:
            paths: path, regular expression or a list of them.
            apply_collision_apis: make them colliders.
            placing: as of `XformPrim`.
        """
        super().__init__(paths, **placing)
        if apply_collision_apis:
            self.apply_collision_apis()

    @property
    def geoms(self) -> list[Any]:
        """The shapes as USD schema objects of their type."""
        return [getattr(UsdGeom, str(prim.GetTypeName()), UsdGeom.Gprim)(prim) for prim in self.prims]

    def set_torsional_patch_radii(self, radii: Any, *, indices: Any = None, minimum: bool = False) -> None:
        """Set the radius of the patch that resists turning on a contact."""
        (colliders.LEAST_PATCH if minimum else colliders.PATCH).write(self._pick(indices), radii)

    def get_torsional_patch_radii(self, *, indices: Any = None, minimum: bool = False) -> Any:
        """Return the radii (n, 1)."""
        return to_device((colliders.LEAST_PATCH if minimum else colliders.PATCH).read(self._pick(indices)))

    def set_enabled_collisions(self, enabled: Any, *, indices: Any = None) -> None:
        """Turn collisions on (shapes are made colliders) or off."""
        prims = self._pick(indices)
        for prim, is_on in zip(prims, flags(enabled, len(prims), "enabled"), strict=True):
            colliders.set_enabled(prim, bool(is_on))

    def get_enabled_collisions(self, *, indices: Any = None) -> Any:
        """Return which shapes are colliders that are on (n, 1)."""
        return to_device(np.array([[colliders.is_enabled(prim)] for prim in self._pick(indices)], bool), bool)

    def apply_collision_apis(self, *, indices: Any = None) -> None:
        """Make shapes colliders."""
        for prim in self._pick(indices):
            colliders.make_collider(prim)

    def apply_physics_materials(
        self, materials: Any, *, weaker_than_descendants: Any = None, indices: Any = None
    ) -> None:
        """Bind one physics material to all, or one to each."""
        self._bind(materials, "physics", weaker_than_descendants, indices)

    def get_applied_physics_materials(self, *, indices: Any = None) -> list[Any]:
        """Return the physics material bound to each shape, None where there is none."""
        from ..experimental_materials import PhysicsMaterial

        found = [colliders.bound(prim, "physics") for prim in self._pick(indices)]
        return [PhysicsMaterial.fetch_instances([m.GetPrim()])[0] if m is not None else None for m in found]
