"""The benchmark scene through Replicator: run by `python -m engine benchmarks/ours.py --mode labels --frames 20`.

Prints one JSON line: CPU-seconds a frame (user + system, after the first frame), seconds to the first frame, memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path

START = time.perf_counter()
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np  # noqa: E402

from benchmarks.scene import FIELD_OF_VIEW, LIGHT, SIDE, camera_position, primitives  # noqa: E402

LABELS = ["distance_to_image_plane", "normals", "semantic_segmentation", "instance_segmentation_fast"]


def build(rep: object, modules: object) -> str:
    """Author the scene with rep.functional; returns the camera path."""
    rep.functional.create.plane(scale=(20, 20, 1), name="Floor", parent="/World", semantics={"class": "floor"})
    for number, item in enumerate(primitives()):
        make = getattr(rep.functional.create, item.kind)
        prim = make(
            position=item.position, rotation=item.rotation, scale=SIDE, name=f"P{number}", semantics={"class": item.kind}
        )
        modules.UsdGeom.Gprim(prim).CreateDisplayColorAttr([modules.Gf.Vec3f(*item.color)])
    rep.functional.create.rect_light(position=LIGHT, look_at=(0, 0, 0), intensity=30000.0, width=1.0, height=1.0)
    focal = 20.955 / 2 / float(np.tan(np.radians(FIELD_OF_VIEW / 2)))
    camera = rep.functional.create.camera(focal_length=focal, clipping_range=(0.05, 100.0), name="Camera")
    return str(camera.GetPath())


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mode", choices=("labels", "realtime", "pathtracing"), default="labels")
    parser.add_argument("--frames", type=int, default=10)
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--height", type=int, default=480)
    return parser.parse_args()


def main() -> None:
    """Render the orbit and print what it cost."""
    options = arguments()
    from isaacsim import SimulationApp

    app = SimulationApp({"headless": True})
    import omni.replicator.core as rep
    import omni.usd
    from pxr import Gf, UsdGeom

    class Modules:
        pass

    Modules.Gf, Modules.UsdGeom = Gf, UsdGeom
    omni.usd.get_context().new_stage()
    rep.orchestrator.set_capture_on_play(False)
    if options.mode == "pathtracing":
        rep.settings.set_render_pathtraced(samples_per_pixel=options.samples)
    path = build(rep, Modules)
    product = rep.create.render_product(path, (options.width, options.height))
    names = LABELS if options.mode == "labels" else ["rgb"]
    annotators = [rep.AnnotatorRegistry.get_annotator(name) for name in names]
    for annotator in annotators:
        annotator.attach(product)
    camera = omni.usd.get_context().get_stage().GetPrimAtPath(path)
    first, used, peak = 0.0, 0.0, []
    for view in range(options.frames + 1):
        rep.functional.modify.pose(camera, position_value=camera_position(view), look_at_value=(0, 0, 0.5),
                                   look_at_up_axis=(0, 0, 1))
        begin = time.process_time()
        rep.orchestrator.step()
        for annotator in annotators:
            annotator.get_data()
        if view == 0:
            first = time.perf_counter() - START
        else:
            used += time.process_time() - begin
        peak.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    result = {"mode": options.mode, "cpu_seconds_per_frame": round(used / options.frames, 4),
              "first_frame_seconds": round(first, 2), "memory_mb": [round(peak[0]), round(peak[-1])]}
    print("RESULT " + json.dumps(result), flush=True)
    app.close()


main()
