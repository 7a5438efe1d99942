"""Render variables that follow from the primary hit: what the materials say, in RTX's types."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.render import surface_values
from engine.stage.scene import Instance, Material, Texture
from tests.annotate.building import annotate, camera, moved, quad, scene, thing, turned

VIEW = camera(size=(40, 20), focal=20.0)  # at 2 m, a pixel is 0.1 m


def side_by_side(*materials: Material) -> list[Instance]:
    """Squares of 1 m, 2 m away, from the left edge of the picture to the right; the rest is empty."""
    return [thing(f"/q{n}", quad(), moved(x=-1.5 + n, z=-2), material=m) for n, m in enumerate(materials)]


def at(data: np.ndarray, number: int) -> list[float]:
    """The middle pixel of the n-th square."""
    return [float(v) for v in np.atleast_1d(data[10, 5 + 10 * number])]


PLASTIC = Material("/a", "omni_pbr", (0.8, 0.4, 0.2), roughness=0.4, specular=0.5)
METAL = Material("/b", "omni_pbr", (0.8, 0.4, 0.2), roughness=0.2, metallic=1.0)
GLASSY = Material("/c", "preview_surface", (0.5, 0.5, 0.5), roughness=1.0, metallic=0.5, ior=1.5, emission=(2, 1, 0.5))


def test_what_constant_materials_say() -> None:
    world = scene(*side_by_side(PLASTIC, METAL, GLASSY))
    diffuse = annotate("DiffuseAlbedo", world, VIEW).data
    assert [at(diffuse, n) for n in range(3)] == [[204, 102, 51, 255], [0, 0, 0, 255], [64, 64, 64, 255]]
    found = annotate("SpecularAlbedo", world, VIEW).data
    np.testing.assert_allclose(at(found, 0), [0.04, 0.04, 0.04, 0], rtol=1e-3)
    np.testing.assert_allclose(at(found, 1), [0.8, 0.4, 0.2, 0], rtol=1e-3)
    np.testing.assert_allclose(at(found, 2), [0.27, 0.27, 0.27, 0], rtol=1e-3)  # 0.04 / 2 + 0.5 / 2
    rough = annotate("Roughness", world, VIEW).data
    assert [at(rough, n) for n in range(3)] == [[102] * 3 + [255], [51] * 3 + [255], [255] * 4]
    emitted = annotate("PtSelfIllumination", world, VIEW).data
    np.testing.assert_allclose(
        [at(emitted, n) for n in range(4)], [[0] * 4, [0] * 4, [2e-3, 1e-3, 5e-4, 0], [0] * 4], rtol=1e-3
    )
    mask = annotate("EmissionAndForegroundMask", world, VIEW).data
    luminance = 2 * 0.2126 + 0.7152 + 0.5 * 0.0722
    np.testing.assert_allclose([at(mask, n)[0] for n in range(4)], [1, 1, 1 + luminance, 0], rtol=1e-3)
    for data in (rough, found, emitted):
        assert not data[10, 35, :3].any()


def test_the_default_material_is_the_colour_renderers() -> None:
    mitsuba_materials = pytest.importorskip("engine.render.mitsuba_materials")
    assert surface_values.DEFAULT_ROUGHNESS == mitsuba_materials.DEFAULT_ROUGHNESS
    found = annotate("Roughness", scene(*side_by_side(Material())), VIEW).data
    assert at(found, 0)[0] == round(255 * mitsuba_materials.DEFAULT_ROUGHNESS)


def test_textures_are_read_where_the_ray_hits(tmp_path: Path) -> None:
    image = np.zeros((2, 2, 3), np.uint8)
    image[0], image[1, 1] = (51, 102, 204), (255, 255, 255)  # BGR: top row, and right of the bottom row
    cv2.imwrite(str(tmp_path / "t.png"), image)
    texture = Texture(str(tmp_path / "t.png"), "raw", "g")
    colour = Texture(str(tmp_path / "t.png"), "raw")
    material = Material("/t", "omni_pbr", (1, 1, 1), roughness=texture, metallic=texture, emission=colour)
    world = scene(*side_by_side(material))
    corners = {"top left": (7, 2), "top right": (7, 8), "bottom left": (12, 2), "bottom right": (12, 8)}
    expected = {"top left": 0.4, "top right": 0.4, "bottom left": 0.0, "bottom right": 1.0}
    rough, emitted = (annotate(name, world, VIEW).data for name in ("Roughness", "PtSelfIllumination"))
    diffuse = annotate("DiffuseAlbedo", world, VIEW).data
    for name, (row, column) in corners.items():
        assert rough[row, column, 0] == round(255 * expected[name])
        assert diffuse[row, column, 0] == round(255 * (1 - expected[name]))
    np.testing.assert_allclose(emitted[7, 2, :3], [8e-4, 4e-4, 2e-4], rtol=1e-2)
    bare = thing("/bare", quad(key="bare").__class__("bare", quad().points, quad().triangles), moved(x=-1.5, z=-2))
    unplaced = scene(Instance("/bare", bare.mesh, material, bare.world_from_local, bare.world_from_local))
    assert at(annotate("Roughness", unplaced, VIEW).data, 0)[0] == 128


def normal_map(folder: Path, normal: tuple[float, float, float]) -> Texture:
    """An image of one tangent-space normal, to be used as it is."""
    stored = np.round((np.array(normal) / np.linalg.norm(normal) + 1) / 2 * 255).astype(np.uint8)
    cv2.imwrite(str(folder / "n.png"), np.full((2, 2, 3), stored[::-1], np.uint8))
    return Texture(str(folder / "n.png"), "raw")


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (turned(), (0.48, 0.36, 0.8)),  # u to the right, v up, facing the camera
        (turned(z=90), (-0.36, 0.48, 0.8)),
        (turned(x=-40), (0.48, 0.36 * np.cos(np.radians(40)) + 0.8 * np.sin(np.radians(40)),
                         0.8 * np.cos(np.radians(40)) - 0.36 * np.sin(np.radians(40)))),
        (turned(y=180), (0.48, -0.36, 0.8)),  # seen from behind: the side that is drawn is turned to the camera
    ],
)  # fmt: skip
def test_normal_maps_bend_normals(tmp_path: Path, turn: np.ndarray, expected: tuple[float, ...]) -> None:
    material = Material("/m", "omni_pbr", (1, 1, 1), normal_map=normal_map(tmp_path, (0.48, 0.36, 0.8)))
    world = scene(thing("/q", quad(), moved(z=-2) @ turn, material=material), thing("/wall", quad(30, 30), moved(z=-5)))
    found = annotate("BumpNormal", world, VIEW).data
    np.testing.assert_allclose(found[10, 20], [*expected, 0], atol=6e-3)  # stored in 8 bits
    np.testing.assert_allclose(found[1, 1], [0, 0, 1, 0], atol=1e-6)
