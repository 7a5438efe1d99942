"""The label tracer against closed forms: clipping, lenses, cutouts, motion, and nothing at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from embreex.rtcore import EmbreeDevice

from engine.render import embree, geometry, hits
from engine.render.buffers import BAND_AOVS, COLOR_AOVS, LIGHT_AOVS, Aov, FrameBuffers, RenderSettings
from engine.render.instanced import triangle_tree
from engine.render.lenses import LENSES, lens_of
from engine.render.screen import clip, projected_rectangle
from engine.render.tracer import LabelTracer
from engine.stage.scene import Camera, Instance, Material, Mesh, SceneSnapshot, Texture
from tests.annotate.building import box, camera, look_at, moved, quad, scene, thing, turned

ALL = frozenset(Aov) - COLOR_AOVS - LIGHT_AOVS - BAND_AOVS


def trace(snapshot: SceneSnapshot, view: Camera, tracer: LabelTracer | None = None) -> FrameBuffers:
    return (tracer or LabelTracer()).render(snapshot, view, ALL, 0, RenderSettings())


def rock(rings: int, key: str) -> Mesh:
    """A sphere of radius 0.5 of 2 * rings^2 triangles."""
    theta, phi = np.linspace(0, np.pi, rings + 1), np.arange(rings) * 2 * np.pi / rings
    t, p = np.meshgrid(theta, phi, indexing="ij")
    points = 0.5 * np.stack([np.sin(t) * np.cos(p), np.sin(t) * np.sin(p), np.cos(t)], -1).reshape(-1, 3)
    i, j = (a.ravel() for a in np.meshgrid(np.arange(rings), np.arange(rings), indexing="ij"))
    a, b = i * rings + j, i * rings + (j + 1) % rings
    triangles = np.concatenate([np.stack([a, a + rings, b + rings], 1), np.stack([a, b + rings, b], 1)])
    return Mesh(key, points.astype(np.float32), triangles.astype(np.int32))


def test_a_wall_five_metres_ahead_fills_every_buffer() -> None:
    found = trace(scene(thing("/wall", quad(20, 20), moved(z=-5), "wall")), camera(size=(40, 30), focal=20))
    x, y = np.meshgrid((np.arange(40) + 0.5 - 20) / 20, (15 - np.arange(30) - 0.5) / 20)
    assert (found[Aov.INSTANCE] == 0).all() and found[Aov.INSTANCE].dtype == np.int32
    np.testing.assert_allclose(found[Aov.DEPTH], 5, rtol=1e-6)
    np.testing.assert_allclose(found[Aov.DISTANCE], 5 * np.sqrt(1 + x**2 + y**2), rtol=1e-6)
    np.testing.assert_allclose(found[Aov.POSITION], np.stack([5 * x, 5 * y, np.full_like(x, -5)], -1), atol=1e-5)
    np.testing.assert_array_equal(found[Aov.NORMAL], np.broadcast_to([0, 0, 1], (30, 40, 3)))
    np.testing.assert_allclose(found[Aov.ALBEDO], 0.2)
    aside = np.abs(x - y) > 1e-9  # the triangles' common edge belongs to either
    np.testing.assert_array_equal(found[Aov.TRIANGLE][aside], np.where(y < x, 0, 1)[aside])
    np.testing.assert_array_equal(found[Aov.COVERAGE], np.stack([np.arange(1200), np.zeros(1200)], 1))


@pytest.mark.parametrize("depth", [0.499, 0.501, 7.999, 8.001])
def test_near_and_far_are_planes(depth: float) -> None:
    """A wall is seen in the corners too, where its distance is much more than its depth."""
    view = camera(size=(20, 20), focal=6, near=0.5, far=8.0)
    found = trace(scene(thing("/wall", quad(99, 99), moved(z=-depth), "wall")), view)
    assert (found[Aov.INSTANCE] == (0 if 0.5 < depth < 8 else -1)).all()
    assert len(found[Aov.COVERAGE]) == (400 if 0.5 < depth < 8 else 0)


def test_what_is_hidden_beyond_the_far_plane_is_not_covered() -> None:
    front, behind = thing("/f", quad(99, 99), moved(z=-4)), thing("/b", quad(99, 99), moved(z=-9) @ turned(y=30), "b")
    found = trace(scene(front, behind), camera(size=(30, 10), focal=15, near=0.5, far=8.0))
    x = (np.arange(30) + 0.5 - 15) / 15
    depth = 9 / (1 - x * np.tan(np.radians(30)))
    within = np.flatnonzero(np.broadcast_to(depth <= 8, (10, 30)).ravel())
    np.testing.assert_array_equal(found[Aov.COVERAGE], np.stack([within, np.ones(len(within))], 1))
    assert 0 < len(within) < 300


def test_nothing_to_see() -> None:
    hidden = thing("/h", quad(9, 9), moved(z=-2), "h", primary_visible=False)
    clear = thing("/c", quad(9, 9), moved(z=-2), "c", material=Material(opacity=0.0))
    for snapshot in (scene(), scene(hidden), scene(clear)):
        found = trace(snapshot, camera(size=(8, 6)))
        assert (found[Aov.INSTANCE] == -1).all() and (found[Aov.TRIANGLE] == -1).all()
        assert np.isinf(found[Aov.DEPTH]).all() and np.isinf(found[Aov.DISTANCE]).all()
        assert not any(found[a].any() for a in (Aov.POSITION, Aov.NORMAL, Aov.ALBEDO, Aov.BARYCENTRIC))
        assert found[Aov.COVERAGE].shape == (0, 2) and found[Aov.COVERAGE].dtype == np.int32


def test_only_the_buffers_asked_for() -> None:
    found = LabelTracer().render(scene(), camera(size=(4, 4)), frozenset({Aov.DEPTH, Aov.COLOR}), 0, RenderSettings())
    assert set(found.arrays) == {Aov.DEPTH}
    assert LabelTracer().render(scene(), camera(size=(4, 4)), frozenset(), 0, RenderSettings()).arrays == {}
    with pytest.raises(
        KeyError, match=r"buffer 'normal' was not rendered \(rendered: depth\); add it to the annotator's"
    ):
        found[Aov.NORMAL]


def test_a_camera_inside_a_box_sees_its_walls_facing_in() -> None:
    found = trace(scene(thing("/room", box(2), moved(0.5, 0, 0), "room")), camera(size=(61, 61), focal=15))
    assert (found[Aov.INSTANCE] == 0).all() and len(found[Aov.COVERAGE]) == 61 * 61
    assert found[Aov.DEPTH][30, 30] == pytest.approx(2) and found[Aov.NORMAL][30, 30].tolist() == [0, 0, 1]
    slope = (np.arange(61) + 0.5 - 30.5) / 15
    with np.errstate(divide="ignore"):
        expected = np.minimum(
            np.minimum(2, np.where(slope > 0, 2.5 / slope, np.inf)), np.where(slope < 0, -1.5 / slope, np.inf)
        )
    np.testing.assert_allclose(found[Aov.DEPTH][30], expected, rtol=1e-5)


def test_an_orthographic_camera() -> None:
    """4 m by 2 m over 40 x 20 pixels, shifted by 5: a 1 m box covers 10 x 10 pixels at its own depth."""
    view = camera(moved(0, 0, 7), size=(40, 20), orthographic=True, ortho_size=(4.0, 2.0), cx=25.0, cy=10.0)
    found = trace(
        scene(thing("/box", box(), moved(0.3, -0.2, 0), "box"), thing("/wall", quad(99, 99), moved(z=-3), "w")), view
    )
    expected = np.ones((20, 40), int)
    expected[7:17, 23:33] = 0
    np.testing.assert_array_equal(found[Aov.INSTANCE], expected)
    np.testing.assert_allclose(found[Aov.DEPTH], np.where(expected == 0, 6.5, 10), rtol=1e-6)
    np.testing.assert_array_equal(found[Aov.DEPTH], found[Aov.DISTANCE])
    np.testing.assert_allclose(found[Aov.POSITION][7, 23], [0.5 - 0.7 + 0.05, 0.25, 0.5], atol=1e-5)
    assert len(found[Aov.COVERAGE]) == 800 + 100


FISHEYE = {"fthetaWidth": 80.0, "fthetaHeight": 80.0, "fthetaMaxFov": 200.0, "fthetaPolyB": 0.05}


def test_a_fisheye_sees_sideways_and_behind() -> None:
    """0.05 radians a pixel: 90 degrees are 31.4 pixels from the centre; the field of view ends at 100."""
    view = camera(size=(80, 80), model="fisheyePolynomial", attributes=FISHEYE)
    found = trace(scene(thing("/room", box(3), labels="room")), view)
    y, x = np.mgrid[0:80, 0:80] + 0.5 - 40
    theta, turn = 0.05 * np.hypot(x, y), np.arctan2(y, x)
    inside = theta <= np.radians(100)
    np.testing.assert_array_equal(found[Aov.INSTANCE] == 0, inside)
    direction = np.stack([np.sin(theta) * np.cos(turn), -np.sin(theta) * np.sin(turn), -np.cos(theta)], -1)
    distance = 3 / np.abs(direction).max(axis=-1)
    np.testing.assert_allclose(found[Aov.DISTANCE][inside], distance[inside], rtol=1e-5)
    np.testing.assert_allclose(found[Aov.DEPTH][inside], (distance * np.cos(theta))[inside], atol=1e-4)
    assert (found[Aov.DEPTH][inside] < 0).any() and np.isinf(found[Aov.DEPTH][~inside]).all()
    np.testing.assert_allclose(found[Aov.POSITION][inside], (direction * distance[..., None])[inside], atol=1e-4)
    assert len(found[Aov.COVERAGE]) == inside.sum()


@pytest.mark.parametrize("model", LENSES)
def test_lenses_take_pixels_to_directions_and_back(model: str) -> None:
    extra = {**FISHEYE, "fthetaWidth": 160.0, "fthetaHeight": 120.0, "fthetaCx": 75.0, "fthetaCy": 66.0, "fthetaPolyB": 0.012,
             "fthetaPolyC": 1e-6, "fthetaPolyD": 2e-7, "openCVFx": 90.0, "openCVFy": 110.0}  # fmt: skip
    schema = {
        "ftheta": {"k1": 0.012},
        "opencvPinhole": {"fx": 90.0, "fy": 99.0},
        "opencvFisheye": {"fx": 90.0, "fy": 99.0},
    }
    extra |= {
        f"omni:lensdistortion:{m}:{name}": value for m, values in schema.items() for name, value in values.items()
    }
    view = camera(size=(80, 60), focal=50, cx=38.0, cy=33.0, model=model, attributes=extra)
    pixels = np.random.default_rng(1).uniform(0, 60, (500, 2))
    directions, valid = lens_of(view).directions(view, pixels)
    back, ahead = lens_of(view).pixels(view, directions * np.random.default_rng(2).uniform(0.1, 9, (500, 1)))
    assert valid.all() and ahead.all()
    np.testing.assert_allclose(back, pixels, atol=1e-6)


def test_lenses_that_are_missing_are_named() -> None:
    with pytest.raises(
        ValueError,
        match=r"camera '/Camera': cameraProjectionType 'fisheyeSpherical' was given; the embedded engine has pinhole, ",
    ):
        trace(scene(), camera(model="fisheyeSpherical"))
    with pytest.raises(
        ValueError, match=r"camera '/Camera': fthetaPolyB is None; expected a number above 0: set it, fisheyePolynomial"
    ):
        trace(scene(), camera(model="fisheyePolynomial"))
    with pytest.raises(ValueError, match=r"openCVFy is 0.0; expected a number above 0"):
        trace(scene(), camera(model="pinholeOpenCV", attributes={"openCVFx": 5.0, "openCVFy": 0.0}))


@pytest.fixture
def half_cut(tmp_path: Path) -> Material:
    """Opaque where u > 0.5, cut away elsewhere."""
    image = np.zeros((8, 8), np.uint8)
    image[:, 4:] = 255
    cv2.imwrite(str(tmp_path / "cut.png"), image)
    texture = Texture(str(tmp_path / "cut.png"), color_space="raw", channel="r")
    return Material(opacity=texture, opacity_threshold=0.5)


def test_rays_pass_what_a_texture_cuts_away(half_cut: Material) -> None:
    """Three half cut leaves, one behind another, before a wall: the wall is seen through their left halves."""
    leaves = [thing(f"/leaf{n}", quad(4, 4), moved(z=-4 + 1e-3 * n), "leaf", material=half_cut) for n in range(3)]
    found = trace(scene(*leaves, thing("/wall", quad(99, 99), moved(z=-6), "wall")), camera(size=(40, 40), focal=40))
    expected = np.full((40, 40), 3)
    expected[:, 20:] = 2
    np.testing.assert_array_equal(found[Aov.INSTANCE], expected)
    np.testing.assert_allclose(found[Aov.DEPTH], np.where(expected == 3, 6, 4 - 2e-3), rtol=1e-6)
    counts = np.bincount(found[Aov.COVERAGE][:, 1], minlength=4)
    assert counts.tolist() == [800, 800, 800, 1600]


def test_a_leaf_in_front_counts_where_it_is_solid_only(half_cut: Material) -> None:
    front = thing("/front", quad(9, 9), moved(z=-2))
    leaf = thing("/leaf", quad(4, 4), moved(z=-4), "leaf", material=half_cut)
    pairs = trace(scene(front, leaf), camera(size=(40, 40), focal=40))[Aov.COVERAGE]
    assert len(pairs) == 800 and (pairs[:, 0] % 40 >= 20).all()


def random_walk(frames: int, meshes: list[Mesh]) -> list[SceneSnapshot]:
    """Some things stand still, some move at times, some come and go."""
    rng, found = np.random.default_rng(5), []
    places = [moved(*rng.uniform(-2, 2, 3)) @ turned(*rng.uniform(0, 180, 3)) for _ in meshes]
    for _ in range(frames):
        for n in range(len(places) // 2):
            if rng.random() < 0.6:
                places[n] = moved(*rng.uniform(-2, 2, 3)) @ turned(*rng.uniform(0, 180, 3))
        there = [n for n in range(len(places)) if n % 3 or rng.random() < 0.7]
        found.append(scene(*(thing(f"/thing{n}", meshes[n], places[n].copy(), "x" if n % 2 else None) for n in there)))
    return found


@pytest.mark.parametrize("large", [0, 100, 10**9])  # all instanced, the rocks, none
def test_what_is_kept_between_frames_changes_nothing(large: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Instanced or baked, standing or moving: every frame is as a new tracer sees it."""
    monkeypatch.setattr(geometry, "LARGE", large)
    meshes = [box(0.4) if n % 2 else rock(8, "rock") for n in range(10)]
    tracer = LabelTracer()
    view = camera(look_at((6, 1, 2)), size=(48, 36), focal=40)
    for snapshot in random_walk(12, meshes):
        kept, fresh = trace(snapshot, view, tracer), trace(snapshot, view)
        assert (fresh[Aov.INSTANCE] >= 0).sum() > 100
        different = kept[Aov.INSTANCE] != fresh[Aov.INSTANCE]
        assert different.sum() <= 2
        np.testing.assert_allclose(kept[Aov.DEPTH][~different], fresh[Aov.DEPTH][~different], rtol=2e-5)
        np.testing.assert_allclose(kept[Aov.NORMAL][~different], fresh[Aov.NORMAL][~different], atol=1e-3)


