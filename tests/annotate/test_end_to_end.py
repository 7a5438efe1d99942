"""From a USD stage through the reader and the public API to what scripts get."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, UsdSemantics, Vt

import engine.replicator as rep
from engine.carb.settings import get_settings
from engine.replicator import orchestrator
from engine.replicator.viewport_manager import create_render_product
from engine.usd_context import get_context

SUBSETS = "/syntheticdata/sensors/perSubsetSegmentation"


@pytest.fixture
def stage() -> Iterator[Usd.Stage]:
    orchestrator.stop()
    orchestrator.set_capture_on_play(False)
    get_context().new_stage()
    stage = get_context().get_stage()
    assert stage is not None
    UsdGeom.SetStageMetersPerUnit(stage, 0.01)
    camera = UsdGeom.Camera.Define(stage, "/Camera")
    camera.AddTranslateOp().Set((0, 0, 500))
    camera.CreateFocalLengthAttr(20.955)
    camera.CreateHorizontalApertureAttr(20.955)
    yield stage
    get_settings().destroy_item("/syntheticdata")
    orchestrator.stop()


def label(prim: Usd.Prim, name: str) -> None:
    api = UsdSemantics.LabelsAPI.Apply(prim, "class")
    api.CreateLabelsAttr().Set(Vt.TokenArray([name]))


def square(stage: Usd.Stage, path: str, x: float = 0.0, z: float = 0.0, half: float = 50.0) -> Usd.Prim:
    mesh = UsdGeom.Mesh.Define(stage, path)
    mesh.CreatePointsAttr([(-half, -half, 0), (half, -half, 0), (half, half, 0), (-half, half, 0)])
    mesh.CreateFaceVertexCountsAttr([4])
    mesh.CreateFaceVertexIndicesAttr([0, 1, 2, 3])
    mesh.AddTranslateOp().Set(Gf.Vec3d(x, 0, z))
    return mesh.GetPrim()


def captured(*names: str, **params: object) -> list[object]:
    """Data of one step through a 100 x 80 render product, focal length 100 pixels."""
    product = create_render_product("/Camera", (100, 80))
    annotators = [rep.annotators.get(name, init_params=params or None) for name in names]
    for annotator in annotators:
        annotator.attach(product)
    rep.orchestrator.step()
    found = [annotator.get_data() for annotator in annotators]
    for annotator in annotators:
        annotator.detach()
    product.destroy()
    return found


def test_boxes_masks_and_depth_of_a_centimetre_stage(stage: Usd.Stage) -> None:
    label(square(stage, "/World/a"), "square")
    square(stage, "/World/wall", z=-500, half=5000)
    tight, solid, mask, depth = captured(
        "bounding_box_2d_tight", "bounding_box_3d_fast", "semantic_segmentation", "distance_to_image_plane"
    )
    assert tight["data"].tolist() == [(0, 40, 30, 59, 49, 0.0)] and tight["info"]["primPaths"] == ["/World/a"]
    row = solid["data"][0]
    assert [row["x_min"], row["y_max"], row["transform"][3, 0]] == [-50, 50, 0] and solid["info"]["idToLabels"][0] == {
        "class": "square"
    }
    assert (mask["data"] == 2).sum() == 400 and (mask["data"] == 1).sum() == 7600
    np.testing.assert_allclose(depth, np.where(mask["data"] == 2, 5.0, 10.0), rtol=1e-5)


def test_labels_come_down_from_parents_and_join(stage: Usd.Stage) -> None:
    label(UsdGeom.Xform.Define(stage, "/World/herd").GetPrim(), "herd")
    label(square(stage, "/World/herd/cow", x=-100), "cow")
    square(stage, "/World/herd/dog", x=100)
    (semantic,) = captured("semantic_segmentation")
    names = {int(key): value["class"] for key, value in semantic["info"]["idToLabels"].items()}
    assert names == {0: "BACKGROUND", 1: "UNLABELLED", 2: "cow,herd", 3: "herd"}


def test_two_captures_make_motion(stage: Usd.Stage) -> None:
    prim = square(stage, "/World/a")
    product = create_render_product("/Camera", (100, 80))
    annotator = rep.annotators.get("motion_vectors").attach(product)
    rep.orchestrator.step()
    assert not annotator.get_data().any()
    UsdGeom.Xformable(prim).GetOrderedXformOps()[0].Set(Gf.Vec3d(-10, 5, 0))
    rep.orchestrator.step()
    motion = annotator.get_data()
    np.testing.assert_allclose(motion[39, 49, :2], [2.0, 1.0], atol=1e-3)
    rep.orchestrator.step()
    assert not annotator.get_data().any()
    annotator.detach()


@pytest.mark.parametrize("subsets", [False, True])
def test_subset_labels_follow_their_setting(stage: Usd.Stage, subsets: bool) -> None:
    mesh = UsdGeom.Mesh.Define(stage, "/World/pair")
    mesh.CreatePointsAttr([(-100, -50, 0), (0, -50, 0), (100, -50, 0), (-100, 50, 0), (0, 50, 0), (100, 50, 0)])
    mesh.CreateFaceVertexCountsAttr([4, 4])
    mesh.CreateFaceVertexIndicesAttr([0, 1, 4, 3, 1, 2, 5, 4])
    for face in range(2):
        subset = stage.DefinePrim(f"/World/pair/face_{face}", "GeomSubset")
        subset.CreateAttribute("elementType", Sdf.ValueTypeNames.Token).Set("face")
        subset.CreateAttribute("familyName", Sdf.ValueTypeNames.Token).Set("materialBind")
        subset.CreateAttribute("indices", Sdf.ValueTypeNames.IntArray).Set([face])
        label(subset, f"face_{face}")
    get_settings().set(SUBSETS, subsets)
    (semantic,) = captured("semantic_segmentation")
    classes = {value["class"] for value in semantic["info"]["idToLabels"].values()}
    assert classes == {"BACKGROUND", "UNLABELLED"} | ({"face_0", "face_1"} if subsets else set())
    assert np.unique(semantic["data"]).tolist() == ([0, 2, 3] if subsets else [0, 1])
