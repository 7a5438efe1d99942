"""The codeless schema, asked through USD itself in processes of its own: schemas are read when USD starts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pxr import Sdf, Usd

from scenes.infrared import schema
from scenes.infrared.authored import read_temperature
from scenes.infrared.materials import material_of
from sensors.materials import COLUMNS

ROOT = Path(__file__).parents[2]

# What issue 4 and reference/infrared.md 3.5 ask for, written here again by hand.
ASKED = {
    "ir:emissivity:lwir": ("float", "1", 0.0, 1.0),
    "ir:emissivity:mwir": ("float", "1", 0.0, 1.0),
    "ir:reflectance:nir850": ("float", "1", 0.0, 1.0),
    "ir:reflectance:nir940": ("float", "1", 0.0, 1.0),
    "ir:solarAbsorptance": ("float", "1", 0.0, 1.0),
    "ir:specular:lwir": ("float", "1", 0.0, 1.0),
    "ir:roughness:lwir": ("float", "1", 0.0, 1.0),
    "ir:temperatureOffset": ("float", "K", -500.0, 5000.0),
    "ir:temperature": ("float", "K", 60.0, 6000.0),
    "primvars:ir:temperatureOffset": ("float[]", "K", -500.0, 5000.0),
    "ir:temperature:model": ("token", "", None, None),
    "ir:temperature:part": ("token", "", None, None),
    "ir:temperature:texture": ("asset", "", None, None),
    "ir:temperature:textureScale": ("float", "K", -1e5, 1e5),
    "ir:temperature:textureBias": ("float", "K", -6000.0, 6000.0),
    "ir:heatFlux": ("float", "W/m2", -1e5, 1e6),
    "ir:material": ("token", "", None, None),
    "ir:openmaterial": ("asset", "", None, None),
}

ASK = """
import json, sys
from pxr import Sdf, Usd, UsdGeom, UsdShade, UsdValidation
stage = Usd.Stage.CreateInMemory()
stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/World").GetPrim())
UsdGeom.SetStageUpAxis(stage, "Z"); UsdGeom.SetStageMetersPerUnit(stage, 1.0)
cube = UsdGeom.Cube.Define(stage, "/World/Cube").GetPrim()
material = UsdShade.Material.Define(stage, "/World/Looks/Paint").GetPrim()
found = {"can apply": [bool(p.CanApplyAPI("IrSurfaceAPI")) for p in (cube, material)]}
for prim in (cube, material):
    prim.ApplyAPI("IrSurfaceAPI")
found["has"] = [cube.HasAPI("IrSurfaceAPI"), material.HasAPI("IrSurfaceAPI")]
found["applied"] = list(cube.GetAppliedSchemas())
names = [n for n in cube.GetPropertyNames() if "ir:" in n]
found["attributes"] = {n: [str(cube.GetAttribute(n).GetTypeName()), cube.GetAttribute(n).IsCustom(),
    cube.GetAttribute(n).IsAuthored(), cube.GetAttribute(n).GetDocumentation()] for n in names}
found["fallbacks"] = [cube.GetAttribute(n).Get() for n in ("ir:heatFlux", "ir:temperatureOffset", "ir:temperature")]
found["primvar"] = UsdGeom.PrimvarsAPI(cube).HasPrimvar("ir:temperatureOffset")
cube.GetAttribute("ir:temperature").Set(300.0)
context = UsdValidation.ValidationContext(UsdValidation.ValidationRegistry().GetOrLoadAllValidators())
found["errors"] = [e.GetErrorAsString() for e in context.Validate(stage)]
layer = stage.GetRootLayer()
spec = Sdf.AttributeSpec(layer.GetPrimAtPath("/World/Cube"), "ir:emissivity:lwir", Sdf.ValueTypeNames.String)
found["wrong type"] = [e.GetErrorAsString() for e in context.Validate(stage)]
print(json.dumps(found))
"""
REGISTER = "from scenes.infrared import schema\nassert schema.register()\n"


def ask(code: str, **environment: str) -> dict:
    """Run code in a process of its own and return the JSON that it prints last."""
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PXR_PLUGINPATH_NAME": "", **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout.splitlines()[-1]))


@pytest.mark.parametrize("way", ["registered", "plugin path"])
def test_usd_knows_the_schema(way: str) -> None:
    """Applied, asked for, documented and validated by USD alone, registered from Python or found on the plugin path."""
    found = ask(REGISTER + ASK) if way == "registered" else ask(ASK, PXR_PLUGINPATH_NAME=str(schema.FOLDER))
    assert found["can apply"] == [True, True]
    assert found["has"] == [True, True]
    assert found["applied"] == ["IrSurfaceAPI"]
    assert set(ASKED) <= set(found["attributes"])
    for name, (type_name, is_custom, is_authored, doc) in found["attributes"].items():
        assert not is_custom and not is_authored, name
        assert len(doc) > 20, name
        if name in ASKED:
            assert type_name == ASKED[name][0], name
    assert found["fallbacks"] == [0.0, 0.0, None]
    assert found["primvar"]
    assert found["errors"] == []
    assert len(found["wrong type"]) == 1 and "ir:emissivity:lwir" in found["wrong type"][0]


def test_a_usd_that_has_started_gets_the_schema_by_name() -> None:
    """After the first stage USD learns no schema: `apply` still leaves the name that later readers find."""
    code = """
