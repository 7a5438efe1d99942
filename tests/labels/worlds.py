"""Random worlds: meshes, nested labels, occluders, motion, cameras, units and up axes, all from one generator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull

from engine.stage.scene import Camera, Instance, LabelledPrim, Material, Mesh, SceneSnapshot
from tests.annotate.building import box, look_at, quad, turned

CLASSES = ("cow", "sheep", "rock", "tree")


@dataclass(frozen=True)
class World:
    scene: SceneSnapshot
    camera: Camera


def random_mesh(rng: np.random.Generator, unit: float, key: str) -> Mesh:
    """A box, a quad, or a rock: about a metre across whatever the stage's unit."""
    kind = rng.integers(3)
    if kind == 0:
        mesh = box(rng.uniform(0.2, 0.7) / unit, key)
    elif kind == 1:
        mesh = quad(rng.uniform(0.5, 2) / unit, rng.uniform(0.5, 2) / unit, key)
    else:
        cloud = rng.normal(size=(int(rng.integers(8, 30)), 3)) * rng.uniform(0.2, 0.5, 3) / unit
        mesh = Mesh(key, cloud.astype(np.float32), ConvexHull(cloud).simplices.astype(np.int32))
    return mesh


def random_matrix(rng: np.random.Generator, unit: float, spread: float) -> np.ndarray:
    """local stage units to world metres: turned, stretched, moved."""
    matrix = turned(*rng.uniform(-180, 180, 3))
    matrix[:3, :3] = matrix[:3, :3] @ np.diag(rng.uniform(0.5, 1.5, 3)) * unit
    matrix[:3, 3] = rng.uniform(-spread, spread, 3)
    return matrix


def _nudged(rng: np.random.Generator, matrix: np.ndarray) -> np.ndarray:
    if rng.random() < 0.4:
        return matrix
    step = turned(*rng.uniform(-5, 5, 3))
    step[:3, 3] = rng.uniform(-0.1, 0.1, 3)
    return step @ matrix


def random_instances(rng: np.random.Generator, unit: float) -> list[Instance]:
    """Labelled prims, some of several meshes, some inside a labelled group, and occluders without labels."""
    found: list[Instance] = []
    for number in range(int(rng.integers(3, 8))):
        path, frame = f"/World/Group{number}", random_matrix(rng, unit, 2.0)
        group = LabelledPrim(path, {"class": (str(rng.choice(CLASSES)),)}, frame)
        chain: tuple[LabelledPrim, ...] = (group,) if rng.random() < 0.7 else ()
        for part in range(int(rng.integers(1, 4))):
            world = frame @ np.block(
                [[turned(*rng.uniform(-90, 90, 3))[:3, :3], rng.normal(size=(3, 1)) * 0.4 / unit], [0, 0, 0, 1]]
            )
            leaf = f"{path}/Part{part}"
            own = LabelledPrim(leaf, {"class": (str(rng.choice(CLASSES)),), "kind": ("part",)}, world)
            labels = (own, *chain) if rng.random() < 0.3 else chain
            mesh = random_mesh(rng, unit, f"{leaf}:{rng.integers(1 << 60)}")
            found.append(Instance(leaf, mesh, Material(), world, _nudged(rng, world), labels))
    return found


def random_camera(rng: np.random.Generator, up_axis: str, model: str) -> Camera:
    eye = rng.normal(size=3)
    eye *= rng.uniform(0.5, 7) / np.linalg.norm(eye)
    up = (0, 1, 0) if up_axis == "Y" else (0, 0, 1)
    world = look_at(eye, rng.uniform(-0.5, 0.5, 3), up)
    size = tuple(int(v) for v in rng.integers(24, 72, 2))
    before = _nudged(rng, world)
    focal = size[0] * rng.uniform(0.5, 1.6)
    shift = rng.uniform(-0.1, 0.1, 2) * size
    attributes = {"fthetaWidth": 512.0, "fthetaHeight": 512.0 * size[1] / size[0], "fthetaMaxFov": 200.0,
                  "fthetaPolyB": 0.004, "fthetaPolyD": 1e-9, "openCVFx": 400.0, "openCVFy": 350.0}  # fmt: skip
    return Camera(
        "/Camera", *size, world, before, focal, focal, size[0] / 2 + shift[0], size[1] / 2 + shift[1],
        rng.uniform(0.05, 1), rng.uniform(6, 30), model=model, orthographic=model == "orthographic",
        ortho_size=(5.0, 5.0 * size[1] / size[0]), attributes=attributes,
    )  # fmt: skip


def random_world(seed: int) -> World:
    """World number `seed`: every fifth through a lens that is no plain pinhole."""
    rng = np.random.default_rng([seed, 2024])
    unit = float(rng.choice([1.0, 0.01, 0.0254]))
    up_axis = str(rng.choice(["Y", "Z"]))
    model = [
        "pinhole",
        "pinhole",
        "orthographic",
        "pinhole",
        "pinhole",
        "fisheyePolynomial",
        "pinhole",
        "pinholeOpenCV",
    ][seed % 8]
    view = random_camera(rng, up_axis, model)
    return World(SceneSnapshot(tuple(random_instances(rng, unit)), meters_per_unit=unit, up_axis=up_axis), view)  # type: ignore[arg-type]