def test_the_same_frame_has_the_same_bytes() -> None:
    frames = random_walk(3, [box(0.4), rock(8, "rock")] * 4)
    view = camera(look_at((6, 1, 2)), size=(48, 36), focal=40)
    for snapshot in frames:
        one, other = trace(snapshot, view), trace(snapshot, view)
        assert all(one[a].tobytes() == other[a].tobytes() for a in ALL)


def test_still_trees_are_not_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[int] = []
    make = geometry.WorldTree.__init__

    def count(self: geometry.WorldTree, device: object, keys: list[geometry.Key], instances: list[Instance]) -> None:
        built.append(len(instances))
        make(self, device, keys, instances)

    monkeypatch.setattr(geometry.WorldTree, "__init__", count)
    tracer, view = LabelTracer(), camera(size=(8, 8))
    still = [thing(f"/s{n}", box(), moved(n, 0, -5)) for n in range(5)]
    del built[:]
    for frame in range(4):
        snapshot = scene(*still, thing("/m", box(), moved(0, 0.1 * frame, -3)))
        trace(snapshot, view, tracer)
        trace(snapshot, camera(moved(x=frame), size=(8, 8)), tracer)
    assert [n for n in built if n > 1] == [6, 5]
    assert built.count(1) == 3


def test_meshes_that_many_share_are_instanced(monkeypatch: pytest.MonkeyPatch) -> None:
    same, other = box(0.3), box(0.2)
    things = [thing(f"/s{n}", same, moved(n, 0, -5)) for n in range(4)] + [
        thing("/o", other),
        thing("/r", rock(40, "big")),
    ]
    assert geometry.instanced(things) == {5}
    monkeypatch.setattr(geometry, "MANY", 48)
    assert geometry.instanced(things) == {0, 1, 2, 3, 5}
    monkeypatch.setattr(geometry, "MANY", 49)
    assert geometry.instanced(things) == {5}


