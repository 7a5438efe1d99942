"""ovphysx behind plain paths and arrays: one scene, stepped, read and written.

Source: documentation of ovphysx 0.7 (docs/ in the package): sessions read and write columns of all bodies; rotations
there are xyzw, here wxyz.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import os
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.physics.schemas import schema_folders
from engine.physics.state import BodyState, Pose, Velocity, joined, matrices
from engine.render.quiet import without_notice

READ = ("position", "orientation", "linearVelocity", "angularVelocity")
_numbers = itertools.count(1)
_process: dict[str, Any] = {}


def _library() -> Any:
    """Import ovphysx once, on the CPU and quiet, with its schemas registered."""
    if "ovphysx" not in _process:
        import warp

        warp.config.log_level = warp.LOG_ERROR
        with without_notice(b"Warp CUDA warning"):  # there is no GPU, and none is needed
            warp.init()
        import ovphysx
        import ovstage

        keys = ovphysx.GlobalConfigKey
        ovphysx.set_global_config(keys.CPU_ONLY, True)
        ovphysx.set_global_config(keys.NUM_THREADS, 0)  # steps run in the calling thread
        ovphysx.set_global_config(keys.COOKED_COLLIDER_CACHE_DIRECTORY, str(_cache_folder()))
        folders = [str(folder) for folder in schema_folders()]
        with contextlib.suppress(FileNotFoundError):  # only scenes with newton:* attributes need them
            folders.append(str(ovphysx.newton_schema_root()))
        ovstage.population.register_usd_schemas(folders)
        _process.update(ovphysx=ovphysx, ovstage=ovstage, physx=ovphysx.PhysX(), open=[])
        ovphysx.set_log_level(ovphysx.LogLevel.ERROR)
        atexit.register(_shut_down)
    return _process["ovphysx"]


def _cache_folder() -> Path:
    """Return where cooked colliders are kept: a signed distance field can take a minute to make."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "replicant" / "physx"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _shut_down() -> None:
    for scene in list(_process["open"]):
        scene.close()
    _process["physx"].destroy()


