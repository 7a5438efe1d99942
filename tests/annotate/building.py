"""Small scenes in plain numbers, and a renderer of their label buffers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.annotate.output import AnnotatorOutput
from engine.annotate.registry import get_annotator
from engine.render import surface_values
from engine.render.buffers import COLOR_AOVS, PASS_AOVS, Aov, FrameBuffers, RenderSettings
from engine.render.photometry import RADIANCE_SCALE
from engine.render.tracer import LabelTracer
from engine.stage.scene import Camera, Instance, LabelledPrim, Material, Mesh, SceneSnapshot

BOX_FACES = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]


def box(half: float = 0.5, key: str = "") -> Mesh:
    points = half * np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float32)
    triangles = [t for a, b, c, d in BOX_FACES for t in ([a, b, c], [a, c, d])]
    return Mesh(key or f"box{half}", points.astype(np.float32), np.array(triangles, np.int32))


def quad(width: float = 1.0, height: float = 1.0, key: str = "") -> Mesh:
    """A rectangle in the plane z = 0 that faces +Z, its texture coordinates 0 to 1."""
    x, y = width / 2, height / 2
    points = np.array([[-x, -y, 0], [x, -y, 0], [x, y, 0], [-x, y, 0]], np.float32)
    triangles = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)[triangles]
    return Mesh(key or f"quad{width}x{height}", points, triangles, corner_uvs=corners)


def moved(x: float = 0.0, y: float = 0.0, z: float = 0.0) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, 3] = x, y, z
    return matrix


def turned(x: float = 0.0, y: float = 0.0, z: float = 0.0) -> np.ndarray:
    """Euler XYZ degrees: about x first."""
    result = np.eye(4)
    for axis, angle in enumerate((x, y, z)):
        c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        j, k = (axis + 1) % 3, (axis + 2) % 3
        step = np.eye(4)
        step[j, j], step[k, k], step[j, k], step[k, j] = c, c, -s, s
        result = step @ result
    return result


def look_at(eye: Any, target: Any = (0, 0, 0), up: Any = (0, 0, 1)) -> np.ndarray:
    back = np.subtract(eye, target) / np.linalg.norm(np.subtract(eye, target))
    right = np.cross(up, back)
    right /= np.linalg.norm(right)
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([right, np.cross(back, right), back], 1)
    matrix[:3, 3] = eye
    return matrix


def camera(
    world: np.ndarray | None = None,
    size: tuple[int, int] = (100, 100),
    focal: float = 100.0,
    previous: np.ndarray | None = None,
    **more: Any,
) -> Camera:
    world = np.eye(4) if world is None else world
    centre = {"cx": size[0] / 2, "cy": size[1] / 2, "near": 0.1, "far": 1000.0}
    return Camera("/Camera", *size, world, world if previous is None else previous, focal, focal, **{**centre, **more})


def labelled(path: str, world: np.ndarray, **labels: str | tuple[str, ...]) -> LabelledPrim:
    return LabelledPrim(path, {k: (v,) if isinstance(v, str) else v for k, v in labels.items()}, world)


def thing(
    path: str,
    mesh: Mesh,
    world: np.ndarray | None = None,
    labels: str | tuple[LabelledPrim, ...] | None = None,
    previous: np.ndarray | None = None,
    **more: Any,
) -> Instance:
    """An instance; a string labels it with that class."""
    world = np.eye(4) if world is None else world
    chain = (labelled(path, world, **{"class": labels}),) if isinstance(labels, str) else labels or ()
    before = world if previous is None else previous
    return Instance(path, mesh, more.pop("material", Material()), world, before, chain, **more)


def scene(*instances: Instance, **more: Any) -> SceneSnapshot:
    return SceneSnapshot(instances, **more)


def buffers(snapshot: SceneSnapshot, view: Camera, tracer: LabelTracer | None = None) -> FrameBuffers:
    """Every label buffer, and buffers of colour and light with known numbers in them."""
    found = (tracer or LabelTracer()).render(snapshot, view, frozenset(Aov) - COLOR_AOVS, 0, RenderSettings())
    pixel = np.arange(view.height * view.width).reshape(view.height, view.width, 1)
    found.arrays[Aov.COLOR] = (pixel + np.arange(4) * 50).astype(np.uint8)
    found.arrays[Aov.RADIANCE] = (pixel * 0.25 + np.arange(4)).astype(np.float32)
    for number, aov in enumerate(sorted(PASS_AOVS)):  # direct before indirect, diffuse before specular
        found.arrays[aov] = (pixel * 0.5**number + np.arange(3)).astype(np.float32)
    found.arrays[Aov.EMITTED] = surface_values.emission(found, snapshot) * np.float32(RADIANCE_SCALE)
    found.arrays[Aov.BACKGROUND] = np.where(
        found[Aov.INSTANCE][..., None] < 0, np.float32(0.25), np.zeros(3, np.float32)
    )
    found.arrays[Aov.OPENNESS] = (pixel[..., 0] / pixel.size).astype(np.float32)
    return found


def annotate(
    name: str, snapshot: SceneSnapshot, view: Camera, found: FrameBuffers | None = None, **params: Any
) -> AnnotatorOutput:
    annotator = get_annotator(name)
    unknown = set(params) - set(annotator.defaults)
    assert not unknown, f"{name} has no parameters {unknown}"
    given: Mapping[str, Any] = {**annotator.defaults, **params}
    return annotator.compute(buffers(snapshot, view) if found is None else found, snapshot, view, given)
