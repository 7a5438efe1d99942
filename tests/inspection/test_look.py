"""inspect, stats and diff: words, pictures and numbers against what the samples hold."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.exports.worlds import image, objects_of, several
from writers.inspection.__main__ import main
from writers.inspection.compare import compare
from writers.inspection.histogram import Histogram, bars
from writers.inspection.opening import opened
from writers.inspection.show import CAPTION, first_key, paint, picture
from writers.preview import TILE_WIDTH
from writers.shards.sample import Sample

from .making import make


@pytest.mark.parametrize("name", ["webdataset", "parquet", "mds"])
def test_inspect_says_what_a_sample_holds(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    place = make(tmp_path / "set", format=name)
    assert main(["inspect", place, "000000002", "--out", str(tmp_path / "two.png")]) == 0
    lines = capsys.readouterr().out.splitlines()
    row = several(frames=5).rows[2]
    assert lines[0] == f"dataset   {place} ({name}, 5 samples)" and lines[1] == "sample    000000002: frame 2, seed 7"
    depth = image(row.members["depth.png"])
    (told,) = [line for line in lines if line.startswith("depth.png")]
    assert told.split()[1:4] == [str(len(row.members["depth.png"])), "uint16", "150x200"]
    low, high = depth[depth > 0].min() * 0.0005, depth.max() * 0.0005
    assert told.endswith(f"0 to {depth.max()} ({low:.3f} to {high:.3f} m)")
    assert "5 object(s)" in lines
    for item in objects_of(row):
        (told,) = [line for line in lines if line.endswith(item["prim"])]
        assert told.split()[:2] == [str(item["id"]), item["class"]] and f" {item['area']} " in told
    assert (tmp_path / "two.png").stat().st_size > 1000


def test_the_first_sample_is_shown_by_default(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["inspect", make(tmp_path / "set", views=2)]) == 0
    assert "sample    000000000_camera0: frame 0" in capsys.readouterr().out
    assert (tmp_path / "inspect-000000000_camera0.png").exists()


def test_the_picture_has_every_member_once_and_the_boxes() -> None:
    row = several(frames=1).rows[0]
    flow = np.zeros((150, 200, 2), np.float32)
    flow[:75, :, 0], flow[75:, :, 1] = 2.0, 1.0
    thermal = np.linspace(0, 60000, 150 * 200).reshape(150, 200).astype(np.uint16)
    import io

    buffer = io.BytesIO()
    np.save(buffer, flow)
    members = {**row.members, "flow.npy": buffer.getvalue(), "thermal.png": cv2.imencode(".png", thermal)[1].tobytes()}
    sheet = picture(Sample(row.key, members))
    height = CAPTION + TILE_WIDTH * 150 // 200
    assert sheet.shape == (3 * height, 3 * TILE_WIDTH, 3)  # rgb, boxes, depth, flow, instance, semantic, thermal
    tiles = [
        sheet[y * height + CAPTION : (y + 1) * height, x * TILE_WIDTH : (x + 1) * TILE_WIDTH]
        for y in range(3)
        for x in range(3)
    ]
    spread = [tile.reshape(-1, 3).std(axis=0).max() for tile in tiles]
    assert min(spread[:7]) > 5 and spread[7:] == [0, 0]
    changed = (tiles[0] != tiles[1]).any(axis=2)
    assert 0.005 < changed.mean() < 0.3
    directions = [tiles[3][row].reshape(-1, 3).mean(axis=0) for row in (slice(0, 100), slice(-100, None))]
    assert np.abs(directions[0] - directions[1]).max() > 50  # right and down have different hues
    ramp = tiles[6][:, :, 0].mean(axis=1)
    assert (np.diff(ramp) >= -1e-9).all() and ramp[-1] - ramp[0] > 240


def test_semantic_classes_are_painted_apart() -> None:
    value = np.array([[0, 1], [2, 2]], np.uint16)
    painted = paint("semantic.png", value, {}, {})
    assert painted[0, 0].tolist() == [0, 0, 0] and (painted[1, 0] == painted[1, 1]).all()
    assert (painted[0, 1] != painted[1, 0]).any()


def test_a_sample_that_is_not_there_and_one_without_pictures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = make(tmp_path / "set")
    assert main(["inspect", place, "000000077"]) == 2
    assert capsys.readouterr().err.startswith(f"inspect: dataset '{place}' has no sample '000000077'")
    with pytest.raises(ValueError, match="sample 'a' has no member that is a picture; it has json"):
        picture(Sample("a", {"json": b"{}"}))
    empty = make(tmp_path / "empty", shards=0, finish=False)
    with pytest.raises(ValueError, match="has no samples yet"):
        first_key(opened(empty))


@pytest.mark.parametrize("name", ["webdataset", "parquet", "mds"])
def test_stats_count_what_the_samples_hold(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    place = make(tmp_path / "set", format=name, skip=3)
    rows = [row for row in several(frames=5).rows if row.key != "000000003"]
    assert main(["stats", place, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    items = [item for row in rows for item in objects_of(row)]
    shards = list((tmp_path / "set" / "shards").glob("shard*"))
    assert (found["samples"], found["shards"], found["skipped_frames"], found["finished"]) == (4, 3, 1, True)
    assert found["bytes"] == sum(path.stat().st_size for path in shards)
    assert found["objects"] == len(items) == 15 and found["resolutions"] == {"200x150": 4}
    for label, counts in found["classes"].items():
        mine = [[item for item in objects_of(row) if item["class"] == label] for row in rows]
        assert counts == {"objects": sum(map(len, mine)), "images": sum(map(bool, mine))}
    assert {key: count for key, count in found["objects_per_image"].items() if count} == {"0": 1, "5": 3}
    sides = [np.sqrt(item["box"][2] * item["box"][3]) for item in items]
    assert found["box_side_px"]["mean"] == pytest.approx(np.mean(sides), rel=1e-4)
    assert found["box_sides"]["8-16"] == sum(8 <= side < 16 for side in sides)
    depths = np.concatenate([image(row.members["depth.png"]).ravel() for row in rows]) * 0.0005
    depths = depths[depths > 0]
    assert [found["depth_m"][k] for k in ("min", "max")] == pytest.approx([depths.min(), depths.max()], rel=1e-5)
    for share in (5, 50, 95):
        assert found["depth_m"][f"p{share}"] == pytest.approx(np.percentile(depths, share), rel=0.02)
    luma = [(image(row.members["rgb.png"])[..., ::-1] @ [0.299, 0.587, 0.114]).mean() for row in rows]
    assert found["brightness"]["mean"] == pytest.approx(np.mean(luma), abs=1.0)


def test_stats_in_words_and_without_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = make(tmp_path / "set", shards=2, finish=False)
    assert main(["stats", place, "--labels-only"]) == 0
    out = capsys.readouterr().out
    assert "samples     4 in 2 shard(s)" in out and "unfinished" in out
    assert "  crate         6         3" in out and "depth (m)" not in out and "visible" in out


def test_histograms_give_quantiles_to_a_bin_and_keep_what_is_outside() -> None:
    values = np.random.default_rng(3).normal(50, 10, 5000)
    found = Histogram(np.linspace(0, 100, 201))
    for part in np.split(values, 10):
        found.add(part)
    for share in (0.05, 0.5, 0.95):
        assert found.quantile(share) == pytest.approx(np.quantile(values, share), abs=0.5)
    found.add([-5, 700])
    assert (found.low, found.high, found.total) == (-5, 700, 5002)
    assert np.isnan(Histogram([0, 1]).quantile(0.5)) and Histogram([0, 1]).summary() is None
    assert bars(["a", "b", "c", "d"], [0, 4, 1, 0]) == [f"  b         4 {'#' * 40}", f"  c         1 {'#' * 10}"]
    assert bars(["a"], [0]) == ["  (none)"]


def test_equal_datasets_have_no_difference_whatever_their_format(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b, c = make(tmp_path / "a"), make(tmp_path / "b"), make(tmp_path / "c", format="parquet")
    assert main(["diff", a, b]) == 0
    assert capsys.readouterr().out == "all 5 samples are the same\n"
    assert main(["diff", a, c]) == 1 and main(["diff", a, c, "--samples"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[:3] == [
        "plans differ (first A, then B)",
        '  format: was "webdataset", is "parquet"',
        "all 5 samples are the same",
    ]


def test_shards_of_equal_hash_are_not_read(tmp_path: Path) -> None:
    a, b = make(tmp_path / "a"), make(tmp_path / "b")
    (tmp_path / "b" / "shards" / "shard-000001.tar").unlink()
    assert compare(opened(a), opened(b)).samples_equal


def test_differences_are_named_and_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = several(frames=5).rows
    depth = image(rows[2].members["depth.png"])
    depth[10, 20] += 100
    depth[11, 20:23] += 7
    about = json.loads(rows[2].members["json"])
    about["objects"][0]["area"] += 1
    about["camera"]["prim"] = "/Other"
    changed = {**rows[2].members, "depth.png": cv2.imencode(".png", depth)[1].tobytes()}
    changed["json"] = json.dumps(about).encode()
    again = cv2.imencode(".png", image(rows[0].members["rgb.png"]), [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes()
    assert again != rows[0].members["rgb.png"]
    others = [
        Sample(rows[0].key, {**rows[0].members, "rgb.png": again}),
        rows[1],
        Sample(rows[2].key, changed),
        *rows[3:],
    ]
    a, b = make(tmp_path / "a", rows), make(tmp_path / "b", others, seed=8, skip=4)
    assert main(["diff", a, b]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "  scenario.seed: was 7, is 8" in lines
    assert "samples: 2 the same, 2 different, 1 only in A, 0 only in B" in lines
    assert "  000000000: rgb.png has other bytes, equal values" in lines
    share = 4 / depth.size
    text = (
        f"depth.png differs in {share:.3%} of its values, by 100 at most, json differs at camera.prim, objects[0].area"
    )
    assert f"  000000002: {text}" in lines and "  000000004: only in A" in lines
    assert f"  {'depth.png':14} in 1 sample(s), at most {share:.3%} of the values, by 100" in lines
    assert f"  {'json':14} in 1 sample(s), other entries in 1" in lines
    assert f"  {'rgb.png':14} in 1 sample(s), other bytes, equal values in 1" in lines


def test_members_and_shapes_may_differ_too(tmp_path: Path) -> None:
    rows = several(frames=2).rows
    small = cv2.imencode(".png", image(rows[0].members["rgb.png"])[::2, ::2])[1].tobytes()
    others = [Sample(row.key, {k: v for k, v in row.members.items() if k != "semantic.png"}) for row in rows]
    others[0].members["rgb.png"] = small
    found = compare(opened(make(tmp_path / "a", rows)), opened(make(tmp_path / "b", others, finish=False)))
    assert found.different == 2 and found.members["semantic.png"].samples == 2
    assert str(found.members["semantic.png"]) == "in 2 sample(s), only A has it in 2"
    assert str(found.members["rgb.png"]) == "in 1 sample(s), another shape or type in 1"
    assert found.examples[0].startswith("000000000: rgb.png is uint8 (150, 200, 3), and uint8 (75, 100, 3), semantic")


def test_long_lists_of_differences_are_cut(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path / "a", views=2)
    make(tmp_path / "b", shards=0, finish=False, views=1)
    assert main(["diff", str(tmp_path / "a"), str(tmp_path / "b")]) == 1
    out = capsys.readouterr().out
    assert "samples: 0 the same, 0 different, 10 only in A, 0 only in B" in out
    assert main(["diff", str(tmp_path / "b"), make(tmp_path / "c", several(frames=12).rows)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "  ... and 2 more"
