"""200 frames of random worlds: every label agrees with every other, each worked out here another way."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from engine.annotate.output import AnnotatorOutput
from engine.render.buffers import Aov, FrameBuffers, RenderSettings
from engine.render.tracer import LabelTracer
from engine.stage.scene import SceneSnapshot
from tests.annotate.building import annotate, buffers
from tests.labels import optics
from tests.labels.worlds import World, random_world

FRAMES = 200
FILTER = {"semanticFilter": "*:*"}


class Frame:
    """One random frame and what the annotators say of it."""

    def __init__(self, seed: int, tracer: LabelTracer) -> None:
        world: World = random_world(seed)
        self.scene, self.camera = world.scene, world.camera
        self.buffers: FrameBuffers = buffers(self.scene, self.camera, tracer)
        self.start, self.directions = optics.rays(self.camera)
        self.hit = self.buffers[Aov.INSTANCE] >= 0

    def __call__(self, name: str) -> AnnotatorOutput:
        plain = name.startswith(("distance", "motion", "normals"))
        return annotate(name, self.scene, self.camera, self.buffers, **({} if plain else FILTER))


def names_over(scene: SceneSnapshot, number: int) -> list[str]:
    return [prim.path for prim in scene.instances[number].labels]


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    tracer = LabelTracer()
    return [Frame(seed, tracer) for seed in range(FRAMES)]


def test_tight_boxes_are_the_extents_of_masks(frames: list[Frame]) -> None:
    compared = 0
    for frame in frames:
        boxes, masks = frame("bounding_box_2d_tight_fast"), frame("instance_segmentation_fast")
        drawn = frame.buffers[Aov.INSTANCE]
        rows = dict(zip(boxes.info["primPaths"], boxes.data, strict=True))
        expected = {p for n in np.unique(drawn[frame.hit]) for p in names_over(frame.scene, n)}
        assert set(rows) == expected
        for path, row in rows.items():
            under = [i for i, p in masks.info["idToLabels"].items() if p == path or p.startswith(path + "/")]
            y, x = np.nonzero(np.isin(masks.data, under))
            assert [row["x_min"], row["y_min"], row["x_max"], row["y_max"]] == [x.min(), y.min(), x.max(), y.max()]
            compared += 1
    assert compared > 2 * FRAMES


def test_masks_sum_to_semantics(frames: list[Frame]) -> None:
    compared = 0
    for frame in frames:
        semantic, instance = frame("semantic_segmentation"), frame("instance_segmentation")
        by_class: Counter[tuple[tuple[str, str], ...]] = Counter()
        covered = np.zeros(semantic.data.shape, int)
        for identifier, labels in instance.info["idToSemantics"].items():
            mask = instance.data == int(identifier)
            covered += mask
            by_class[tuple(labels.items())] += int(mask.sum())
            names = {tuple(semantic.info["idToLabels"][int(i)].items()) for i in np.unique(semantic.data[mask])}
            assert names <= {tuple(labels.items())}
        assert (covered == 1).all()
        for identifier, labels in semantic.info["idToLabels"].items():
            assert by_class[tuple(labels.items())] == (semantic.data == int(identifier)).sum()
            compared += int(identifier) > 1
        np.testing.assert_array_equal(semantic.data == 0, ~frame.hit)
        np.testing.assert_array_equal(instance.data == 0, ~frame.hit)
    assert compared > FRAMES


def alone(frame: Frame, path: str, tracer: LabelTracer) -> np.ndarray:
    """Render the meshes of one labelled prim with nothing else there."""
    members = tuple(i for n, i in enumerate(frame.scene.instances) if path in names_over(frame.scene, n))
    found = tracer.render(SceneSnapshot(members), frame.camera, frozenset({Aov.INSTANCE}), 0, RenderSettings())
    return found[Aov.INSTANCE] >= 0


def test_visible_is_whole_minus_hidden(frames: list[Frame]) -> None:
    compared, partly, exact, tracer = 0, 0, 0, LabelTracer()
    for frame in frames[::2]:
        data = frame("occlusion").data
        paths = {int(i): p for i, p in enumerate(_labelled_paths(frame), 2)}
        for row in data:
            path = paths[int(row["instanceId"])]
            whole = alone(frame, path, tracer)
            own = [n for n in range(len(frame.scene.instances)) if path in names_over(frame.scene, n)]
            shown = np.isin(frame.buffers[Aov.INSTANCE], own)
            hidden = whole & ~shown
            assert (shown & ~whole).sum() <= 1
            if whole.sum() < 20:
                continue
            expected = hidden.sum() / whole.sum()
            assert row["occlusionRatio"] == pytest.approx(expected, abs=1.5 / whole.sum())
            exact += row["occlusionRatio"] == pytest.approx(expected, abs=1e-6)
            compared, partly = compared + 1, partly + (0.05 < expected < 0.95)
    assert compared > FRAMES and partly > FRAMES / 4 and exact > 0.97 * compared


def _labelled_paths(frame: Frame) -> list[str]:
    """Labelled prims in order of first appearance, parents first."""
    found: dict[str, None] = {}
    for number in range(len(frame.scene.instances)):
        found.update(dict.fromkeys(reversed(names_over(frame.scene, number))))
    return list(found)


def test_distance_along_the_ray_is_the_position(frames: list[Frame]) -> None:
    compared = 0
    for frame in frames:
        hit = frame.hit
        distance, depth = frame("distance_to_camera").data, frame("distance_to_image_plane").data
        away = np.where(hit, distance, 0)[..., None]
        points = frame.start + frame.directions * away
        np.testing.assert_allclose(frame.buffers[Aov.POSITION][hit], points[hit], atol=2e-5)
        np.testing.assert_allclose(
            depth[hit], (distance * optics.cosine(frame.camera, frame.directions))[hit], rtol=1e-5, atol=1e-5
        )
        assert np.isinf(distance[~hit]).all() and np.isinf(depth[~hit]).all()
        limit = distance if frame.camera.model == "fisheyePolynomial" else depth
        assert (limit[hit] > frame.camera.near * 0.9999).all() and (limit[hit] < frame.camera.far * 1.0001).all()
        compared += int(hit.sum())
    assert compared > 50_000


def _surface_points(frame: Frame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points of the hit triangles by barycentric weights: local to each mesh, now and before, in the world."""
    numbers, triangles = frame.buffers[Aov.INSTANCE][frame.hit], frame.buffers[Aov.TRIANGLE][frame.hit]
    u, v = frame.buffers[Aov.BARYCENTRIC][frame.hit].astype(float).T
    now, before, local = (np.zeros((len(numbers), 3)) for _ in range(3))
    for n in np.unique(numbers):
        chosen, item = numbers == n, frame.scene.instances[n]
        a, b, c = item.mesh.points[item.mesh.triangles[triangles[chosen]]].astype(float).transpose(1, 0, 2)
        weights = u[chosen, None], v[chosen, None]
        local[chosen] = a * (1 - weights[0] - weights[1]) + b * weights[0] + c * weights[1]
        for matrix, out in ((item.world_from_local, now), (item.previous_world_from_local, before)):
            out[chosen] = local[chosen] @ matrix[:3, :3].T + matrix[:3, 3]
    return local, now, before


