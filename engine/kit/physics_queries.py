"""The query interfaces of omni.physx and omni.physics.core: what touches a shape, what a ray meets.

omni.physx (Isaac Sim 5) gives hits as strings and dicts, omni.physics.core (Isaac Sim 6) as numbers and (bool, hit).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.kit.physics_schema_tools import intToSdfPath, sdfPathToInt
from engine.physics import Simulation, simulation

Report = Callable[[Any], bool | None]


@dataclass
class Hit:
    """What was hit: paths (omni.physx) or their numbers (omni.physics.core).

    Attributes:
        rigid_body: the body, or the collider where it has none.
        collision: the collider.
        position: (3,) world, stage units; queries of overlap leave it at zero.
        normal: (3,) world.
        distance: stage units along the ray.
        face_index: triangle of a mesh.
        material: physics material, empty where none is bound.
    """

    rigid_body: Any
    collision: Any
    position: tuple[float, ...] = (0.0, 0.0, 0.0)
    normal: tuple[float, ...] = (0.0, 0.0, 0.0)
    distance: float = 0.0
    face_index: int = 0
    material: Any = ""


def _start() -> Simulation:
    running = simulation()
    running.start()
    return running


class _Overlaps:
    """What touches a shape."""

    def _name(self, path: str) -> Any:
        return path

    def _report(self, paths: Sequence[str], report: Report | None, any_hit: bool) -> int:
        count = 0
        for path in paths:
            count += 1
            hit = Hit(self._name(_start().body_of(path)), self._name(path))
            if (report is not None and report(hit) is False) or any_hit:
                break
        return count

    def overlap_box(
        self, half_extent: Any, pos: Any, rot: Any, report_fn: Report | None = None, any_hit: bool = False
    ) -> int:
        """Report colliders that touch a box (rotation xyzw) until the function returns False; returns how many."""
        turn = [float(rot[3]), float(rot[0]), float(rot[1]), float(rot[2])]
        return self._report(_start().overlap_box(half_extent, pos, turn), report_fn, any_hit)

    def overlap_sphere(self, radius: float, pos: Any, report_fn: Report | None = None, any_hit: bool = False) -> int:
        """Report colliders that touch a ball until the function returns False; returns how many."""
        return self._report(_start().overlap_sphere(radius, pos), report_fn, any_hit)

    def overlap_shape(
        self, prim_path0: int, prim_path1: int, report_fn: Report | None = None, any_hit: bool = False
    ) -> int:
        """Report colliders that touch a gprim (`PhysicsSchemaTools.encodeSdfPath`); returns how many."""
        return self._report(_start().overlap_shape(intToSdfPath(prim_path0)), report_fn, any_hit)

    overlap_mesh = overlap_shape

    def overlap_box_any(self, half_extent: Any, pos: Any, rot: Any) -> bool:
        """Tell whether a collider touches a box (rotation xyzw)."""
        return bool(self.overlap_box(half_extent, pos, rot, None, True))

    def overlap_sphere_any(self, radius: float, pos: Any) -> bool:
        """Tell whether a collider touches a ball."""
        return bool(self.overlap_sphere(radius, pos, None, True))


class _Rays(_Overlaps):
    """What a ray or a moving ball meets."""

    def raycast_any(self, origin: Any, dir: Any, distance: float, both_sides: bool = False) -> bool:
        """Tell whether a ray hits anything."""
        return _start().raycast_any(origin, dir, distance)

    def raycast_all(self, origin: Any, dir: Any, distance: float, report_fn: Report, both_sides: bool = False) -> bool:
        """Report every hit of a ray, nearest first, until the function returns False."""
        hits = _start().raycast_all(origin, dir, distance)
        for found in hits:
            if report_fn(self._hit(found)) is False:
                break
        return bool(hits)

    def _hit(self, found: dict[str, Any]) -> Hit:
        body = found["rigidBody"] or found["collision"]
        return Hit(
            self._name(body),
            self._name(found["collision"]),
            tuple(found["position"].tolist()),
            tuple(found["normal"].tolist()),
            found["distance"],
            found["faceIndex"],
            self._name(found["material"]),
        )


class PhysxSceneQuery(_Rays):
    """omni.physx.get_physx_scene_query_interface()."""

    def raycast_closest(self, origin: Any, dir: Any, distance: float, both_sides: bool = False) -> dict[str, Any]:
        """Return {hit, rigidBody, collision, position, normal, distance, faceIndex, material} of the first hit."""
        return _start().raycast_closest(origin, dir, distance)

    def sweep_sphere_closest(
        self, radius: float, origin: Any, dir: Any, distance: float, both_sides: bool = False
    ) -> dict[str, Any]:
        """Return the first hit of a moving ball (as `raycast_closest`)."""
        return _start().sweep_sphere_closest(radius, origin, dir, distance)

    def sweep_sphere_any(self, radius: float, origin: Any, dir: Any, distance: float, both_sides: bool = False) -> bool:
        """Tell whether a moving ball hits anything."""
        return bool(self.sweep_sphere_closest(radius, origin, dir, distance)["hit"])


class PhysicsSceneQuery(_Rays):
    """omni.physics.core.get_physics_scene_query_interface()."""

    def _name(self, path: str) -> Any:
        return sdfPathToInt(path)

    def raycast_closest(
        self, origin: Any, dir: Any, distance: float, both_sides: bool = False
    ) -> tuple[bool, Hit | None]:
        """Return (True, first hit), or (False, None)."""
        return self._first(_start().raycast_closest(origin, dir, distance))

    def sweep_sphere_closest(
        self, radius: float, origin: Any, dir: Any, distance: float, both_sides: bool = False
    ) -> tuple[bool, Hit | None]:
        """Return (True, first hit of a moving ball), or (False, None)."""
        return self._first(_start().sweep_sphere_closest(radius, origin, dir, distance))

    def _first(self, found: dict[str, Any]) -> tuple[bool, Hit | None]:
        return (True, self._hit(found)) if found["hit"] else (False, None)
