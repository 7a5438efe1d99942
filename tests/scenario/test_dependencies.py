"""Which files an asset stands on: what USD itself composes and what the textures' readers open, listed by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pxr import UsdUtils

from scenes.dependencies import dependencies, short_names

ROOT = """#usda 1.0
(
    defaultPrim = "Mug"
    subLayers = [@./layers/below.usda@, @./layers/gone.usda@]
)
def Xform "Mug" (
    prepend references = @./layers/handle.usda@
    prepend payload = @./layers/heavy.usda@
    variants = { string glaze = "red" }
    prepend variantSets = "glaze"
)
{
    variantSet "glaze" = {
        "red" {
            def "Body" (prepend references = @./layers/red.usda@)
            {
            }
        }
        "blue" {
            def "Body" (prepend references = @./layers/blue.usda@)
            {
            }
        }
    }
    def Material "Look"
    {
        custom asset ir:openmaterial = @./matter/mug.xoma@
        def Shader "Colour"
        {
            uniform token info:id = "UsdUVTexture"
            asset inputs:file = @./textures/day.png@
            asset inputs:file.timeSamples = { 0: @./textures/day.png@, 1: @./textures/night.png@ }
            asset inputs:tiles = @./textures/tile.<UDIM>.png@
            asset inputs:later = @./textures/later.<UDIM>.png@
            asset inputs:web = @https://example.org/web.png@
            asset inputs:mdl = @OmniPBR.mdl@
            asset[] inputs:more = [@./textures/more.png@]
        }
    }
}
"""
LAYER = '#usda 1.0\n(\n    defaultPrim = "Part"\n)\ndef Xform "Part"\n{\n}\n'
MATTER = {
    "mug.xoma": {"materialMappingUri": "maps/names.xomm"},
    "maps/names.xomm": {"materialMapping": [["Look", "../glazed.xomp", ""], ["Loop", "../mug.xoma", ""]]},
    "glazed.xomp": {"materialProperties": {"opticalPropertiesUri": "index.json", "brdfUris": ["scatter.json"]}},
}
THERE = [
    "layers/below.usda",
    "layers/blue.usda",
    "layers/handle.usda",
    "layers/heavy.usda",
    "layers/red.usda",
    "matter/glazed.xomp",
    "matter/maps/names.xomm",
    "matter/mug.xoma",
    "textures/day.png",
    "textures/more.png",
    "textures/night.png",
    "textures/tile.1001.png",
    "textures/tile.1002.png",
]
NOT_THERE = ["layers/gone.usda", "matter/index.json", "matter/scatter.json", "textures/later.<UDIM>.png"]


@pytest.fixture
def mug(tmp_path: Path) -> Path:
    """Return an asset of several files."""
    for name in THERE:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".usda":
            file.write_text(LAYER)
        elif file.suffix == ".png":
            Image.fromarray(np.zeros((2, 2, 3), np.uint8)).save(file)
        else:
            file.write_text(json.dumps(MATTER[name.removeprefix("matter/")]))
    (tmp_path / "mug.usda").write_text(ROOT)
    return tmp_path / "mug.usda"


def listed(asset: Path) -> list[str]:
    return [path.relative_to(asset.parent).as_posix() for path in dependencies(str(asset))]


def test_layers_of_every_variant_textures_and_materials_are_listed(
    mug: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert listed(mug) == sorted(THERE + NOT_THERE)
    assert capfd.readouterr() == ("", "")


def test_a_layer_that_cannot_be_read_is_listed_and_hides_no_other(mug: Path) -> None:
    (mug.parent / "layers/blue.usda").write_text("#usda 1.0\nnonsense{")
    assert listed(mug) == sorted(THERE + NOT_THERE)


def test_what_is_no_usd_names_nothing(mug: Path) -> None:
    mug.write_text("nonsense")
    assert listed(mug) == []


def test_a_package_is_hashed_whole(mug: Path) -> None:
    text = ROOT.replace(", @./layers/gone.usda@", "").replace(
        "            asset inputs:later = @./textures/later.<UDIM>.png@\n", ""
    )
    mug.write_text("\n".join(line for line in text.splitlines() if "web.png" not in line and "OmniPBR" not in line))
    package = mug.with_suffix(".usdz")
    assert UsdUtils.CreateNewUsdzPackage(str(mug), str(package))
    assert listed(package) == []


def test_names_are_as_short_as_they_can_be() -> None:
    paths = [Path("/data/red/a.png"), Path("/data/blue/a.png"), Path("/data/blue/b.png"), Path("/a.png")]
    assert dict(short_names(paths)) == {
        "b.png": Path("/data/blue/b.png"),
        "red/a.png": Path("/data/red/a.png"),
        "blue/a.png": Path("/data/blue/a.png"),
        "/a.png": Path("/a.png"),
    }
