from __future__ import annotations

import base64
import itertools
import json
import struct

import numpy as np
import pytest
from PIL import Image
from pxr import Gf, Usd, UsdGeom, UsdShade

from engine.app import get_app

CORNERS = [(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]
QUADS = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]  # turned outwards
TRIANGLES = [face for a, b, c, d in QUADS for face in ((a, b, c), (a, c, d))]


def convert(source, target, **options) -> tuple[bool, str]:
    import omni.kit.asset_converter as converter

    context = converter.AssetConverterContext()
    for name, value in options.items():
        setattr(context, name, value)
    seen = []
    task = converter.get_instance().create_converter_task(
        str(source), str(target), lambda done, all: seen.append((done, all)), context
    )
    good = get_app().run_coroutine(task.wait_until_finished())
    assert seen == [(1, 1)] and task.get_status() == int(not good)
    return good, task.get_error_message()


OPEN: list[Usd.Stage] = []  # stages live as long as somebody holds them


def meshes(path) -> list[UsdGeom.Mesh]:
    OPEN[:] = [Usd.Stage.Open(str(path))]
    return [UsdGeom.Mesh(prim) for prim in OPEN[0].Traverse() if prim.IsA(UsdGeom.Mesh)]


def volume(mesh: UsdGeom.Mesh) -> float:
    """Sum the tetrahedra from the origin to every triangle: positive where faces are turned outwards."""
    points, total, start = np.array(mesh.GetPointsAttr().Get()), 0.0, 0
    indices = mesh.GetFaceVertexIndicesAttr().Get()
    for count in mesh.GetFaceVertexCountsAttr().Get():
        face = [points[indices[start + corner]] for corner in range(count)]
        start += count
        for second, third in itertools.pairwise(face):
            total += np.dot(face[0], np.cross(second, third)) / 6
    return float(total)


def write_obj(folder):
    lines = ["mtllib cube.mtl", "o Box one"]
    lines += [f"v {2 * x} {3 * y} {4 * z}" for x, y, z in CORNERS] + ["vt 0 0", "vt 1 0", "vt 1 1", "vt 0 1"]
    lines += ["usemtl red"] + ["f " + " ".join(f"{v + 1}/{t + 1}" for t, v in enumerate(quad)) for quad in QUADS[:3]]
    lines += ["usemtl pictured", "f -6/1 -5/2 -1/3 -2/4  # the same as 3/1 4/2 8/3 7/4"]
    lines += ["f " + " ".join(f"{v + 1}/{t + 1}" for t, v in enumerate(quad)) for quad in QUADS[4:]]
    (folder / "cube.obj").write_text("\n".join(lines))
    (folder / "cube.mtl").write_text(
        "newmtl red\nKd 0.9 0.1 0.2\nd 0.5\nNs 6\nnewmtl pictured\nKd 1 1 1\nmap_Kd -s 1 1 1 a.png\n"
    )
    Image.new("RGB", (2, 2), (10, 200, 30)).save(folder / "a.png")
    return folder / "cube.obj"


def test_obj_faces_and_materials(tmp_path):
    assert convert(write_obj(tmp_path), tmp_path / "out" / "cube.usd") == (True, "")
    stage = Usd.Stage.Open(str(tmp_path / "out" / "cube.usd"))
    assert stage.GetDefaultPrim().GetPath() == "/World"
    assert (UsdGeom.GetStageUpAxis(stage), UsdGeom.GetStageMetersPerUnit(stage)) == ("Y", 0.01)
    red, pictured = meshes(tmp_path / "out" / "cube.usd")
    assert [mesh.GetPrim().GetName() for mesh in (red, pictured)] == ["Box_one", "Box_one_01"]
    assert volume(red) + volume(pictured) == pytest.approx(24.0)
    looks = [UsdShade.MaterialBindingAPI(mesh).ComputeBoundMaterial()[0] for mesh in (red, pictured)]
    shader = looks[0].ComputeSurfaceSource()[0]
    assert Gf.IsClose(shader.GetInput("diffuseColor").Get(), Gf.Vec3f(0.9, 0.1, 0.2), 1e-6)
    assert shader.GetInput("opacity").Get() == 0.5
    assert shader.GetInput("roughness").Get() == pytest.approx(0.5)
    picture = looks[1].ComputeSurfaceSource()[0].GetInput("diffuseColor").GetConnectedSource()[0]
    assert picture.GetInput("file").Get().resolvedPath == str(tmp_path / "a.png")
    st = UsdGeom.PrimvarsAPI(pictured).GetPrimvar("st")
    assert st.GetInterpolation() == "faceVarying" and np.array(st.Get())[:4].tolist() == [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
    ]


def test_options_join_meshes_leave_materials_out_and_turn_the_stage(tmp_path):
    options = {"ignore_materials": True, "use_meter_as_world_unit": True, "convert_stage_up_z": True}
    assert convert(write_obj(tmp_path), tmp_path / "cube.usda", merge_all_meshes=True, **options)[0]
    stage = Usd.Stage.Open(str(tmp_path / "cube.usda"))
    assert (UsdGeom.GetStageUpAxis(stage), UsdGeom.GetStageMetersPerUnit(stage)) == ("Z", 1.0)
    assert not stage.GetPrimAtPath("/World/Looks")
    box = UsdGeom.BBoxCache(0, ["default"]).ComputeWorldBound(stage.GetDefaultPrim()).ComputeAlignedRange()
    assert np.allclose(box.GetSize(), (2, 4, 3), atol=1e-6)  # y of the file is up: z of the stage
    assert np.allclose(box.GetMax()[2], 3, atol=1e-6)


