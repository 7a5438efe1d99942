"""DOPEWriter, YCBVideoWriter and DataVisualizationWriter of one turned box seen from straight above, in closed form."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image
from scipy.io import loadmat

import engine.replicator as rep
from engine.isaac.replicator_writers import DOPEWriter, YCBVideoWriter
from engine.isaac.replicator_writers.ycb_video_writer import inverse_depth

SIZE = 64
FOCAL = SIZE * 24 / 20.955  # pixels, of the default camera
CONFIG = {
    "WIDTH": SIZE,
    "HEIGHT": SIZE,
    "CAMERA_ROTATION": [180, 0, 0],
    "CLASS_NAME_TO_INDEX": {"_03_box": 7},
    "F_X": FOCAL,
    "F_Y": FOCAL,
    "C_X": 32,
    "C_Y": 32,
}


def box(at=(1, 2, 0)):
    rep.orchestrator.set_capture_on_play(False)
    rep.functional.create.dome_light(intensity=500)
    return rep.functional.create.cube(
        position=at, rotation=(0, 0, 90), scale=(2, 1, 1), name="Box", semantics={"class": "_03_box"}
    )


def capture(writer):
    camera = rep.functional.create.camera(position=(1, 2, 10), look_at=(1, 2, 0))
    writer.attach(rep.create.render_product(camera, (SIZE, SIZE), name="view"))
    rep.orchestrator.step()
    rep.orchestrator.wait_until_complete()
    writer.detach()


def area(points) -> float:
    return float(np.prod(np.ptp(np.asarray(points), axis=0)))


def test_dope_in_centimetres_with_nine_points(tmp_path, fresh_stage):
    box()
    DOPEWriter.register_pose_annotator(config_data=CONFIG)
    writer = DOPEWriter.setup_writer(CONFIG, {"output_folder": str(tmp_path), "use_s3": False})
    capture(writer)
    assert sorted(path.name for path in tmp_path.glob("0*")) == ["000000.json", "000000.png"]
    record = json.loads((tmp_path / "000000.json").read_text())
    (found,) = record["objects"]
    assert writer.is_last_frame_valid() and record["camera_data"] == {}
    assert (found["class"], found["visibility"]) == ("003_box", 1.0)
    assert found["location"] == pytest.approx([0, 0, 1000], abs=1e-3)  # 10 m ahead, +Z
    points = np.array(found["projected_cuboid"])
    assert points.shape == (9, 2) and points[8] == pytest.approx([32, 32], abs=1e-3)
    assert area(points[:4]) == pytest.approx(2 * (FOCAL / 9.5) ** 2, rel=1e-4)  # 2 m by 1 m, half a metre nearer
    assert area(points[4:8]) == pytest.approx(2 * (FOCAL / 10.5) ** 2, rel=1e-4)


def test_nothing_is_written_of_frames_without_an_object(tmp_path, fresh_stage):
    box(at=(100, 0, 0))
    for kind, name in ((DOPEWriter, "dope"), (YCBVideoWriter, "ycb")):
        kind.register_pose_annotator(CONFIG)
        writer = kind.setup_writer(CONFIG, {"output_folder": str(tmp_path / name), "train_size": 1})
        capture(writer)
        assert not writer.is_last_frame_valid()
    assert not list(tmp_path.rglob("000000*"))


def test_ycb_video(tmp_path, fresh_stage):
    box()
    YCBVideoWriter.register_pose_annotator(config_data=CONFIG)
    writer = YCBVideoWriter.setup_writer(CONFIG, {"output_folder": str(tmp_path), "train_size": 2})
    capture(writer)
    folder = tmp_path / "data" / "YCB_Video"
    assert (folder / "train.txt").read_text() == "0000/000000\n0000/000001\n"
    names = ["box.txt", "color.png", "depth.png", "label.png", "meta.mat"]
    assert sorted(path.name for path in (folder / "data" / "0000").iterdir()) == [f"000000-{name}" for name in names]
    stem = folder / "data" / "0000" / "000000"
    meta = loadmat(f"{stem}-meta.mat")
    assert meta["cls_indexes"].ravel().tolist() == [7] and meta["factor_depth"].item() == 10000
    assert meta["poses"].shape == (3, 4, 1) and meta["poses"][:, 3, 0] == pytest.approx([0, 0, 10], abs=1e-5)
    turn = meta["poses"][:, :3, 0]
    assert turn @ turn.T == pytest.approx(np.eye(3), abs=1e-6) and np.linalg.det(turn) == pytest.approx(1)
    assert meta["center"].ravel() == pytest.approx([32, 32], abs=1e-3)
    label = np.asarray(Image.open(f"{stem}-label.png"))
    assert set(np.unique(label)) == {0, 7}
    name, *sides = (f"{stem}-box.txt", *(folder / "data" / "0000" / "000000-box.txt").read_text().split())
    rows, columns = np.nonzero(label == 7)
    assert [int(v) for v in sides[1:]] == [columns.min(), rows.min(), columns.max(), rows.max()] and name
    depth = np.asarray(Image.open(f"{stem}-depth.png"))
    assert depth[32, 32] == 255 and depth[0, 0] == 0


def test_inverse_depth_grows_as_things_come_nearer():
    assert inverse_depth(np.array([[1.0, 2.0], [4.0, np.inf]])).tolist() == [[255, 127], [63, 0]]


@pytest.mark.parametrize("background", [None, "rgb", "normals"])
def test_boxes_are_drawn(tmp_path, fresh_stage, background):
    box()
    flat = {"background": background, "outline": "red", "width": 1}
    writer = rep.writers.get("DataVisualizationWriter")
    writer.initialize(
        output_dir=str(tmp_path),
        bounding_box_2d_tight=True,
        bounding_box_2d_tight_params=flat,
        bounding_box_3d=True,
        bounding_box_3d_params={"background": background, "fill": "lime"},
    )
    capture(writer)
    names = ["bounding_box_2d_tight_fast_0000.png", "bounding_box_3d_fast_0000.png"]
    assert sorted(path.name for path in (tmp_path / "view").iterdir()) == names
    for name, colour in zip(names, ((255, 0, 0), (0, 255, 0)), strict=True):
        picture = np.asarray(Image.open(tmp_path / "view" / name).convert("RGB")).astype(int)
        drawn = np.argwhere((picture == colour).all(axis=2))
        half = np.sort(np.ptp(drawn, axis=0)) / 2
        assert half == pytest.approx([FOCAL / 9.5 / 2, FOCAL / 9.5], abs=1.0)


def test_unknown_backgrounds_are_told_and_left_out(tmp_path, capsys):
    params = {"background": "depth"}
    rep.writers.get(
        "DataVisualizationWriter",
        {"output_dir": str(tmp_path), "bounding_box_3d": True, "bounding_box_3d_params": params},
    )
    assert "background='depth' was given; expected rgb or normals" in "".join(capsys.readouterr())


def test_a_camera_frame_is_asked_for(tmp_path, monkeypatch):
    for kind, options in (
        (DOPEWriter, {"class_name_to_index_map": {}}),
        (YCBVideoWriter, {"num_frames": 1, "pose": 1}),
    ):
        monkeypatch.setattr(kind, "_turned", None)
        with pytest.raises(ValueError, match=r"register_pose_annotator\(config_data\) first"):
            rep.writers.get(kind.__name__, {"output_dir": str(tmp_path), **options})
        with pytest.raises(ValueError, match="config_data without HEIGHT, CAMERA_ROTATION was given"):
            kind.register_pose_annotator({"WIDTH": 1})


def test_scripts_that_register_the_annotators_themselves(tmp_path, fresh_stage, monkeypatch):
    box()
    sizes = {"dope": ("width", "height"), "pose": ("imageWidth", "imageHeight")}
    for kind, annotator in ((DOPEWriter, "dope"), (YCBVideoWriter, "pose")):
        monkeypatch.setattr(kind, "_turned", None)
        given = {**dict.fromkeys(sizes[annotator], SIZE), "cameraRotation": np.array([180, 0, 0])}
        rep.AnnotatorRegistry.register_annotator_from_node(
            name=annotator, node_type_id=f"omni.replicator.isaac.{annotator.title()}", init_params=given
        )
        writer = kind.setup_writer(CONFIG, {"output_folder": str(tmp_path / annotator), "train_size": 1})
        capture(writer)
        assert writer.is_last_frame_valid()
        rep.AnnotatorRegistry.unregister_annotator(annotator)
    (found,) = json.loads((tmp_path / "dope" / "000000.json").read_text())["objects"]
    assert found["location"] == pytest.approx([0, 0, 1000], abs=1e-3)
    meta = loadmat(tmp_path / "pose" / "data" / "YCB_Video" / "data" / "0000" / "000000-meta.mat")
    assert meta["center"].ravel() == pytest.approx([32, 32], abs=1e-3)