class _Scene:
    """The scene, and columns of its bodies."""

    def __init__(self, usda: str, articulated: bool = False) -> None:
        self._ovphysx = _library()
        self._physx, ovstage = self._ovphysx.PhysX(), _process["ovstage"]
        self._stage = ovstage.Stage(f"replicant-{next(_numbers)}")
        ovstage.population.open_usd_from_string(self._stage, usda, ordinal=1, domains=ovstage.PopulationDomain.ALL)
        self._stage.advance_write_floor(ordinal=1).wait()
        self._physx.wait_task(self._physx.attach_ovstage(self._stage, read_ordinal=1))
        self._names = ovstage.PathDictionary(self._stage)
        kinds = self._ovphysx.types.SimObjectType
        self._kinds = (kinds.RIGID_BODY, kinds.ARTICULATION_LINK) if articulated else (kinds.RIGID_BODY,)
        self._paths: dict[tuple[Any, int], list[str]] = {}
        self._state: BodyState | None = None
        _process["open"].append(self)

    def close(self) -> None:
        """Leave the scene; the process keeps PhysX's runtime."""
        if self in _process["open"]:
            _process["open"].remove(self)
            self._names.destroy()
            self._physx.wait_task(self._physx.detach_ovstage())
            self._physx.destroy()
            self._stage.destroy()

    def step(self, seconds: float) -> None:
        """Simulate one step."""
        self._physx.step_sync(seconds)
        self._state = None

    def state(self) -> BodyState:
        """Return pose and velocity of every body."""
        if self._state is None:
            with _without_warp_warnings():
                self._state = joined([self._read(kind) for kind in self._kinds])
        return self._state

    def _read(self, kind: Any) -> BodyState:
        """Read the columns of one kind of object; which row is whose stays the same as long as the scene does."""
        columns: dict[str, list[np.ndarray]] = {name: [] for name in READ}
        paths: list[str] = []
        with self._physx.read_sync(kind, list(READ)) as result:
            for index, group in enumerate(result.groups):
                if group.is_array or not group.tensors:
                    continue
                name = self._names.token_to_string(group.attribute)
                columns[name].append(np.array(group.tensors[0].numpy(), dtype=np.float64))
                if name == READ[0]:
                    if (kind, index) not in self._paths:
                        self._paths[kind, index] = self._group_paths(group)
                    paths += self._paths[kind, index]
            result = group = None
        if not paths:
            return BodyState()
        places, turns, linear, angular = (np.concatenate(columns[name]) for name in READ)
        return BodyState(tuple(paths), places, turns[:, [3, 0, 1, 2]], linear, angular)

    def _group_paths(self, group: Any) -> list[str]:
        paths = self._names.get_path_strings(group.prim_list)
        return list(paths[group.prim_offset : group.prim_offset + group.prim_count])

    def column(self, attribute: str) -> dict[str, np.ndarray]:
        """Return a value of every body, by path; those with a number a collider may be padded with 0."""
        found: dict[str, np.ndarray] = {}
        for kind in self._kinds:
            with _without_warp_warnings(), self._physx.read_sync(kind, [attribute]) as result:
                for group in result.groups:
                    if not group.is_array and group.tensors:
                        rows = np.array(group.tensors[0].numpy(), dtype=np.float64)
                        paths = self._group_paths(group)
                        found.update(zip(paths, rows.reshape(len(paths), -1), strict=True))
                result = group = None
        return found

    def set_column(self, attribute: str, values: Mapping[str, np.ndarray]) -> None:
        """Set a value of bodies, by path."""
        self._write(attribute, values)

    def _write(self, attribute: str, values: Mapping[str, np.ndarray]) -> None:
        if not values:
            return
        kind = self._ovphysx.types.SimObjectType.RIGID_BODY
        handles = [self._names.intern_path(path) for path in values]
        with self._physx.write_sync(kind, [attribute], prim_paths=handles) as session:
            for group in session.groups:
                paths, tensor = self._group_paths(group), group.tensors[0]
                width = int(np.prod(tuple(tensor.shape))) // max(1, len(paths))
                rows = np.asarray([_padded(values[path], width) for path in paths], dtype=np.float32)
                tensor.assign(rows.reshape(tuple(tensor.shape)))
                session.commit_sync(group)
        self._state = None


class _Moves(_Scene):
    """Poses, velocities and forces by path."""

    def set_poses(self, poses: Mapping[str, Pose]) -> None:
        """Put bodies elsewhere."""
        self._write("position", {path: pose[0] for path, pose in poses.items()})
        self._write("orientation", {path: pose[1][[1, 2, 3, 0]] for path, pose in poses.items()})

    def set_targets(self, poses: Mapping[str, Pose]) -> None:
        """Move kinematic bodies during the next step, so that they push what is in their way."""
        self._write("kinematicTargetPosition", {path: pose[0] for path, pose in poses.items()})
        self._write("kinematicTargetOrientation", {path: pose[1][[1, 2, 3, 0]] for path, pose in poses.items()})

    def set_velocities(self, velocities: Mapping[str, Velocity]) -> None:
        """Set the velocities of bodies."""
        self._write("linearVelocity", {path: pair[0] for path, pair in velocities.items()})
        self._write("angularVelocity", {path: pair[1] for path, pair in velocities.items()})

    def wake(self, paths: Iterable[str], awake: bool = True) -> None:
        """Wake bodies or put them to sleep."""
        self._write("wake", {path: np.asarray([awake]) for path in paths})

    def apply_force(self, path: str, force: np.ndarray, position: ArrayLike | None, is_global: bool) -> None:
        """Push a body during the next step (arguments as `Simulation.apply_force`)."""
        place, turn = self.state().pose(path)
        matrix = matrices(turn[None])[0]
        pushed = force if is_global else matrix @ force
        if position is None:
            self._write("force", {path: pushed})
            return
        at = np.asarray(position, dtype=np.float64)
        at = at if is_global else matrix @ at + place
        self._write("wrench", {path: np.concatenate([pushed, np.zeros(3), at])})


