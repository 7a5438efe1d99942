"""Ground, turf, plants and skies against closed forms, and the meadow's file as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from pxr import Gf, Usd, UsdGeom, UsdShade

from engine.render.tonemap import display
from scenes.landscape import paint, plants, turf
from scenes.landscape.daylight import presets
from scenes.landscape.ground import Ground
from scenes.landscape.meadow import MeadowOptions, write_meadow
from scenes.landscape.noise import sample, tile_noise
from scenes.landscape.palette import BRIGHTEST, COLUMNS, DIMMEST, Palette
from scenes.landscape.sky import (
    SKIES,
    clear_sky,
    horizontal_irradiance,
    lat_long_directions,
    radiance_map,
    sun_direction,
)

OPTIONS = MeadowOptions(seed=5, grass=3.0, trees=2, bushes=2, rocks=1, woods=1)


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPLICANT_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="module")
def meadow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        small = paint.pasture_albedo
        patch.setattr(paint, "pasture_albedo", lambda rng: small(rng, 512))
        path = tmp_path_factory.mktemp("meadow") / "meadow.usdc"
        write_meadow(path, OPTIONS)
    return path


def test_noise_is_read_at_its_own_points_and_between_them() -> None:
    field = tile_noise(np.random.default_rng(1), 16, 4)
    centre = (np.arange(16) + 0.5) / 16
    u, v = np.meshgrid(centre, centre)
    assert sample(field, u, v) == pytest.approx(field, abs=1e-6)
    assert sample(field, u + 3.0, v - 2.0) == pytest.approx(field, abs=1e-6)  # it tiles
    assert float(sample(field, np.array(1.0), np.array(centre[2]))) == pytest.approx((field[2, 15] + field[2, 0]) / 2)


def test_srgb_table_is_the_standards_curve() -> None:
    linear = np.linspace(0.0, 1.0, 997)
    curve = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    assert np.abs(paint.to_srgb(linear).astype(float) - 255 * curve).max() < 0.51 + 255 * 12.92 / 16384


def test_palette_gives_back_colours_and_shades(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    colors, shade = rng.uniform(0.01, 0.6, (60, 3)), rng.uniform(DIMMEST, BRIGHTEST, 60)
    palette = Palette()
    first = palette.coordinates(colors[:30], shade[:30])
    uvs = np.concatenate([first, palette.coordinates(colors[30:], shade[30:])])
    assert np.array_equal(palette.coordinates(colors[:30], shade[:30]), first)
    palette.save(tmp_path / "palette.png")
    image = cv2.imread(str(tmp_path / "palette.png"))[..., ::-1] / 255.0
    height, width = image.shape[:2]
    linear = np.where(image <= 0.04045, image / 12.92, ((image + 0.055) / 1.055) ** 2.4)
    row = (1.0 - uvs[:, 1]) * height - 0.5
    low = np.floor(row).astype(int)
    column = np.round(uvs[:, 0] * width - 0.5).astype(int)
    part = (row - low)[:, None]
    read = linear[low, column] * (1 - part) + linear[np.minimum(low + 1, height - 1), column] * part
    assert np.abs(np.sqrt(read) - np.sqrt(colors * shade[:, None])).max() < 0.02


def test_palette_refuses_more_colours_than_it_holds() -> None:
    palette, count = Palette(), COLUMNS + 1
    parts = np.stack(np.unravel_index(np.arange(count), (38, 38, 38)), 1)
    with pytest.raises(ValueError, match=f"palette has {count} colours; it holds {COLUMNS}: use fewer tones"):
        palette.coordinates((parts / 40.0) ** 2, np.ones(count))


def test_turf_lies_on_the_ground_along_its_slope(meadow: Path) -> None:
    stage = Usd.Stage.Open(str(meadow))
    ground = Ground(np.random.default_rng(OPTIONS.seed), OPTIONS.relief)
    discs = stage.GetPrimAtPath("/Meadow/Turf").GetChildren()
    assert len(discs) > 300
    matrices = np.array([UsdGeom.Xformable(disc).GetLocalTransformation() for disc in discs])
    feet, axes = matrices[:, 3, :3], matrices[:, :3, :3]
    assert feet[:, 2] == pytest.approx(ground.height(feet[:, 0], feet[:, 1]), abs=1e-6)
    size = np.linalg.norm(axes, axis=2)
    assert np.ptp(size, axis=1).max() < 1e-9
    assert np.linalg.det(axes / size[..., None]) == pytest.approx(np.ones(len(discs)))
    up = axes[:, 2] / size[:, 2:]
    assert np.einsum("ij,ij->i", up, ground.normal(feet[:, 0], feet[:, 1], step=1.0)).min() > 1 - 1e-9
    assert all(disc.IsInstance() for disc in discs)


def test_turf_leaves_no_bare_gap() -> None:
    for inner, outer, step, reach in ((0.0, turf.NEAR, turf.STEP, turf.RADIUS),):
        spots = turf._squares(np.random.default_rng(3), inner, outer, step)
        probe = np.random.default_rng(4).uniform(-outer + 3, outer - 3, (4000, 2))
        nearest = np.linalg.norm(probe[:, None] - spots[None], axis=2).min(1)
        assert nearest.max() < 1.25 * reach


def test_every_mesh_of_the_meadow_is_whole(meadow: Path) -> None:
    stage = Usd.Stage.Open(str(meadow))
    meshes = [p for p in Usd.PrimRange.Stage(stage, Usd.PrimAllPrimsPredicate) if p.IsA(UsdGeom.Mesh)]
    assert len(meshes) > 20
    for prim in meshes:
        mesh = UsdGeom.Mesh(prim)
        points = np.array(mesh.GetPointsAttr().Get())
        index = np.array(mesh.GetFaceVertexIndicesAttr().Get())
        assert np.isfinite(points).all()
        assert 0 <= index.min() <= index.max() < len(points)
        if prim.GetName() == "Paddock":
            continue
        normals = np.array(mesh.GetNormalsAttr().Get())
        assert np.linalg.norm(normals, axis=1) == pytest.approx(np.ones(len(points)), abs=1e-4)
        assert len(UsdGeom.PrimvarsAPI(prim).GetPrimvar("st").Get()) == len(points)
    for prim in stage.Traverse():
        if prim.IsA(UsdShade.Shader) and prim.GetAttribute("inputs:file"):
            assert Path(prim.GetAttribute("inputs:file").Get().resolvedPath).parent == meadow.parent


def test_same_seed_same_bytes(meadow: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = paint.pasture_albedo
    monkeypatch.setattr(paint, "pasture_albedo", lambda rng: small(rng, 512))
    write_meadow(tmp_path / "meadow.usdc", OPTIONS)
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names == ["countryside.jpg", "meadow.usdc", "palette.png", "pasture.jpg"]
    for name in names:
        assert (tmp_path / name).read_bytes() == (meadow.parent / name).read_bytes()


def test_paddock_is_the_field_and_gentle_enough_for_four_feet(meadow: Path) -> None:
    stage = Usd.Stage.Open(str(meadow))
    points = np.array(UsdGeom.Mesh(stage.GetPrimAtPath("/Meadow/Paddock")).GetPointsAttr().Get())
    field = {tuple(p) for p in np.array(UsdGeom.Mesh(stage.GetPrimAtPath("/Meadow/Field")).GetPointsAttr().Get())}
    assert {tuple(p) for p in points} <= field
    ground = Ground(np.random.default_rng(OPTIONS.seed), OPTIONS.relief)
    steep = np.degrees(np.arccos(ground.normal(points[:, 0], points[:, 1])[:, 2]))
    assert steep.max() < 8.0


def test_a_blade_starts_at_its_foot_and_is_as_long_as_asked() -> None:
    feet, length = np.array([[1.0, 2.0, 0.5], [0.0, 0.0, 0.0]]), np.array([0.1, 0.3])
    shape = plants.blades(np.random.default_rng(1), feet, length, np.full((2, 3), 0.2), np.full(2, 0.01))
    corners = shape.points[shape.triangles]
    foot, tip = corners[:, :2].mean(1), corners[:, 2]
    assert foot == pytest.approx(feet - [0, 0, 0.01])
    assert 0.5 < (np.linalg.norm(tip - foot, axis=1) / length).min() <= 1.1
    assert np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1) == pytest.approx([0.01, 0.01])


def test_even_sky_gives_pi() -> None:
    assert horizontal_irradiance(np.ones((256, 512, 3), np.float32)) == pytest.approx(np.full(3, np.pi), rel=1e-3)


@pytest.mark.parametrize("sky", SKIES, ids=lambda s: s.name)
def test_skies_are_light_and_their_sun_is_where_it_should_be(sky: object) -> None:
    image = radiance_map(sky, np.random.default_rng(1), height=64)  # type: ignore[arg-type]
    assert np.isfinite(image).all()
    assert image.min() > 0.0
    directions = lat_long_directions(256)[:128]
    bright = clear_sky(directions, sky).sum(-1)  # type: ignore[arg-type]
    peak = directions.reshape(-1, 3)[bright.argmax()]
    assert peak @ sun_direction(sky) > np.cos(np.radians(5.0))  # type: ignore[arg-type]


def test_presets_expose_like_a_camera() -> None:
    for preset, sky in zip(presets(), SKIES, strict=True):
        turn = Gf.Rotation(Gf.Vec3d.XAxis(), preset.sun_rotation[0])
        turn *= Gf.Rotation(Gf.Vec3d.YAxis(), preset.sun_rotation[1])
        turn *= Gf.Rotation(Gf.Vec3d.ZAxis(), preset.sun_rotation[2])
        light = np.array(turn.TransformDir(Gf.Vec3d(0, 0, -1)))
        assert light == pytest.approx(-sun_direction(sky), abs=1e-6)
        image = cv2.imread(preset.texture, cv2.IMREAD_UNCHANGED)[..., ::-1] * preset.dome_intensity / 1000.0
        sun = np.array(preset.sun_color) * preset.sun_intensity / 1000.0 * sun_direction(sky)[2]
        grass = 0.15 * (horizontal_irradiance(image) + sun) / np.pi
        shown = display(grass.reshape(1, 1, 3).astype(np.float32))[0, 0, :3]
        assert 55 < shown.mean() < 150, preset.name  # sunlit grass is a mid-tone
        burnt = (display(image[: len(image) // 2].astype(np.float32))[..., :3] >= 254).all(-1).mean()
        assert burnt < 0.25, preset.name
