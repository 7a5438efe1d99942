"""Where an animal lay: flattened grass that keeps its warmth for a while after it has risen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from pxr import Usd, UsdGeom

from scenes.animals.noise import layered_noise
from scenes.animals.shapes import Array
from scenes.animals.skin import Ints
from scenes.asset_cache import asset_file
from scenes.landscape.noise import smoothstep
from scenes.landscape.paint import to_srgb
from scenes.meshes import grid_triangles, smooth_normals
from scenes.parts import Look, Part, author_part, new_asset
from scenes.tokens import warm_vertices

SIDE, CELLS = 2.6, 64  # of the square on which the form lies, metres; cells along it
# Minutes since the animal rose and how much warmer than the grass around the middle of its form then is, K: the
# difference falls to a half in about five minutes (an estimate; pressed grass and damp soil).
AGES = {"just_risen": 13.0, "minutes_3": 8.5, "minutes_8": 4.2, "minutes_20": 1.1}


@dataclass(frozen=True)
class Form:
    """Half length and half width of the pressed place, metres, and the seed of its irregular edge."""

    length: float = 0.95
    width: float = 0.48
    seed: int = 1


def pressed(points: Array, form: Form) -> Array:
    """Return how far (n,) points (n, 2) lie inside the form: 1 in the middle, 0 outside, soft between."""
    rng = np.random.default_rng(form.seed)
    flat = np.column_stack([points, np.zeros(len(points))])
    shake = 0.20 * layered_noise(flat, 1.6, 3, rng)
    neck = np.hypot((points[:, 0] - 0.78 * form.length) / (0.62 * form.length), points[:, 1] / (0.55 * form.width))
    trunk = np.hypot(points[:, 0] / form.length, points[:, 1] / form.width)
    reach = np.minimum(trunk, neck) + shake
    return np.asarray(1.0 - smoothstep(0.45, 1.25, reach))


def _ground(form: Form) -> tuple[Array, Array]:
    """Return points (n, 3) of the form's ground and how far they lie inside: raised a little, its edge buried."""
    axis = np.linspace(-SIDE / 2, SIDE / 2, CELLS + 1)
    x, y = np.meshgrid(axis, axis)
    flat = np.column_stack([x.ravel(), y.ravel()])
    inside = pressed(flat, form)
    rng = np.random.default_rng([form.seed, 1])
    bumps = 0.012 * layered_noise(np.column_stack([flat, 0 * flat[:, 0]]), 9.0, 2, rng)
    return np.column_stack([flat, -0.06 + 0.115 * np.minimum(inside * 2.2, 1.0) + bumps * inside]), inside


def _blades(form: Form, count: int) -> tuple[Array, Ints, Array]:
    """Return points (3 n, 3), triangles and warmth of blades of grass that lie down, combed outwards."""
    rng = np.random.default_rng([form.seed, 2])
    spot = rng.uniform(-SIDE / 2, SIDE / 2, (count, 2))
    spot = spot[pressed(spot, form) > 0.12]
    inside = pressed(spot, form)
    angle = np.arctan2(spot[:, 1], spot[:, 0]) + rng.normal(0.0, 0.7, len(spot))
    along = np.column_stack([np.cos(angle), np.sin(angle)])
    side = np.column_stack([-along[:, 1], along[:, 0]]) * rng.uniform(0.004, 0.009, (len(spot), 1))
    long = rng.uniform(0.05, 0.12, (len(spot), 1))
    low = 0.050 * np.minimum(inside * 2.2, 1.0) + rng.uniform(0.0, 0.025, len(spot))
    rise = rng.uniform(0.005, 0.035, len(spot)) + 0.05 * (1.0 - inside)
    foot = np.column_stack([spot, low])
    tip = np.column_stack([spot + along * long, low + rise])
    across = np.column_stack([side, 0 * side[:, 0]])
    points = np.stack([foot - across, foot + across, tip], 1).reshape(-1, 3)
    return points, np.arange(len(points)).reshape(-1, 3), np.repeat(inside, 3)


def write_lair(path: Path, form: Form) -> None:
    """Write the file of a form; its variant set `age` says how long ago the animal rose."""
    stage = new_asset(path, "Form", {"seed": float(form.seed)})
    points, inside = _ground(form)
    triangles = grid_triangles(CELLS + 1, CELLS + 1)
    keep = (points[triangles][..., 2] > -0.05).any(axis=1)
    used, index = np.unique(triangles[keep], return_inverse=True)
    points, inside, triangles = points[used], inside[used], index.reshape(-1, 3)
    rng = np.random.default_rng([form.seed, 3])
    grain = layered_noise(
        np.column_stack([np.mgrid[0:256, 0:256].reshape(2, -1).T / 256.0 * SIDE, np.zeros(65536)]), 14.0, 4, rng
    )
    tone = np.array([0.150, 0.152, 0.062]) * (1.0 + 0.4 * grain.reshape(256, 256, 1))
    soil = Look("leaf_grass", image=to_srgb(np.clip(tone, 0.01, 0.6)), roughness=1.0)
    uvs = points[:, :2] / SIDE + 0.5
    stalks, faces, within = _blades(form, 9000)
    straw = Look("leaf_grass", color=(0.185, 0.180, 0.075), roughness=0.9)
    warmths = {"Ground": inside, "Blades": within}
    for part in (
        Part("Ground", points, triangles, smooth_normals(points, triangles), soil, uvs),
        Part("Blades", stalks, faces, np.tile([0.0, 0.0, 1.0], (len(stalks), 1)), straw),
    ):
        author_part(stage, "/Form", part, path.parent)
    _write_ages(stage, warmths)
    stage.GetRootLayer().Save()


def _write_ages(stage: Usd.Stage, inside: dict[str, Array]) -> None:
    """Author the variant set `age`: the same form, ever cooler; blades keep less warmth than the soil."""
    root = stage.GetDefaultPrim()
    variants = root.GetVariantSets().AddVariantSet("age")
    for name, kelvin in AGES.items():
        variants.AddVariant(name)
        variants.SetVariantSelection(name)
        with variants.GetVariantEditContext():
            for part, share in inside.items():
                mesh = UsdGeom.Mesh.Get(stage, f"/Form/{part}")
                warm_vertices(mesh, kelvin * share * (0.8 if part == "Blades" else 1.0))
    variants.ClearVariantSelection()  # whoever uses the form says


def lair_asset(form: Form) -> Path:
    """Return the USD file of a pressed place, made on first use: metres, z up, its long axis along x."""
    return asset_file("lair", vars(form), partial(write_lair, form=form))
