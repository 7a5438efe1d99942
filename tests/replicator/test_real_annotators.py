"""Writers and annotators on rendered frames: the three payload layouts, get_data, several products, augmentations."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import engine.replicator as rep
from engine.replicator.augmentations import AugmentationError
from engine.replicator.functional import modify
from tests.replicator.recording import Recorder
from tests.replicator.small_stage import HEIGHT, SIZE, floor_with_boxes, from_above, seen_from_above

CHOSEN = ["rgb", "distance_to_image_plane", "bounding_box_2d_tight_fast", "camera_params"]


@pytest.fixture(autouse=True)
def boxes() -> None:
    floor_with_boxes()


def record(structure: str, products: Any, annotators: list[Any] | None = None) -> dict[str, Any]:
    recorder = Recorder(annotators or CHOSEN, structure)
    recorder.attach(products)
    rep.orchestrator.step()
    (frame,) = recorder.frames
    recorder.detach()
    return frame


def check_depth(depth: np.ndarray) -> None:
    np.testing.assert_allclose(depth, seen_from_above().depth, rtol=1e-5)


def test_the_legacy_layout_of_one_product() -> None:
    data = record("legacy", from_above("left"))
    check_depth(data["distance_to_image_plane"])
    assert data["rgb"].shape == (*SIZE[::-1], 4) and data["rgb"].dtype == np.uint8
    assert set(data["bounding_box_2d_tight_fast"]) == {"data", "info"}
    assert set(data["bounding_box_2d_tight_fast"]["info"]) == {"idToLabels", "bboxIds", "primPaths"}
    assert data["camera_params"]["cameraModel"] == "pinhole"
    assert data["rp_left"]["camera"] == "/Eye" and data["rp_left"]["resolution"].tolist() == list(SIZE)


def test_the_legacy_layout_of_several_products() -> None:
    data = record("legacy", [from_above("left"), from_above("right")])
    for name in ("left", "right"):
        check_depth(data[f"distance_to_image_plane-{name}"])
    assert "rgb" not in data and {"rp_left", "rp_right"} <= set(data)


def test_the_annotator_layout() -> None:
    data = record("annotator", [from_above("left"), from_above("right")])["annotators"]
    assert set(data) == {*CHOSEN, "camera", "resolution"}
    check_depth(data["distance_to_image_plane"]["right"]["data"])
    assert set(data["bounding_box_2d_tight_fast"]["left"]) == {"data", "idToLabels", "bboxIds", "primPaths"}
    assert data["camera"] == {"left": "/Eye", "right": "/Eye_01"}


def test_the_render_product_layout() -> None:
    data = record("renderProduct", from_above("left"))["renderProducts"]["left"]
    assert set(data) == {*CHOSEN, "camera", "resolution"}
    check_depth(data["distance_to_image_plane"]["data"])
    assert data["camera_params"]["renderProductResolution"].tolist() == list(SIZE)


def test_frames_that_writers_keep_do_not_change_later() -> None:
    recorder = Recorder(["distance_to_image_plane"])
    recorder.attach(from_above())
    for height in (HEIGHT, 2 * HEIGHT):
        modify.position("/Eye", (0, 0, height))
        rep.orchestrator.step(delta_time=0.0)
    assert [frame["distance_to_image_plane"].max() for frame in recorder.frames] == pytest.approx([10, 20])


def test_a_writer_cannot_change_what_another_sees() -> None:
    product = from_above()
    first, second = Recorder(["distance_to_image_plane"]), Recorder(["distance_to_image_plane"])
    first.attach(product)
    second.attach(product)
    first.write = lambda data: data["distance_to_image_plane"].fill(0)  # type: ignore[method-assign]
    rep.orchestrator.step()
    check_depth(second.frames[0]["distance_to_image_plane"])


def test_a_switched_off_product_is_not_written() -> None:
    left, right = from_above("left"), from_above("right")
    right.hydra_texture.set_updates_enabled(False)
    data = record("annotator", [left, right], ["distance_to_image_plane"])["annotators"]
    assert set(data["distance_to_image_plane"]) == {"left"}


def test_get_data_in_both_structures() -> None:
    product = from_above()
    boxes = rep.annotators.get("bounding_box_2d_tight_fast").attach(product)
    depth = rep.annotators.get("distance_to_image_plane").attach([product])
    rep.orchestrator.step()
    assert set(boxes.get_data()) == {"data", "info"}
    assert set(boxes.get_data(use_legacy_structure=False)) == {"data", "idToLabels", "bboxIds", "primPaths"}
    check_depth(depth.get_data())
    check_depth(depth.get_data(use_legacy_structure=False)["data"])


def nearer(data_in: np.ndarray, metres: float) -> np.ndarray:
    return data_in - metres


def test_augmented_annotators() -> None:
    product = from_above()
    closer = rep.annotators.Augmentation.from_function(nearer, metres=1.0)
    once = rep.annotators.augment("distance_to_image_plane", closer).attach(product)
    twice = rep.annotators.augment_compose("distance_to_image_plane", [closer, closer], name="twice").attach(product)
    other = rep.annotators.get("distance_to_image_plane").augment(closer, metres=5.0).attach(product)
    plain = rep.annotators.get("distance_to_image_plane").attach(product)
    rep.orchestrator.step()
    for annotator, metres in ((once, 1), (twice, 2), (other, 5), (plain, 0)):
        check_depth(annotator.get_data() + metres)
    assert twice.get_name() == "twice" and once.get_name() == "distance_to_image_plane"


def test_registered_augmentations_and_annotators() -> None:
    rep.annotators.register_augmentation("nearer", rep.annotators.Augmentation.from_function(nearer, metres=2.0))
    rep.annotators.register(
        "near_depth", rep.annotators.augment("distance_to_image_plane", rep.annotators.get_augmentation("nearer"))
    )
    data = record("legacy", from_above(), ["near_depth", "distance_to_image_plane"])
    check_depth(data["near_depth"] + 2)
    check_depth(data["distance_to_image_plane"])
    rep.annotators.unregister_annotator("near_depth")
    rep.annotators.unregister_augmentation("nearer")


def noisy(data_in: np.ndarray, sigma: float, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, sigma, data_in.shape)
    return (data_in + noise).astype(data_in.dtype)


def test_drawn_seeds_differ_by_frame_and_repeat_with_the_run() -> None:
    def run() -> list[np.ndarray]:
        recorder = Recorder([rep.annotators.augment("distance_to_image_plane", noisy, sigma=0.1, seed=-1)])
        recorder.attach(from_above())
        for _ in range(2):
            rep.orchestrator.step(delta_time=0.0)
        rep.orchestrator.stop()
        recorder.detach()
        return [frame["distance_to_image_plane"] for frame in recorder.frames]

    first, second = run(), run()
    assert (first[0] != first[1]).any()
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
    residual = first[0] - seen_from_above().depth
    assert abs(residual.std() - 0.1) < 0.01 and abs(residual.mean()) < 0.01


def test_a_fixed_seed_gives_each_frame_its_own_noise_and_equal_annotators_the_same() -> None:
    """So do Isaac Sim's golden images: `_out_augm_annot_numpy/annot_depth_{1,2}_*.png` share theirs, seed 42."""

    def augmented(name: str) -> rep.annotators.Annotator:
        return rep.annotators.augment("distance_to_image_plane", noisy, name=name, sigma=0.1, seed=5)

    recorder = Recorder([augmented("one"), augmented("two")])
    recorder.attach(from_above())
    for _ in range(2):
        rep.orchestrator.step(delta_time=0.0)
    first, second = recorder.frames
    np.testing.assert_array_equal(first["one"], first["two"])
    np.testing.assert_array_equal(second["one"], second["two"])
    assert (first["one"] != second["one"]).any()


