"""GeomSubsets."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import Sdf, Usd, UsdGeom, UsdShade

from engine.stage.reader import StageReader

from .build import area, bind, label, mesh, preview
from .test_meshes import CUBE_FACES, CUBE_POINTS


def subset(made: UsdGeom.Mesh, name: str, faces: list[int], family: str = "materialBind") -> UsdGeom.Subset:
    return UsdGeom.Subset.CreateGeomSubset(made, name, "face", faces, family)


@pytest.fixture
def cube(stage: Usd.Stage) -> UsdGeom.Mesh:
    return mesh(stage, "/Cube", CUBE_POINTS, [4] * 6, CUBE_FACES)


def test_each_subset_and_the_remainder_is_an_instance(stage: Usd.Stage, cube: UsdGeom.Mesh) -> None:
    red, blue = preview(stage, "/Red", diffuseColor=(1, 0, 0)), preview(stage, "/Blue", diffuseColor=(0, 0, 1))
    bind(subset(cube, "top", [1]), red)
    bind(subset(cube, "sides", [2, 3, 4]), blue)
    bind(cube, preview(stage, "/Grey", diffuseColor=(0.5, 0.5, 0.5)))
    scene = StageReader(stage).snapshot()
    found = [(i.prim_path, i.subset_path, i.material.base_color, round(area(i), 5)) for i in scene.instances]
    assert found == [
        ("/Cube", "/Cube/top", (1.0, 0.0, 0.0), 4.0),
        ("/Cube", "/Cube/sides", (0.0, 0.0, 1.0), 12.0),
        ("/Cube", "", (0.5, 0.5, 0.5), 8.0),
    ]
    top = next(i for i in scene.instances if i.subset_path == "/Cube/top")
    assert len(top.mesh.points) == 4 and (top.mesh.points[:, 2] == 1).all()


def test_a_partition_has_no_remainder(stage: Usd.Stage, cube: UsdGeom.Mesh) -> None:
    for face in range(6):
        subset(cube, f"face_{face}", [face])
    scene = StageReader(stage).snapshot()
    assert [i.subset_path for i in scene.instances] == [f"/Cube/face_{face}" for face in range(6)]


def test_subsets_without_a_binding_take_the_mesh_s(stage: Usd.Stage, cube: UsdGeom.Mesh) -> None:
    subset(cube, "top", [1])
    bind(cube, preview(stage, "/Grey", diffuseColor=(0.5, 0.5, 0.5)))
    assert {i.material.base_color for i in StageReader(stage).snapshot().instances} == {(0.5, 0.5, 0.5)}


def test_other_families_do_not_split_unless_they_are_labelled(stage: Usd.Stage, cube: UsdGeom.Mesh) -> None:
    made = subset(cube, "physics", [0, 1], "physics")
    reader = StageReader(stage)
    assert len(reader.snapshot().instances) == 1
    label(made, **{"class": "handle"})
    assert len(reader.snapshot().instances) == 2


def test_labels_of_a_subset_come_before_those_of_its_mesh(stage: Usd.Stage, cube: UsdGeom.Mesh) -> None:
    label(subset(cube, "top", [1]), **{"class": "lid"})
    label(cube, **{"class": "box"})
    scene = StageReader(stage).snapshot()
    chains = {i.subset_path: [(p.path, p.labels["class"]) for p in i.labels] for i in scene.instances}
    assert chains == {
        "/Cube/top": [("/Cube/top", ("lid",)), ("/Cube", ("box",))],
        "": [("/Cube", ("box",))],
    }
    assert [p.path for p in scene.labelled] == ["/Cube"]


def test_subset_values_follow_their_faces(stage: Usd.Stage, cube: UsdGeom.Mesh) -> None:
    values = np.random.default_rng(1).uniform(size=(24, 2)).astype(np.float32)
    UsdGeom.PrimvarsAPI(cube).CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, "faceVarying").Set(values)
    subset(cube, "one", [4])
    one = next(i for i in StageReader(stage).snapshot().instances if i.subset_path)
    assert {tuple(v) for v in one.mesh.corner_uvs.reshape(-1, 2)} == {tuple(v) for v in values[16:20]}


def test_edits_of_subsets_are_seen(stage: Usd.Stage, cube: UsdGeom.Mesh) -> None:
    reader = StageReader(stage)
    assert len(reader.snapshot().instances) == 1
    made = subset(cube, "top", [1])
    assert sorted(area(i) for i in reader.snapshot().instances) == pytest.approx([4.0, 20.0])
    made.GetIndicesAttr().Set([1, 2])
    assert sorted(area(i) for i in reader.snapshot().instances) == pytest.approx([8.0, 16.0])
    bind(made, preview(stage, "/Red", diffuseColor=(1, 0, 0)))
    assert (1.0, 0.0, 0.0) in {i.material.base_color for i in reader.snapshot().instances}
    UsdShade.MaterialBindingAPI(made.GetPrim()).UnbindAllBindings()
    assert {i.material.base_color for i in reader.snapshot().instances} == {None}
    stage.RemovePrim("/Cube/top")
    assert len(reader.snapshot().instances) == 1


def test_faces_out_of_range(stage: Usd.Stage, cube: UsdGeom.Mesh, warnings: list[str]) -> None:
    subset(cube, "bad", [0, 9])
    assert len(StageReader(stage).snapshot().instances) == 2
    assert warnings == ["/Cube/bad: 1 face indices are ignored, such as 9; expected 0 to 5"]
