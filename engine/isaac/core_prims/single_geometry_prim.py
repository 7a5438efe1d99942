"""SingleGeometryPrim: one shape as a collider."""

from __future__ import annotations

from typing import Any

from .geometry_prim import GeometryPrim
from .single_xform_prim import SinglePrim, placed


class SingleGeometryPrim(SinglePrim):
    """One shape that other bodies touch."""

    def __init__(
        self,
        prim_path: str,
        name: str = "geometry_prim",
        position: Any = None,
        translation: Any = None,
        orientation: Any = None,
        scale: Any = None,
        visible: bool | None = None,
        reset_xform_properties: bool = True,
        collision: bool = False,
        **accepted: Any,
    ) -> None:
        """Find the shape and put it somewhere; `collision` makes it a collider."""
        placing = placed(position, translation, orientation, scale, visible)
        placing["reset_xform_properties"] = reset_xform_properties
        self._geometry_view = GeometryPrim(prim_path, name, collisions=[bool(collision)], **placing)
        super().__init__(self._geometry_view)

    @property
    def geom(self) -> Any:
        """The shape as a USD schema object of its type."""
        return self._geometry_view.geoms[0]

    def set_contact_offset(self, offset: float) -> None:
        """Set the distance at which contacts are made."""
        self._geometry_view.set_contact_offsets([offset])

    def get_contact_offset(self) -> float:
        """Return the distance at which contacts are made."""
        return float(self._geometry_view.get_contact_offsets()[0])

    def set_rest_offset(self, offset: float) -> None:
        """Set the distance at which bodies rest."""
        self._geometry_view.set_rest_offsets([offset])

    def get_rest_offset(self) -> float:
        """Return the distance at which bodies rest."""
        return float(self._geometry_view.get_rest_offsets()[0])

    def set_torsional_patch_radius(self, radius: float) -> None:
        """Set the radius of the patch that resists turning."""
        self._geometry_view.set_torsional_patch_radii([radius])

    def get_torsional_patch_radius(self) -> float:
        """Return the radius of the patch that resists turning."""
        return float(self._geometry_view.get_torsional_patch_radii()[0])

    def set_min_torsional_patch_radius(self, radius: float) -> None:
        """Set the least radius of the patch."""
        self._geometry_view.set_min_torsional_patch_radii([radius])

    def get_min_torsional_patch_radius(self) -> float:
        """Return the least radius of the patch."""
        return float(self._geometry_view.get_min_torsional_patch_radii()[0])

    def set_collision_approximation(self, approximation_type: str) -> None:
        """Set how a mesh collides: "none", "convexHull", "convexDecomposition", "boundingCube" ..."""
        self._geometry_view.set_collision_approximations([approximation_type])

    def get_collision_approximation(self) -> str:
        """Return how a mesh collides."""
        return self._geometry_view.get_collision_approximations()[0]

    def set_collision_enabled(self, enabled: bool) -> None:
        """Turn collisions on (the shape is made a collider) or off."""
        self._geometry_view.enable_collision() if enabled else self._geometry_view.disable_collision()

    def get_collision_enabled(self) -> bool:
        """Tell whether the shape is a collider that is on."""
        return bool(self._geometry_view.is_collision_enabled()[0])

    def apply_physics_material(self, physics_material: Any, weaker_than_descendants: bool = False) -> None:
        """Bind a physics material."""
        self._geometry_view.apply_physics_materials([physics_material], [weaker_than_descendants])

    def get_applied_physics_material(self) -> Any:
        """Return the physics material, None if there is none."""
        return self._geometry_view.get_applied_physics_materials()[0]