class PhysxWorld(_Moves):
    """The scene with questions about space."""

    def overlap_box(self, half_extent: ArrayLike, position: ArrayLike, quat_wxyz: ArrayLike) -> list[str]:
        """Return the colliders that touch a box."""
        turn = np.asarray(quat_wxyz, dtype=float)[[1, 2, 3, 0]].tolist()
        where = {"half_extent": _list(half_extent), "position": _list(position), "rotation": turn}
        return self._overlap("BOX", where)

    def overlap_sphere(self, radius: float, position: ArrayLike) -> list[str]:
        """Return the colliders that touch a ball."""
        return self._overlap("SPHERE", {"radius": float(radius), "position": _list(position)})

    def overlap_shape(self, path: str) -> list[str]:
        """Return the colliders that touch a gprim, itself left out."""
        return [found for found in self._overlap("SHAPE", {"prim_path": path}) if found != path]

    def raycast_closest(self, origin: ArrayLike, direction: ArrayLike, distance: float) -> dict[str, Any]:
        """Return the first hit of a ray."""
        return self._first(self._cast("raycast", "CLOSEST", origin, direction, distance))

    def raycast_any(self, origin: ArrayLike, direction: ArrayLike, distance: float) -> bool:
        """Tell whether a ray hits anything."""
        return bool(self._cast("raycast", "ANY", origin, direction, distance))

    def raycast_all(self, origin: ArrayLike, direction: ArrayLike, distance: float) -> list[dict[str, Any]]:
        """Return every hit of a ray, nearest first."""
        hits = self._cast("raycast", "ALL", origin, direction, distance)
        return [self._first([hit]) for hit in sorted(hits, key=lambda hit: hit["distance"])]

    def sweep_sphere_closest(
        self, radius: float, origin: ArrayLike, direction: ArrayLike, distance: float
    ) -> dict[str, Any]:
        """Return the first hit of a moving ball."""
        return self._first(self._cast("sweep", "CLOSEST", origin, direction, distance, radius))

    def _overlap(self, shape: str, where: dict[str, Any]) -> list[str]:
        kinds, modes = self._ovphysx.SceneQueryGeometryType, self._ovphysx.SceneQueryMode
        with _without_warnings():
            hits = self._physx.overlap(kinds[shape], modes.ALL, **where)
            paths = self._physx.get_scene_query_paths_from_ids([hit["collision"] for hit in hits])
        return sorted(dict.fromkeys(paths))

    def _cast(
        self, how: str, mode: str, origin: ArrayLike, direction: ArrayLike, distance: float, radius: float = 0.0
    ) -> list[Any]:
        ray = np.asarray(direction, dtype=float)
        ray = (ray / np.linalg.norm(ray)).tolist()
        kinds, modes = self._ovphysx.SceneQueryGeometryType, self._ovphysx.SceneQueryMode
        with _without_warnings():
            if how == "raycast":
                return list(self._physx.raycast(_list(origin), ray, float(distance), modes[mode]))
            ball = {"radius": float(radius), "position": _list(origin)}
            return list(self._physx.sweep(kinds.SPHERE, ray, float(distance), modes[mode], **ball))

    def _first(self, hits: list[Any]) -> dict[str, Any]:
        if not hits:
            return {"hit": False}
        hit = hits[0]
        with _without_warnings():
            collision, body, material = self._physx.get_scene_query_paths_from_ids(
                [hit["collision"], hit["rigid_body"], hit["material"]]
            )
        return {
            "hit": True,
            "position": np.asarray(hit["position"]),
            "normal": np.asarray(hit["normal"]),
            "distance": float(hit["distance"]),
            "faceIndex": int(hit["face_index"]),
            "collision": collision,
            "rigidBody": body,
            "material": material,
        }


def _list(vector: ArrayLike) -> list[float]:
    return np.asarray(vector, dtype=float).reshape(-1).tolist()


def _padded(row: np.ndarray, width: int) -> np.ndarray:
    """Return a row of one number a collider at the width of the widest body; other rows have their width already."""
    return row if row.size == width else np.pad(row[:width], (0, max(0, width - row.size)))


def _without_warp_warnings() -> Any:
    """Silence warp's notice that it is not built for the CPU only."""
    return warnings.catch_warnings(action="ignore", category=RuntimeWarning)


def _without_warnings() -> Any:
    """Silence the notice that ovphysx means to rename its queries."""
    return warnings.catch_warnings(action="ignore", category=DeprecationWarning)
