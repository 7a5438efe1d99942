"""BasicWriter on a small stage: the exact set of files, and their contents read back by PIL, NumPy and json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pxr import Usd

import engine.replicator as rep
from engine.output.backends import BaseBackend
from engine.output.queue import WriteError, write_queue
from engine.replicator.functional import modify
from tests.replicator.small_stage import HEIGHT, SIZE, floor_with_boxes, from_above, names, seen_from_above
from tests.stage.rigs import arm, bend

FLAGS = (
    *("rgb", "bounding_box_2d_tight", "bounding_box_2d_loose", "semantic_segmentation", "instance_id_segmentation"),
    *("instance_segmentation", "distance_to_camera", "distance_to_image_plane", "bounding_box_3d", "occlusion"),
    *("normals", "motion_vectors", "camera_params", "pointcloud", "skeleton_data"),
)
BOX = "{0}_{1}.npy", "{0}_labels_{1}.json", "{0}_prim_paths_{1}.json"
FREE = {
    "rgb": ("rgb_{1}.png",),
    "distance_to_camera": ("{0}_{1}.npy", "{0}_{1}.png"),
    "distance_to_image_plane": ("{0}_{1}.npy", "{0}_{1}.png"),
    "normals": ("{0}_{1}.png",),
    "motion_vectors": ("{0}_{1}.npy",),
    "camera_params": ("{0}_{1}.json",),
    "pointcloud": tuple(f"pointcloud{part}_{{1}}.npy" for part in ("", "_rgb", "_normals", "_semantic", "_instance")),
}
LABELLED = {
    "bounding_box_2d_tight": BOX,
    "bounding_box_2d_loose": BOX,
    "bounding_box_3d": BOX,
    "semantic_segmentation": ("{0}_{1}.png", "{0}_labels_{1}.json"),
    "instance_id_segmentation": ("{0}_{1}.png", "{0}_mapping_{1}.json"),
    "instance_segmentation": ("{0}_{1}.png", "{0}_mapping_{1}.json", "{0}_semantics_mapping_{1}.json"),
    "occlusion": ("{0}_{1}.npy",),
}


def expected(files: dict[str, tuple[str, ...]], *frames: str) -> list[str]:
    made = [text.format(name, frame) for name, texts in files.items() for text in texts for frame in frames]
    return sorted(["metadata.txt", *made])


def write(folder: Path, products: Any, frames: int = 1, **options: Any) -> Any:
    writer = rep.WriterRegistry.get("BasicWriter")
    writer.initialize(output_dir=str(folder), **options)
    writer.attach(products)
    for _ in range(frames):
        rep.orchestrator.step(delta_time=0.0)
    rep.orchestrator.wait_until_complete()
    return writer


def picture(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.array(image)


def document(path: Path) -> Any:
    return json.loads(path.read_text())


def test_the_exact_set_of_files(tmp_path: Path) -> None:
    floor_with_boxes()
    writer = write(tmp_path, from_above(), 2, colorize_depth=True, **dict.fromkeys(FLAGS, True))
    assert names(tmp_path) == expected({**FREE, **LABELLED}, "0000", "0001")
    assert writer.num_written == 2


@pytest.mark.parametrize("empty", [True, False], ids=["empty stage", "no labels"])
def test_stages_without_labels_give_no_files_that_need_them(tmp_path: Path, empty: bool) -> None:
    if not empty:
        floor_with_boxes(labels=False)
    write(tmp_path, from_above(), colorize_depth=True, **dict.fromkeys(FLAGS, True))
    assert names(tmp_path) == expected(FREE, "0000")


def test_labelled_stages_give_every_file_in_every_frame(tmp_path: Path) -> None:
    floor_with_boxes()
    modify.visibility(["/Crate", "/Parcel"], False)
    write(tmp_path, from_above(), **dict.fromkeys(LABELLED, True))
    assert names(tmp_path) == expected(LABELLED, "0000")
    assert len(np.load(tmp_path / "bounding_box_2d_tight_0000.npy")) == 0
    assert set(document(tmp_path / "semantic_segmentation_labels_0000.json")) == {"(0, 0, 0, 0)", "(0, 0, 0, 255)"}


def test_only_labels_of_type_class_count_unless_the_writer_is_told_otherwise(tmp_path: Path) -> None:
    floor_with_boxes()
    modify.semantics(["/Crate"], {"material": "wood"}, mode="add")
    for folder, options in (("plain", {}), ("all", {"semantic_filter_predicate": "*:*"})):
        write(tmp_path / folder, from_above(folder), bounding_box_2d_tight=True, **options)
    plain, every = (document(tmp_path / name / "bounding_box_2d_tight_labels_0000.json") for name in ("plain", "all"))
    assert not any("material" in labels for labels in plain.values()) and plain
    assert any(labels.get("material") == "wood" for labels in every.values())


def test_depth_normals_and_points_are_those_of_the_stage(tmp_path: Path) -> None:
    floor_with_boxes()
    options = {"distance_to_image_plane": True, "distance_to_camera": True, "normals": True, "pointcloud": True}
    write(tmp_path, from_above(), pointcloud_include_unlabelled=True, **options)
    seen = seen_from_above()
    depth = np.load(tmp_path / "distance_to_image_plane_0000.npy")
    assert depth.shape == SIZE[::-1] and depth.dtype == np.float32
    np.testing.assert_allclose(depth, seen.depth, rtol=1e-5)
    np.testing.assert_allclose(np.load(tmp_path / "distance_to_camera_0000.npy"), seen.depth * seen.slant, rtol=1e-5)
    colours = np.floor((seen.normal * 0.5 + 0.5) * 255)
    np.testing.assert_allclose(picture(tmp_path / "normals_0000.png")[..., :3], colours, atol=1)
    points = np.load(tmp_path / "pointcloud_0000.npy")
    np.testing.assert_allclose(points, seen.points.reshape(-1, 3), atol=1e-4)
    parts = {
        part: np.load(tmp_path / f"pointcloud_{part}_0000.npy") for part in ("rgb", "normals", "semantic", "instance")
    }
    count = len(points)
    wanted = {"rgb": (count, 4), "normals": (count, 4), "semantic": (count,), "instance": (count,)}
    assert {part: value.shape for part, value in parts.items()} == wanted
    np.testing.assert_allclose(parts["normals"][:, :3], seen.normal.reshape(-1, 3), atol=1e-5)
    for part in ("semantic", "instance"):
        assert [len(np.unique(parts[part][seen.owner.ravel() == i])) for i in range(3)] == [1, 1, 1]
        assert len(np.unique(parts[part])) == 3


def test_depth_pictures_are_bright_near(tmp_path: Path) -> None:
    floor_with_boxes()
    write(tmp_path, from_above(), distance_to_image_plane=True, colorize_depth=True)
    grey = picture(tmp_path / "distance_to_image_plane_0000.png")
    depth = np.load(tmp_path / "distance_to_image_plane_0000.npy")
    assert set(grey[depth < HEIGHT - 1.5]) == {255} and set(grey[depth > HEIGHT - 0.5]) == {0}
    wanted = 255 * (1 - np.log(depth / (HEIGHT - 2)) / np.log(HEIGHT / (HEIGHT - 2)))
    assert np.abs(grey - wanted).max() <= 1


def test_boxes_are_the_extents_of_the_masks(tmp_path: Path) -> None:
    floor_with_boxes()
    options = ("bounding_box_2d_tight", "instance_segmentation", "semantic_segmentation", "bounding_box_3d")
    write(tmp_path, from_above(), colorize_instance_segmentation=False, **dict.fromkeys(options, True))
    boxes = np.load(tmp_path / "bounding_box_2d_tight_0000.npy")
    assert boxes.dtype.names == ("semanticId", "x_min", "y_min", "x_max", "y_max", "occlusionRatio")
    paths = document(tmp_path / "bounding_box_2d_tight_prim_paths_0000.json")
    labels = document(tmp_path / "bounding_box_2d_tight_labels_0000.json")
    ids = picture(tmp_path / "instance_segmentation_0000.png")
    mapping = document(tmp_path / "instance_segmentation_mapping_0000.json")
    semantics = document(tmp_path / "instance_segmentation_semantics_mapping_0000.json")
    assert sorted(paths) == ["/Crate", "/Parcel"] and len(boxes) == 2
    for path, box in zip(paths, boxes, strict=True):
        (key,) = [key for key, value in mapping.items() if value == path]
        rows, columns = np.nonzero(ids == int(key))
        assert len(rows) > 0
        extent = (columns.min(), rows.min(), columns.max(), rows.max())
        assert tuple(int(box[name]) for name in ("x_min", "y_min", "x_max", "y_max")) == extent
        assert labels[str(box["semanticId"])] == {"class": {"/Crate": "crate", "/Parcel": "parcel"}[path]}
        assert semantics[key] == labels[str(box["semanticId"])]
    solid = np.load(tmp_path / "bounding_box_3d_0000.npy")
    order = document(tmp_path / "bounding_box_3d_prim_paths_0000.json")
    world = solid["transform"][order.index("/Crate")].T @ [solid[order.index("/Crate")]["x_max"], 0, 0, 1]
    np.testing.assert_allclose(world[:3], [1, 0, 1], atol=1e-5)


def test_coloured_masks_and_their_labels(tmp_path: Path) -> None:
    floor_with_boxes()
    write(tmp_path, from_above(), semantic_segmentation=True)
    mask, owner = picture(tmp_path / "semantic_segmentation_0000.png"), seen_from_above().owner
    labels = document(tmp_path / "semantic_segmentation_labels_0000.json")
    assert labels["(0, 0, 0, 0)"] == {"class": "BACKGROUND"} and labels["(0, 0, 0, 255)"] == {"class": "UNLABELLED"}
    by_name = {value["class"]: tuple(json.loads(f"[{key[1:-1]}]")) for key, value in labels.items()}
    for number, name in enumerate(("UNLABELLED", "crate", "parcel")):
        assert (owner == number).any()
        np.testing.assert_array_equal((mask == by_name[name]).all(axis=2), owner == number)


def test_ids_without_colour_are_sixteen_bits(tmp_path: Path) -> None:
    floor_with_boxes()
    kinds = ("semantic_segmentation", "instance_segmentation", "instance_id_segmentation")
    flags = {**dict.fromkeys(kinds, True), **{f"colorize_{kind}": False for kind in kinds}}
    write(tmp_path, from_above(), **flags)
    for kind, text in zip(kinds, ("labels", "mapping", "mapping"), strict=True):
        ids = picture(tmp_path / f"{kind}_0000.png")
        keys = set(document(tmp_path / f"{kind}_{text}_0000.json"))
        assert ids.dtype.itemsize >= 2 and ids.shape == SIZE[::-1]
        assert {str(i) for i in np.unique(ids)} <= keys


def test_camera_params_place_the_camera(tmp_path: Path) -> None:
    write(tmp_path, from_above(), camera_params=True)
    found = document(tmp_path / "camera_params_0000.json")
    view = np.array(found["cameraViewTransform"]).reshape(4, 4)
    np.testing.assert_allclose(np.linalg.inv(view)[3, :3], [0, 0, HEIGHT], atol=1e-5)
    assert found["cameraFocalLength"] == 24 and found["renderProductResolution"] == list(SIZE)
    assert found["cameraNearFar"] == pytest.approx([0.1, 100])


def test_several_render_products_get_folders(tmp_path: Path) -> None:
    floor_with_boxes()
    both = [from_above("left"), from_above("right")]
    write(tmp_path, both, rgb=True, bounding_box_2d_tight=True)
    parts = ["bounding_box_2d_tight/bounding_box_2d_tight_0000.npy", "rgb/rgb_0000.png"]
    parts += [f"bounding_box_2d_tight/bounding_box_2d_tight_{text}_0000.json" for text in ("labels", "prim_paths")]
    assert names(tmp_path) == sorted(["metadata.txt", *(f"{p}/{part}" for p in ("left", "right") for part in parts)])


def test_several_render_products_in_common_folders(tmp_path: Path) -> None:
    both = [from_above("left"), from_above("right")]
    write(tmp_path, both, rgb=True, distance_to_camera=True, use_common_output_dir=True)
    made = [f"rgb/{p}_rgb_0000.png" for p in ("left", "right")]
    made += [f"distance_to_camera/{p}_distance_to_camera_0000.npy" for p in ("left", "right")]
    assert names(tmp_path) == sorted(["metadata.txt", *made])


def test_padding_and_format_of_pictures(tmp_path: Path) -> None:
    write(tmp_path, from_above(), 2, rgb=True, frame_padding=6, image_output_format="jpg")
    assert names(tmp_path) == ["metadata.txt", "rgb_000000.jpg", "rgb_000001.jpg"]
    assert picture(tmp_path / "rgb_000000.jpg").shape == (*SIZE[::-1], 3)


def test_rgb_is_what_the_annotator_gives(tmp_path: Path) -> None:
    floor_with_boxes()
    product = from_above()
    annotator = rep.annotators.get("rgb")
    annotator.attach(product)
    write(tmp_path, product, rgb=True)
    found = picture(tmp_path / "rgb_0000.png")
    assert found.shape == (*SIZE[::-1], 4) and found.dtype == np.uint8
    np.testing.assert_array_equal(found, annotator.get_data())
    assert len(np.unique(found[..., 0])) > 5


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, {"crate", "parcel"}),
        ({"semantic_types": ["shape"]}, {"big", "small"}),
        ({"semantic_filter_predicate": "class:crate"}, {"crate"}),
    ],
    ids=["default", "types", "predicate"],
)
def test_filters_choose_labels(tmp_path: Path, options: dict[str, Any], wanted: set[str]) -> None:
    floor_with_boxes()
    write(tmp_path, from_above(), bounding_box_2d_tight=True, semantic_segmentation=True, **options)
    boxes = document(tmp_path / "bounding_box_2d_tight_labels_0000.json").values()
    assert {name for labels in boxes for name in labels.values()} == wanted
    masks = document(tmp_path / "semantic_segmentation_labels_0000.json").values()
    assert {name for labels in masks for name in labels.values()} == {*wanted, "BACKGROUND", "UNLABELLED"}


def test_time_triggers_prefix_the_numbers(tmp_path: Path) -> None:
    writer = rep.WriterRegistry.get("BasicWriter")
    writer.initialize(output_dir=str(tmp_path), camera_params=True)
    writer.attach(from_above())
    with rep.trigger.on_time(interval=2 / 60, max_execs=3):
        rep.modify.visibility(True, input_prims=["/Eye"])
    rep.orchestrator.run_until_complete()
    made = [name for name in names(tmp_path) if name != "metadata.txt"]
    prefixes = sorted({name.split("_")[2] for name in made})
    assert len(made) > 2 and len(prefixes) > 1
    for prefix in prefixes:
        frames = sorted(name for name in made if name.startswith(f"camera_params_{prefix}_"))
        assert frames == [f"camera_params_{prefix}_{i:04}.json" for i in range(len(frames))]


def test_every_time_trigger_is_in_the_numbers(tmp_path: Path) -> None:
    writer = rep.WriterRegistry.get("BasicWriter")
    writer.initialize(output_dir=str(tmp_path), camera_params=True)
    writer.attach(from_above())
    for interval, name in ((2 / 60, "on_time"), (3 / 60, "on_time_b")):
        with rep.trigger.on_time(interval=interval, max_execs=2, name=name):
            rep.modify.visibility(True, input_prims=["/Eye"])
    rep.orchestrator.run_until_complete()
    made = [name for name in names(tmp_path) if name != "metadata.txt"]
    assert len(made) == writer.num_written > 4
    assert {name.split("_")[2:4] != ["0", "0"] for name in made} == {True, False}


class Memory(BaseBackend):
    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def write_blob(self, path: str, data: bytes) -> None:
        self.files[path] = data

    def read_blob(self, path: str) -> bytes:
        return self.files[path]


def test_another_backend_gets_the_same_files() -> None:
    backend = Memory()
    writer = rep.WriterRegistry.get("BasicWriter", {"backend": backend, "rgb": True, "camera_params": True})
    writer.attach(from_above())
    rep.orchestrator.step()
    rep.orchestrator.wait_until_complete()
    assert sorted(backend.files) == ["camera_params_0000.json", "metadata.txt", "rgb_0000.png"]


def test_a_disk_that_fails_reaches_the_script(tmp_path: Path) -> None:
    writer = rep.WriterRegistry.get("BasicWriter", {"output_dir": str(tmp_path), "rgb": True})
    writer.attach(from_above())
    (tmp_path / "rgb_0000.png").mkdir()
    rep.orchestrator.step()
    with pytest.raises(WriteError, match=r"'.*/rgb_0000.png' could not be written: "):
        rep.orchestrator.wait_until_complete()
    (tmp_path / "rgb_0001.png").mkdir()
    rep.orchestrator.step()
    write_queue().drain()
    with pytest.raises(WriteError, match=r"'.*/rgb_0001.png' could not be written: "):
        rep.orchestrator.step()
    assert names(tmp_path) == ["metadata.txt"]


def test_the_skeletons_of_a_frame(stage: Usd.Stage, tmp_path: Path) -> None:
    moves = arm(stage, "/Arm")
    writer = rep.WriterRegistry.get("BasicWriter", {"output_dir": str(tmp_path), "skeleton_data": True})
    writer.attach(from_above())
    bend(moves, 90, 0)
    rep.orchestrator.step()
    write_queue().drain()
    assert names(tmp_path) == ["metadata.txt", "skeleton_0000.json"]
    (found,) = json.loads((tmp_path / "skeleton_0000.json").read_text()).values()
    assert found["skel_path"] == "/Arm/Bones" and found["skeleton_joints"] == ["Shoulder", "Shoulder/Elbow"]
    np.testing.assert_allclose(found["global_translations"], [[0, 0, 0], [0, 1, 0]], atol=1e-6)
    step = 48 * 24 / 20.955 / 10  # pixels a metre, 10 m below the camera
    np.testing.assert_allclose(found["translations_2d"], [[24, 16], [24, 16 - step]], atol=1e-3)


def test_it_follows_a_moving_camera(tmp_path: Path) -> None:
    floor_with_boxes()
    product = from_above()
    writer = rep.WriterRegistry.get("BasicWriter", {"output_dir": str(tmp_path), "distance_to_image_plane": True})
    writer.attach(product)
    for height in (10.0, 20.0):
        modify.position("/Eye", (0, 0, height))
        rep.orchestrator.step(delta_time=0.0)
    rep.orchestrator.wait_until_complete()
    found = [np.load(tmp_path / f"distance_to_image_plane_{i:04}.npy").max() for i in (0, 1)]
    np.testing.assert_allclose(found, [10, 20], rtol=1e-5)
