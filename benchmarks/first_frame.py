"""The smallest useful Replicator script: one labelled frame on disk, in the folder given as its argument."""

import sys

from isaacsim import SimulationApp

app = SimulationApp({"headless": True})
import omni.replicator.core as rep  # noqa: E402

rep.orchestrator.set_capture_on_play(False)
rep.create.light(light_type="dome", intensity=1000.0)
rep.create.plane(scale=10, semantics=[("class", "floor")])
rep.create.cube(position=(0, 0, 0.5), semantics=[("class", "cube")])
camera = rep.create.camera(position=(3, 3, 3), look_at=(0, 0, 0.5))
product = rep.create.render_product(camera, (640, 480))
writer = rep.WriterRegistry.get("BasicWriter")
writer.initialize(output_dir=sys.argv[1], rgb=True, semantic_segmentation=True, bounding_box_2d_tight=True)
writer.attach(product)
rep.orchestrator.step()
rep.orchestrator.wait_until_complete()
app.close()
