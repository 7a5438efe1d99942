"""Meshes as Mitsuba shapes: geometry stays in its own frame and is placed by instances, so it is built once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mitsuba as mi
import numpy as np

from engine.render.mitsuba_materials import VERTEX_COLOR, bsdf
from engine.render.textures import transform_uvs
from engine.stage.scene import Instance, Texture

KEPT_GROUPS = 8192


class MeshStore:
    """Mitsuba shape groups by mesh, material and colour."""

    def __init__(self) -> None:
        self._groups: dict[tuple[Any, ...], Any] = {}

    def describe(self, instances: Sequence[Instance]) -> dict[str, Any]:
        """Describe shapes to Mitsuba: each group once, each instance placed; what emits light is a shape of its own."""
        found: dict[str, Any] = {}
        for number, item in enumerate(instances):
            if item.material.emission is not None:
                found[f"shape_{number}"] = build_mesh(item, item.world_from_local)
                continue
            group = self._group(item)
            found[f"group_{id(group)}"] = group
            place = mi.ScalarTransform4f(item.world_from_local)
            found[f"shape_{number}"] = {"type": "instance", "shapegroup": group, "to_world": place}
        return found

    def _group(self, instance: Instance) -> Any:
        key = (instance.mesh.key, instance.material, instance.display_color)
        if key not in self._groups:
            if len(self._groups) >= KEPT_GROUPS:
                self._groups.clear()
            self._groups[key] = mi.load_dict({"type": "shapegroup", "mesh": build_mesh(instance, np.eye(4))})
        return self._groups[key]


def build_mesh(instance: Instance, matrix: np.ndarray) -> Any:
    """Build a Mitsuba mesh with one vertex a triangle corner, transformed by `matrix`."""
    mesh = instance.mesh
    count = len(mesh.triangles)
    properties = mi.Properties()
    properties["mesh_bsdf"] = mi.load_dict(bsdf(instance))
    if instance.material.emission is not None:
        properties["mesh_emitter"] = mi.load_dict({"type": "area", "radiance": _emission(instance)})
    shape = mi.Mesh(
        "mesh",
        3 * count,
        count,
        has_vertex_normals=mesh.corner_normals is not None,
        has_vertex_texcoords=mesh.corner_uvs is not None,
        props=properties,
    )
    if mesh.corner_colors is not None:
        shape.add_attribute(VERTEX_COLOR, 3, np.ascontiguousarray(mesh.corner_colors, np.float32).ravel())
    parameters = mi.traverse(shape)
    points = mesh.points[mesh.triangles].reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]
    parameters["vertex_positions"] = points.astype(np.float32).ravel()
    parameters["faces"] = np.arange(3 * count, dtype=np.uint32)
    if mesh.corner_normals is not None:
        normals = mesh.corner_normals.reshape(-1, 3) @ np.linalg.inv(matrix[:3, :3])
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-20)
        parameters["vertex_normals"] = normals.astype(np.float32).ravel()
    if mesh.corner_uvs is not None:
        parameters["vertex_texcoords"] = _texcoords(instance).astype(np.float32).ravel()
    parameters.update()
    return shape


def _texcoords(instance: Instance) -> np.ndarray:
    """Return coordinates as Mitsuba reads them (v down), with the base texture's own transform applied."""
    material = instance.material
    uvs = instance.mesh.corner_uvs.reshape(-1, 2)  # type: ignore[union-attr]
    inputs = (material.base_color, material.roughness, material.metallic, material.opacity, material.normal_map)
    first = next((item for item in inputs if isinstance(item, Texture)), None)
    if first is not None:
        uvs = transform_uvs(first, uvs)
    return uvs * [1.0, -1.0] + [0.0, 1.0]


def _emission(instance: Instance) -> dict[str, Any]:
    emission = instance.material.emission
    if isinstance(emission, Texture):
        emission = tuple(float(v) for v in np.asarray(emission.scale[:3]))
    return {"type": "rgb", "value": [float(v) * RADIANCE_SCALE for v in emission]}  # type: ignore[union-attr]


RADIANCE_SCALE = 1e-3  # stage radiance (nits as RTX counts them) to the renderer's units; keeps numbers near 1