def test_basic_writer_writes_augmented_pictures(tmp_path: Path) -> None:
    writer = rep.WriterRegistry.get("BasicWriter")
    writer.initialize(output_dir=str(tmp_path), rgb=True, distance_to_camera=True)
    back = rep.annotators.get("rgb").augment_compose(["RgbToHsv", "HsvToRgb"], name="rgb")
    writer.add_annotator(back)
    writer.augment_annotator("distance_to_camera", nearer, metres=3.0)
    product = from_above()
    writer.attach(product)
    plain = rep.annotators.get("rgb").attach(product)
    rep.orchestrator.step()
    rep.orchestrator.wait_until_complete()
    seen = seen_from_above()
    np.testing.assert_allclose(
        np.load(tmp_path / "distance_to_camera_0000.npy"), seen.depth * seen.slant - 3, rtol=1e-5
    )
    with Image.open(tmp_path / "rgb_0000.png") as image:
        found = np.array(image).astype(int)
    assert np.abs(found - plain.get_data()).max() <= 8 and len(writer.annotators) == 2


@pytest.mark.parametrize(
    ("name", "source", "shape"),
    [
        ("rgba_to_rgb", "rgb", (*SIZE[::-1], 3)),
        ("ColorizeDepth", "distance_to_camera", (*SIZE[::-1], 4)),
        ("ColorizeNormals", "normals", (*SIZE[::-1], 4)),
        *[
            (n, "rgb", (*SIZE[::-1], 4))
            for n in ("Sobel", "Canny", "SpeckleNoise", "GlassBlur", "MotionBlur", "Rotate")
        ],
    ],
)
def test_default_augmentations_on_rendered_frames(name: str, source: str, shape: tuple[int, ...]) -> None:
    annotator = rep.annotators.augment(source, name).attach(from_above())
    rep.orchestrator.step()
    found = annotator.get_data()
    if name in ("MotionBlur", "Rotate"):  # nodes of Isaac Sim tell where pixels went
        assert found["info"]["xform"].shape == (9,)
        found = found["data"]
    assert found.shape == shape and found.dtype == np.uint8