import json
from pxr import Sdf, Usd
stage = Usd.Stage.CreateInMemory()
prim = stage.DefinePrim("/A", "Xform")
known_before = Usd.SchemaRegistry().FindAppliedAPIPrimDefinition("IrSurfaceAPI") is not None
from scenes.infrared import schema
from scenes.infrared.authored import read_temperature
from scenes.infrared.materials import material_of
schema.apply(prim)
print(json.dumps({"before": known_before, "registered": schema.register(), "text": stage.ExportToString()}))
"""
    found = ask(code)
    assert (found["before"], found["registered"]) == (False, False)
    assert 'apiSchemas = ["IrSurfaceAPI"]' in found["text"]


def test_the_list_of_attributes_is_the_one_asked_for() -> None:
    """Types, units and limits are those of the specification; every part of every band can be authored."""
    found = schema.attributes()
    for name, (type_name, unit, low, high) in ASKED.items():
        attribute = found[name]
        assert (attribute.type_name, attribute.unit, attribute.minimum, attribute.maximum) == (
            type_name,
            unit,
            low,
            high,
        )
    parts = {f"ir:{part}:{column}" for part in ("reflectance", "transmittance") for column in COLUMNS}
    assert set(found) == set(ASKED) | parts
    assert all(attribute.doc for attribute in found.values())


def test_apply_in_this_process_leaves_the_name() -> None:
    """Whatever this process has done before, the prim says that it carries the schema."""
    stage = Usd.Stage.CreateInMemory()
    prim = stage.DefinePrim("/A", "Xform")
    schema.apply(prim)
    assert "IrSurfaceAPI" in prim.GetMetadata("apiSchemas").GetAppliedItems()


def table() -> list[str]:
    """Return the rows that docs/infrared_usd.md should have."""
    rows = []
    for a in schema.attributes().values():
        unit = "fraction" if a.unit == "1" else a.unit
        span = f"{unit}, {a.minimum:g} to {a.maximum:g}" if a.minimum is not None else ""
        rows.append(f"| `{a.name}` | {a.type_name} | {span} | {a.doc} |")
    return rows


def test_the_page_has_the_attributes_and_its_examples_work() -> None:
    """The documented table is the schema's; the USD of the page is read and gives what the page says."""
    page = (ROOT / "docs/infrared_usd.md").read_text()
    written = page.split("tests/infrared_usd/test_schema.py -->")[1].split("<!-- end -->")[0]
    assert written.strip().splitlines()[2:] == table()
    code = "\n".join(line[4:] for line in page.splitlines() if line.startswith("    ") and "PXR_" not in line)
    layer = Sdf.Layer.CreateAnonymous(".usda")
    assert layer.ImportFromString("#usda 1.0\n" + code.replace('over "Kettle"', 'def Cube "Kettle"'))
    stage = Usd.Stage.Open(layer)
    kettle = stage.GetPrimAtPath("/Kettle")
    material, source = material_of(kettle)
    assert (material.token, material.emissivity["lwir"], source) == ("steel", pytest.approx(0.12), "ir")
    assert read_temperature(kettle, Usd.TimeCode.Default()) == pytest.approx(368.15)
    assert stage.GetPrimAtPath("/Car").GetAttribute("ir:openmaterial").Get().path == "./car.xoma"
