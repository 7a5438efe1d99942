"""GroundPlane: a square to look at, and a plane to stand on."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Usd, UsdGeom

from ...core_prims.single_geometry_prim import SingleGeometryPrim
from ...core_prims.single_xform_prim import SingleXFormPrim
from ...core_utils.prims import get_prim_at_path, is_prim_path_valid
from ...core_utils.stage import get_current_stage, get_stage_units
from ...views.ground import add_ground_plane
from ..materials import PhysicsMaterial, PreviewSurface
from .shapes import GREY, free_path


class GroundPlane:
    """A ground; 100 m wide and grey unless told."""

    def __init__(
        self,
        prim_path: str,
        name: str = "ground_plane",
        size: float | None = None,
        z_position: float | None = None,
        scale: Any = None,
        visible: bool | None = None,
        color: Any = None,
        physics_material: Any = None,
        visual_material: Any = None,
    ) -> None:
        """Find the ground or make it.

        Args:
            prim_path: existing ground, or a new path.
            name: of the object.
            size: half the edge, stage units (default 50 m).
            z_position: height, stage units (default 0).
            scale: (3,) factors.
            visible: shown or not.
            color: (3,) linear colour in [0, 1].
            physics_material: friction 0.5 and restitution 0.8 if not given.
            visual_material: what it looks like.
        """
        if not is_prim_path_valid(prim_path):
            half = 50.0 / get_stage_units() if size is None else float(size)
            place = (0.0, 0.0, float(z_position or 0.0))
            add_ground_plane(get_current_stage(), prim_path, "Z", half, place, GREY)
            if physics_material is None:
                path = free_path("/World/Physics_Materials/physics_material")
                physics_material = PhysicsMaterial(path, "physics_material", 0.5, 0.5, 0.8)
            if visual_material is None:
                path = free_path("/World/Looks/visual_material")
                visual_material = PreviewSurface(path, color=np.array(GREY if color is None else color, dtype=float))
        self._xform_prim = SingleXFormPrim(prim_path, name, scale=scale, visible=visible)
        self._collision_prim = SingleGeometryPrim(_plane_below(prim_path), f"{name}_collision_plane", collision=True)
        if z_position is not None:
            self._xform_prim.set_world_pose(position=(0.0, 0.0, float(z_position)))
            self.set_default_state(position=(0.0, 0.0, float(z_position)))
        if physics_material is not None:
            self.apply_physics_material(physics_material)
        if visual_material is not None:
            self._xform_prim.apply_visual_material(visual_material)

    @property
    def prim_path(self) -> str:
        """Path of the ground."""
        return self._xform_prim.prim_path

    @property
    def name(self) -> str:
        """Name of the object."""
        return self._xform_prim.name

    @property
    def prim(self) -> Usd.Prim:
        """The Xform that holds both parts."""
        return self._xform_prim.prim

    @property
    def xform_prim(self) -> SingleXFormPrim:
        """The Xform that holds both parts, as an object."""
        return self._xform_prim

    @property
    def collision_geometry_prim(self) -> SingleGeometryPrim:
        """The plane to stand on, as an object."""
        return self._collision_prim

    def initialize(self, physics_sim_view: Any = None) -> None:
        """Accept: prims are ready once they exist."""

    def post_reset(self) -> None:
        """Put the ground back to its default state."""
        self._xform_prim.post_reset()

    def is_valid(self) -> bool:
        """Tell whether the ground is still there."""
        return self._xform_prim.is_valid()

    def apply_physics_material(self, physics_material: Any, weaker_than_descendants: bool = False) -> None:
        """Bind a physics material."""
        self._collision_prim.apply_physics_material(physics_material, weaker_than_descendants)

    def get_applied_physics_material(self) -> Any:
        """Return the physics material."""
        return self._collision_prim.get_applied_physics_material()

    def set_world_pose(self, position: Any = None, orientation: Any = None) -> None:
        """Put the ground in the world frame; what is None stays."""
        self._xform_prim.set_world_pose(position, orientation)

    def get_world_pose(self) -> tuple[Any, Any]:
        """Return position (3,) and orientation (4,) wxyz."""
        return self._xform_prim.get_world_pose()

    def get_default_state(self) -> Any:
        """Return the pose that `post_reset` goes back to."""
        return self._xform_prim.get_default_state()

    def set_default_state(self, position: Any = None, orientation: Any = None) -> None:
        """Set the pose that `post_reset` goes back to."""
        self._xform_prim.set_default_state(position, orientation)


def _plane_below(path: str) -> str:
    """Return the plane at or below a path.

    Raises:
        ValueError: if there is none.
    """
    for prim in Usd.PrimRange(get_prim_at_path(path)):
        if prim.IsA(UsdGeom.Plane):
            return str(prim.GetPath())
    raise ValueError(f"GroundPlane: the prim at '{path}' has no Plane at or below it; expected a ground plane")