@pytest.mark.parametrize("text", [False, True])
def test_stl_triangles(tmp_path, text):
    path = tmp_path / "cube.stl"
    if text:
        facets = [
            "facet normal 0 0 0\nouter loop\n" + "".join(f"vertex {' '.join(map(str, CORNERS[i]))}\n" for i in face)
            for face in TRIANGLES
        ]
        path.write_text("solid cube\n" + "endloop\nendfacet\n".join(facets) + "endloop\nendfacet\nendsolid cube\n")
    else:
        rows = [struct.pack("<12fH", 0, 0, 0, *(c for i in face for c in CORNERS[i]), 0) for face in TRIANGLES]
        path.write_bytes(b"solid but binary".ljust(80) + struct.pack("<I", len(rows)) + b"".join(rows))
    assert convert(path, tmp_path / "cube.usd")[0]
    (mesh,) = meshes(tmp_path / "cube.usd")
    assert len(mesh.GetPointsAttr().Get()) == 8 and volume(mesh) == pytest.approx(1.0)


def gltf(folder, embedded: bool):
    """Write a cube below a node that mirrors x, scales y by 2 and moves it, with a picture."""
    points = np.array(CORNERS, "<f4").tobytes()
    indices = np.array(TRIANGLES, "<u2").tobytes()
    uvs = np.zeros((8, 2), "<f4").tobytes()
    Image.new("RGB", (2, 2), (10, 200, 30)).save(folder / "p.png")
    picture = (folder / "p.png").read_bytes()
    data = points + indices + uvs + picture
    cuts = np.cumsum([0, len(points), len(indices), len(uvs), len(picture)])
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [
            {"translation": [5, 0, 0], "children": [1]},
            {"name": "box", "mesh": 0, "scale": [-1, 2, 1]},
        ],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 2}, "indices": 1, "material": 0}]}],
        "materials": [
            {"name": "m", "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "metallicFactor": 0.25}}
        ],
        "textures": [{"source": 0}],
        "images": [{"bufferView": 3, "mimeType": "image/png"}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "type": "VEC3", "count": 8},
            {"bufferView": 1, "componentType": 5123, "type": "SCALAR", "count": 36},
            {"bufferView": 2, "componentType": 5126, "type": "VEC2", "count": 8},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": int(start), "byteLength": int(end - start)}
            for start, end in itertools.pairwise(cuts)
        ],
        "buffers": [{"byteLength": len(data)}],
    }
    if not embedded:
        document["buffers"][0]["uri"] = "data:application/octet-stream;base64," + base64.b64encode(data).decode()
        document["images"] = [{"uri": "p.png"}]
        (folder / "box.gltf").write_text(json.dumps(document))
        return folder / "box.gltf"
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    data += b"\0" * (-len(data) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(data), 0x4E4942) + data
    (folder / "box.glb").write_bytes(struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks)
    return folder / "box.glb"


@pytest.mark.parametrize("embedded", [True, False])
def test_gltf_nodes_and_pictures(tmp_path, embedded):
    assert convert(gltf(tmp_path, embedded), tmp_path / "out" / "box.usda") == (True, "")
    (mesh,) = meshes(tmp_path / "out" / "box.usda")
    points = np.array(mesh.GetPointsAttr().Get())
    assert points.min(0).tolist() == [4, 0, 0] and points.max(0).tolist() == [5, 2, 1]
    assert volume(mesh) == pytest.approx(2.0)  # turned outwards although the node mirrors it
    assert UsdGeom.GetStageMetersPerUnit(mesh.GetPrim().GetStage()) == 1.0
    shader = UsdShade.MaterialBindingAPI(mesh).ComputeBoundMaterial()[0].ComputeSurfaceSource()[0]
    assert shader.GetInput("metallic").Get() == 0.25
    file = shader.GetInput("diffuseColor").GetConnectedSource()[0].GetInput("file").Get().resolvedPath
    assert file == str(tmp_path / ("out/textures/box_0.png" if embedded else "p.png"))
    assert Image.open(file).getpixel((0, 0)) == (10, 200, 30)


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("a.fbx", "x", r"a\.fbx: the embedded engine converts \.obj, \.stl, \.gltf, \.glb; convert it in Isaac Sim"),
        ("a.obj", "v 0 0 0", r"a\.obj: no face found; expected an OBJ file"),
        ("a.obj", "v 0 0 0\nf 1 2 3", r"a\.obj: a face names a point that is not there: 3 of 1"),
        ("a.stl", "solid", r"a\.stl: no triangle found; expected an STL file"),
        ("a.gltf", "{", r"a\.gltf: not a glTF 2\.0 file"),
        ("a.gltf", "{}", r"a\.gltf: no triangle found; expected a glTF file with meshes"),
        (
            "a.gltf",
            '{"extensionsRequired": ["KHR_draco_mesh_compression"]}',
            "a.gltf: its meshes need KHR_draco_mesh_compression; write it without compression",
        ),
    ],
)
def test_what_cannot_be_converted_says_why(tmp_path, name, content, error):
    (tmp_path / name).write_text(content)
    good, message = convert(tmp_path / name, tmp_path / "a.usd")
    assert not good
    with pytest.raises(ValueError, match=error):
        raise ValueError(message)
    good, message = convert(tmp_path / "missing.obj", tmp_path / "a.usd")
    assert not good and "missing.obj" in message


def test_the_target_must_be_usd(tmp_path):
    good, message = convert(write_obj(tmp_path), tmp_path / "cube.ply")
    assert not good and "expected a name that ends with .usd, .usda, .usdc" in message
