"""Scene: the objects of a World by name."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, UsdLux

from ...assets import find
from ..core_utils.bounds import create_bbox_cache
from ..core_utils.prims import get_prim_at_path
from ..core_utils.stage import add_reference_to_stage, get_current_stage, get_stage_units
from ..storage import get_assets_root_path
from .materials import PhysicsMaterial
from .objects.ground_plane import GroundPlane
from .objects.shapes import free_path

GRID = "/Isaac/Environments/Grid/default_environment.usd"
LAMP_RADIUS, LAMP_HEIGHT, LAMP_RADIANCE = 1.0, 6.5, 30000.0  # metres, metres, intensity of UsdLux


class Scene:
    """Named objects."""

    def __init__(self) -> None:
        self._objects: dict[str, Any] = {}
        self._boxes: Any = None

    @property
    def stage(self) -> Usd.Stage:
        """The stage."""
        return get_current_stage()

    def add(self, obj: Any) -> Any:
        """Add an object and return it.

        Raises:
            ValueError: if there is one of this name.
        """
        if obj.name in self._objects:
            raise ValueError(f"Cannot add the object {obj.name} to the scene since its name is not unique")
        self._objects[obj.name] = obj
        return obj

    def add_ground_plane(
        self,
        size: float | None = None,
        z_position: float = 0,
        name: str = "ground_plane",
        prim_path: str = "/World/groundPlane",
        static_friction: float = 0.5,
        dynamic_friction: float = 0.5,
        restitution: float = 0.8,
        color: Any = None,
    ) -> GroundPlane:
        """Add a ground plane, or return the one of this name."""
        if self.object_exists(name):
            return self._objects[name]  # type: ignore[no-any-return]
        path = free_path("/World/Physics_Materials/physics_material")
        material = PhysicsMaterial(path, "physics_material", static_friction, dynamic_friction, restitution)
        plane = GroundPlane(prim_path, name, size, z_position, color=color, physics_material=material)
        return self.add(plane)  # type: ignore[no-any-return]

    def add_default_ground_plane(
        self,
        z_position: float = 0,
        name: str = "default_ground_plane",
        prim_path: str = "/World/defaultGroundPlane",
        static_friction: float = 0.5,
        dynamic_friction: float = 0.5,
        restitution: float = 0.8,
    ) -> GroundPlane:
        """Add the grid of the assets folder, or a plain ground plane and a lamp where there is no such file."""
        if self.object_exists(name):
            return self._objects[name]  # type: ignore[no-any-return]
        if not self._reference_grid(prim_path):
            plane = self.add_ground_plane(
                None, z_position, name, prim_path, static_friction, dynamic_friction, restitution
            )
            add_lamp(self.stage, f"{prim_path}/SphereLight")
            return plane
        path = free_path("/World/Physics_Materials/physics_material")
        material = PhysicsMaterial(path, "physics_material", static_friction, dynamic_friction, restitution)
        return self.add(GroundPlane(prim_path, name, None, z_position, physics_material=material))  # type: ignore[no-any-return]

    def _reference_grid(self, prim_path: str) -> bool:
        """Reference the grid and tell whether it has a plane to stand on."""
        try:
            address = f"{get_assets_root_path()}{GRID}"
        except RuntimeError:
            return False
        if not os.path.isfile(find(address)):
            return False
        grid = add_reference_to_stage(address, prim_path)
        if any(part.IsA(UsdGeom.Plane) for part in Usd.PrimRange(grid)):
            return True
        self.stage.RemovePrim(prim_path)
        return False

    def initialize(self) -> None:
        """Let every object set itself up, once physics runs."""
        for obj in self._objects.values():
            obj.initialize()

    def post_reset(self) -> None:
        """Put every object back to its default state; objects whose prim is gone are forgotten."""
        for name, obj in list(self._objects.items()):
            if obj.is_valid():
                obj.post_reset()
            else:
                del self._objects[name]
        if self._boxes is not None:
            self._boxes.Clear()

    def remove_object(self, name: str, registry_only: bool = False) -> None:
        """Forget an object and (unless told) remove its prims.

        Raises:
            KeyError: if there is none of this name.
        """
        if name not in self._objects:
            raise KeyError(f"Scene.remove_object: no object '{name}'; there are: {', '.join(self._objects) or 'none'}")
        obj = self._objects.pop(name)
        if not registry_only:
            for prim in getattr(obj, "prims", None) or [obj.prim]:
                self.stage.RemovePrim(prim.GetPath())

    def get_object(self, name: str) -> Any:
        """Return an object, None where there is none of this name."""
        return self._objects.get(name)

    def object_exists(self, name: str) -> bool:
        """Tell whether there is an object of this name."""
        return name in self._objects

    def clear(self, registry_only: bool = False) -> None:
        """Forget every object and (unless told) remove their prims."""
        for name in list(self._objects):
            self.remove_object(name, registry_only)

    def compute_object_AABB(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and the highest corner (3,) of an object, world frame.

        Raises:
            RuntimeError: if `enable_bounding_boxes_computations` was not called.
        """
        if self._boxes is None:
            raise RuntimeError("bounding box computations should be enabled before querying object bounding boxes")
        prim = get_prim_at_path(self._objects[name].prim_path)
        box = self._boxes.ComputeWorldBound(prim).ComputeAlignedRange()
        return np.array(box.GetMin()), np.array(box.GetMax())

    def enable_bounding_boxes_computations(self) -> None:
        """Let `compute_object_AABB` be asked."""
        self._boxes = create_bbox_cache()

    def disable_bounding_boxes_computations(self) -> None:
        """Let `compute_object_AABB` be asked no more."""
        self._boxes = None


def add_lamp(stage: Usd.Stage, path: str) -> None:
    """Hang the lamp that comes with the grid over the ground: many scripts have no other light.

    Scripts change it by its path and by its attributes, which are named as UsdLux named them before 2021. Its place and
    its strength are not published and only plausible.
    """
    lamp = UsdLux.SphereLight.Define(stage, path)
    unit = get_stage_units()
    lamp.AddTranslateOp().Set(Gf.Vec3d(0.0, 0.0, LAMP_HEIGHT / unit))
    lamp.AddOrientOp().Set(Gf.Quatf(1.0))
    lamp.AddScaleOp().Set(Gf.Vec3f(1.0))
    for name, value in (("intensity", LAMP_RADIANCE), ("radius", LAMP_RADIUS / unit)):
        lamp.GetPrim().CreateAttribute(name, Sdf.ValueTypeNames.Float, custom=False).Set(value)
