"""Images projected onto meshes: the patch against its closed form, and the picture against the image."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from pxr import Usd, UsdGeom, UsdSemantics, UsdShade

import engine.replicator as rep
from engine.graph.graph import Clock, get_graph
from engine.graph.projecting import project
from engine.graph.turns import matrices_from_euler


def square(cells: int, size: float) -> np.ndarray:
    """Return the triangles of a square round the origin of the x = 0 plane that faces +X."""
    edges = np.linspace(-size / 2, size / 2, cells + 1)
    y, z = (a.ravel() for a in np.meshgrid(edges[:-1], edges[:-1], indexing="ij"))
    step = size / cells
    corner = [np.stack([0 * y, y + dy * step, z + dz * step], 1) for dy, dz in ((0, 0), (1, 0), (1, 1), (0, 1))]
    return np.concatenate([np.stack([corner[0], corner[a], corner[b]], 1) for a, b in ((1, 2), (2, 3))])


def areas(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0]), axis=1) / 2


@pytest.mark.parametrize("cells", [1, 7, 40])
@pytest.mark.parametrize("tilt", [0.0, 30.0, 60.0])
def test_a_plane_is_cut_to_its_section_with_the_box(cells: int, tilt: float) -> None:
    triangles = square(cells, 6.0)
    box_from_mesh = np.eye(4)
    box_from_mesh[:3, :3] = matrices_from_euler("XYZ", np.array([[0.0, 0.0, tilt]]))[0]
    patch = project(triangles, None, box_from_mesh)
    length = min(1 / np.cos(np.radians(tilt)), 1 / max(np.sin(np.radians(tilt)), 1e-9))
    assert areas(patch.points).sum() == pytest.approx(length, rel=1e-9)
    assert np.abs(patch.normals - (1, 0, 0)).max() < 1e-12
    assert patch.uvs.min() > -1e-9 and patch.uvs.max() < 1 + 1e-9
    inside = patch.points @ box_from_mesh[:3, :3].T
    assert np.abs(inside).max() < 0.5 + 1e-9
    assert np.allclose(patch.uvs, np.stack([0.5 - inside[..., 2], 0.5 + inside[..., 1]], 2))


def test_normals_are_interpolated_and_winding_is_kept() -> None:
    triangles = square(3, 2.0)
    normals = triangles + (1.0, 0.0, 0.0)
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    patch = project(triangles, normals, np.eye(4))
    wanted = patch.points + (1.0, 0.0, 0.0)
    assert np.einsum("mci,mci->mc", patch.normals, wanted / np.linalg.norm(wanted, axis=2, keepdims=True)).min() > 0.98
    assert np.cross(patch.points[:, 1] - patch.points[:, 0], patch.points[:, 2] - patch.points[:, 0])[:, 0].min() > 0


def test_nothing_in_the_box_gives_nothing() -> None:
    away = np.eye(4)
    away[0, 3] = 3.0
    assert len(project(square(4, 6.0), None, away).points) == 0


SIZE, HEIGHT = 96, 6.0


def looking_down() -> rep.viewport_manager.HydraTexture:  # type: ignore[name-defined]
    camera = rep.functional.create.camera(position=(0, 0, HEIGHT), rotation=(0, 0, 0), clipping_range=(0.1, 100))
    return rep.create.render_product(camera, (SIZE, SIZE))


def ground(focal: float = 24.0, aperture: float = 20.955) -> tuple[np.ndarray, np.ndarray]:
    """Return the (x, y) on z = 0 of each pixel's centre of `looking_down`."""
    across = (np.arange(SIZE) + 0.5 - SIZE / 2) * aperture / focal * HEIGHT / SIZE
    return np.meshgrid(across, -across)


