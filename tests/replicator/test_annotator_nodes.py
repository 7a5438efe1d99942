"""Annotators from Python OmniGraph nodes of an extension folder, and from render variables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pxr import Usd

import engine.replicator as rep
from engine.annotate.bounding_box_3d import BOX_3D
from engine.kit import ext_folders
from engine.kit.syntheticdata import NodeConnectionTemplate
from engine.kit.syntheticdata_helpers import get_bbox_3d_corners, get_projection_matrix
from engine.replicator.annotator import AnnotatorError
from tests.replicator.small_stage import HEIGHT, SIZE, floor_with_boxes, from_above, seen_from_above

NODE = '''
import numpy as np


class OgnSizes:
    """Size of each box, its class, and its centre's distance from the camera in the camera's frame."""

    @staticmethod
    def compute(db):
        boxes = np.frombuffer(db.inputs.boxes.tobytes(), np.dtype(
            [("id", "<u4"), ("low", "<f4", 3), ("high", "<f4", 3), ("transform", "<f4", (4, 4)), ("hidden", "<f4")]))
        if db.inputs.fail:
            db.log_error("it was told to fail")
            return False
        result = np.zeros(len(boxes), [("id", "<u4"), ("size", "<f4", 3), ("depth", "<f4")])
        result["id"] = boxes["id"]
        result["size"] = (boxes["high"] - boxes["low"]) * db.inputs.factor
        centres = np.array([np.append((b["low"] + b["high"]) / 2, 1) @ b["transform"] for b in boxes])
        result["depth"] = -(centres @ db.inputs.cameraViewTransform)[:, 2]
        db.outputs.data = np.frombuffer(result.tobytes(), np.uint8)
        count, tokens = db.inputs.sdIMNumSemantics, db.inputs.sdIMNumSemanticTokens
        db.outputs.paths = db.inputs.sdIMSemanticTokenMap[::tokens]
        db.outputs.labels = db.inputs.sdIMSemanticTokenMap[1::tokens]
        db.outputs.idToLabels = '{"0": {"class": "crate"}}'
        worlds = db.inputs.sdIMSemanticWorldTransform.view(np.float32).reshape(count, 4, 4)
        db.outputs.places = worlds[:, 3, :3].tolist()
        extents = db.node.get_attribute("inputs:extents").get_array(False, False, 0)
        db.outputs.extents = extents.view(np.int32).reshape(count, 4).tolist()
        db.outputs.resolution = [db.inputs.width, db.inputs.height]
        return True
'''
DESCRIPTION = """{"Sizes": {"version": 1, "inputs": {
    "exec": {"type": "execution"}, "boxes": {"type": "uchar[]"}, "extents": {"type": "uchar[]"},
    "cameraViewTransform": {"type": "matrixd[4]"}, "factor": {"type": "float", "default": 1.0},
    "fail": {"type": "bool"}, "width": {"type": "uint"}, "height": {"type": "uint"},
    "sdIMNumSemantics": {"type": "uint"}, "sdIMNumSemanticTokens": {"type": "uint"},
    "sdIMSemanticTokenMap": {"type": "token[]"}, "sdIMSemanticWorldTransform": {"type": "float[]"}},
    "outputs": {}}}"""
RECORD = np.dtype([("id", "<u4"), ("size", "<f4", (3,)), ("depth", "<f4")])
EXTENTS = "SemanticBoundingBox2DExtentTightSDExportRawArray"


@pytest.fixture
def extension(tmp_path: Path) -> Iterator[None]:
    """An extension of one node, laid out as in the source tree."""
    folder = tmp_path / "measuring.tape"
    (folder / "config").mkdir(parents=True)
    (folder / "config" / "extension.toml").write_text('[[python.module]]\nname = "measuring.tape"\n')
    (folder / "python" / "nodes").mkdir(parents=True)
    (folder / "python" / "nodes" / "OgnSizes.py").write_text(NODE)
    (folder / "python" / "nodes" / "OgnSizes.ogn").write_text(DESCRIPTION)
    before = dict(ext_folders._modules), dict(ext_folders._extensions)
    ext_folders.add_folder(folder)
    yield
    ext_folders._modules.clear()
    ext_folders._modules.update(before[0])
    ext_folders._extensions.clear()
    ext_folders._extensions.update(before[1])
    for name in ("sizes", "gate"):
        rep.AnnotatorRegistry._custom.pop(name, None)


def register(**inputs: object) -> None:
    rep.annotators.register_annotator_from_node(
        name="gate",
        input_rendervars=[NodeConnectionTemplate("PostProcessDispatcher"), NodeConnectionTemplate("CameraParams")],
        node_type_id="omni.graph.action.RationalTimeSyncGate",
    )
    rep.annotators.register_annotator_from_node(
        name="sizes",
        input_rendervars=[
            NodeConnectionTemplate("gate", attributes_mapping={"outputs:execOut": "inputs:exec"}),
            NodeConnectionTemplate("bounding_box_3d", attributes_mapping={"outputs:data": "inputs:boxes"}),
            NodeConnectionTemplate(EXTENTS, attributes_mapping={"outputs:data": "inputs:extents"}),
            "InstanceMappingWithTransforms",
            "CameraParams",
        ],
        node_type_id="measuring.tape.Sizes",
        init_params=inputs,
        output_data_type=RECORD,
    )


def test_a_node_of_an_extension_runs_on_every_frame(extension: None) -> None:
    floor_with_boxes()
    register(factor=10.0)
    annotator = rep.annotators.get("sizes", init_params={"semanticTypes": ["class"]}).attach(from_above())
    rep.orchestrator.step()
    found = annotator.get_data()
    data, info = found["data"], found["info"]
    assert data.dtype == RECORD and data["id"].tolist() == [0, 1]
    np.testing.assert_allclose(data["size"], np.full((2, 3), 10), rtol=1e-5)  # cubes of size 1 in their own frames
    np.testing.assert_allclose(data["depth"], [HEIGHT - 1, HEIGHT - 0.5], rtol=1e-5)
    assert [path.rpartition("/")[2] for path in info["paths"]] == ["Crate", "Parcel"]
    assert info["labels"] == ["class:crate", "class:parcel"] and info["idToLabels"] == {"0": {"class": "crate"}}
    np.testing.assert_allclose(info["places"], [[0, 0, 1], [3, 1, 0.5]], atol=1e-6)
    owner = seen_from_above().owner
    expected = [[*np.argwhere(owner == n).min(0)[::-1], *np.argwhere(owner == n).max(0)[::-1]] for n in (1, 2)]
    assert info["extents"] == np.array(expected).tolist() and info["resolution"] == list(SIZE)


def test_what_no_pixel_shows_has_no_extent(extension: None) -> None:
    floor_with_boxes()
    register()
    rep.functional.create.cube(position=(0, 0, 50), name="Behind", semantics={"class": "behind"})
    annotator = rep.annotators.get("sizes").attach(from_above())
    rep.orchestrator.step()
    info = annotator.get_data()["info"]
    assert info["extents"][2][0] == 2**31 - 1 and info["labels"][2] == "class:behind"


def test_a_node_that_fails_is_told(extension: None) -> None:
    floor_with_boxes()
    register(fail=True)
    rep.annotators.get("sizes").attach(from_above())
    with pytest.raises(AnnotatorError, match=r"annotator 'sizes': node 'measuring.tape.Sizes' failed; expected inputs"):
        rep.orchestrator.step()


def test_inputs_that_nothing_gives_are_told(extension: None, stage: Usd.Stage) -> None:
    rep.annotators.register_annotator_from_node("sizes", ["Lidar"], "measuring.tape.Sizes")
    with pytest.raises(AnnotatorError, match=r"annotator 'sizes': nothing here gives 'Lidar'; expected annotators or"):
        rep.annotators.get("sizes").attach(from_above())


def test_nodes_that_are_nowhere_are_told(stage: Usd.Stage) -> None:
    rep.annotators.register_annotator_from_node("sizes", ["rgb"], "nowhere.at.all.Sizes")
    with pytest.raises(
        AnnotatorError, match=r"'sizes' needs 'nowhere.at.all.Sizes', which the embedded engine does not"
    ):
        rep.annotators.get("sizes").attach(from_above())
    rep.AnnotatorRegistry.unregister_annotator("sizes")


def test_render_variables_by_syntheticdatas_names() -> None:
    floor_with_boxes()
    rep.annotators.register_annotator_from_aov("DistanceToImagePlaneSD", name="my_depth")
    annotator = rep.annotators.get("my_depth").attach(from_above())
    rep.orchestrator.step()
    np.testing.assert_allclose(annotator.get_data(), seen_from_above().depth, rtol=1e-5)
    assert annotator.get_name() == "my_depth" and annotator.template_name == "distance_to_image_plane"
    rep.AnnotatorRegistry.unregister_annotator("my_depth")


def test_corners_of_boxes_as_syntheticdata_orders_them() -> None:
    rng = np.random.default_rng(4)
    rows = np.zeros(3, BOX_3D)
    for row in rows:
        low = rng.normal(size=3)
        row["x_min"], row["y_min"], row["z_min"] = low
        row["x_max"], row["y_max"], row["z_max"] = low + rng.uniform(0.1, 2, 3)
        row["transform"] = rng.normal(size=(4, 4))
        row["transform"][:, 3] = 0, 0, 0, 1
    found = get_bbox_3d_corners(rows)
    assert found.shape == (3, 8, 3)
    for number, row in enumerate(rows):
        ends = [(row[f"{axis}_min"], row[f"{axis}_max"]) for axis in "xyz"]
        corners = [(x, y, z, 1) for z in ends[2] for y in ends[1] for x in ends[0]]
        np.testing.assert_allclose(found[number], (np.array(corners) @ row["transform"])[:, :3], rtol=1e-5)


def test_a_projection_matrix_as_syntheticdata_writes_it() -> None:
    matrix = get_projection_matrix(np.pi / 2, 2.0, 1.0, 5.0)
    edge = np.array([3.0, 1.5, -3.0, 1.0]) @ matrix  # on the right and upper edge, 3 ahead
    np.testing.assert_allclose(edge[:2] / edge[3], [1, -1], atol=1e-12)
    for z, expected in ((-1.0, 0.0), (1.0, 2.5), (5.0, 1.5)):
        clip = np.array([0, 0, z, 1.0]) @ matrix
        np.testing.assert_allclose(clip[2] / clip[3], expected, atol=1e-12)
