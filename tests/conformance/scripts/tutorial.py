"""Graph style, as typed into the script editor: a layer, shapes, a trigger, BasicWriter, run."""

import omni.replicator.core as rep

rep.set_global_seed(11)
with rep.new_layer():
    camera = rep.create.camera(position=(0, -12, 6), look_at=(0, 0, 0), clipping_range=(0.1, 1000))
    rep.create.light(light_type="dome", intensity=800)
    rep.create.plane(scale=40, position=(0, 0, -1), semantics={"class": "ground"})
    cube = rep.create.cube(semantics=[("class", "cube")])
    sphere = rep.create.sphere(semantics=[("class", "sphere")], position=(0, 0, 3))

    with rep.trigger.on_frame(max_execs=4):
        with cube:
            rep.modify.pose(position=rep.distribution.uniform((-3, -3, 0), (3, 3, 0)))
        with sphere:
            rep.randomizer.color(rep.distribution.choice([(1, 0, 0), (0, 0, 1)]))

render_product = rep.create.render_product(camera, (96, 64))
writer = rep.WriterRegistry.get("BasicWriter")
writer.initialize(
    output_dir="out", rgb=True, semantic_segmentation=True, bounding_box_2d_loose=True, camera_params=True
)
writer.attach([render_product])
rep.orchestrator.run()
