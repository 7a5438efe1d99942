"""Render variables of RTX that follow from the primary hit: albedo, roughness, position, normal, depth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.annotate.output import Annotator, AnnotatorOutput
from engine.render import surface_values
from engine.render.buffers import Aov, FrameBuffers
from engine.stage.scene import Camera, SceneSnapshot

LARGEST_HALF = 65504.0
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)  # of linear sRGB primaries, ITU-R BT.709
Params = Mapping[str, Any]


def bytes_of(values: np.ndarray) -> np.ndarray:
    """Return values 0..1 times 255 in the first three channels, alpha 255: uint8 (h, w, 4)."""
    result = np.full((*values.shape[:2], 4), 255, np.uint8)
    result[..., :3] = np.round(np.clip(values, 0, 1) * 255)
    return result


def halves_of(values: np.ndarray) -> np.ndarray:
    """Return values as float16 (h, w, 4): their channels, then 0; a single channel four times."""
    clipped = np.clip(values, -LARGEST_HALF, LARGEST_HALF)
    result = np.zeros((*values.shape[:2], 4), np.float16)
    if values.ndim == 2:
        result[:] = clipped[..., None]
    else:
        result[..., : values.shape[2]] = clipped
    return result


def diffuse_albedo(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Params) -> AnnotatorOutput:
    """Return linear base colour less what metals take of it, times 255, alpha 255: uint8 (h, w, 4)."""
    share = 1 - surface_values.metallic(buffers, scene)
    return AnnotatorOutput(bytes_of(buffers[Aov.ALBEDO] * share[..., None]))


def specular_albedo(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Params) -> AnnotatorOutput:
    """Return the linear colour reflected at normal incidence: float16 (h, w, 4); 0 where nothing is hit."""
    return AnnotatorOutput(halves_of(surface_values.specular(buffers, scene)))


def roughness(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Params) -> AnnotatorOutput:
    """Return roughness times 255 in three channels, alpha 255: uint8 (h, w, 4); 0 where nothing is hit."""
    return AnnotatorOutput(bytes_of(surface_values.roughness(buffers, scene)[..., None]))


def emission_and_mask(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Params) -> AnnotatorOutput:
    """Return 1 where something is hit plus the luminance it emits, 0 elsewhere: float16 (h, w, 1).

    The documentation names the variable and its type only; what it holds is our reading of the name.
    """
    emitted = surface_values.emission(buffers, scene) @ LUMINANCE
    mask = np.where(buffers[Aov.INSTANCE] >= 0, 1.0 + emitted, 0.0)
    return AnnotatorOutput(np.minimum(mask, LARGEST_HALF).astype(np.float16)[..., None])


def bump_normal(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Params) -> AnnotatorOutput:
    """Return world-space unit normals with normal maps applied, xyz and an unused 0: float32 (h, w, 4)."""
    result = np.zeros((buffers.height, buffers.width, 4), np.float32)
    result[..., :3] = surface_values.bumped(buffers, scene)
    return AnnotatorOutput(result)


def halves(aov: Aov) -> Callable[[FrameBuffers, SceneSnapshot, Camera, Params], AnnotatorOutput]:
    """Return the function that gives a buffer as float16 (h, w, 4): its channels, then 0; depth in every channel."""

    def compute(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Params) -> AnnotatorOutput:
        return AnnotatorOutput(halves_of(buffers[aov]))

    return compute


MATERIAL = surface_values.NEEDED
COLOURED = MATERIAL | {Aov.ALBEDO}
_TABLE = (
    ("DiffuseAlbedo", COLOURED, diffuse_albedo, "Base colour without the share of metals: uint8 (h, w, 4)."),
    ("SpecularAlbedo", COLOURED, specular_albedo, "Colour reflected at normal incidence: float16 (h, w, 4)."),
    ("Roughness", MATERIAL, roughness, "Roughness, 255 is 1: uint8 (h, w, 4)."),
    ("BumpNormal", MATERIAL | {Aov.NORMAL}, bump_normal, "Normals with normal maps applied: float32 (h, w, 4)."),
    ("EmissionAndForegroundMask", MATERIAL, emission_and_mask, "1 and emitted luminance: float16 (h, w, 1)."),
    ("PtDiffuseFilter", {Aov.ALBEDO}, halves(Aov.ALBEDO), "Base colour: float16 (h, w, 4)."),
    ("PtWorldNormal", {Aov.NORMAL}, halves(Aov.NORMAL), "World-space normals: float16 (h, w, 4)."),
    ("PtWorldPos", {Aov.POSITION}, halves(Aov.POSITION), "World-space positions, metres: float16 (h, w, 4)."),
    ("PtZDepth", {Aov.DEPTH}, halves(Aov.DEPTH), "Metres along the optical axis: float16 (h, w, 4)."),
)
ANNOTATORS = tuple(
    Annotator(name, frozenset(aovs), compute, documentation=text) for name, aovs, compute, text in _TABLE
)
