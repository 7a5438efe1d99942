"""Mitsuba 3 on the same scene: emitters eps L and what is left reflected must give the radiance of the band tracer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pxr import Gf, Usd, UsdGeom

from engine.render.buffers import Aov, RenderSettings
from engine.render.frame import FrameRenderer
from engine.stage.reader import StageReader
from engine.stage.scene import Camera, Instance, SceneSnapshot
from tests.bands.stages import box, camera, new_stage, planck, plane

SKY, SIZE, SAMPLES = 12.168, 40, 256

pytestmark = pytest.mark.slow


def corner_of_a_yard(specular: float, roughness: float) -> tuple[Usd.Stage, str]:
    """A cool floor, a metal-like wall and two warm boxes close together, under an even sky."""
    stage = new_stage(lwir={"sky": SKY})
    look: dict[str, Any] = {"specular": specular, "roughness": roughness}
    plane(stage, "/World/Floor", 12, kelvin=285.0, lwir={"emissivity": 0.8})
    wall = plane(stage, "/World/Wall", 12, kelvin=290.0, lwir={"emissivity": 0.2, **look})
    place(wall, (0, 3, 0), (90, 0, 0))
    for name, x, kelvin, emissivity in (("Hot", -0.9, 340.0, 0.9), ("Dull", 0.7, 300.0, 0.4)):
        place(
            box(stage, f"/World/{name}", 1.4, kelvin=kelvin, lwir={"emissivity": emissivity}), (x, 1.6, 0.7), (0, 0, 20)
        )
    return stage, camera(stage, (1.0, -5.0, 3.5), (0, 1.5, 0.6), degrees=42)


def place(prim: Usd.Prim, at: tuple[float, ...], turned: tuple[float, ...]) -> None:
    api = UsdGeom.XformCommonAPI(UsdGeom.Xformable(prim))
    api.SetTranslate(Gf.Vec3d(*at))
    api.SetRotate(Gf.Vec3f(*turned))


def by_mitsuba(scene: SceneSnapshot, view: Camera, bounces: int, seed: int) -> np.ndarray:
    """The same triangles as area lights of eps L over surfaces that reflect 1 - eps; nothing of ours but the numbers."""
    import mitsuba as mi

    if mi.variant() is None:
        mi.set_variant("scalar_rgb")
    pose = view.world_from_camera @ np.diag([-1.0, 1.0, -1.0, 1.0])  # it looks along +Z, +X to the left
    top: dict[str, Any] = {
        "type": "scene",
        "integrator": {"type": "path", "max_depth": bounces + 1, "rr_depth": 1000},
        "sky": {"type": "constant", "radiance": {"type": "rgb", "value": SKY}},
        "sensor": {
            "type": "perspective",
            "fov": float(np.degrees(2 * np.arctan(view.width / 2 / view.fx))),
            "near_clip": 0.01,
            "far_clip": 1000.0,
            "to_world": mi.ScalarTransform4f(pose),
            "film": {"type": "hdrfilm", "width": view.width, "height": view.height, "rfilter": {"type": "box"}, "pixel_format": "luminance"},
            "sampler": {"type": "independent", "sample_count": SAMPLES},
        },
    }  # fmt: skip
    for number, item in enumerate(scene.instances):
        top[f"item_{number}"] = shape(mi, item)
    return np.array(mi.render(mi.load_dict(top), seed=seed))[..., 0]


def shape(mi: Any, item: Instance) -> Any:
    surface, kelvin = item.surfaces["lwir"], item.warmth.temperature  # type: ignore[union-attr]
    reflectance = 1 - surface.emissivity
    diffuse = {"type": "diffuse", "reflectance": {"type": "rgb", "value": reflectance}}
    bsdf: dict[str, Any] = diffuse
    if surface.specular:
        gloss = {"type": "roughconductor", "distribution": "ggx", "alpha": surface.roughness, "material": "none",
                 "specular_reflectance": {"type": "rgb", "value": reflectance}}  # fmt: skip
        bsdf = {"type": "blendbsdf", "weight": surface.specular, "first": diffuse, "second": gloss}
    properties = mi.Properties()
    properties["bsdf"] = mi.load_dict({"type": "twosided", "nested": bsdf})
    radiance = float(surface.emissivity * planck(kelvin))  # type: ignore[arg-type]
    properties["emitter"] = mi.load_dict({"type": "area", "radiance": {"type": "rgb", "value": radiance}})
    triangles = item.mesh.triangles
    made = mi.Mesh(item.prim_path, len(item.mesh.points), len(triangles), props=properties)
    parameters = mi.traverse(made)
    world = item.mesh.points @ item.world_from_local[:3, :3].T + item.world_from_local[:3, 3]
    parameters["vertex_positions"] = world.astype(np.float32).ravel()
    parameters["faces"] = triangles.astype(np.uint32).ravel()
    parameters.update()
    return made


@pytest.mark.parametrize(("specular", "roughness", "limit"), [(0.0, 0.3, 0.0), (1.0, 0.05, 0.002), (1.0, 0.2, 0.02)])
def test_both_engines_agree(specular: float, roughness: float, limit: float) -> None:
    """Blocks of pixels agree within their noise; the rough mirror's single scattering loses `limit` of its radiance."""
    stage, path = corner_of_a_yard(specular, roughness)
    reader = StageReader(stage)
    scene, view = reader.snapshot(), reader.camera(path, SIZE, SIZE)
    bounces = 12
    renderer, settings = FrameRenderer(), RenderSettings(band_samples=SAMPLES, band_bounces=bounces)
    wanted = frozenset({Aov.BAND_RADIANCE})
    ours = [renderer.render(scene, view, wanted, seed, settings)[Aov.BAND_RADIANCE][..., 0] for seed in range(2)]
    theirs = [by_mitsuba(scene, view, bounces, seed) for seed in range(2)]
    one, other = (blocks(images[0] + images[1]) / 2 for images in (ours, theirs))
    noise = np.hypot(*(np.std(blocks(images[0] - images[1])) / 2 for images in (ours, theirs)))
    assert np.ptp(theirs[0]) > 40  # there is something to compare
    assert noise < 0.3
    assert one.mean() == pytest.approx(other.mean(), rel=1e-3 + limit)
    assert (np.abs(one - other) < 5 * noise + 4 * limit * other).all()


def blocks(image: np.ndarray) -> np.ndarray:
    """Means over 8 x 8 parts of an image."""
    return np.asarray(image.reshape(8, SIZE // 8, 8, SIZE // 8).mean(axis=(1, 3)))