def test_a_node_may_be_named_by_its_type_and_transforms_compose() -> None:
    floor_with_boxes()
    product = from_above()
    annotator = rep.annotators.get("rgb").augment("omni.replicator.core.AugCropResizeExp", xmax=24, ymax=16)
    annotator.augment("CropResize", xmin=24, ymin=16)
    annotator.attach(product)
    rep.orchestrator.step()
    xform = annotator.get_data()["info"]["xform"].reshape(3, 3)
    assert np.allclose(xform, [[4, 0, -48], [0, 4, -32], [0, 0, 1]])


def test_cuda_without_warp_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "warp", None)
    annotator = rep.annotators.get("distance_to_image_plane", device="cuda").attach(from_above())
    with pytest.raises(AugmentationError, match=r"device 'cuda' needs warp, which is not installed; install the extra"):
        annotator.get_data()


def test_warp_kernels_run_on_the_cpu() -> None:
    from tests.replicator.warp_kernels import halve, swap_red_and_blue

    product = from_above()
    half = rep.annotators.augment("distance_to_image_plane", halve, factor=0.5).attach(product)
    swapped = rep.annotators.augment("rgb", swap_red_and_blue).attach(product)
    chained = rep.annotators.augment_compose(
        "distance_to_image_plane",
        [rep.annotators.Augmentation.from_function(halve, factor=0.5), lambda data_in: data_in * 4],
    ).attach(product)
    on_device = rep.annotators.get("distance_to_image_plane", device="cuda").attach(product)
    plain = rep.annotators.get("rgb").attach(product)
    rep.orchestrator.step()
    assert isinstance(half.get_data(), np.ndarray)  # Pillow takes no warp array
    check_depth(half.get_data() * 2)
    check_depth(half.get_data(device="cuda").numpy() * 2)
    check_depth(chained.get_data() / 2)
    check_depth(on_device.get_data().numpy())
    np.testing.assert_array_equal(swapped.get_data(device="cpu")[..., :3], plain.get_data()[..., 2::-1])


def test_basic_writer_writes_what_a_kernel_made(tmp_path: Path) -> None:
    from tests.replicator.warp_kernels import halve, swap_red_and_blue

    writer = rep.WriterRegistry.get("BasicWriter")
    writer.initialize(output_dir=str(tmp_path), rgb=True, distance_to_image_plane=True, colorize_depth=True)
    writer.augment_annotator("rgb", swap_red_and_blue)
    writer.augment_annotator("distance_to_image_plane", halve, factor=0.5)
    writer.attach(from_above())
    rep.orchestrator.step()
    rep.orchestrator.wait_until_complete()
    check_depth(np.load(tmp_path / "distance_to_image_plane_0000.npy") * 2)
    with Image.open(tmp_path / "rgb_0000.png") as image:
        assert image.mode == "RGBA"


def test_the_path_tracers_passes_add_up_to_the_linear_picture() -> None:
    names = ("PtDirectIllumation", "PtGlobalIllumination", "PtReflections", "PtSelfIllumination", "PtBackground")
    data = record("legacy", from_above("left"), ["HdrColor", *names, "AmbientOcclusion", "Reflections", "PtVolumes"])
    assert all(data[name].dtype == np.float16 for name in names) and data["Reflections"].dtype == np.float32
    total = sum(data[name][..., :3].astype(np.float64) for name in names)
    np.testing.assert_allclose(total.mean(axis=(0, 1)), data["HdrColor"][..., :3].mean(axis=(0, 1)), rtol=0.1)
    assert total.max() > 0 and not data["PtVolumes"].any()
    assert 0 < data["AmbientOcclusion"].min() < 1 == data["AmbientOcclusion"].max()  # boxes stand on the floor