@pytest.mark.parametrize("large", [0, 10**9])
def test_things_flattened_to_nothing(large: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scale of 0 in one axis leaves a plane, which is seen; in all axes nothing."""
    monkeypatch.setattr(geometry, "LARGE", large)
    flat = thing("/flat", box(), moved(z=-4) @ np.diag([2.0, 2.0, 0.0, 1.0]), "flat")
    gone = thing("/gone", box(), moved(z=-3) @ np.diag([0.0, 0.0, 0.0, 1.0]), "gone")
    found = trace(scene(flat, gone, thing("/front", quad(1, 9), moved(-0.5, 0, -2))), camera(size=(40, 40), focal=40))
    assert (found[Aov.INSTANCE][10:30, 20:30] == 0).all() and not (found[Aov.INSTANCE] == 1).any()
    np.testing.assert_allclose(found[Aov.DEPTH][10:30, 20:30], 4, rtol=1e-5)
    np.testing.assert_allclose(
        np.abs(found[Aov.NORMAL][10:30, 20:30]), np.broadcast_to([0, 0, 1], (20, 10, 3)), atol=1e-3
    )
    assert len(found[Aov.COVERAGE]) == 400


def test_a_missing_library_and_a_full_memory_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(embree, "Path", lambda _: Path("/nowhere/embreex/rtcore.so"))
        with pytest.raises(
            ImportError, match=r"no Embree library in /nowhere/embreex.libs, .*; expected the wheel of embreex 4"
        ):
            embree.library.__wrapped__()
    mesh, real = box(), embree.library()
    assert triangle_tree(mesh).handle

    class Full:
        def __getattr__(self, name: str) -> object:
            return (lambda *_: None) if name == "rtcSetNewGeometryBuffer" else getattr(real, name)

    monkeypatch.setattr(embree, "library", Full)
    with pytest.raises(MemoryError, match=r"no room for a mesh of 12 triangles; expected enough memory: make the mesh"):
        triangle_tree(mesh)


def test_many_trees_live_in_one_process() -> None:
    """Embree crashes with hundreds of devices; 3,000 meshes are seen, then forgotten within the limit."""
    device, small = EmbreeDevice(), rock(3, "")
    for make in (lambda mesh: geometry.MeshTree(device, mesh), triangle_tree):
        meshes = hits.KeptTrees(make)
        for n in range(3000):
            meshes[Mesh(f"m{n}", small.points, small.triangles)]
        assert len(meshes) == 3000


def test_meshes_not_used_for_longest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hits, "KEPT_TRIANGLES", 30)
    meshes, boxes = hits.KeptTrees(triangle_tree), [box(key=str(n)) for n in range(3)]
    first = meshes[boxes[0]]
    meshes[boxes[1]]
    assert meshes[boxes[0]] is first
    meshes[boxes[2]]
    assert len(meshes) == 2 and meshes[boxes[0]] is first


def test_rectangles_hold_every_pixel_of_a_thing() -> None:
    rng, compared = np.random.default_rng(3), 0
    for _ in range(150):
        item = thing(
            "/a", box(rng.uniform(0.2, 2)), moved(*rng.uniform(-3, 3, 3)) @ turned(*rng.uniform(0, 180, 3)), "a"
        )
        flat = bool(rng.random() < 0.3)
        view = camera(
            look_at(rng.uniform(-4, 4, 3)), (40, 30), 25.0, near=0.3, far=6.0, orthographic=flat, ortho_size=(4.0, 3.0)
        )
        y, x = np.nonzero(trace(scene(item), view)[Aov.INSTANCE] == 0)
        found = projected_rectangle(item, view)
        if len(x) == 0:
            continue
        assert found is not None
        assert found[0] <= x.min() and found[1] <= y.min() and found[2] > x.max() and found[3] > y.max()
        compared += 1
    assert compared > 60


def test_a_hull_is_clipped_at_a_plane() -> None:
    corners = np.array([[0, 0, 0], [0, 0, -4], [2, 0, -4.0]])
    near = clip(corners, -1.0, below=True)
    assert sorted(near.tolist()) == [[0, 0, -4], [0, 0, -1], [0.5, 0, -1], [2, 0, -4]]
    assert len(clip(corners, 1.0, below=False)) == 0 and clip(corners, 1.0, below=True) is corners


def test_labels_do_not_load_mitsuba() -> None:
    program = """
import sys
from engine.annotate.registry import annotators
from engine.render.frame import FrameRenderer
from engine.render.buffers import Aov, COLOR_AOVS, PASS_AOVS, RenderSettings
from tests.annotate.building import box, camera, moved, scene, thing
annotators()
snapshot = scene(thing("/a", box(), moved(z=-3), "x"))
FrameRenderer().render(snapshot, camera(size=(8, 8)), frozenset(Aov) - COLOR_AOVS - PASS_AOVS, 0, RenderSettings())
print(sorted(m for m in sys.modules if m in ("mitsuba", "drjit", "pyoidn")))
"""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("rings", [12, 40])  # baked to the world, and a tree of its own
def test_no_ray_slips_through_where_triangles_meet(rings: int) -> None:
    """Rays near the pole of a ball run along edges; each hits the near side."""
    snapshot, tracer = scene(thing("/ball", rock(rings, "ball"), moved(z=-10), "ball")), LabelTracer()
    tracer.take(snapshot)
    steps = (np.arange(64) + 0.5) / 64 * 0.02 - 0.01
    x, y = (a.ravel() for a in np.meshgrid(steps, steps))
    directions = np.stack([x, y, np.full_like(x, -1)], 1).astype(np.float32)
    found = tracer.follow(np.zeros_like(directions), directions)
    assert (found.instance == 0).all()
    assert found.parameter.max() < 9.6
