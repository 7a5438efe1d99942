"""Memory over many frames, each with assets never seen before: `./launch.sh script benchmarks/memory.py --frames 1000`.

Every frame creates shapes, a mesh with points of its own, a material, a referenced USD file and labels, captures them
through a BasicWriter, and removes them again.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import MARK, cpu_seconds, memory_mb
from scene import unit_mesh

WARM = 100  # frames before the slope is taken


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=("labels", "realtime"), default="labels")
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--size", default="128x96", help="WIDTHxHEIGHT")
    return parser.parse_args()


def write_asset(file: Path, rng: np.random.Generator) -> str:
    """Write a USD file with one mesh; returns its path."""
    from pxr import Usd

    stage = Usd.Stage.CreateNew(str(file))
    define_mesh(stage, "/Asset", rng)
    stage.SetDefaultPrim(stage.GetPrimAtPath("/Asset"))
    stage.Save()
    return str(file)


def define_mesh(stage: Any, path: str, rng: np.random.Generator) -> None:
    """Define a sphere whose points are pushed in and out."""
    from pxr import UsdGeom, Vt

    points, triangles = unit_mesh("sphere")
    mesh = UsdGeom.Mesh.Define(stage, path)
    bumpy = (points * rng.uniform(0.8, 1.2, (len(points), 1))).astype(np.float32)
    mesh.GetPointsAttr().Set(Vt.Vec3fArray.FromNumpy(bumpy))
    mesh.GetFaceVertexCountsAttr().Set(Vt.IntArray(len(triangles), 3))
    mesh.GetFaceVertexIndicesAttr().Set(Vt.IntArray.FromNumpy(triangles.ravel().astype(np.int32)))


def populate(rep: Any, stage: Any, frame: int, folder: Path, rng: np.random.Generator) -> list[str]:
    """Create the assets of a frame; returns the paths to remove afterwards."""
    create = rep.functional.create
    made = [f"/Frame_{frame}"]
    create.xform(name=f"Frame_{frame}")
    for kind in ("cube", "sphere", "cylinder", "cone"):
        place = {"position": rng.uniform(-1, 1, 3), "rotation": rng.uniform(0, 360, 3), "scale": rng.uniform(0.2, 0.6)}
        getattr(create, kind)(parent=made[0], semantics={"class": f"{kind}_{frame}"}, **place)
    define_mesh(stage, f"{made[0]}/Mesh", rng)
    rep.functional.modify.semantics(stage.GetPrimAtPath(f"{made[0]}/Mesh"), {"class": f"mesh_{frame}"})
    asset = write_asset(folder / f"asset_{frame}.usdc", rng)
    create.reference(usd_path=asset, parent=made[0], position=(0, 0, 1), semantics={"class": f"asset_{frame}"})
    return made


def capture_all(rep: Any, options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Capture every frame; returns memory (MiB) and CPU-seconds of each."""
    import omni.usd

    stage, rng = omni.usd.get_context().get_stage(), np.random.default_rng(7)
    memory, cpu = [], []
    for frame in range(options.frames):
        before = cpu_seconds()
        made = populate(rep, stage, frame, folder, rng)
        rep.orchestrator.step()
        for path in made:
            stage.RemovePrim(path)
        (folder / f"asset_{frame}.usdc").unlink()
        cpu.append(cpu_seconds() - before)
        memory.append(memory_mb())
    return {"memory": memory, "cpu": cpu}


def main() -> None:
    """Capture the frames and print how memory went."""
    options = arguments()
    from isaacsim import SimulationApp

    app = SimulationApp({"headless": True})
    import omni.replicator.core as rep

    rep.orchestrator.set_capture_on_play(False)
    rep.functional.create.plane(scale=10, position=(0, 0, -2), semantics={"class": "floor"})
    rep.functional.create.dome_light(intensity=1000.0)
    camera = rep.functional.create.camera(position=(4, 0, 2), look_at=(0, 0, 0), name="Camera")
    width, height = (int(v) for v in options.size.split("x"))
    product = rep.create.render_product(str(camera.GetPath()), (width, height))
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name), Path(name) / "out"
        writer = rep.WriterRegistry.get("BasicWriter")
        wanted = {"semantic_segmentation": True, "instance_segmentation": True, "bounding_box_2d_tight": True}
        wanted |= {"distance_to_image_plane": True, "rgb": options.mode == "realtime"}
        writer.initialize(output_dir=str(out), **wanted)
        writer.attach(product)
        found = capture_all(rep, options, folder)
        rep.orchestrator.wait_until_complete()
        sizes = [p.stat().st_size for p in out.rglob("*") if p.is_file()]
    print(MARK + json.dumps(summary(found, options) | {"bytes": sum(sizes), "files": len(sizes)}), flush=True)
    app.close()


def summary(found: dict[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    """Return memory at the ends, its slope after warming up, and the CPU-seconds of early and late frames."""
    memory = np.array(found["memory"])
    warm = min(WARM, options.frames // 2)
    slope = float(np.polyfit(np.arange(warm, options.frames), memory[warm:], 1)[0])
    tenth = max(1, (options.frames - warm) // 10)
    shown = sorted({0, warm, options.frames // 2, options.frames - 1})
    return {
        "frames": options.frames,
        "memory_mb": {str(n): round(float(memory[n]), 1) for n in shown},
        "slope_kb_per_frame": round(slope * 1024, 2),
        "cpu_early": round(float(np.median(found["cpu"][warm : warm + tenth])), 4),
        "cpu_late": round(float(np.median(found["cpu"][-tenth:])), 4),
        "peak_mb": round(memory_mb(peak=True)),
    }


main()