def test_a_projection_is_seen_where_and_as_the_image_is(stage: Usd.Stage) -> None:
    rep.create.light(light_type="dome", intensity=1000)
    plane = rep.create.plane(scale=(8, 8, 1), semantics={"class": "floor"})
    proxy = rep.create.cube(visible=False, position=(0.5, -0.3, 0.1), scale=(1, 2, 1), rotation=(0, -90, 0), name="P")
    with plane:
        projection = rep.create.projection_material(proxy, [("class", "sticker")])
    with projection:
        rep.modify.projection_material(diffuse=rep.example.TEXTURES_DIR + "/smiley_albedo.png")
    product = looking_down()
    color, labels = rep.annotators.get("rgb"), rep.annotators.get("semantic_segmentation")
    for annotator in (color, labels):
        annotator.attach(product)
    rep.orchestrator.step()
    path = projection.get_output("prims")[0]
    assert path == "/Replicator/Plane_Xform/Projection/P_Xform"
    assert list(UsdSemantics.LabelsAPI(stage.GetPrimAtPath(path), "class").GetLabelsAttr().Get()) == ["sticker"]
    # turned by -90 degrees round Y the box's X axis looks up, its Z axis to -X; so u = x + 0.5, v = y / 2 + 0.5
    x, y = ground()
    u, v = (x - 0.5) + 0.5, (y + 0.3) / 2 + 0.5
    image = cv2.imread(rep.example.TEXTURES_DIR + "/smiley_albedo.png", cv2.IMREAD_UNCHANGED)
    texel = image[np.clip((1 - v) * 256, 0, 255).astype(int), np.clip(u * 256, 0, 255).astype(int)]
    wanted = (texel[..., 3] > 0) & (u > 0) & (u < 1) & (v > 0) & (v < 1)
    data = labels.get_data()
    sticker = next(int(k) for k, value in data["info"]["idToLabels"].items() if "sticker" in value["class"])
    seen = data["data"] == sticker
    assert wanted.sum() > 300 and (seen != wanted).mean() < 0.01
    picture = color.get_data()[..., :3].astype(int)
    yellow = wanted & (texel[..., 0] == 40) & seen
    core = cv2.erode(yellow.astype(np.uint8), np.ones((3, 3))).astype(bool)
    assert core.sum() > 100
    assert (picture[core][:, 0] - picture[core][:, 2]).min() > 60  # far redder than blue: yellow
    outside = cv2.erode((~wanted).astype(np.uint8), np.ones((5, 5))).astype(bool)
    box = outside & (u > 0.02) & (u < 0.98) & (v > 0.02) & (v < 0.98)
    assert box.sum() > 15  # the clear corners, where the floor shows
    assert abs(picture[box].mean() - picture[outside & ~box].mean()) < 6


def test_a_projection_follows_proxy_and_target(stage: Usd.Stage) -> None:
    plane = rep.create.plane(scale=(8, 8, 1))
    proxy = rep.create.cube(visible=False, rotation=(0, -90, 0))
    with plane:
        projection = rep.create.projection_material(proxy)
    product = looking_down()
    ids = rep.annotators.get("instance_id_segmentation")
    ids.attach(product)
    path = projection.get_output("prims")[0]

    def centre() -> np.ndarray | None:
        found = ids.get_data()
        key = [int(k) for k, v in found["info"]["idToLabels"].items() if v == path]
        x, y = ground()
        seen = np.isin(found["data"], key)
        return np.array([x[seen].mean(), y[seen].mean()]) if seen.any() else None

    rep.orchestrator.step()
    assert np.allclose(centre(), (0, 0), atol=0.05)
    rep.functional.modify.position(proxy.get_output("prims")[0], (1.0, 0.5, 0))
    rep.orchestrator.step(delta_time=0)
    assert np.allclose(centre(), (1.0, 0.5), atol=0.05)
    rep.functional.modify.position(plane.get_output("prims")[0], (0, 0, -3))
    rep.orchestrator.step(delta_time=0)
    assert centre() is None
    with rep.trigger.on_custom_event("back"), projection:
        rep.modify.projection_material(position=(-1, 0, -3), scale=(1, 1, 2))
    rep.orchestrator.step(delta_time=0)  # a trigger hears nothing before the graph has run
    rep.utils.send_og_event("back")
    rep.orchestrator.step(delta_time=0)
    here = centre()
    assert here is not None and here[0] < -0.5


def test_primvars_tell_where_the_projector_is(stage: Usd.Stage) -> None:
    proxy = rep.create.cube(visible=False, position=(1, 2, 3), scale=(1, 2, 3))
    with rep.create.sphere(position=(1, 2, 3)):
        projection = rep.create.projection_material(proxy)
    primvars = UsdGeom.PrimvarsAPI(stage.GetPrimAtPath(projection.get_output("prims")[0]))
    assert tuple(primvars.GetPrimvar("projection_position").Get()) == (1, 2, 3)
    assert tuple(primvars.GetPrimvar("projection_scale").Get()) == (1, 2, 3)
    assert tuple(primvars.GetPrimvar("projection_quat").Get()) == (0, 0, 0, 1)


def test_a_texture_group_is_told_apart_by_names(stage: Usd.Stage) -> None:
    with rep.create.sphere():
        projection = rep.create.projection_material(rep.create.cube(visible=False))
    files = ["/t/scratch_D.png", "/t/scratch_N.png", "/t/scratch_R.png", "/t/scratch_metallic.png", "/t/mask.png"]
    with rep.trigger.on_frame(), projection:
        rep.modify.projection_material(texture_group=files[:4])
    rep.orchestrator.preview()
    prim = stage.GetPrimAtPath(projection.get_output("prims")[0])
    material, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()
    assert str(material.GetPath()) == "/Looks/ProjectPBRMaterial"
    shader = UsdShade.Shader(material.GetPrim().GetChild("Shader"))
    inputs = ("diffuse_texture", "normalmap_texture", "reflectionroughness_texture", "metallic_texture")
    assert [shader.GetInput(name).Get().path for name in inputs] == files[:4]
    assert shader.GetInput("opacity_texture").Get().path == files[0]


