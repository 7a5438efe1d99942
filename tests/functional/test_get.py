"""rep.functional.get: lists of prims, by path, type and label."""

from __future__ import annotations

from typing import Any

import pytest
from pxr import Usd, UsdGeom

from engine.replicator.functional import create, get
from engine.replicator.viewport_manager import create_render_product


def paths(prims: list[Usd.Prim]) -> list[str]:
    return [str(prim.GetPath()) for prim in prims]


@pytest.fixture
def world() -> None:
    create.cube(name="Box", parent="/World", semantics={"class": "box"})
    create.sphere(name="ball", parent="/World", as_mesh=False, semantics={"class": "ball"})
    create.camera(name="Cam", parent="/World")
    create.sphere_light(name="Lamp", parent="/World")
    create.material(mdl="OmniPBR.mdl")


@pytest.mark.usefixtures("world")
def test_searches() -> None:
    assert paths(get.prims(path_pattern="/World/B.*")) == ["/World/Box"]
    assert paths(get.prims(path_pattern="/World/B.*", ignore_case=True)) == ["/World/Box", "/World/ball"]
    assert paths(get.prims(path_match="Cam")) == ["/World/Cam"]
    assert paths(get.prims(semantics={"class": "ball"})) == ["/World/ball"]
    assert paths(get.prims(prim_types=["Mesh", "Sphere"], semantics_exclusion=[("class", "ball")])) == ["/World/Box"]
    assert paths(get.prims(path_match="/World/", path_pattern_exclusion="Lamp|Cam|Box")) == ["/World/ball"]
    assert paths(get.mesh()) == ["/World/Box"] and paths(get.shape()) == ["/World/ball"]
    assert paths(get.light()) == ["/World/Lamp"] and paths(get.material()) == ["/Looks/OmniPBR"]
    assert "/World/Cam" in paths(get.camera()) and get.skeleton() == []
    assert paths(get.prim_at_path(["/World/Box", "/World/None"])) == ["/World/Box"]


def test_another_stage() -> None:
    other = Usd.Stage.CreateInMemory()
    UsdGeom.Cube.Define(other, "/Elsewhere")
    assert paths(get.shape(other)) == ["/Elsewhere"] and paths(get.prim_at_path("/Elsewhere", other)) == ["/Elsewhere"]


def test_render_products() -> None:
    camera = create.camera()
    made = create_render_product(str(camera.GetPath()), (64, 32))
    (found,) = get.renderproduct()
    assert str(found.GetPath()) == made.path
    assert found.GetRelationship("camera").GetTargets() == [camera.GetPath()]
    assert tuple(found.GetAttribute("resolution").Get()) == (64, 32)


MISTAKES: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"stage": "/World"}, TypeError, r"functional.get.prims: stage='/World' was given; expected a Usd.Stage, or None"),
    ({"path_pattern": "("}, ValueError, r"path_pattern='\(' was given; expected a regular expression"),
    ({"path_match": 3}, TypeError, r"path_match=3 was given; expected text"),
    ({"prim_types": [3]}, TypeError, r"prim_types=\[3\] was given; expected names of USD prim types"),
]


@pytest.mark.parametrize(("arguments", "error", "text"), MISTAKES, ids=[next(iter(m[0])) for m in MISTAKES])
def test_mistakes_are_named(arguments: dict[str, Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        get.prims(**arguments)


def test_utils_find_prims_takes_a_list_of_paths_and_patterns() -> None:
    from engine.replicator import utils as rep_utils

    for name in ("Box", "Box_01", "Other"):
        create.cube(name=name)
    found = rep_utils.find_prims(["/Box", "/Oth.*", "/Box"], mode="prims")
    assert [str(prim.GetPath()) for prim in found] == ["/Box", "/Other"]
    assert len(rep_utils.find_prims("Box")) == 2
    with pytest.raises(ValueError, match="find_prims: mode='looks' was given; expected 'prims'"):
        rep_utils.find_prims(["/Box"], mode="looks")
