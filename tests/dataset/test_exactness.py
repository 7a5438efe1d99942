"""Same scenario, seed and frame: same bytes, whatever is made around them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Studio, members, small


def of_frame(found: dict[str, bytes], frame: int) -> dict[str, bytes]:
    return {name: data for name, data in found.items() if name.startswith(f"{frame:09d}")}


def test_a_frame_alone_and_in_reversed_order_has_the_bytes_of_the_whole_run(studio: Studio) -> None:
    document = small(outputs=["rgb", "depth", "semantic", "instance", "boxes"])
    document["quality"] = {"samples": 2, "denoise": True, "max_bounces": 2}
    whole = members(studio.make(document, "--frames", "4"))
    assert len(whole) == 4 * 5
    for frame in (3, 2, 1, 0):
        alone = members(studio.make(document, "--frames", "1", "--start", str(frame)))
        assert len(alone) == 5
        assert alone == of_frame(whole, frame)
    for name in ("rgb.png", "depth.png"):
        assert len({whole[f"{frame:09d}.{name}"] for frame in range(4)}) == 4


def test_flow_is_seen_from_the_frame_before_also_where_a_run_begins_later(studio: Studio) -> None:
    document = small(outputs=["instance", "flow"])
    whole = members(studio.make(document, "--frames", "3"))
    assert members(studio.make(document, "--frames", "1", "--start", "2")) == of_frame(whole, 2)
    assert whole["000000001.flow.npy"] != whole["000000002.flow.npy"]


def test_another_seed_makes_another_world(studio: Studio) -> None:
    first, second = members(studio.make(small())), members(studio.make(small(), "--seed", "6"))
    assert first.keys() == second.keys()
    assert all(first[name] != second[name] for name in first if name.endswith((".depth.png", ".json")))


def test_a_light_more_changes_no_object(studio: Studio) -> None:
    plain = small()
    lit = small()
    lit["scene"] = {"spot": {"lamps": {"lamps": 2, "height": 2.0}}, **lit["scene"]}
    power = {"prims": "^/World/spot/Lamp_\\d+$", "name": "intensity"}
    power["value"] = {"distribution.uniform": {"lower": 10, "upper": 20}}
    lit["randomizers"] = {"spot_power": {"attribute": power}, **lit["randomizers"]}
    before, after = members(studio.make(plain)), members(studio.make(lit))
    assert before.keys() == after.keys() and len(before) == 12
    for name in before:
        if not name.endswith(".json"):
            assert before[name] == after[name], name
            continue
        old, new = json.loads(before[name]), json.loads(after[name])
        drawn = new["drawn"].pop("spot_power.value")
        assert len(drawn) == 2 and all(10 <= row[0] <= 20 for row in drawn)
        assert old == new


def test_a_randomizer_less_moves_nothing_else(studio: Studio) -> None:
    fewer = small()
    del fewer["randomizers"]["power"]
    before, after = members(studio.make(small())), members(studio.make(fewer))
    assert {n: d for n, d in before.items() if not n.endswith(".json")} == {
        n: d for n, d in after.items() if not n.endswith(".json")
    }


@pytest.mark.parametrize("size", [1, 3, 100])
def test_samples_do_not_depend_on_the_size_of_shards(studio: Studio, size: int) -> None:
    document = small()
    document["writer"]["samples_per_shard"] = size
    assert members(studio.make(document)) == members(studio.make(small()))


@pytest.mark.parametrize("encoders", [0, 2, 8])
def test_samples_do_not_depend_on_the_number_of_encoders(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, encoders: int
) -> None:
    expected = members(studio.make(small()))
    monkeypatch.setattr("writers.dataset.ENCODERS", encoders)
    assert members(studio.make(small())) == expected


def test_the_same_run_gives_the_same_files(studio: Studio) -> None:
    def files(folder: Path) -> dict[str, bytes]:
        return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    first, second = files(studio.make(small())), files(studio.make(small()))
    beside = ["README.md", "manifest.json", "plan.json", "preview.png"]
    parts = [f"{kind}/shard-00000{n}.{end}" for kind, end in (("records", "json"), ("shards", "tar")) for n in (0, 1)]
    assert sorted(first) == [*beside, *parts]
    assert first == second


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pasture", "tabletop"])
def test_our_own_scenarios_are_exact_too(studio: Studio, name: str) -> None:
    words = ["--scenario", name, "--resolution", "96x64"]
    whole = members(studio.make(small(), *words, "--frames", "3"))
    alone = members(studio.make(small(), *words, "--frames", "1", "--start", "2"))
    assert len(alone) == 5 and alone == of_frame(whole, 2)
