"""Boxes and occlusion against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from engine.annotate.bounding_box_2d import instance_extents
from engine.render.lenses import POLYNOMIAL
from tests.annotate.building import annotate, box, camera, labelled, look_at, moved, quad, scene, thing, turned

VIEW = camera(size=(100, 80), focal=100)


def numbers(row: np.void) -> list[float]:
    return [int(row[k]) for k in ("x_min", "y_min", "x_max", "y_max")]


def test_a_square_of_known_size() -> None:
    """1 m at 5 m, focal length 100 px: 20 px about the centre (50, 40)."""
    snapshot = scene(thing("/a", quad(), moved(z=-5), "square"))
    for name in ("bounding_box_2d_tight", "bounding_box_2d_loose"):
        out = annotate(name, snapshot, VIEW)
        assert out.data is not None and [numbers(r) for r in out.data] == [[40, 30, 59, 49]]
        assert out.data["occlusionRatio"].tolist() == [0.0] and out.data["semanticId"].tolist() == [0]
        assert out.info["idToLabels"] == {"0": {"class": "square"}} and out.info["primPaths"] == ["/a"]
        assert out.info["bboxIds"].dtype == np.uint32 and out.info["bboxIds"].tolist() == [0]
    assert list(annotate("bounding_box_2d_tight_fast", snapshot, VIEW).info["idToLabels"]) == [0]


def test_a_square_half_out_of_frame() -> None:
    snapshot = scene(thing("/a", quad(), moved(x=-2.5, z=-5), "square"))
    tight, loose = (annotate(f"bounding_box_2d_{k}", snapshot, VIEW).data for k in ("tight", "loose"))
    assert tight is not None and loose is not None
    assert numbers(tight[0]) == [0, 30, 9, 49] and numbers(loose[0]) == [-10, 30, 9, 49]
    area = [(r["x_max"] - r["x_min"] + 1) * (r["y_max"] - r["y_min"] + 1) for r in (tight[0], loose[0])]
    assert area[0] / area[1] == pytest.approx(0.5, abs=0.01)
    assert tight[0]["occlusionRatio"] == 0.0


def test_a_square_half_behind_another() -> None:
    """A nearer square of the same image size hides its right half; the fully hidden one has no tight box."""
    front = thing("/front", quad(), moved(x=0.4, z=-4), "front")
    back, lost = thing("/back", quad(), moved(z=-5), "back"), thing("/lost", quad(0.1, 0.1), moved(x=0.6, z=-6), "lost")
    snapshot = scene(back, front, lost)
    tight, loose = (annotate(f"bounding_box_2d_{k}", snapshot, VIEW) for k in ("tight", "loose"))
    assert tight.info["primPaths"] == ["/back", "/front"] and loose.info["primPaths"] == ["/back", "/front", "/lost"]
    assert tight.data is not None and loose.data is not None
    expected = 1 - (47.5 - 40) / 20
    assert tight.data["occlusionRatio"] == pytest.approx([expected, 0.0], abs=0.03)
    assert loose.data["occlusionRatio"][2] == 1.0
    half = scene(thing("/back", quad(), moved(z=-5), "back"), thing("/front", quad(), moved(x=0.5, z=-4.99), "front"))
    found = annotate("occlusion", half, VIEW).data
    assert found is not None and found["occlusionRatio"] == pytest.approx([0.5, 0.0], abs=0.01)


def test_occlusion_ids_are_those_of_the_masks() -> None:
    snapshot = scene(thing("/x", quad(), moved(y=9, z=-5), "away"), thing("/a", quad(), moved(z=-5), "square"))
    found = annotate("occlusion", snapshot, VIEW).data
    masks = [
        np.unique(annotate(n, snapshot, VIEW).data).tolist() for n in ("instance_segmentation", "semantic_segmentation")
    ]
    assert found is not None and found.tolist() == [(3, 3, 0.0)] and masks == [[0, 3], [0, 3]]


def test_a_prim_of_several_meshes_is_one() -> None:
    """Two halves that overlap each other are not hidden by each other; an unlabelled wall in front hides a quarter."""
    group = (labelled("/cow", np.eye(4), **{"class": "cow"}),)
    left, right = (
        thing("/cow/l", quad(1, 1), moved(-0.5, 0, -5), group),
        thing("/cow/r", quad(1.2, 1), moved(0.4, 0, -5.01), group),
    )
    whole = scene(left, right)
    assert annotate("bounding_box_2d_tight", whole, VIEW).data["occlusionRatio"].tolist() == [0.0]  # type: ignore[index]
    wall = thing("/wall", quad(0.5, 2), moved(-0.75 * 0.8, 0, -4))
    found = annotate("bounding_box_2d_tight", scene(left, right, wall), VIEW).data
    assert found is not None and found["occlusionRatio"][0] == pytest.approx(0.25, abs=0.03)
    assert annotate("occlusion", scene(left, right, wall), VIEW).data["occlusionRatio"] == pytest.approx(
        found["occlusionRatio"]
    )  # type: ignore[index]


def test_a_labelled_parent_has_a_box_around_its_children() -> None:
    herd, cow = labelled("/herd", np.eye(4), **{"class": "herd"}), labelled("/herd/cow", np.eye(4), **{"class": "cow"})
    things = [
        thing("/herd/cow", quad(), moved(-1, 0, -5), (cow, herd)),
        thing("/herd/fence", quad(), moved(1, 0.5, -5), (herd,)),
    ]
    out = annotate("bounding_box_2d_tight", scene(*things), VIEW)
    assert out.data is not None and out.info["primPaths"] == ["/herd", "/herd/cow"]
    assert [numbers(r) for r in out.data] == [[20, 20, 79, 49], [20, 30, 39, 49]]
    assert out.info["idToLabels"] == {"0": {"class": "cow,herd"}, "1": {"class": "herd"}}
    assert out.data["semanticId"].tolist() == [1, 0]


def test_solid_boxes_are_local_and_in_stage_units() -> None:
    """A centimetre stage: a 60 cm box 2 m ahead, turned; its labelled parent holds a second, offset box."""
    unit = np.diag([0.01, 0.01, 0.01, 1.0])
    frame = moved(0.1, 0, -2) @ turned(z=30) @ unit
    group = (labelled("/g", frame, **{"class": "pair"}),)
    things = [
        thing("/g/a", box(30), frame, group),
        thing("/g/b", box(10), frame @ moved(50, 0, 0) @ turned(z=45), group),
    ]
    out = annotate("bounding_box_3d", scene(*things, meters_per_unit=0.01), VIEW)
    assert out.data is not None and len(out.data) == 1
    row, half = out.data[0], 10 * 2**0.5
    low, high = ([float(row[f"{a}_{e}"]) for a in "xyz"] for e in ("min", "max"))
    assert low == [-30, -30, -30] and high == pytest.approx([50 + half, 30, 30], abs=1e-4)
    expected = (moved(10, 0, -200) @ turned(z=30)).T
    np.testing.assert_allclose(row["transform"], expected, atol=1e-5)
    assert row["transform"][3, :3].tolist() == [10, 0, -200]


def test_boxes_all_around_and_in_view() -> None:
    things = [
        thing("/ahead", box(), moved(z=-3), "a"),
        thing("/behind", box(), moved(z=3), "b"),
        thing("/far", box(), moved(z=-2000), "c"),
    ]
    assert annotate("bounding_box_3d", scene(*things), VIEW).info["primPaths"] == ["/ahead"]
    around = annotate("bounding_box_3d_360", scene(*things), VIEW)
    assert around.info["primPaths"] == ["/ahead", "/behind", "/far"]
    assert (
        around.data is not None
        and around.data["occlusionRatio"][0] == 0
        and np.isnan(around.data["occlusionRatio"][1:]).all()
    )


def test_what_reaches_behind_the_camera_is_cut_at_the_near_plane() -> None:
    """A strip on the ground from 10 m ahead to 10 m behind: its image ends where it meets the near plane."""
    strip = thing("/road", quad(1, 20), moved(y=-1) @ turned(x=-90), "road")
    out = annotate("bounding_box_2d_loose", scene(strip), camera(size=(100, 80), focal=100, near=0.5))
    assert out.data is not None and numbers(out.data[0]) == [-50, 50, 149, 239]
    assert annotate("bounding_box_2d_tight", scene(strip), VIEW).data is not None


FISHEYE = {"fthetaWidth": 512.0, "fthetaHeight": 512.0, "fthetaCx": 256.0, "fthetaCy": 256.0, "fthetaMaxFov": 180.0,
           **dict.fromkeys(POLYNOMIAL, 0.0), "fthetaPolyB": 0.00245}  # fmt: skip
OPENCV = {**FISHEYE, "openCVFx": 400.0, "openCVFy": 400.0}


@pytest.mark.parametrize(
    ("model", "attributes", "visible"),
    [
        ("pinhole", {}, [0.906, 1.0, 0.927]),
        ("generalizedProjection", {}, [0.906, 1.0, 0.927]),
        ("fisheyePolynomial", FISHEYE, [0.907, 1.0, 0.925]),
        ("pinholeOpenCV", OPENCV, [0.913, 1.0, 0.928]),
    ],
)
def test_visibilities_recorded_from_isaac_sim(model: str, attributes: dict[str, float], visible: list[float]) -> None:
    """PoseWriter golden data of Isaac Sim 6.0: three cubes seen from (-4, -4, 8), 512 x 512, four lens models."""
    matrices = [np.eye(4), moved(-1, -1) @ turned(z=45), moved(1, 1) @ turned(75, 65) @ np.diag([1.5, 0.5, 1, 1])]
    cubes = [thing(f"/World/Cube{n}", box(key="cube"), m, f"cube{n}") for n, m in enumerate(matrices)]
    view = camera(
        look_at((-4, -4, 8)), (512, 512), 24 * 512 / 20.955, near=1.0, far=1e6, model=model, attributes=attributes
    )
    found = annotate("bounding_box_3d", scene(*cubes), view).data
    assert found is not None and np.round(1 - found["occlusionRatio"], 3) == pytest.approx(visible, abs=1e-6)
    for row, matrix in zip(found, matrices, strict=True):
        np.testing.assert_allclose(row["transform"], matrix.T, atol=1e-6)
        assert [row["x_min"], row["y_min"], row["z_min"], row["x_max"], row["y_max"], row["z_max"]] == [-0.5] * 3 + [
            0.5
        ] * 3


def test_extents_of_any_image_are_scipy_s() -> None:
    random = np.random.default_rng(5)
    for shape in ((1, 1), (7, 5), (1, 40), (40, 1), (33, 64)):
        image = random.integers(-1, 12, shape).astype(np.int32)
        found = instance_extents(image, 14)
        slices = ndimage.find_objects(image + 1, 14)
        assert len(slices) == len(found) == 14
        for rectangle, expected in zip(found.tolist(), slices, strict=True):
            assert (rectangle[2] < 0) == (expected is None)
            if expected is not None:
                rows, columns = expected
                assert rectangle == [columns.start, rows.start, columns.stop - 1, rows.stop - 1]
