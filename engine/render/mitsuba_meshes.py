"""Meshes as Mitsuba shapes: built once in their own frame and placed by instances, or baked where instances cannot be.

Everything is kept between frames: shape groups by mesh and material, instances by place. Caches are bounded by bytes.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import mitsuba as mi
import numpy as np

from engine.render.cache import BoundedCache
from engine.render.mitsuba_materials import LEVEL, VERTEX_COLOR, MaterialWriter, base_factor, is_layered, texture_inputs
from engine.render.mitsuba_textures import TextureStore, placement, texture_bytes
from engine.render.photometry import RADIANCE_SCALE
from engine.render.projected_uvs import box_uvs
from engine.render.textures import file_stamp, is_srgb, load_rgba, srgb_to_linear
from engine.stage.scene import Instance, Material, Mesh, Texture

KEPT_BYTES = 1 << 30
SHELL_GAP = 1e-4  # of the mesh's diagonal, at least
SHELL_MOST = 0.05  # of it
RAY_STEP = 8.95e-5  # times 1 m and the largest coordinate: how far from a surface Mitsuba begins rays
KEPT_TOKENS = 65536
BYTES_PER_TRIANGLE = 3 * (12 + 12 + 8) + 12 + 160  # arrays and Embree's tree


class ShapeStore:
    """Mitsuba shapes of instances.

    Args:
        limit_bytes: of what is kept between frames.
        writer: what makes BSDFs.
    """

    def __init__(self, limit_bytes: int = KEPT_BYTES, writer: type[MaterialWriter] = MaterialWriter) -> None:
        self.textures = TextureStore()
        self.materials = writer(self.textures)
        self._bsdfs: BoundedCache[Any] = BoundedCache(
            0
        )  # a BSDF keeps its textures alive, so only the last frames' stay
        self._shapes: BoundedCache[Any] = BoundedCache(limit_bytes)
        self._placed: dict[Hashable, tuple[Any, Any]] = {}  # group and instance
        self._tokens: dict[Hashable, int] = {}
        self._seen: dict[int, tuple[Material, int]] = {}
        self._count = 0

    def begin_frame(self) -> None:
        """Let go what the last frames did not use."""
        for cache in (self.textures, self._bsdfs, self._shapes):
            cache.begin_frame()
        self._seen.clear()
        if len(self._tokens) > KEPT_TOKENS:
            self._tokens.clear()

    def instanced(self, items: Sequence[Instance]) -> list[Any]:
        """Return shape groups and their instances, geometry shared; what emits light is a mesh of its own."""
        placed: dict[Hashable, tuple[Any, Any]] = {}
        shapes: dict[int, Any] = {}
        for item in items:
            if is_emissive(item.material):
                mesh = self.baked(item)
                shapes[id(mesh)] = mesh
                continue
            group_key = self._key(item)
            key = (group_key, item.world_from_local.tobytes())
            group = self._group(item, group_key)
            if key not in placed:
                former, instance = self._placed.get(key, (None, None))  # the group may have been built again since
                placed[key] = (group, instance if former is group else _place(group, item.world_from_local))
            shapes[id(group)] = group
            shapes[id(placed[key][1])] = placed[key][1]
        self._placed = placed
        return list(shapes.values())

    def baked(self, item: Instance) -> Any:
        """Return an instance as a mesh in world space."""
        key = ("baked", self._key(item), item.world_from_local.tobytes())
        return self._shapes.get(key, lambda: (self._mesh(item, item.world_from_local), _size(item)))

    def hidden(self, item: Instance) -> list[Any]:
        """Return an instance for a view whose emitters are hidden: what emits lets all light through, and gets a dark
        shell just inside it.
        """
        if not is_emissive(item.material):
            return [self.baked(item)]
        dark = replace(
            item, mesh=shrunk(item.mesh, item.world_from_local), material=replace(item.material, emission=None)
        )
        key = ("light", self._key(item), item.world_from_local.tobytes())
        clear = mi.load_dict({"type": "null"})
        light = self._shapes.get(key, lambda: (self._mesh(item, item.world_from_local, clear), _size(item)))
        return [light, self.baked(dark)]

    def _group(self, item: Instance, key: Hashable) -> Any:
        def build() -> tuple[Any, int]:
            return mi.load_dict({"type": "shapegroup", "mesh": self._mesh(item, np.eye(4))}), _size(item)

        return self._shapes.get(("group", key), build)

    def _key(self, item: Instance) -> Hashable:
        """Name what an instance looks like apart from its place."""
        projected = _projection(item.material)
        scale = None if projected is None else np.round(item.world_from_local[:3, :3], 9).tobytes()
        return (item.mesh.key, self._token(item.material), item.display_color, scale)

    def _token(self, material: Material) -> int:
        """Number a material: equal materials, with their texture files unchanged, have equal numbers."""
        seen = self._seen.get(id(material))
        if seen is None:
            stamped = (material, tuple(file_stamp(texture.path) for texture in texture_inputs(material)))
            if stamped not in self._tokens:
                self._count += 1
                self._tokens[stamped] = self._count
            seen = self._seen[id(material)] = (material, self._tokens[stamped])
        return seen[1]

    def _mesh(self, item: Instance, matrix: np.ndarray, bsdf: Any = None) -> Any:
        """Build a Mitsuba mesh with one vertex a triangle corner, transformed by `matrix`.

        Args:
            item: its mesh and material.
            matrix: where it is.
            bsdf: in the place of its material's.
        """
        mesh, flipped = item.mesh, np.linalg.det(matrix[:3, :3]) < 0
        order = [0, 2, 1] if flipped else [0, 1, 2]
        tile = _projection(item.material)
        uvs = mesh.corner_uvs if tile is None else box_uvs(mesh, _scale_only(item.world_from_local), tile)
        properties = mi.Properties()
        properties["mesh_bsdf"] = bsdf or self._bsdf(item, uvs is not None)
        if is_emissive(item.material):
            emitter = {"type": "area", "radiance": self._emission(item, uvs)}
            properties["mesh_emitter"] = mi.load_dict(emitter)
        count = len(mesh.triangles)
        shape = mi.Mesh(
            "mesh",
            3 * count,
            count,
            has_vertex_normals=mesh.corner_normals is not None,
            has_vertex_texcoords=uvs is not None,
            props=properties,
        )
        if mesh.corner_colors is not None:
            factor = base_factor(LEVEL) if is_layered(item.material) else 1.0
            colors: Any = _flat(mesh.corner_colors[:, order] * np.float32(factor))
            shape.add_attribute(VERTEX_COLOR, 3, colors)
        parameters = mi.traverse(shape)
        points = mesh.points.astype(np.float64)[mesh.triangles[:, order]] @ matrix[:3, :3].T + matrix[:3, 3]
        _fill(parameters, "vertex_positions", points)
        _fill(parameters, "faces", np.arange(3 * count))
        if mesh.corner_normals is not None:
            normals = mesh.corner_normals[:, order] @ np.linalg.inv(matrix[:3, :3])
            normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-20)
            _fill(parameters, "vertex_normals", normals)
        if uvs is not None:
            _fill(parameters, "vertex_texcoords", uvs[:, order])
        parameters.update()
        return shape

    def _bsdf(self, item: Instance, has_uvs: bool) -> Any:
        key = (self._token(item.material), item.display_color, has_uvs, item.mesh.corner_colors is not None)
        return self._bsdfs.get(key, lambda: (self.materials.bsdf(item, has_uvs), 1))

    def _emission(self, item: Instance, uvs: np.ndarray | None) -> Any:
        """Describe emitted radiance; where a texture's coordinates overlap, its mean is emitted evenly."""
        emission = item.material.emission
        if isinstance(emission, Texture):
            if uvs is not None and _covers_once(uvs) and np.allclose(placement(emission), np.eye(3)):
                scale = tuple(v * RADIANCE_SCALE for v in emission.scale)
                bias = tuple(v * RADIANCE_SCALE for v in emission.bias)
                return self.textures.get(replace(emission, scale=scale, bias=bias), "color")  # type: ignore[arg-type]
            emission = mean_color(emission)
        assert emission is not None
        return {"type": "rgb", "value": [float(v) * RADIANCE_SCALE for v in emission]}