def test_positions_lie_on_their_triangles_and_flow_is_reprojection(frames: list[Frame]) -> None:
    compared, moving, moved_background = 0, 0, 0
    for frame in frames:
        camera, motion = frame.camera, frame("motion_vectors").data
        _, now, before = _surface_points(frame)
        assert motion.dtype == np.float32 and not motion[..., 2:].any()
        np.testing.assert_allclose(now, frame.buffers[Aov.POSITION][frame.hit], atol=5e-5)
        pixels, ahead = optics.project(camera, camera.previous_world_from_camera, before)
        here = np.stack(np.nonzero(frame.hit)[::-1], 1) + 0.5
        expected = pixels - here
        sane = ahead & (np.abs(expected).max(axis=1) < 200)
        np.testing.assert_allclose(motion[frame.hit][sane][:, :2], expected[sane], atol=0.02, rtol=2e-3)
        compared, moving = compared + int(sane.sum()), moving + int((np.abs(expected[sane]).max(axis=1) > 0.5).sum())
        if not camera.orthographic and not frame.hit.all():
            far = camera.world_from_camera[:3, 3] + frame.directions[~frame.hit] * 1e7
            shift = camera.world_from_camera[:3, 3] - camera.previous_world_from_camera[:3, 3]
            pixels, ahead = optics.project(camera, camera.previous_world_from_camera, far - shift)
            here = np.stack(np.nonzero(~frame.hit)[::-1], 1) + 0.5
            near = ahead & (np.abs(pixels - here).max(axis=1) < 100) & _imaged(frame)[~frame.hit]
            np.testing.assert_allclose(motion[~frame.hit][near][:, :2], (pixels - here)[near], atol=0.02)
            moved_background += int((np.abs(pixels - here)[near].max(axis=1) > 0.5).sum())
    assert compared > 50_000 and moving > 10_000 and moved_background > 5_000