def test_defects_scattered_over_a_plane_as_the_published_sample_does(stage: Usd.Stage) -> None:
    """Source: NVIDIA-Omniverse/kit-extension-sample-defectsgen, replicator_defect.py (what it calls, not its text)."""
    plane = rep.create.plane(scale=(4, 4, 1))
    for _ in range(2):
        cube = rep.create.cube(visible=False, semantics=[("class", "d_mesh")], position=0, scale=1, rotation=(0, 90, 0))
        with rep.get.prims(path_pattern=plane.get_output("prims")[0] + "$"):
            rep.create.projection_material(cube, [("class", "d_projectmat")])
    textures = rep.example.TEXTURES
    with rep.trigger.on_frame():
        with rep.get.prims(semantics=[("class", "d_mesh")]):
            rep.randomizer.scatter_2d(plane)
            rep.modify.pose(scale=rep.distribution.uniform((1, 0.2, 0.2), (1, 0.5, 0.5)))
        with rep.get.prims(semantics=[("class", "d_projectmat")]):
            rep.modify.projection_material(diffuse=rep.distribution.sequence(textures))
    graph, folder = get_graph(), f"{plane.get_output('prims')[0]}/Projection"
    for _ in range(5):
        graph.evaluate(Clock())
        graph.settle(Clock())
        for name in ("Cube_Xform", "Cube_Xform_01"):
            proxy = UsdGeom.XformCache().GetLocalToWorldTransform(stage.GetPrimAtPath(f"/Replicator/{name}"))
            bounds = UsdGeom.BBoxCache(0, [UsdGeom.Tokens.default_])
            box = bounds.ComputeWorldBound(stage.GetPrimAtPath(f"{folder}/{name}")).ComputeAlignedRange()
            place = np.array(proxy.ExtractTranslation())
            assert abs(place[2]) < 1e-6 and not box.IsEmpty() and box.GetMax()[2] < 0.005
            inside = np.clip(place[:2], -2, 2)
            assert (np.array(box.GetMin())[:2] <= inside + 1e-3).all() and (
                np.array(box.GetMax())[:2] >= inside - 1e-3
            ).all()
    looks = [stage.GetPrimAtPath(f"/Looks/{name}/Shader") for name in ("ProjectPBRMaterial", "ProjectPBRMaterial_01")]
    files = [UsdShade.Shader(look).GetInput("diffuse_texture").Get().path for look in looks]
    assert files == [textures[8 % 4], textures[9 % 4]]


def test_a_decal_lies_where_it_is_put(stage: Usd.Stage) -> None:
    rep.functional.create.plane(scale=(8, 8, 1), name="Floor")
    options = {"position": (1, -1, 0), "rotation": (0, -90, 0), "scale": (0.5, 1, 2)}
    path = rep.create_mesh_decal("/Floor", diffuse=rep.example.TEXTURES[0], **options)
    assert path == "/Floor/Decals/Decal"
    box = (
        UsdGeom.BBoxCache(0, [UsdGeom.Tokens.default_])
        .ComputeWorldBound(stage.GetPrimAtPath(path))
        .ComputeAlignedRange()
    )
    assert np.allclose(box.GetMin()[:2], (0, -1.5), atol=1e-5) and np.allclose(box.GetMax()[:2], (2, -0.5), atol=1e-5)
    assert 0 < box.GetMin()[2] < 0.002
    assert rep.create_mesh_decal("/Floor", path, position=(0, 0, 0), rotation=(0, -90, 0)) == path
    with rep.get.prim_at_path("/Floor"):
        item = rep.create.mesh_decal({"class": "mark"}, **options)
    assert item.get_output("prims") == ["/Floor/Decals/Decal_01"]


def test_mistakes_are_named(stage: Usd.Stage, tmp_path: Path) -> None:
    rep.functional.create.xform(name="Empty")
    rep.functional.create.cube(name="Box")
    with pytest.raises(
        ValueError, match=r"create.projection_material: input_prims=None was given; expected at least one"
    ):
        rep.create.projection_material("/Box")
    with pytest.raises(
        ValueError, match=r"proxy_prim='/No' was given; expected an item, or the path of an existing prim"
    ):
        rep.create.projection_material("/No", input_prims="/Box")
    with pytest.raises(ValueError, match=r"proxy_prim=\[\] was given; expected at least one prim"):
        rep.create.projection_material([], input_prims="/Box")
    with pytest.raises(ValueError, match=r"prim '/Empty' holds no mesh to project on; expected a prim that holds one"):
        rep.create.projection_material("/Box", input_prims="/Empty")
    with pytest.raises(
        TypeError, match=r"modify.projection_material: diffuse=3 was given; expected the path of an image"
    ):
        rep.modify.projection_material(diffuse=3, input_prims="/Box")
    rep.modify.projection_material(diffuse="a.png", input_prims="/Box")
    with pytest.raises(ValueError, match=r"modify.projection_material: '/Box' is no projection; expected what"):
        rep.orchestrator.preview()
