"""What materials say at primary hits: roughness, metalness, reflection at normal incidence, emission."""

from __future__ import annotations

from collections.abc import Callable

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


def _clipped(values: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    return np.clip(values, 0.0, 1.0)


def _scalars(
    buffers: FrameBuffers, scene: SceneSnapshot, value: Callable[[Instance], ScalarInput], unplaced: float
) -> Float32[np.ndarray, "h w"]:
    result = np.zeros(buffers.height * buffers.width, np.float32)
    _fill(result, buffers, scene, value, sample_scalar, unplaced)
    return result.reshape(buffers.height, buffers.width)


def _fill(
    result: np.ndarray,
    buffers: FrameBuffers,
    scene: SceneSnapshot,
    value: Callable[[Instance], ColorInput | ScalarInput],
    sample: Callable[..., np.ndarray],
    unplaced: float,
) -> None:
    """Fill rows of pixels with what their instances' materials say; textures are sampled, constants are copied."""
    shown = buffers[Aov.INSTANCE].ravel()
    order = np.argsort(shown, kind="stable")
    numbers, starts = np.unique(shown[order], return_index=True)
    for number, chosen in zip(numbers.tolist(), np.split(order, starts[1:]), strict=True):
        if number < 0:
            continue
        item = scene.instances[number]
        found, corners = value(item), item.mesh.corner_uvs
        if not isinstance(found, Texture):
            result[chosen] = found
        elif corners is None:
            result[chosen] = unplaced
        else:
            triangles, weights = buffers[Aov.TRIANGLE].ravel()[chosen], buffers[Aov.BARYCENTRIC].reshape(-1, 2)[chosen]
            result[chosen] = sample(found, corner_values(corners[triangles], weights))