def _imaged(frame: Frame) -> np.ndarray:
    """Which pixels the lens images: all but those beyond the fisheye's field of view."""
    if frame.camera.model != "fisheyePolynomial":
        return np.ones(frame.hit.shape, bool)
    return np.arccos(np.clip(optics.cosine(frame.camera, frame.directions), -1, 1)) < np.radians(99.9)


def test_the_pointcloud_is_the_depth_unprojected(frames: list[Frame]) -> None:
    compared = 0
    for frame in frames:
        cloud, semantic = frame("pointcloud"), frame("semantic_segmentation").data
        kept = semantic > 1
        depth = frame("distance_to_image_plane").data[kept].astype(float)
        directions = frame.directions[kept]
        expected = frame.start[kept] + directions * (depth / optics.cosine(frame.camera, directions))[:, None]
        good = np.abs(optics.cosine(frame.camera, directions)) > 0.05
        unit = frame.scene.meters_per_unit
        np.testing.assert_allclose(cloud.data[good] * unit, expected[good], atol=1e-4)
        np.testing.assert_array_equal(cloud.info["pointSemantic"], semantic[kept])
        np.testing.assert_array_equal(cloud.info["pointInstance"], frame("instance_segmentation").data[kept])
        np.testing.assert_array_equal(cloud.info["pointRgb"], frame.buffers[Aov.COLOR][kept])
        np.testing.assert_array_equal(cloud.info["pointNormals"], frame("normals").data[kept])
        compared += int(good.sum())
    assert compared > 50_000


def test_solid_boxes_hold_their_surface_and_touch_it(frames: list[Frame]) -> None:
    compared = 0
    for frame in frames:
        boxes = frame("bounding_box_3d_fast")
        unit = frame.scene.meters_per_unit
        positions = frame.buffers[Aov.POSITION]
        for path, row in zip(boxes.info["primPaths"], boxes.data, strict=True):
            low = np.array([row[k] for k in ("x_min", "y_min", "z_min")])
            high = np.array([row[k] for k in ("x_max", "y_max", "z_max")])
            to_world = row["transform"].astype(float)
            members = [n for n in range(len(frame.scene.instances)) if path in names_over(frame.scene, n)]
            slack = 1e-4 * np.abs(high - low).max()
            vertices = []
            for n in members:
                matrix = frame.scene.instances[n].world_from_local
                world = frame.scene.instances[n].mesh.points @ matrix[:3, :3].T + matrix[:3, 3]
                vertices.append(np.append(world / unit, np.ones((len(world), 1)), 1) @ np.linalg.inv(to_world))
            local = np.concatenate(vertices)[:, :3]
            np.testing.assert_allclose([local.min(axis=0), local.max(axis=0)], [low, high], atol=slack)
            seen = positions[np.isin(frame.buffers[Aov.INSTANCE], members)] / unit
            inside = (np.append(seen, np.ones((len(seen), 1)), 1) @ np.linalg.inv(to_world))[:, :3]
            assert (inside >= low - slack).all() and (inside <= high + slack).all()
            compared += 1
    assert compared > 2 * FRAMES


def test_loose_boxes_bound_the_whole_projection(frames: list[Frame]) -> None:
    compared = 0
    for frame in frames:
        tight, loose = frame("bounding_box_2d_tight"), frame("bounding_box_2d_loose")
        rows = dict(zip(loose.info["primPaths"], loose.data, strict=True))
        for path, row in zip(tight.info["primPaths"], tight.data, strict=True):
            whole = rows[path]
            slack = frame.camera.model == "fisheyePolynomial"  # it bounds points along edges, not the curves between
            assert whole["x_min"] <= row["x_min"] + slack and whole["y_min"] <= row["y_min"] + slack
            assert whole["x_max"] >= row["x_max"] - slack and whole["y_max"] >= row["y_max"] - slack
            corners = np.concatenate(
                [_vertices(frame, n) for n in range(len(frame.scene.instances)) if path in names_over(frame.scene, n)]
            )
            depth = optics.cosine(frame.camera, corners - frame.camera.world_from_camera[:3, 3])
            if (
                frame.camera.model == "fisheyePolynomial"
                or depth.min() < frame.camera.near
                or depth.max() > frame.camera.far
            ):
                continue
            pixels, _ = optics.project(frame.camera, frame.camera.world_from_camera, corners)
            expected = [*np.floor(pixels.min(axis=0)), *(np.ceil(pixels.max(axis=0)) - 1)]
            assert [whole[k] for k in ("x_min", "y_min", "x_max", "y_max")] == expected
            compared += 1
    assert compared > FRAMES


def _vertices(frame: Frame, number: int) -> np.ndarray:
    item = frame.scene.instances[number]
    return item.mesh.points.astype(float) @ item.world_from_local[:3, :3].T + item.world_from_local[:3, 3]
