# ruff: noqa: E402
"""Standalone style: SimulationApp, prims made by function, a writer of one's own, events between steps."""

from isaacsim import SimulationApp

simulation_app = SimulationApp(launch_config={"headless": True})

import os

import omni.replicator.core as rep
import omni.usd
from omni.replicator.core import Writer
from omni.replicator.core import functional as F


class BoxWriter(Writer):
    """Write the picture, and its boxes beside it."""

    def __init__(self, output_dir: str) -> None:
        self.backend = rep.backends.get("DiskBackend")
        self.backend.initialize(output_dir=output_dir)
        self.annotators = ["rgb", rep.annotators.get("bounding_box_2d_tight_fast")]
        self._frame = 0

    def write(self, data: dict) -> None:
        boxes = data["bounding_box_2d_tight_fast"]
        rows = [[int(row[key]) for key in ("x_min", "y_min", "x_max", "y_max")] for row in boxes["data"]]
        record = {"boxes": rows, "prims": boxes["info"]["primPaths"], "drawn": data["distribution_outputs"]}
        record["drawn"] = {name: value.tolist() for name, value in record["drawn"].items()}
        self.backend.schedule(F.write_image, path=f"rgb_{self._frame}.png", data=data["rgb"])
        self.backend.schedule(F.write_json, path=f"boxes_{self._frame}.json", data=record, indent=2)
        self._frame += 1


omni.usd.get_context().new_stage()
rep.set_global_seed(3)
rep.orchestrator.set_capture_on_play(False)
rep.functional.create.xform(name="World")
rep.functional.create.dome_light(intensity=500, parent="/World", name="DomeLight")
box = rep.functional.create.cube(name="Box", parent="/World", semantics=[("class", "box")])
camera = rep.functional.create.camera(position=(0, 0, 10), look_at=(0, 0, 0), parent="/World", name="Camera")

with rep.trigger.on_custom_event(event_name="move_box"), rep.get.prims(path_pattern="/World/Box"):
    rep.modify.pose(position=rep.distribution.uniform((-2, -2, 0), (2, 2, 0), name="place"))

render_product = rep.create.render_product(camera, (128, 128), name="view")
rep.writers.register_writer(BoxWriter)
writer = rep.writers.get("BoxWriter")
writer.initialize(output_dir=os.path.join(os.getcwd(), "boxes"))
writer.attach(render_product)

for step in range(4):
    if step % 2:
        rep.utils.send_og_event(event_name="move_box")
    rep.orchestrator.step(rt_subframes=2, delta_time=0.0)
rep.orchestrator.wait_until_complete()
writer.detach()
render_product.destroy()
simulation_app.close()
