"""What materials say at primary hits: roughness, metalness, reflection at normal incidence, emission, bumps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from jaxtyping import Float32

from engine.render.buffers import Aov, FrameBuffers
from engine.render.cutouts import corner_values
from engine.render.textures import sample_rgba, sample_scalar
from engine.stage.scene import ColorInput, Instance, ScalarInput, SceneSnapshot, Texture

NEEDED = frozenset({Aov.INSTANCE, Aov.TRIANGLE, Aov.BARYCENTRIC})
DEFAULT_ROUGHNESS = 0.1  # as the colour renderer draws what has no material
UNPLACED_ROUGHNESS = 0.5  # of a texture on a mesh without coordinates
DIELECTRIC = 0.08  # of light that OmniPBR's `specular_level` 1 reflects at normal incidence


def roughness(buffers: FrameBuffers, scene: SceneSnapshot) -> Float32[np.ndarray, "h w"]:
    """Return roughness 0..1; 0 where nothing is hit."""

    def value(item: Instance) -> ScalarInput:
        return DEFAULT_ROUGHNESS if item.material.model == "default" else item.material.roughness

    return _clipped(_scalars(buffers, scene, value, UNPLACED_ROUGHNESS))


def metallic(buffers: FrameBuffers, scene: SceneSnapshot) -> Float32[np.ndarray, "h w"]:
    """Return metalness 0..1; 0 where nothing is hit."""
    return _clipped(_scalars(buffers, scene, lambda item: item.material.metallic, 0.0))


def specular(buffers: FrameBuffers, scene: SceneSnapshot) -> Float32[np.ndarray, "h w 3"]:
    """Return the colour reflected at normal incidence: a dielectric's share, the base colour of a metal.

    Source: UsdPreviewSurface specification, metallic workflow (from `ior`); OmniPBR, `specular_level`.
    """

    def dielectric(item: Instance) -> ScalarInput:
        material = item.material
        if material.model == "preview_surface":
            return ((material.ior - 1) / (material.ior + 1)) ** 2
        level = material.specular
        return DIELECTRIC * (0.5 if isinstance(level, Texture) else level)

    share = metallic(buffers, scene)[..., None]
    return _scalars(buffers, scene, dielectric, 0.0)[..., None] * (1 - share) + buffers[Aov.ALBEDO] * share


def emission(buffers: FrameBuffers, scene: SceneSnapshot) -> Float32[np.ndarray, "h w 3"]:
    """Return linear emitted radiance; 0 where nothing is hit or emits."""

    def look_up(texture: ColorInput, uvs: np.ndarray) -> np.ndarray:
        return sample_rgba(texture, uvs)[:, :3]  # type: ignore[arg-type]

    result = np.zeros((buffers.height * buffers.width, 3), np.float32)
    _fill(result, buffers, scene, lambda item: item.material.emission or (0.0, 0.0, 0.0), look_up, 0.0)
    return result.reshape(buffers.height, buffers.width, 3)


def bumped(buffers: FrameBuffers, scene: SceneSnapshot) -> Float32[np.ndarray, "h w 3"]:
    """Return world-space unit normals with normal maps applied; 0 where nothing is hit.

    A map's x runs along u, its z along the smooth normal, and y completes a right-handed frame.
    """
    result = buffers[Aov.NORMAL].reshape(-1, 3).copy()
    triangle, barycentric = buffers[Aov.TRIANGLE].ravel(), buffers[Aov.BARYCENTRIC].reshape(-1, 2)
    for number, chosen in _by_instance(buffers):
        item = scene.instances[number]
        texture, corners = item.material.normal_map, item.mesh.corner_uvs
        if texture is None or corners is None:
            continue
        uvs = corners[triangle[chosen]]
        local = 2.0 * sample_rgba(texture, corner_values(uvs, barycentric[chosen]))[:, :3] - 1.0
        result[chosen] = _on_frame(item, triangle[chosen], uvs, result[chosen].astype(np.float64), local)
    return result.reshape(buffers[Aov.NORMAL].shape)


def _on_frame(
    item: Instance, triangles: np.ndarray, uvs: np.ndarray, towards: np.ndarray, local: np.ndarray
) -> Float32[np.ndarray, "n 3"]:
    """Turn tangent-space normals into the world.

    Args:
        item: whose surface it is.
        triangles: (n,) which were hit.
        uvs: (n, 3, 2) of their corners.
        towards: (n, 3) smooth normals, on the camera's side.
        local: (n, 3) normals of the map.
    """
    points = item.mesh.points[item.mesh.triangles[triangles]] @ item.world_from_local[:3, :3].T
    first, second = points[:, 1] - points[:, 0], points[:, 2] - points[:, 0]
    mirrored = np.linalg.det(item.world_from_local[:3, :3]) < 0
    side = np.sign((np.cross(first, second) * towards).sum(axis=1)) * (-1.0 if mirrored else 1.0)
    normal = towards * np.where(side == 0, 1.0, side)[:, None]
    du, dv = uvs[:, 1:, 0] - uvs[:, :1, 0], uvs[:, 1:, 1] - uvs[:, :1, 1]
    along = first * dv[:, 1:] - second * dv[:, :1]
    along *= np.sign(du[:, :1] * dv[:, 1:] - du[:, 1:] * dv[:, :1])
    along -= normal * (along * normal).sum(axis=1, keepdims=True)
    length = np.linalg.norm(along, axis=1, keepdims=True)
    along /= np.maximum(length, 1e-20)
    turned = along * local[:, :1] + np.cross(normal, along) * local[:, 1:2] + normal * local[:, 2:]
    turned = np.where(length > 1e-20, turned, normal) * np.where(side == 0, 1.0, side)[:, None]
    return (turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-20)).astype(np.float32)


def _clipped(values: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    return np.clip(values, 0.0, 1.0)


def _scalars(
    buffers: FrameBuffers, scene: SceneSnapshot, value: Callable[[Instance], ScalarInput], unplaced: float
) -> Float32[np.ndarray, "h w"]:
    result = np.zeros(buffers.height * buffers.width, np.float32)
    _fill(result, buffers, scene, value, sample_scalar, unplaced)
    return result.reshape(buffers.height, buffers.width)


def _by_instance(buffers: FrameBuffers) -> Iterator[tuple[int, np.ndarray]]:
    """Yield each instance in the picture and its pixels."""
    shown = buffers[Aov.INSTANCE].ravel()
    order = np.argsort(shown, kind="stable")
    numbers, starts = np.unique(shown[order], return_index=True)
    for number, chosen in zip(numbers.tolist(), np.split(order, starts[1:]), strict=True):
        if number >= 0:
            yield number, chosen


def _fill(
    result: np.ndarray,
    buffers: FrameBuffers,
    scene: SceneSnapshot,
    value: Callable[[Instance], ColorInput | ScalarInput],
    sample: Callable[..., np.ndarray],
    unplaced: float,
) -> None:
    """Fill rows of pixels with what their instances' materials say; textures are sampled, constants are copied."""
    for number, chosen in _by_instance(buffers):
        item = scene.instances[number]
        found, corners = value(item), item.mesh.corner_uvs
        if not isinstance(found, Texture):
            result[chosen] = found
        elif corners is None:
            result[chosen] = unplaced
        else:
            triangles, weights = buffers[Aov.TRIANGLE].ravel()[chosen], buffers[Aov.BARYCENTRIC].reshape(-1, 2)[chosen]
            result[chosen] = sample(found, corner_values(corners[triangles], weights))