def is_emissive(material: Material) -> bool:
    """Tell whether a surface emits light."""
    emission = material.emission
    return isinstance(emission, Texture) or (emission is not None and max(emission) > 0)


def shrunk(mesh: Mesh, matrix: np.ndarray) -> Mesh:
    """Move each triangle a little behind its face: less than shows, and so much that a ray that has passed the original
    meets it.

    Args:
        mesh: to be shrunk.
        matrix: where it is; larger coordinates need more.
    """
    corners = mesh.points.astype(np.float64)[mesh.triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-20)
    diagonal = float(np.linalg.norm(mesh.extent[1] - mesh.extent[0]))
    reach = float(np.abs(corners.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]).max(initial=0.0))
    scale = max(float(np.cbrt(abs(np.linalg.det(matrix[:3, :3])))), 1e-12)
    gap = min(max(SHELL_GAP * diagonal, 2.0 * RAY_STEP * (1.0 + reach) / scale), SHELL_MOST * diagonal)
    points = (corners - gap * normals[:, None]).reshape(-1, 3).astype(np.float32)
    triangles = np.arange(len(points), dtype=np.int32).reshape(-1, 3)
    return replace(mesh, key=mesh.key + ":shell", points=points, triangles=triangles)


def mean_color(texture: Texture) -> tuple[float, float, float]:
    """Return a texture's mean linear colour, scale and bias applied."""
    image = load_rgba(texture.path)[..., :3]
    values = image.astype(np.float32) / np.float32(255.0 if image.dtype == np.uint8 else 1.0)
    linear = srgb_to_linear(values) if is_srgb(texture) else values
    mean = linear.reshape(-1, 3).mean(axis=0) * np.asarray(texture.scale[:3]) + np.asarray(texture.bias[:3])
    return float(mean[0]), float(mean[1]), float(mean[2])


