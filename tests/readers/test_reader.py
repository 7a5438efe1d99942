"""`open_dataset` and `decode`: every format, in order and by key, and what is said when something is wrong."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.inspection.making import make
from writers.reader import DatasetError, SampleNotFoundError, decode, open_dataset
from writers.shards.plan import Plan
from writers.shards.record import record_name
from writers.shards.sample import Sample

from .samples import draw, several

FORMATS = ("webdataset", "parquet", "mds")
WHOLE = [draw(frame) for frame in (0, 1, 2, 4)]


@pytest.fixture(scope="module", params=FORMATS)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a finished dataset of five frames, two a shard, of which frame 3 was left out."""
    return make(tmp_path_factory.mktemp(request.param) / "d", several(5), format=request.param, skip=3)


def fresh(tmp_path: Path, form: str) -> str:
    return make(tmp_path / form, several(5), format=form, skip=3)


def shard_of(place: str, number: int) -> Path:
    return Path(place) / "shards" / json.loads((Path(place) / record_name(number)).read_text())["name"]


def test_all_samples_come_in_order_byte_for_byte(place: str) -> None:
    dataset = open_dataset(place)
    assert list(dataset.samples()) == WHOLE and len(dataset) == 4
    assert list(dataset.keys()) == [sample.key for sample in WHOLE]
    assert dataset.shard_numbers() == [record.number for record in dataset.records()] == [0, 1, 2]
    assert dataset.manifest is not None and dataset.manifest["samples"] == 4
    assert dataset.classes == ["crate", "post", "tile"]


def test_members_can_be_chosen(place: str) -> None:
    for sample, whole in zip(open_dataset(place).samples({"json", "depth.png", "smell"}), WHOLE, strict=True):
        assert sample.members == {name: whole.members[name] for name in ("depth.png", "json")}


def test_each_sample_is_found_by_its_key(place: str) -> None:
    dataset = open_dataset(place)
    assert [dataset.sample(sample.key) for sample in reversed(WHOLE)] == WHOLE[::-1]


def test_an_absent_key_is_refused_with_what_is_near(place: str) -> None:
    dataset = open_dataset(place)
    for key, said in {
        "000000001_left": r"near it: 000000000, 000000001$",
        "000000003": r"frame 3 was left out: the asset is corrupt",
        "000000005": r"its frames are 0 to 4",
        "cow": r"does not begin with a frame number",
    }.items():
        with pytest.raises(SampleNotFoundError, match=rf"has no sample '{key}'.*{said}"):
            dataset.sample(key)


@pytest.mark.parametrize("form", FORMATS)
def test_an_unfinished_dataset_is_read_as_far_as_it_is_and_says_so(tmp_path: Path, form: str) -> None:
    place = make(tmp_path / "d", several(5), format=form, shards=2, finish=False)
    with pytest.warns(UserWarning, match=r"unfinished: 2 of 3 shards are there; run the same command again"):
        dataset = open_dataset(place)
    assert dataset.manifest is None and len(dataset) == 4
    assert list(dataset.samples()) == several(4) and dataset.sample("000000003") == draw(3)
    with pytest.raises(SampleNotFoundError, match=r"'000000004': shard 2 is not there yet"):
        dataset.sample("000000004")


def test_files_without_a_record_are_not_read(tmp_path: Path) -> None:
    place = make(tmp_path / "d", several(5), finish=False)
    (Path(place) / record_name(1)).unlink()
    with pytest.warns(UserWarning, match="2 of 3"):
        assert [sample.key for sample in open_dataset(place).samples()] == ["000000000", "000000001", "000000004"]


def test_a_shard_of_which_every_frame_was_left_out_is_no_file(tmp_path: Path) -> None:
    for form in FORMATS:
        place = make(tmp_path / form, several(3), format=form, skip=2)
        dataset = open_dataset(place)
        assert list(dataset.samples()) == several(2) and list(dataset.keys()) == ["000000000", "000000001"]
        with pytest.raises(SampleNotFoundError, match="frame 2 was left out"):
            dataset.sample("000000002")


def test_several_views_are_found_by_key(tmp_path: Path) -> None:
    rows = [draw(frame, key=f"{frame:09d}_{view}") for frame in range(3) for view in ("left", "right")]
    for form in FORMATS:
        dataset = open_dataset(make(tmp_path / form, rows, format=form, views=2))
        assert list(dataset.samples()) == rows
        assert all(dataset.sample(row.key) == row for row in rows)


def test_memory_of_random_access_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("writers.reader._RECENT", 1)
    dataset = open_dataset(make(tmp_path / "d", several(5)))
    assert [dataset.sample(f"{frame:09d}") for frame in (4, 0, 2)] == [draw(4), draw(0), draw(2)]
    assert len(dataset._recent) == 1


def test_no_dataset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no dataset at '.*nowhere': it has no plan.json; give the folder or URL"):
        open_dataset(tmp_path / "nowhere")


