"""Infrared through the whole of `run`: members, units, own views, exactness, every shard format."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.replicator import orchestrator
from writers.exports.__main__ import main as export_main
from writers.inspection.__main__ import main as look
from writers.reader import decode, open_dataset

from .conftest import Studio, members, warm

MEMBERS = [
    *("depth.png", "instance.png", "ir_depth.png", "ir_truth.emissivity.npy", "ir_truth.temperature.npy", "json"),
    *("nir850.png", "rgb.png", *(f"thermal_lwir.{n}" for n in ("agc.png", "radiance.npy", "raw16.png"))),
    *("thermal_lwir.temperature.npy", "thermal_lwir.tlinear.png", "thermal_mwir.radiance.npy"),
    "thermal_mwir.tlinear.png",
]


def first(folder: Path) -> dict[str, Any]:
    return decode(next(iter(open_dataset(folder).samples())))


def test_a_sample_has_every_member_and_json_tells_the_units(everything: Path) -> None:
    found = first(everything)
    assert sorted(found) == MEMBERS
    for name, value in found.items():
        assert name == "json" or value.shape[:2] == (48, 64), name
    assert found["nir850.png"].dtype == np.uint16 and found["json"]["infrared"]["nir850"]["bits"] == 10
    said = found["json"]["infrared"]
    assert sorted(said) == ["ir_depth", "ir_truth", "nir850", "thermal_lwir", "thermal_mwir"]
    assert said["thermal_lwir"]["path"] == said["ir_truth"]["path"] == "trace" and "path" not in said["ir_depth"]
    assert said["ir_truth"]["emissivity_bands"] == ["lwir", "mwir"]
    weather = found["json"]["weather"]
    assert (
        weather["air_temperature_K"] == 290.15 and weather["relative_humidity"] == 0.7 and weather["sunlight_W_m2"] > 0
    )


def test_webdataset_gives_each_member_its_own_name(everything: Path) -> None:
    import webdataset
    from PIL import Image

    urls = [str(path) for path in sorted((everything / "shards").glob("*.tar"))]
    rows = list(webdataset.WebDataset(urls, shardshuffle=False))
    assert [row["__key__"] for row in rows] == ["000000000", "000000001"]
    for row, sample in zip(rows, open_dataset(everything).samples(), strict=True):
        assert {name for name in row if not name.startswith("__")} == set(MEMBERS)
        counts = np.asarray(Image.open(io.BytesIO(row["thermal_lwir.tlinear.png"])))
        np.testing.assert_array_equal(counts, decode(sample)["thermal_lwir.tlinear.png"])
        kelvin = np.load(io.BytesIO(row["thermal_lwir.temperature.npy"]))
        assert np.abs(counts * 0.01 - kelvin).max() < 0.0051


def test_encodings_of_one_picture_agree(everything: Path) -> None:
    for sample in open_dataset(everything).samples():
        found = decode(sample)
        kelvin, said = found["thermal_lwir.temperature.npy"], found["json"]["infrared"]["thermal_lwir"]
        linear = found["thermal_lwir.tlinear.png"] * said["tlinear"]["kelvin_per_count"]
        assert np.abs(linear - kelvin).max() <= 0.005 + 1e-4
        c, raw = said["raw16"], found["thermal_lwir.raw16.png"].astype(float)
        back = c["planck_B"] / np.log(c["planck_R1"] / (c["planck_R2"] * (raw + c["planck_O"])) + c["planck_F"])
        assert np.abs(back - kelvin).max() <= 0.01
        assert found["thermal_lwir.agc.png"].shape == (48, 64, 3)  # the palette is iron


def test_things_are_as_warm_as_the_scenario_says(everything: Path) -> None:
    seen = 0
    for sample in open_dataset(everything).samples():
        found = decode(sample)
        for item in found["json"]["objects"]:
            wanted = {"mug": 330.0, "can": 278.0}.get(item["class"])
            if wanted is None:
                continue
            mask = found["instance.png"] == item["id"]
            assert np.unique(found["ir_truth.temperature.npy"][mask]) == np.float32(wanted)
            eps = float(np.median(found["ir_truth.emissivity.npy"][mask][:, 0]))
            looks = float(np.median(found["thermal_lwir.temperature.npy"][mask]))
            low, high = sorted((wanted, 290.0))
            assert low - 30 * (1 - eps) - 1 < looks < high + 1  # between itself and what it mirrors, sky included
            seen += 1
    assert seen >= 2


def test_manifest_and_card_name_the_units(everything: Path) -> None:
    manifest = json.loads((everything / "manifest.json").read_text())
    assert manifest["members"] == MEMBERS and set(manifest["units"]) == set(MEMBERS)
    assert manifest["units"]["thermal_lwir.radiance.npy"] == "W m-2 sr-1"
    assert manifest["units"]["ir_truth.temperature.npy"] == "K"
    card = (everything / "README.md").read_text()
    assert "| `thermal_lwir.tlinear.png` | uint16 (h, w) | `kelvin_per_count` K |" in card
    assert "| `ir_depth.png` | uint16 (h, w) | `depth_scale` m |" in card and "| bytes |" not in card


def test_commands_show_infrared(everything: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert look(["inspect", str(everything), "--out", str(tmp_path / "one.png")]) == 0
    assert look(["stats", str(everything)]) == 0
    assert look(["verify", str(everything), "--decode"]) == 0
    out = capsys.readouterr().out
    assert "infrared  thermal_lwir: boson640, lwir_7_13, trace" in out and "everything is as it should be" in out
    assert "W m-2 sr-1)" in out and "thermal_lwir (K)" in out and "ir_depth holes" in out and "ir_truth (K)" in out
    assert look(["stats", str(everything), "--json"]) == 0
    kelvin = json.loads(capsys.readouterr().out)["infrared"]["ir_truth (K)"]
    assert 270 < kelvin["min"] <= 278
    assert 330 <= kelvin["max"] < 345  # a mug of 330 K, and dark things that face the sun at two o'clock
    assert (tmp_path / "one.png").stat().st_size > 10_000


def test_a_camera_of_its_own_belongs_to_the_sample(studio: Studio) -> None:
    camera = {"preset": "lepton35", "offset": [0.05, 0, 0], "ideal": True, "formats": ["tlinear", "radiance"]}
    outputs = ["rgb", "boxes", "instance", "thermal_lwir"]
    document = warm(outputs, thermal_lwir=camera)
    made = studio.make(document)
    own = list(map(decode, open_dataset(made).samples()))
    assert len(own) == 2
    for found in own:
        said = found["json"]["infrared"]["thermal_lwir"]
        assert found["rgb.png"].shape == (48, 64, 3) and found["thermal_lwir.radiance.npy"].shape == (120, 160)
        view = said["view"]
        assert (view["prim"], view["width"], view["height"]) == ("/World/Cameras/camera/thermal_lwir", 160, 120)
        assert view["intrinsics"][0][0] == pytest.approx(1770 / 12, rel=1e-5)  # 1.77 mm over 12 um
        between = np.array(view["camera_from_world"]) @ np.linalg.inv(found["json"]["camera"]["camera_from_world"])
        np.testing.assert_allclose(between[:3, 3], [-0.05, 0, 0], atol=1e-6)  # 5 cm to the right of the camera
        assert {item["class"] for item in said["objects"]} >= {item["class"] for item in found["json"]["objects"]}
        for item in said["objects"]:
            x, y, width, height = item["box"]
            assert x >= 0 and x + width <= 160 and y >= 0 and y + height <= 120
    orchestrator.stop()
    document["infrared"]["cameras"] = {}
    shared = list(map(decode, open_dataset(studio.make(document)).samples()))
    for one, other in zip(own, shared, strict=True):
        np.testing.assert_array_equal(one["rgb.png"], other["rgb.png"])  # the other camera changes nothing here
        assert one["json"]["objects"] == other["json"]["objects"]


def test_a_scenario_can_ask_for_pairs_of_colour_and_thermal_pictures(studio: Studio) -> None:
    document = warm(["rgb", "boxes", "thermal_lwir"])
    document["writer"]["exports"] = ["coco", "flir_adas"]
    made = studio.make(document)
    pairs = json.loads((made / "exports/flir_adas/rgb_to_thermal_map.json").read_text())
    names = [f"video-camera-frame-{frame:06d}-{frame:09d}.jpg" for frame in (0, 1)]
    assert pairs == {name: name for name in names}
    frames = [
        frame
        for index in (made / "exports" / "flir_adas").glob("*_thermal_*/index.json")
        for frame in json.loads(index.read_text())["frames"]
    ]
    assert len(frames) == 2 and all(frame["analyticsMeaning"]["kelvin_per_count"] == 0.01 for frame in frames)
    assert export_main(["coco", str(made), "--out", str(studio.folder / "coco"), "--image", "thermal_lwir"]) == 0
    listed = json.loads((studio.folder / "coco" / "instances.json").read_text())
    assert listed["annotations"] == json.loads((made / "instances.json").read_text())["annotations"]
    assert [entry["file_name"] for entry in listed["images"]] == [f"00000000{n}.thermal_lwir.agc.png" for n in (0, 1)]


def test_two_cameras_with_their_own_thermal_ones(studio: Studio) -> None:
    document = warm(["boxes", "thermal_lwir"], thermal_lwir={"preset": "lepton35", "own_view": True})
    document["frames"] = 1
    document["cameras"]["side"] = {**document["cameras"]["camera"], "position": [1.5, 0, 1.5], "look_at": [0, 0, 0.7]}
    samples = list(open_dataset(studio.make(document)).samples())
    assert [sample.key for sample in samples] == ["000000000_camera", "000000000_side"]
    for sample, name in zip(samples, ("camera", "side"), strict=True):
        said = decode(sample)["json"]["infrared"]["thermal_lwir"]
        assert said["view"]["prim"] == f"/World/Cameras/{name}/thermal_lwir"
    assert samples[0].members["thermal_lwir.tlinear.png"] != samples[1].members["thermal_lwir.tlinear.png"]


FEW = ["thermal_lwir", "thermal_mwir", "nir850", "ir_depth", "boxes"]


@pytest.mark.parametrize("encoders", [8, pytest.param(0, marks=pytest.mark.slow)])
def test_the_number_of_encoders_changes_no_byte(studio: Studio, monkeypatch: pytest.MonkeyPatch, encoders: int) -> None:
    document = warm(FEW, thermal_mwir={"own_view": True, "width": 80, "height": 64})
    expected = members(studio.make(document))
    monkeypatch.setattr("writers.dataset.ENCODERS", encoders)
    orchestrator.stop()
    assert members(studio.make(document)) == expected and len(expected) == 2 * 7


@pytest.mark.parametrize("path", ["trace", pytest.param("buffers", marks=pytest.mark.slow)])
def test_a_frame_alone_has_the_bytes_of_the_whole_run(studio: Studio, path: str) -> None:
    document = warm([*FEW, "ir_truth"], path)
    whole = members(studio.make(document))
    orchestrator.stop()
    alone = members(studio.make(document, "--frames", "1", "--start", "1"))
    assert alone and alone == {name: data for name, data in whole.items() if name.startswith("000000001")}


@pytest.mark.parametrize("kind", ["parquet", pytest.param("mds", marks=pytest.mark.slow)])
def test_other_shard_formats_hold_the_same_members(studio: Studio, kind: str) -> None:
    document = warm(["thermal_lwir", "ir_truth"], thermal_lwir={"formats": ["tlinear", "radiance"]})
    expected = [sample.members for sample in open_dataset(studio.make(document)).samples()]
    orchestrator.stop()
    document["writer"]["format"] = kind
    made = studio.make(document)
    assert [sample.members for sample in open_dataset(made).samples()] == expected
    if kind == "parquet":
        import pyarrow.parquet as pq

        row = pq.read_table(next((made / "shards").glob("*.parquet"))).to_pylist()[0]
        assert row["thermal_lwir.tlinear.png"]["bytes"] == expected[0]["thermal_lwir.tlinear.png"]
        assert row["ir_truth.temperature.npy"] == expected[0]["ir_truth.temperature.npy"]


def test_an_output_with_its_own_view_needs_its_render_product() -> None:
    import omni.replicator.core as rep

    import writers.dataset  # noqa: F401 - registers the writer

    product = rep.create.render_product("/OmniverseKit_Persp", (64, 48))
    writer = rep.WriterRegistry.get("DatasetWriter")
    settings = {"infrared": {"cameras": {"thermal_lwir": {"own_view": True}}}}
    writer.initialize(outputs=["thermal_lwir"], settings=settings, take=lambda sample: None)
    with pytest.raises(ValueError, match=r"output 'thermal_lwir' has its own view, and no render product has a camera"):
        writer.attach([product], trigger=None)
