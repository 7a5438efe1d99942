"""The benchmark scene through BlenderProc 2.8 on the bpy wheel: run by the Python of its own environment.

BlenderProc is GPL software: it runs here in a process of its own, and nothing of the product imports it.

Modes: `labels` is what BlenderProc gives for one sample a pixel (it has no way to labels without colour), with depth,
normals, class and instance masks; `pathtracing` is colour at --samples, `pathtracing_denoised` the same with Intel's
denoiser. All results are read back as NumPy arrays by BlenderProc itself.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

import numpy as np
from measure import Frames, options
from scene import (
    CLASSES,
    FAR,
    FLOOR,
    FLOOR_COLOR,
    LIGHT,
    LIGHT_SIZE,
    NEAR,
    RADIAL,
    SIDE,
    TARGET,
    camera_position,
    focal_pixels,
    look_at,
    primitives,
    rotation_matrix,
)

PARTS = ("utility", "math", "material", "camera", "renderer", "types", "object")


def load_blenderproc(temporary: str) -> Any:
    """Import BlenderProc beside the bpy wheel, as its `run` command does inside Blender.

    The 2.8.0 wheel knows no bpy from PyPI: its package file refuses to be imported outside Blender, and its set-up
    would install packages into Blender. Both are stepped over; every function called below is BlenderProc's own.
    """
    os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"
    importlib.import_module("bpy")
    package = types.ModuleType("blenderproc")
    spec = importlib.util.find_spec("blenderproc")
    assert spec is not None and spec.submodule_search_locations
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules["blenderproc"] = package
    setup = importlib.import_module("blenderproc.python.utility.SetupUtility").SetupUtility
    setup.setup = staticmethod(lambda *_, **__: [])
    setup.setup_pip = staticmethod(lambda *_, **__: "")
    setup.setup_utility_paths(temporary)
    for part in PARTS:
        setattr(package, part, importlib.import_module(f"blenderproc.api.{part}"))
    return package


def initialize(bproc: Any) -> None:
    """Do what `bproc.init()` does, less the language setting, which the bpy wheel lacks."""
    initializer = importlib.import_module("blenderproc.python.utility.Initializer")
    initializer.clean_up(clean_up_camera=True)
    bproc.renderer.set_render_devices(use_only_cpu=True)
    initializer._Initializer.set_default_parameters()


def build(bproc: Any, width: int, height: int) -> None:
    """Make the scene and the camera's lens."""
    _add(bproc, "plane", "floor", (0.0, 0.0, 0.0), np.eye(3), FLOOR_COLOR, 0)
    for number, item in enumerate(primitives(), start=1):
        _add(bproc, item.kind, item.kind, item.position, rotation_matrix(item.rotation), item.color, number)
    light = bproc.types.Light("AREA")
    light.set_local2world_mat(look_at(LIGHT, (0.0, 0.0, 0.0)))
    light.set_energy(300)
    light.blender_obj.data.size = LIGHT_SIZE
    focal = focal_pixels(width)
    matrix = [[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1]]
    bproc.camera.set_intrinsics_from_K_matrix(matrix, width, height, NEAR, FAR)


def _add(bproc: Any, kind: str, label: str, position: tuple, rotation: np.ndarray, color: tuple, number: int) -> None:
    options_of = {
        "plane": {"size": FLOOR},
        "cube": {"size": SIDE},
        "sphere": {"radius": SIDE / 2, "segments": RADIAL, "ring_count": RADIAL // 2},
        "cylinder": {"radius": SIDE / 2, "depth": SIDE, "vertices": RADIAL},
        "cone": {"radius1": SIDE / 2, "depth": SIDE, "vertices": RADIAL},
    }
    made = bproc.object.create_primitive(kind.upper(), **options_of[kind])
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = rotation, position
    made.set_local2world_mat(pose)
    made.set_name(f"item_{number}")
    made.set_cp("category_id", CLASSES.index(label))
    made.set_shading_mode("SMOOTH" if kind == "sphere" else "FLAT")
    material = bproc.material.create(f"material_{number}")
    material.set_principled_shader_value("Base Color", [*color, 1.0])
    made.replace_materials(material)


def configure(bproc: Any, mode: str, samples: int) -> None:
    """Choose samples, denoiser and outputs of a mode."""
    bproc.renderer.set_noise_threshold(0)
    bproc.renderer.set_max_amount_of_samples(1 if mode == "labels" else samples)
    bproc.renderer.set_denoiser("INTEL" if mode == "pathtracing_denoised" else None)
    if mode == "labels":
        bproc.renderer.enable_depth_output(activate_antialiasing=False)
        bproc.renderer.enable_normals_output()
        bproc.renderer.enable_segmentation_output(
            map_by=["category_id", "instance", "name"], default_values={"category_id": 0, "name": ""}
        )


def views(bproc: Any, first: int, count: int) -> dict[str, list[Any]]:
    """Render some views of the orbit in one go, as BlenderProc is meant to be used, and read everything back."""
    bproc.utility.reset_keyframes()
    for view in range(first, first + count):
        bproc.camera.add_camera_pose(look_at(camera_position(view), TARGET))
    return bproc.renderer.render()


def save(bproc: Any, file: str) -> None:
    """Save depth, item numbers and normals of view 0, sampled at pixel centres."""
    import bpy

    bpy.context.scene.cycles.pixel_filter_type = "BOX"
    bpy.context.scene.cycles.filter_width = 0.01
    seen = views(bproc, 0, 1)
    depth = np.asarray(seen["depth"][0], np.float32)
    instances = np.asarray(seen["instance_segmaps"][0])
    item = np.full(instances.shape, -1, np.int64)
    for entry in seen["instance_attribute_maps"][0]:
        if str(entry["name"]).startswith("item_"):
            item[instances == entry["idx"]] = int(entry["name"].removeprefix("item_"))
    depth[item < 0] = np.inf
    np.savez_compressed(file, depth=depth, item=item, normal=np.asarray(seen["normals"][0], np.float32))


def main() -> None:
    """Render the orbit and print what it cost, or save view 0."""
    chosen = options(("labels", "pathtracing", "pathtracing_denoised"), __doc__)
    shared_memory = Path("/dev/shm")  # where BlenderProc puts its files between renderer and arrays, too
    temporary = tempfile.mkdtemp(prefix="bench-", dir=shared_memory if shared_memory.is_dir() else None)
    try:
        bproc = load_blenderproc(temporary)
        initialize(bproc)
        build(bproc, chosen.width, chosen.height)
        configure(bproc, chosen.mode, chosen.samples)
        if chosen.save:
            save(bproc, chosen.save)
            return
        frames = Frames()
        views(bproc, 0, 1)
        frames.mark_first()
        seen = frames.add(lambda: views(bproc, 1, chosen.frames), chosen.frames)
        assert len(seen["colors"]) == chosen.frames, f"BlenderProc gave {len(seen['colors'])} of {chosen.frames} views"
        if chosen.picture:
            from PIL import Image

            Image.fromarray(np.asarray(seen["colors"][-1])[..., :3]).save(chosen.picture)
        frames.report(version="2.8.0 on bpy 4.2.0", samples=1 if chosen.mode == "labels" else chosen.samples)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


main()