@pytest.mark.parametrize("form", FORMATS)
def test_a_shard_that_is_cut_short_is_named(tmp_path: Path, form: str) -> None:
    place = fresh(tmp_path, form)
    path = shard_of(place, 1)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    dataset = open_dataset(place)
    with pytest.raises(
        DatasetError,
        match=rf"shards/{path.name} of '.*' is damaged: it has \d+ bytes, and its record says \d+; see ./launch.sh verify",
    ):
        list(dataset.samples())
    with pytest.raises(DatasetError, match=rf"shards/{path.name} of '.*' is damaged: .*(cut short|damaged)"):
        path.write_bytes(whole[:2000])
        dataset.sample("000000002")
    path.unlink()
    with pytest.raises(DatasetError, match=rf"shards/{path.name} of '.*' is gone, and its record is there"):
        list(dataset.samples())


@pytest.mark.parametrize("form", FORMATS)
def test_a_shard_with_other_samples_than_its_record_says_is_refused(tmp_path: Path, form: str) -> None:
    place = fresh(tmp_path, form)
    record = json.loads((Path(place) / record_name(0)).read_text())
    (Path(place) / record_name(0)).write_text(json.dumps({**record, "samples": 3}))
    with pytest.raises(DatasetError, match="is damaged: it holds 2 samples, and its record says 3"):
        list(open_dataset(place).samples())


def test_a_manifest_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    place = fresh(tmp_path, "webdataset")
    (Path(place) / "manifest.json").write_text("{")
    with pytest.raises(DatasetError, match=r"manifest.json of '.*' cannot be read .* --verify"):
        open_dataset(place)


def test_classes_come_from_the_samples_where_no_scenario_names_them(tmp_path: Path) -> None:
    place = fresh(tmp_path, "webdataset")
    plan = Plan.from_json((Path(place) / "plan.json").read_bytes())
    (Path(place) / "plan.json").write_bytes(Plan({}, 0, plan.frames, 2).to_json())
    (Path(place) / "manifest.json").unlink()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert open_dataset(place).classes == ["cow", "hen"]


def test_decoding_keeps_bits_and_channels() -> None:
    chance = np.random.default_rng(3)
    wide = chance.integers(0, 65536, (5, 7), np.uint16)
    color = chance.integers(0, 256, (5, 7, 3), np.uint8)
    clear = chance.integers(0, 256, (5, 7, 4), np.uint8)
    flow = np.ones((2, 3, 2), np.float32)

    def png(image: np.ndarray) -> bytes:
        return cv2.imencode(".png", image)[1].tobytes()

    import io

    stream = io.BytesIO()
    np.save(stream, flow)
    members = {
        "depth.png": png(wide),
        "rgb.png": png(color[..., ::-1]),
        "rgba.png": png(clear[..., [2, 1, 0, 3]]),
        "flow.npy": stream.getvalue(),
        "json": b'{"frame": 1}',
        "raw": b"\x00",
    }
    found = decode(Sample("a", members))
    for name, array in {"depth.png": wide, "rgb.png": color, "rgba.png": clear, "flow.npy": flow}.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype
    assert found["json"] == {"frame": 1} and found["raw"] == b"\x00"


@pytest.mark.parametrize("name, data", [("rgb.jpg", b"no"), ("d.png", b""), ("f.npy", b"x"), ("json", b"{")])
def test_what_cannot_be_decoded_is_named(name: str, data: bytes) -> None:
    with pytest.raises(DatasetError, match=rf"member '{name}' of sample 'a' cannot be decoded"):
        decode(Sample("a", {name: data}))


def test_flipped_bits_and_cuts_are_errors_of_the_dataset_or_other_values_and_nothing_else() -> None:
    """Readers of pictures and arrays raise kinds of their own: for sizes beyond all bounds, for half a header."""
    members = {**draw(0).members, "rgb.jpg": cv2.imencode(".jpg", np.full((24, 32, 3), 90, np.uint8))[1].tobytes()}
    chance, raised = np.random.default_rng(5), 0
    for name, data in members.items():
        for _ in range(300):
            harmed = bytearray(data)
            harmed[chance.integers(min(200, len(data)))] ^= 1 << int(chance.integers(8))
            whole = chance.random() < 0.8
            try:
                decode(Sample("a", {name: bytes(harmed if whole else harmed[: chance.integers(len(data))])}))
            except DatasetError:
                raised += 1
    assert raised > 300
    huge = members["rgb.jpg"].replace(b"\x00\x18\x00\x20", b"\xff\xff\xff\xff", 1)
    assert huge != members["rgb.jpg"]
    with pytest.raises(DatasetError, match="cannot be decoded"):
        decode(Sample("a", {"rgb.jpg": huge}))


def test_a_pickle_in_an_array_is_refused() -> None:
    import io

    stream = io.BytesIO()
    np.save(stream, np.array([{}], object), allow_pickle=True)
    with pytest.raises(DatasetError, match=r"'f.npy' of sample 'a' cannot be decoded: .*pickle"):
        decode(Sample("a", {"f.npy": stream.getvalue()}))
