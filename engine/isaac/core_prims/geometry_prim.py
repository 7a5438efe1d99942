"""GeometryPrim: shapes as colliders."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Usd, UsdGeom

from ..views import colliders
from ..views.fields import Field
from ..views.values import flags, selected, weak_flags, words
from .prim import out
from .xform_prim import XFormPrim


class GeometryPrim(XFormPrim):
    """Shapes that other bodies touch."""

    def __init__(
        self,
        prim_paths_expr: str | list[str],
        name: str = "geometry_prim_view",
        collisions: Any = None,
        track_contact_forces: bool = False,
        prepare_contact_sensors: bool = False,
        disable_stablization: bool = True,
        contact_filter_prim_paths_expr: Any = None,
        max_contact_count: int = 0,
        **placing: Any,
    ) -> None:
        """Find the shapes.

        Args:
            prim_paths_expr: path, regular expression or a list of them.
            name: of the view.
            collisions: (n,) which of them collide.
            track_contact_forces: accepted; contacts are not reported.
            prepare_contact_sensors: accepted.
            disable_stablization: accepted.
            contact_filter_prim_paths_expr: accepted.
            max_contact_count: accepted.
            placing: as of `XFormPrim`.
        """
        super().__init__(prim_paths_expr, name, **placing)
        self._physics_materials: list[Any] = [None] * self.count
        if collisions is not None:
            for prim, on in zip(self._prims, flags(collisions, self.count, "collisions"), strict=True):
                if on:
                    colliders.make_collider(prim)

    @property
    def geoms(self) -> list[Any]:
        """The shapes as USD schema objects of their type."""
        return [getattr(UsdGeom, str(prim.GetTypeName()), UsdGeom.Gprim)(prim) for prim in self._prims]

    def _write(self, field: Field, values: Any, indices: Any) -> None:
        field.write(self._pick(indices), values)

    def _read(self, field: Field, indices: Any) -> Any:
        return out(field.read(self._pick(indices))[:, 0])

    def set_contact_offsets(self, offsets: Any, indices: Any = None) -> None:
        """Set the distance (n,) at which contacts are made."""
        self._write(colliders.CONTACT, offsets, indices)

    def get_contact_offsets(self, indices: Any = None) -> Any:
        """Return the distances (n,) at which contacts are made."""
        return self._read(colliders.CONTACT, indices)

    def set_rest_offsets(self, offsets: Any, indices: Any = None) -> None:
        """Set the distance (n,) at which bodies rest."""
        self._write(colliders.REST, offsets, indices)

    def get_rest_offsets(self, indices: Any = None) -> Any:
        """Return the distances (n,) at which bodies rest."""
        return self._read(colliders.REST, indices)

    def set_torsional_patch_radii(self, radii: Any, indices: Any = None) -> None:
        """Set the radii (n,) of the patches that resist turning."""
        self._write(colliders.PATCH, radii, indices)

    def get_torsional_patch_radii(self, indices: Any = None) -> Any:
        """Return the radii (n,) of the patches that resist turning."""
        return self._read(colliders.PATCH, indices)

    def set_min_torsional_patch_radii(self, radii: Any, indices: Any = None) -> None:
        """Set the least radii (n,) of the patches."""
        self._write(colliders.LEAST_PATCH, radii, indices)

    def get_min_torsional_patch_radii(self, indices: Any = None) -> Any:
        """Return the least radii (n,) of the patches."""
        return self._read(colliders.LEAST_PATCH, indices)

    def set_collision_approximations(self, approximation_types: Any, indices: Any = None) -> None:
        """Set how meshes collide: "none", "convexHull", "convexDecomposition", "boundingCube" ..."""
        prims = self._pick(indices)
        colliders.SHAPE.write(prims, words(approximation_types, len(prims), "approximation_types"))

    def get_collision_approximations(self, indices: Any = None) -> list[str]:
        """Return how meshes collide."""
        return list(colliders.SHAPE.read(self._pick(indices)))

    def enable_collision(self, indices: Any = None) -> None:
        """Turn collisions on."""
        self._enable(True, indices)

    def disable_collision(self, indices: Any = None) -> None:
        """Turn collisions off."""
        self._enable(False, indices)

    def _enable(self, on: bool, indices: Any) -> None:
        for prim in self._pick(indices):
            colliders.set_enabled(prim, on)

    def is_collision_enabled(self, indices: Any = None) -> Any:
        """Return which shapes are colliders that are on (n,)."""
        return out(np.array([colliders.is_enabled(prim) for prim in self._pick(indices)], dtype=bool))

    def apply_collision_apis(self, indices: Any = None) -> None:
        """Make shapes colliders."""
        for prim in self._pick(indices):
            colliders.make_collider(prim)

    def apply_physics_materials(
        self, physics_materials: Any, weaker_than_descendants: Any = None, indices: Any = None
    ) -> None:
        """Bind one physics material to all, or one to each."""
        chosen = selected(indices, self.count)
        weak = weak_flags(weaker_than_descendants, len(chosen))
        for index, material, is_weak in zip(chosen, colliders.each(physics_materials, len(chosen)), weak, strict=True):
            colliders.bind(self._prims[index], material.material, "physics", bool(is_weak))
            self._physics_materials[index] = material

    def get_applied_physics_materials(self, indices: Any = None) -> list[Any]:
        """Return the physics material of each shape, None where there is none."""
        return [self._applied_physics(self._prims[index], index) for index in selected(indices, self.count)]

    def _applied_physics(self, prim: Usd.Prim, index: int) -> Any:
        from ..core_api.materials import PhysicsMaterial

        bound = colliders.bound(prim, "physics")
        kept = self._physics_materials[index]
        if bound is None or (kept is not None and kept.prim == bound.GetPrim()):
            return kept if bound is not None else None
        return PhysicsMaterial(str(bound.GetPath()))
