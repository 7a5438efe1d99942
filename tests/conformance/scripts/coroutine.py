# ruff: noqa: RUF006
"""A coroutine in the script editor: awaited steps, randomisation by function with one generator, data read back."""

import asyncio
import json

import omni.kit.app
import omni.replicator.core as rep
import omni.usd


async def main() -> None:
    """Make a stage, take three frames, and write down what they showed."""
    await omni.usd.get_context().new_stage_async()
    rng = rep.rng.ReplicatorRNG(seed=21)
    rep.functional.create.dome_light(intensity=1000)
    ball = rep.functional.create.sphere(semantics={"class": "ball"})
    camera = rep.functional.create.camera(position=(0, 0, 8), look_at=(0, 0, 0))
    product = rep.create.render_product(camera, (64, 64))
    boxes = rep.annotators.get("bounding_box_3d")
    boxes.attach(product)
    found = []
    for _ in range(3):
        place = rng.generator.uniform((-1, -1, -1), (1, 1, 1))
        rep.functional.modify.position(ball, place)
        await rep.orchestrator.step_async()
        row = boxes.get_data()["data"][0]
        found.append({"place": place.tolist(), "transform": row["transform"].tolist(), "x_max": float(row["x_max"])})
    await rep.orchestrator.wait_until_complete_async()
    await omni.kit.app.get_app().next_update_async()
    with open("found.json", "w") as file:
        json.dump(found, file)


asyncio.ensure_future(main())