def _covers_once(uvs: np.ndarray) -> bool:
    """Tell whether coordinates stay in the unit square without covering more than it holds."""
    first, second = uvs[:, 1] - uvs[:, 0], uvs[:, 2] - uvs[:, 0]
    area = 0.5 * np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]).sum()
    return bool(uvs.min() >= -1e-4 and uvs.max() <= 1 + 1e-4 and area <= 1 + 1e-3)


def _projection(material: Material) -> float | None:
    return next((t.project_size for t in texture_inputs(material) if t.project_size is not None), None)


def _scale_only(matrix: np.ndarray) -> np.ndarray:
    """Keep a transform's scale: textures are projected in the object's own axes, in metres."""
    return np.diag([*np.linalg.norm(matrix[:3, :3], axis=0), 1.0])


def _place(group: Any, matrix: np.ndarray) -> Any:
    properties = mi.Properties("instance")
    properties["shapegroup"] = group
    properties["to_world"] = mi.ScalarTransform4f(matrix)
    return mi.PluginManager.instance().create_object(properties)


def _fill(parameters: Any, name: str, values: np.ndarray) -> None:
    """Write a mesh's buffer in place: assigning an array to a parameter copies it number by number, 60 ns each."""
    buffer = parameters[name].numpy()
    buffer[:] = values.ravel()
    parameters.set_dirty(name)


def _flat(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values, dtype=np.float32).ravel()


def _size(item: Instance) -> int:
    """Return about how much memory a shape keeps alive, its textures included."""
    textures = sum(texture_bytes(texture) for texture in texture_inputs(item.material))
    return len(item.mesh.triangles) * BYTES_PER_TRIANGLE + textures + 4096
