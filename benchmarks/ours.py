"""The benchmark scene as a Replicator script: `./launch.sh script benchmarks/ours.py --mode labels`.

Only the public API is used, and every output is read back with `get_data`, as a user does. Modes: `geometry` is
depth, normals and instance masks; `labels` adds semantic masks, tight and loose 2D boxes; `realtime` and `pathtracing`
(without denoiser, and with it as `pathtracing_denoised`) are `rgb`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import Frames, options
from scene import (
    FAR,
    FIELD_OF_VIEW,
    FLOOR,
    FLOOR_COLOR,
    LIGHT,
    LIGHT_SIZE,
    NEAR,
    SIDE,
    TARGET,
    camera_position,
    primitives,
)

LABELS = (
    "distance_to_image_plane",
    "normals",
    "semantic_segmentation",
    "instance_segmentation",
    "bounding_box_2d_tight",
    "bounding_box_2d_loose",
)
GEOMETRY = ("distance_to_image_plane", "normals", "instance_segmentation")  # what Newton gives
APERTURE = 20.955  # tenths of stage units, Replicator's default


def build(rep: Any) -> Any:
    """Author the scene; returns the camera's prim."""
    grey = rep.create.material_omnipbr(diffuse=FLOOR_COLOR, roughness=0.5)
    rep.create.plane(scale=FLOOR, semantics=[("class", "floor")], material=grey, name="Item_0")
    for number, item in enumerate(primitives(), start=1):
        getattr(rep.create, item.kind)(
            position=item.position,
            rotation=item.rotation,
            scale=SIDE,
            semantics=[("class", item.kind)],
            material=rep.create.material_omnipbr(diffuse=item.color, roughness=0.5),
            name=f"Item_{number}",
        )
    rep.create.light(
        light_type="rect", position=LIGHT, look_at=(0, 0, 0), scale=LIGHT_SIZE, intensity=30000.0, name="Light"
    )
    focal = APERTURE / 2 / float(np.tan(np.radians(FIELD_OF_VIEW / 2)))
    return rep.functional.create.camera(focal_length=focal, clipping_range=(NEAR, FAR), name="Camera")


def show(rep: Any, camera: Any, annotators: dict[str, Any], view: int) -> dict[str, Any]:
    """Capture one view and read every annotator back."""
    rep.functional.modify.pose(
        camera, position_value=camera_position(view), look_at_value=TARGET, look_at_up_axis=(0, 0, 1)
    )
    rep.orchestrator.step()
    return {name: annotator.get_data() for name, annotator in annotators.items()}


def save(file: str, seen: dict[str, Any]) -> None:
    """Save depth, item numbers and normals of what was seen."""
    ids = seen["instance_segmentation"]["data"]
    item = np.full(ids.shape, -1, np.int64)
    for key, path in seen["instance_segmentation"]["info"]["idToLabels"].items():
        if "Item_" in path:
            item[ids == int(key)] = int(path.split("Item_")[1].split("/")[0].split("_")[0])
    normal = seen["normals"][..., :3]
    np.savez_compressed(file, depth=seen["distance_to_image_plane"], item=item, normal=normal)


def main() -> None:
    """Render the orbit and print what it cost, or save view 0."""
    chosen = options(("geometry", "labels", "realtime", "pathtracing", "pathtracing_denoised"), __doc__)
    from isaacsim import SimulationApp

    app = SimulationApp({"headless": True})
    import carb.settings
    import omni.replicator.core as rep

    rep.orchestrator.set_capture_on_play(False)
    traced = chosen.mode.startswith("pathtracing")
    if traced:
        rep.settings.set_render_pathtraced(samples_per_pixel=chosen.samples)
        carb.settings.get_settings().set("/rtx/pathtracing/optixDenoiser/enabled", chosen.mode.endswith("denoised"))
    camera = build(rep)
    product = rep.create.render_product(str(camera.GetPath()), (chosen.width, chosen.height))
    annotators = {}
    for name in {"geometry": GEOMETRY, "labels": LABELS}.get(chosen.mode, ("rgb",)):
        ids = {"init_params": {"colorize": False}} if name.endswith("segmentation") else {}
        annotators[name] = rep.AnnotatorRegistry.get_annotator(name, **ids)
        annotators[name].attach(product)
    frames = Frames()
    seen = show(rep, camera, annotators, 0)
    frames.mark_first()
    if chosen.save:
        save(chosen.save, seen)
    else:
        for view in range(1, chosen.frames + 1):
            seen = frames.add(lambda view=view: show(rep, camera, annotators, view))  # type: ignore[misc]
        if chosen.picture and "rgb" in seen:
            from PIL import Image

            Image.fromarray(seen["rgb"][..., :3]).save(chosen.picture)
        frames.report(samples=chosen.samples if traced else None)
    app.close()


if __name__ == "__main__":
    main()
