"""Bands from USD: inheritance, instances, materials, edits, bad numbers; annotators by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade

from engine.annotate.bands import number_of
from engine.annotate.registry import get_annotator
from engine.render.buffers import Aov, FrameBuffers
from engine.stage.reader import StageReader
from tests.bands.stages import box, camera, material, new_stage, number, plane, surface


def of(reader: StageReader, path: str) -> object:
    return next(item for item in reader.snapshot().instances if item.prim_path == path)


def test_temperature_reaches_what_is_below() -> None:
    stage = new_stage(lwir={})
    group = UsdGeom.Xform.Define(stage, "/World/Group").GetPrim()
    number(group, "band:temperature", 305.0)
    box(stage, "/World/Group/A", 1)
    number(box(stage, "/World/Group/B", 1, kelvin=310.0), "band:temperatureOffset", 2.0)
    box(stage, "/World/C", 1)
    reader = StageReader(stage)
    warmth = {item.prim_path: item.warmth for item in reader.snapshot().instances}
    assert warmth["/World/Group/A"].temperature == pytest.approx(305.0)
    assert warmth["/World/Group/B"].temperature == pytest.approx(310.0)
    assert warmth["/World/Group/B"].offset == pytest.approx(2.0)
    assert warmth["/World/C"].temperature is None


def test_edits_are_seen_and_geometry_is_not_read_again() -> None:
    stage = new_stage(lwir={})
    prim = box(stage, "/World/A", 1, kelvin=300.0, lwir={"emissivity": 0.9})
    primvar = UsdGeom.PrimvarsAPI(prim).CreatePrimvar("band:temperatureOffset", Sdf.ValueTypeNames.FloatArray, "vertex")
    primvar.Set([0.0] * 8)
    reader = StageReader(stage)
    before = of(reader, "/World/A")
    number(prim, "band:temperature", 320.0)
    number(prim, "band:lwir:emissivity", 0.4)
    primvar.Set([1.0] * 8)
    after = of(reader, "/World/A")
    assert after.mesh is before.mesh
    assert after.material is before.material
    assert after.warmth.temperature == pytest.approx(320.0)
    assert after.surfaces["lwir"].emissivity == pytest.approx(0.4)
    assert before.warmth.corners.max() == 0
    assert after.warmth.corners.min() == 1
    again = of(reader, "/World/A")
    assert again is after


def test_a_band_that_is_edited() -> None:
    stage = new_stage(lwir={"ambient": 290.0}, mwir={})
    box(stage, "/World/A", 1)
    reader = StageReader(stage)
    assert [band.name for band in reader.snapshot().bands] == ["lwir", "mwir"]
    number(stage.GetPrimAtPath("/World/Bands/lwir"), "band:ambient", 280.0)
    assert reader.snapshot().bands[0].ambient == pytest.approx(280.0)
    stage.RemovePrim("/World/Bands/mwir")
    assert [band.name for band in reader.snapshot().bands] == ["lwir"]


def test_instances_that_differ_in_warmth_share_their_mesh(tmp_path: Path) -> None:
    asset = Usd.Stage.CreateNew(str(tmp_path / "cow.usda"))
    asset.SetDefaultPrim(UsdGeom.Xform.Define(asset, "/Cow").GetPrim())
    body = box(asset, "/Cow/Body", 1)
    nose = material(asset, "/Cow/Nose", lwir={"emissivity": 0.97})
    number(nose.GetPrim(), "band:temperatureOffset", 4.0)
    UsdShade.MaterialBindingAPI.Apply(body).Bind(nose)
    asset.Save()
    stage = new_stage(lwir={})
    for name, kelvin in (("A", 300.0), ("B", 304.0)):
        prim = UsdGeom.Xform.Define(stage, f"/World/{name}").GetPrim()
        prim.GetReferences().AddReference(str(tmp_path / "cow.usda"))
        prim.SetInstanceable(True)
        number(prim, "band:temperature", kelvin)
    one, other = StageReader(stage).snapshot().instances
    assert one.mesh is other.mesh
    assert (one.warmth.temperature, other.warmth.temperature) == pytest.approx((300.0, 304.0))
    assert one.warmth.offset == pytest.approx(4.0)
    assert one.surfaces["lwir"].emissivity == pytest.approx(0.97)


def test_a_prim_overrides_its_material() -> None:
    stage = new_stage(lwir={}, mwir={})
    prim = box(stage, "/World/A", 1, lwir={"emissivity": 0.3})
    made = material(stage, "/World/Paint", lwir={"emissivity": 0.8}, mwir={"emissivity": 0.7})
    UsdShade.MaterialBindingAPI.Apply(prim).Bind(made)
    found = StageReader(stage).snapshot().instances[0].surfaces
    assert found["lwir"].emissivity == pytest.approx(0.3)
    assert found["mwir"].emissivity == pytest.approx(0.7)


def test_point_instances_are_as_warm_as_their_instancer() -> None:
    stage = new_stage(lwir={})
    instancer = UsdGeom.PointInstancer.Define(stage, "/World/Many")
    surface(box(stage, "/World/Many/Box", 1, lwir={"emissivity": 0.5}), None)
    instancer.CreatePrototypesRel().AddTarget("/World/Many/Box")
    instancer.CreateProtoIndicesAttr([0, 0])
    instancer.CreatePositionsAttr([Gf.Vec3f(0), Gf.Vec3f(2)])
    number(instancer.GetPrim(), "band:temperature", 312.0)
    found = StageReader(stage).snapshot().instances
    assert len(found) == 2
    assert {item.warmth.temperature for item in found} == {312.0}


def test_nothing_of_this_without_bands() -> None:
    stage = Usd.Stage.CreateInMemory()
    box(stage, "/A", 1, kelvin=300.0)
    scene = StageReader(stage).snapshot()
    assert scene.bands == ()
    assert scene.instances[0].warmth is None


def test_more_than_one_in_all_is_clipped_with_a_warning(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = new_stage(mwir={})
    box(stage, "/World/A", 1, mwir={"emissivity": 0.8, "transmittance": 0.5})
    found = StageReader(stage).snapshot().instances[0].surfaces["mwir"]
    assert (found.emissivity, found.transmittance) == pytest.approx((0.5, 0.5))
    said = caplog.text + "".join(capsys.readouterr())
    assert "/World/A: band 'mwir': emissivity 0.8" in said
    assert "no more than 1 in all" in said


def test_tables_of_unequal_length_leave_the_band_out(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = new_stage(lwir={})
    stage.GetPrimAtPath("/World/Bands/lwir").GetAttribute("band:temperatures").Set([1.0, 2.0])
    assert StageReader(stage).snapshot().bands == ()
    assert "/World/Bands/lwir: the band is left out: its tables temperatures and radiances" in caplog.text + "".join(
        capsys.readouterr()
    )


def test_annotators_choose_their_band() -> None:
    stage = new_stage(lwir={}, mwir={})
    plane(stage, "/World/A", 1)
    reader = StageReader(stage)
    scene, view = reader.snapshot(), reader.camera(camera(stage, (0, 0, 5), (0, 0, 0), (0, 1, 0)), 4, 4)
    image = np.stack([np.full((4, 4), 1.0), np.full((4, 4), 2.0)], 2).astype(np.float32)
    buffers = FrameBuffers(4, 4, {Aov.BAND_RADIANCE: image})
    found = get_annotator("band_radiance").compute(buffers, scene, view, {"band": "mwir"})
    assert (found.data == 2.0).all()
    assert found.info == {"band": "mwir"}
    for wrong in ("", "swir"):
        with pytest.raises(ValueError, match=f"band '{wrong}' is not on the stage; expected one of: lwir, mwir"):
            number_of(scene, wrong)
    with pytest.raises(
        ValueError, match=r"band 'lwir' is not on the stage, nor is any other; call scenes.infrared.author"
    ):
        number_of(replace(scene, bands=()), "lwir")
