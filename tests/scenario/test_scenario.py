"""Scenarios: what is wrong is named by its key, what is right is read whole."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from scenes import typecheck
from scenes.catalogue import catalogue
from scenes.distributions import check_distribution, is_distribution
from scenes.errors import ScenarioError
from scenes.scenario import load_scenario, parse_scenario
from scenes.seeds import derive_seed
from scenes.yaml_reader import find_scenario, read_document

ROOT = Path(__file__).resolve().parents[2]
GOOD: dict[str, Any] = {
    "frames": 3,
    "resolution": [64, 48],
    "classes": ["cow"],
    "outputs": ["rgb", "boxes"],
    "cameras": {"main": {"focal_length": 30}},
    "scene": {"thing": {"asset": {"file": __file__}}},
}


def wrong(**changes: Any) -> dict[str, Any]:
    document = copy.deepcopy(GOOD)
    document.update(changes)
    return document


def test_a_good_scenario_is_read() -> None:
    scenario = parse_scenario(GOOD, "here.yaml")
    assert scenario.name == "here"
    assert scenario.resolution == (64, 48)
    assert scenario.cameras["main"] == {"focal_length": 30.0}
    assert scenario.scene[0].options == {"file": __file__}


BAD = [
    (wrong(framess=3), r"framess: is not a known key; did you mean 'frames'\?"),
    (wrong(frames="many"), r"frames: is 'many'; expected a whole number"),
    (wrong(frames=0), r"frames: is 0; expected 1 or more"),
    (wrong(frames=True), r"frames: is True; expected a whole number"),
    (wrong(seed=-1), r"seed: is -1; expected 0 or more"),
    (wrong(resolution=[64]), r"resolution: is \[64\]; expected a list of 2 values"),
    (wrong(resolution=[8, 48]), r"resolution\[0\]: is 8; expected 16 or more"),
    (wrong(outputs=["rgb", "rgb"]), r"outputs\[1\]: is 'rgb' again; name each output once"),
    (wrong(outputs=["dept"]), r"outputs\[0\]: is 'dept'; expected one of .*; did you mean 'depth'\?"),
    (wrong(resolution=[0, 0]), r"resolution\[0\]: is 0; expected 16 or more"),
    (wrong(writer={"samples_per_shard": 0}), r"writer.samples_per_shard: is 0; expected 1 or more"),
    (wrong(writer={"preview": -1}), r"writer.preview: is -1; expected 0 or more"),
    (wrong(writer={"format": "zip"}), r"writer.format: is 'zip'; expected one of webdataset"),
    (wrong(quality={"samples": 0}), r"quality.samples: is 0; expected 1 or more"),
    (wrong(cameras={"a": {"f_stop": -1}}), r"cameras.a.f_stop: is -1.0; expected 0 \(no blur\) or more"),
    (wrong(cameras={"a": {"clearance": -2}}), r"cameras.a.clearance: is -2.0; expected 0 \(none\) or more metres"),
    (wrong(cameras={"a": {"look_at": [0, 0, 0]}}), r"cameras.a.look_at: is \[0.0, 0.0, 0.0\], where the camera is"),
    (wrong(randomizers={"a": {"pose": {"prim": "x"}}}), r"randomizers.a.pose.prim: .* did you mean 'prims'\?"),
    (wrong(randomizers={"a": {"pos": {}}}), r"randomizers.a.pos: is not a known key; did you mean 'pose'\? \(known: "),
    (wrong(randomizers={"a-b": {"pose": {}}}), r"randomizers: has the name 'a-b'; expected letters"),
    (wrong(cameras={"a": {"position": [0, float("nan"), 0]}}), r"position\[1\]: is nan; expected a number"),
    (wrong(stage={"meters_per_unit": float("inf")}), r"stage.meters_per_unit: is inf; expected a number"),
    (wrong(outputs=[]), r"outputs: is empty; choose from rgb"),
    (wrong(outputs=["rgb", "smell"]), r"outputs\[1\]: is 'smell'; expected one of rgb"),
    (wrong(classes=["cow", "cow"]), r"classes\[1\]: is 'cow' again"),
    (wrong(classes=["a,b"]), r"classes\[0\]: is 'a,b'; expected a name without commas"),
    (wrong(cameras={}), r"cameras: is \{\}; .* at least one camera"),
    (wrong(cameras={"a b": {}}), r"cameras: has the name 'a b'; expected letters"),
    (wrong(cameras={"a": {"focal_length": 0}}), r"cameras.a.focal_length: is 0.0; expected a number above 0"),
    (wrong(cameras={"a": {"clipping_range": [2, 1]}}), r"cameras.a.clipping_range: .* expected 0 < near < far"),
    (wrong(cameras={"a": {"zoom": 2}}), r"cameras.a.zoom: is not a known key"),
    (wrong(stage={"meters_per_unit": 0}), r"stage.meters_per_unit: is 0.0; expected a number above 0"),
    (wrong(stage={"up_axis": "X"}), r"stage.up_axis: is 'X'; expected one of Y, Z"),
    (wrong(quality={"mode": "fast"}), r"quality.mode: is 'fast'; expected one of realtime, pathtracing"),
    (wrong(writer={"depth_scale": 0}), r"writer.depth_scale: is 0.0; expected a number above 0"),
    (wrong(scene=[1]), r"scene: is \[1\]; expected a mapping"),
    (wrong(scene={"a": {"xylophone": {}}}), r"scene.a.xylophone: is not a known key \(known: "),
    (wrong(scene={"a": {"asset": {}, "meadow": {}}}), r"scene.a: is .* expected one kind"),
    (wrong(scene={"a": {"asset": {}}}), r"scene.a.asset.file: is missing; expected the path of a file"),
    (wrong(scene={"a": {"asset": 3}}), r"scene.a.asset: is 3; expected a mapping of its options"),
    (
        wrong(scene={"a": {"asset": {"file": {"distribution.choice": {"choices": ["a"]}}}}}),
        r"scene.a.asset.file: takes no distribution; expected the path of a file",
    ),
    (wrong(scene={"a": {"asset": {"file": __file__, "label_class": 3}}}), r"label_class: is 3; expected text"),
]


@pytest.mark.parametrize(("document", "text"), BAD, ids=[b[1][:30] for b in BAD])
def test_bad_scenarios_name_the_key(document: dict[str, Any], text: str) -> None:
    with pytest.raises(ScenarioError, match=text):
        parse_scenario(document)


BAD_DISTRIBUTIONS = [
    ({"distribution.uniform": {"lower": 2, "upper": 1}}, r"lower 2 is above upper 1; swap them"),
    ({"distribution.uniform": {"lower": [0, 0], "upper": 1}}, r"lower has 2 values and upper 1"),
    ({"distribution.uniform": {"lower": 0}}, r"distribution.uniform.upper: is missing"),
    ({"distribution.uniform": {"lower": 0, "upper": 1, "top": 2}}, r"distribution.uniform.top: is not a known key"),
    ({"distribution.uniform": {"lower": "a", "upper": 1}}, r"lower: is 'a'; expected a number"),
    ({"distribution.uniform": {"lower": float("nan"), "upper": 1}}, r"expected a number or a list of finite numbers"),
    ({"distribution.uniform": 3}, r"is 3; expected a mapping with lower, upper"),
    ({"distribution.gauss": {}}, r"distribution.gauss: is not a known distribution"),
    ({"distribution.normal": {"mean": 0, "std": -1}}, r"std: is -1; expected 0 or more"),
    ({"distribution.normal": {"mean": [0, 1], "std": 1}}, r"mean has 2 values and std 1"),
    ({"distribution.log_uniform": {"lower": 0, "upper": 1}}, r"a log-uniform range is above 0"),
    ({"distribution.choice": {"choices": []}}, r"choices: is \[\]; expected a list with at least one entry"),
    ({"distribution.choice": {"choices": [1, 2], "weights": [1]}}, r"weights: is \[1\]; expected 2 numbers"),
    ({"distribution.choice": {"choices": [1, 2], "weights": [1, -1]}}, r"weights: is \[1, -1\]; expected 2 numbers"),
    ({"distribution.choice": {"choices": [1, 2], "weights": [0, 0]}}, r"weights: is \[0, 0\]; expected 2 numbers"),
    ({"distribution.choice": {"choices": [1, "a"]}}, r"choices: is \[1, 'a'\]; expected entries of one kind"),
    ({"distribution.choice": {"choices": [[1, 2], [3]]}}, r"choices: is .*; expected entries of one kind"),
    ({"distribution.choice": {"choices": [1], "with_replacements": 1}}, r"with_replacements: is 1; expected true"),
    ({"distribution.uniform": {"lower": 0, "upper": 1, "num_samples": 0}}, r"num_samples: is 0; expected a whole"),
    ({"distribution.uniforn": {"lower": 0, "upper": 1}}, r"did you mean 'uniform'\?"),
    ({"distribution.sequence": {"items": [1], "stride": 0}}, r"stride: is 0; expected a whole number of 1 or more"),
    ({"distribution.sequence": {"items": [1], "ordered": False}}, r"ordered: is False; a shuffled sequence would"),
    ({"distribution.combine": {"distributions": []}}, r"distributions: is \[\]; expected a list"),
    ({"distribution.sequence": {"items": 3}}, r"items: is 3; expected a list"),
    ({"distribution.combine": {"distributions": [{"distribution.choice": {"choices": []}}]}}, r"distributions\[0\]"),
    ({"distribution.uniform": {"lower": 0, "upper": 1}, "x": 1}, r"expected one distribution and nothing else"),
]


@pytest.mark.parametrize(("value", "text"), BAD_DISTRIBUTIONS, ids=[b[1][:30] for b in BAD_DISTRIBUTIONS])
def test_bad_distributions_name_the_key(value: Any, text: str) -> None:
    assert is_distribution(value)
    with pytest.raises(ScenarioError, match=text):
        check_distribution(value, "randomizers.a.pose.position")


def test_good_distributions_pass() -> None:
    check_distribution(
        {"distribution.combine": {"distributions": [{"distribution.uniform": {"lower": 0, "upper": 1}}, 2]}}, "k"
    )
    check_distribution({"distribution.choice": {"choices": [[1, 2], [3, 4]], "weights": [1, 0]}}, "k")


BAD_FILES = [
    (b"frames: [1,\n", r"bad.yaml: line 2, column 1: is not YAML"),
    (b"- 1\n", r"bad.yaml: holds list; expected a mapping"),
    (b"", r"bad.yaml: holds NoneType; expected a mapping"),
    (b"frames: 1\nseed: 2\nframes: 3\n", r"bad.yaml: line 3, column 1: is not YAML: key 'frames' is given twice"),
    (b"? [1, 2]\n: 3\n", r"bad.yaml: line 1, column 3: is not YAML: a key is no text"),
    (b"\xff\xfe\x00", r"bad.yaml: is not text in UTF-8"),
    (b"scene: !!python/object:os.system {}\n", r"bad.yaml: line 1, column 8: is not YAML: could not determine"),
]


@pytest.mark.parametrize(("content", "text"), BAD_FILES, ids=[b[1][10:40] for b in BAD_FILES])
def test_files_that_cannot_be_read(content: bytes, text: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(content)
    with pytest.raises(ScenarioError, match=text):
        load_scenario(bad)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(
        ScenarioError, match=r"none.yaml: there is no such scenario file; .* one of .*pasture, .*tabletop"
    ):
        load_scenario(tmp_path / "none.yaml")
    with pytest.raises(ScenarioError, match=r"cannot be read \(Is a directory\)"):
        load_scenario(tmp_path)


def test_a_scenario_of_the_repository_goes_by_its_name() -> None:
    assert find_scenario("tabletop") == ROOT / "scenes" / "tabletop.yaml"
    assert find_scenario("scenes/tabletop.yaml" if Path("scenes").is_dir() else "tabletop").name == "tabletop.yaml"


def test_numbers_with_exponents_and_merged_mappings(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("a: &a {x: 1e-3, y: 2E2, z: -1.5e+1}\nb: {<<: *a, y: 1e3x}\n")
    assert read_document(path)["b"] == {"x": 0.001, "y": "1e3x", "z": -15.0}


def test_assets_are_looked_up_beside_the_scenario_then_in_the_repository(tmp_path: Path) -> None:
    (tmp_path / "mug.usda").touch()
    path = tmp_path / "s.yaml"

    def file_of(name: str) -> str:
        path.write_text(yaml.safe_dump(wrong(scene={"thing": {"asset": {"file": name}}})))
        return load_scenario(path).scene[0].options["file"]

    assert file_of("mug.usda") == str(tmp_path / "mug.usda")
    assert file_of("scenes/pasture.yaml") == str(ROOT / "scenes" / "pasture.yaml")
    assert file_of("omniverse://host/mug.usd") == "omniverse://host/mug.usd"
    with pytest.raises(
        ScenarioError, match=r"scene.thing.asset.file: is 'no.usd', and there is no such file \(looked in"
    ):
        file_of("no.usd")
    with pytest.raises(ScenarioError, match=r"asset.file: is '/no.usd', and there is no such file; give the path"):
        file_of("/no.usd")


def test_the_command_line_replaces_keys(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(yaml.safe_dump(GOOD))
    scenario = load_scenario(path, {"frames": 9, "seed": None, "outputs": ["depth"]})
    assert (scenario.frames, scenario.seed, scenario.outputs) == (9, 1, ["depth"])
    with pytest.raises(ScenarioError, match=r"^--outputs\[0\]: is 'sound'; expected one of rgb"):
        load_scenario(path, {"outputs": ["sound"]})


def test_seeds_are_independent_and_never_zero() -> None:
    seeds = {derive_seed(7, frame, name, arg) for frame in range(20) for name in "abc" for arg in "xy"}
    assert len(seeds) == 120
    assert min(seeds) >= 1 and max(seeds) < 2**31 - 1
    assert derive_seed(1, 23) != derive_seed(12, 3)


def test_types_are_described_for_people() -> None:
    assert typecheck.describe(list[str]) == "a list of text"
    assert typecheck.describe(float | None) == "a number"
    assert typecheck.describe(typecheck.Draw) == "a value or a distribution"
    assert typecheck.describe(list[typecheck.AssetFile]) == "a list of the path of a file"


def test_the_catalogue_shows_every_file() -> None:
    found = catalogue()
    assert {"scenes/pasture.yaml", "scenes/tabletop.yaml"} <= set(found["scenarios"])
    assert {"meadow", "herd", "daylight", "asset"} <= set(found["builders"])
    assert {"visibility", "scatter", "orbit", "daylight"} <= set(found["randomizers"])
    assert set(found["writers"]) == {"DatasetWriter"}
    assert all(line for entries in found.values() for line in entries.values())
