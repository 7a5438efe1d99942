"""Mitsuba's own ray casting, on meshes put into the world here, agrees on ids and depth."""

from __future__ import annotations

import mitsuba as mi
import numpy as np
import pytest
from scipy import ndimage

from engine.render.buffers import Aov, RenderSettings
from engine.render.tracer import LabelTracer
from engine.stage.scene import Instance
from tests.labels import optics
from tests.labels.worlds import World, random_world

WORLDS = range(0, 200, 5)  # every kind of lens is among them
NEEDED = frozenset({Aov.INSTANCE, Aov.TRIANGLE, Aov.DISTANCE})


def world_mesh(item: Instance, number: int) -> mi.Mesh:
    points = item.mesh.points.astype(float) @ item.world_from_local[:3, :3].T + item.world_from_local[:3, 3]
    mesh = mi.Mesh(f"{number}", len(points), len(item.mesh.triangles))
    parameters = mi.traverse(mesh)
    parameters["vertex_positions"] = points.astype(np.float32).ravel()
    parameters["faces"] = item.mesh.triangles.astype(np.uint32).ravel()
    parameters.update()
    return mesh


def cast(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Instance, triangle and distance of each pixel, by rays cut off at near and far."""
    shapes = {str(n): world_mesh(item, n) for n, item in enumerate(world.scene.instances)}
    scene = mi.load_dict({"type": "scene", **shapes})
    start, directions = optics.rays(world.camera)
    cosine = optics.cosine(world.camera, directions)
    reach = np.ones_like(cosine) if world.camera.model == "fisheyePolynomial" else cosine
    number = {shape: int(shape.id()) for shape in scene.shapes()}
    instance, triangle = (np.full(cosine.shape, -1) for _ in range(2))
    distance = np.full(cosine.shape, np.inf)
    for y, x in np.ndindex(*cosine.shape):
        near, far = world.camera.near / reach[y, x], world.camera.far / reach[y, x]
        ray = mi.Ray3f(mi.Point3f(start[y, x] + directions[y, x] * near), mi.Vector3f(directions[y, x]))
        ray.maxt = far - near
        found = scene.ray_intersect(ray)
        if found.is_valid():
            instance[y, x], triangle[y, x] = number[found.shape], found.prim_index
            distance[y, x] = found.t + near
    return instance, triangle, distance


def inner(ids: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Pixels whose neighbours all have the same id."""
    same = ndimage.maximum_filter(ids, 3) == ndimage.minimum_filter(ids, 3)
    return same & valid


def imaged(world: World) -> np.ndarray:
    _, directions = optics.rays(world.camera)
    if world.camera.model != "fisheyePolynomial":
        return np.ones(directions.shape[:2], bool)
    return np.arccos(np.clip(optics.cosine(world.camera, directions), -1, 1)) < np.radians(99.9)


def test_ids_and_distances_agree_with_mitsuba() -> None:
    mi.set_variant("scalar_rgb")
    tracer, models, hits, pixels, differing = LabelTracer(), set(), 0, 0, 0
    for seed in WORLDS:
        world = random_world(seed)
        ours = tracer.render(world.scene, world.camera, NEEDED, 0, RenderSettings())
        instance, triangle, distance = cast(world)
        valid = imaged(world)
        kept = inner(ours[Aov.INSTANCE], valid)
        np.testing.assert_array_equal(instance[kept], ours[Aov.INSTANCE][kept])
        both = valid & (instance == ours[Aov.INSTANCE]) & (instance >= 0)
        np.testing.assert_allclose(ours[Aov.DISTANCE][both], distance[both], rtol=1e-4)
        within = inner(np.where(both, ours[Aov.TRIANGLE], -1), both)
        np.testing.assert_array_equal(triangle[within], ours[Aov.TRIANGLE][within])
        models.add("orthographic" if world.camera.orthographic else world.camera.model)
        hits, pixels = hits + int(both.sum()), pixels + int(valid.sum())
        differing += int((valid & (instance != ours[Aov.INSTANCE])).sum())
    assert models == {"pinhole", "orthographic", "fisheyePolynomial", "pinholeOpenCV"}
    assert hits > 5_000
    assert differing < 1e-3 * pixels


def test_a_mesh_out_of_place_is_noticed() -> None:
    """The comparison can fail: move what Mitsuba sees by a centimetre."""
    mi.set_variant("scalar_rgb")
    world = random_world(1)
    ours = LabelTracer().render(world.scene, world.camera, NEEDED, 0, RenderSettings())
    for item in world.scene.instances:
        item.world_from_local[2, 3] += 0.01
    instance, _, distance = cast(world)
    both = (instance == ours[Aov.INSTANCE]) & (instance >= 0)
    assert both.sum() > 100
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(ours[Aov.DISTANCE][both], distance[both], rtol=1e-4)
