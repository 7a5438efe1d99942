"""Every UsdLux light against the closed form of the irradiance it gives a point of a diffuse plane."""

from __future__ import annotations

import numpy as np
import pytest

from engine.render.photometry import emitted, is_shaped, shaping, world_area
from engine.stage.scene import Light
from tests.render.color_scenes import WHITE, at, camera, item, looking, quad, radiance, z_score

KILO = 1000.0
Z_LIMIT = 4.0
DISTANCE = 2.0


def irradiance(light: Light, samples: int = 64) -> np.ndarray:
    """Measure irradiance at the origin of a white plane z = 0 (thousands of lux), one value a pixel."""
    view = camera(looking((3, 0, 1), (0, 0, 0)), 16, 16, fx=5e4)
    pixels = radiance([item(quad(), at(0, 0, 0, scale=20), WHITE)], [light], view, samples)
    assert (pixels[..., 3] == 1).all()
    return np.pi * pixels[..., 1].ravel()


def over(kind: str, **fields: object) -> Light:
    """Make a light above the origin that shines down (lights shine along -Z)."""
    matrix = fields.pop("matrix", at(0, 0, DISTANCE))
    return Light("/Light", kind, matrix, intensity=fields.pop("intensity", KILO), **fields)  # type: ignore[arg-type]


def corner_factor(a: float, b: float) -> float:
    """Form factor of a point to a parallel rectangle a by b whose corner is above it, distance 1."""
    ra, rb = np.sqrt(1 + a * a), np.sqrt(1 + b * b)
    return (a / ra * np.arctan(b / ra) + b / rb * np.arctan(a / rb)) / (2 * np.pi)


def cylinder_irradiance(radius: float, length: float, distance: float) -> float:
    """Integrate cos cos' / r^2 over the side of a cylinder along x above the origin, radiance 1."""
    x, angle = np.meshgrid((np.arange(800) + 0.5) / 800 * length - length / 2, (np.arange(800) + 0.5) / 800 * 2 * np.pi)
    normal = np.stack([np.zeros_like(x), np.sin(angle), np.cos(angle)], -1)
    point = np.stack([x, radius * normal[..., 1], distance + radius * normal[..., 2]], -1)
    squared = (point**2).sum(-1)
    leaving = np.maximum(-(normal * point).sum(-1), 0) / np.sqrt(squared)
    arriving = point[..., 2] / np.sqrt(squared)
    return float((leaving * arriving / squared).mean() * 2 * np.pi * radius * length)


CASES = {
    "sphere": (over("sphere", radius=0.3), np.pi * (0.3 / DISTANCE) ** 2),
    "sphere scaled": (over("sphere", radius=0.3, matrix=at(0, 0, DISTANCE, scale=2)), np.pi * (0.6 / DISTANCE) ** 2),
    "sphere normalized": (over("sphere", radius=0.3, normalize=True), 1 / (4 * DISTANCE**2)),
    "point": (over("sphere", radius=0.0, normalize=True), 1 / (4 * DISTANCE**2)),
    "disk": (over("disk", radius=0.7), np.pi * 0.49 / (0.49 + DISTANCE**2)),
    "disk normalized": (over("disk", radius=0.7, normalize=True), 1 / (0.49 + DISTANCE**2)),
    "rect": (over("rect", width=1.5, height=0.8), np.pi * 4 * corner_factor(0.75 / DISTANCE, 0.4 / DISTANCE)),
    "rect normalized": (
        over("rect", width=1.5, height=0.8, normalize=True),
        np.pi * 4 * corner_factor(0.75 / DISTANCE, 0.4 / DISTANCE) / 1.2,
    ),
    "rect mirrored": (
        over("rect", width=1.5, height=0.8, matrix=at(0, 0, DISTANCE, scale=(-1, 1, 1))),
        np.pi * 4 * corner_factor(0.75 / DISTANCE, 0.4 / DISTANCE),
    ),
    "cylinder": (over("cylinder", radius=0.2, length=1.4), cylinder_irradiance(0.2, 1.4, DISTANCE)),
    "cylinder normalized": (
        over("cylinder", radius=0.2, length=1.4, normalize=True),
        cylinder_irradiance(0.2, 1.4, DISTANCE) / (2 * np.pi * 0.2 * 1.4),
    ),
    "distant": (over("distant"), 1.0),
    "distant slanted": (over("distant", matrix=looking((1, 0, 1), (0, 0, 0))), np.cos(np.pi / 4)),
    "distant wide": (over("distant", angle=np.radians(10.0)), 1.0),
    "distant normalized": (over("distant", normalize=True, angle=np.radians(0.53)), 1.0),
    "dome": (over("dome", matrix=np.eye(4)), np.pi),
}


@pytest.mark.parametrize("name", CASES)
def test_irradiance_is_the_closed_form(name: str) -> None:
    light, expected = CASES[name]
    measured = irradiance(light)
    assert abs(z_score(measured, expected)) < Z_LIMIT, (measured.mean(), expected)


def test_the_test_sees_a_light_that_is_off_by_two_percent() -> None:
    light, expected = CASES["rect"]
    assert abs(z_score(irradiance(light), 1.02 * expected)) > Z_LIMIT


def test_lights_add_up_and_color_tints() -> None:
    two = [over("sphere", radius=0.3, color=(1.0, 0.5, 0.0)), over("distant", color=(0.0, 0.0, 1.0))]
    view = camera(looking((3, 0, 1), (0, 0, 0)), 16, 16, fx=5e4)
    pixels = np.pi * radiance([item(quad(), at(0, 0, 0, scale=20), WHITE)], two, view, 64)
    sphere = np.pi * (0.3 / DISTANCE) ** 2
    for channel, expected in enumerate((sphere, 0.5 * sphere, 1.0)):
        assert abs(z_score(pixels[..., channel].ravel(), expected)) < Z_LIMIT


def test_a_sphere_light_falls_off_with_the_square_of_the_distance() -> None:
    near, far = (irradiance(over("sphere", radius=0.1, matrix=at(0, 0, d))).mean() for d in (1.5, 3.0))
    assert near / far == pytest.approx(4.0, rel=0.01)


def test_two_domes_add_up() -> None:
    domes = [over("dome", matrix=np.eye(4)), over("dome", matrix=np.eye(4), intensity=500.0)]
    view = camera(looking((3, 0, 1), (0, 0, 0)), 8, 8, fx=5e4)
    pixels = radiance([item(quad(), at(0, 0, 0, scale=20), WHITE)], domes, view, 64)
    assert abs(z_score(pixels[..., 1].ravel(), 1.5)) < Z_LIMIT


CONES = [(kind, cone) for kind in ("sphere", "disk", "rect", "cylinder") for cone in (20.0, 60.0, 80.0)]


@pytest.mark.parametrize(("kind", "cone"), [*CONES, ("sphere", 120.0), ("cylinder", 120.0)])
def test_a_cone_keeps_the_axis_and_darkens_what_is_outside(kind: str, cone: float) -> None:
    """A small light: intensity is radiance times the area it shows, cut off at the cone."""
    size = {"radius": 0.02, "width": 0.04, "height": 0.04, "length": 0.04}
    shown = {"sphere": np.pi * 4e-4, "disk": np.pi * 4e-4, "rect": 1.6e-3, "cylinder": 1.6e-3}[kind]
    light = over(kind, cone_angle=np.radians(cone), **size)
    assert is_shaped(light)
    assert irradiance(light, 256).mean() == pytest.approx(shown / DISTANCE**2, rel=0.02)
    for angle in (0.8 * cone, 1.2 * cone):
        if angle >= 175 or (kind in ("disk", "rect") and angle > 85):
            continue
        axis = np.radians(angle)
        eye = np.array([0.0, 0.0, DISTANCE])
        tilted = looking(eye, eye + [np.sin(axis), 0, -np.cos(axis)], up=(0, 1, 0))
        expected = 0.0 if angle > cone else shown / DISTANCE**2 * (np.cos(axis) if kind in ("disk", "rect") else 1.0)
        measured = irradiance(over(kind, cone_angle=np.radians(cone), matrix=tilted, **size), 256).mean()
        assert measured == pytest.approx(expected, rel=0.03, abs=1e-9), angle


def test_softness_and_focus_follow_the_schema() -> None:
    soft = over("sphere", radius=0.02, cone_angle=np.radians(40.0), cone_softness=0.5)
    assert shaping(soft, np.radians([0.0, 20.0, 30.0, 40.0, 41.0])) == pytest.approx([1, 1, 0.5, 0, 0], abs=1e-9)
    focused = over("sphere", radius=0.02, focus=3.0)
    assert shaping(focused, np.radians([0.0, 60.0])) == pytest.approx([1, 0.125])
    axis = np.radians(30.0)
    eye = np.array([0.0, 0.0, DISTANCE])
    tilted = looking(eye, eye + [np.sin(axis), 0, -np.cos(axis)], up=(0, 1, 0))
    for light, factor in ((soft, 0.5), (focused, np.cos(axis) ** 3)):
        turned = Light(
            "/L", "sphere", tilted, intensity=KILO, radius=0.02,
            cone_angle=light.cone_angle, cone_softness=light.cone_softness, focus=light.focus,
        )  # fmt: skip
        expected = np.pi * 4e-4 / DISTANCE**2 * factor
        assert irradiance(turned).mean() == pytest.approx(expected, rel=0.03)


def test_areas_count_the_world_scale() -> None:
    scaled = at(0, 0, 0, scale=(2, 3, 4))
    assert world_area(over("rect", width=2.0, height=1.0, matrix=scaled)) == pytest.approx(12.0)
    assert world_area(over("disk", radius=1.0, matrix=scaled)) == pytest.approx(6 * np.pi)
    assert world_area(over("sphere", radius=0.5, matrix=at(0, 0, 0, scale=2))) == pytest.approx(4 * np.pi)
    assert world_area(over("cylinder", radius=0.5, length=2.0, matrix=at(0, 0, 0, scale=2))) == pytest.approx(8 * np.pi)
    assert emitted(over("sphere", radius=0.5, normalize=True))[0] == pytest.approx(1 / np.pi)
