# ruff: noqa: E402
"""Several render products: one writer for all, annotators of one's own, one product switched off for a frame."""

from isaacsim import SimulationApp

simulation_app = SimulationApp({"headless": True})

import json

import numpy as np
import omni.replicator.core as rep
import omni.usd

omni.usd.get_context().new_stage()
rep.functional.create.dome_light(intensity=1000)
rep.functional.create.plane(scale=(50, 50, 1), semantics={"class": "floor"})
rep.functional.create.cube(position=(0, 0, 0.5), semantics={"class": "box"})
heights = (4.0, 9.0)
cameras = [rep.functional.create.camera(position=(6, 0, h), look_at=(6, 0, 0)) for h in heights]
products = [rep.create.render_product(c, (32, 32), name=f"view_{i}") for i, c in enumerate(cameras)]


class Collector(rep.Writer):
    """Keep what each render product gives."""

    def __init__(self) -> None:
        self.annotators = ["distance_to_image_plane", "normals"]
        self.data_structure = "renderProduct"
        self.frames = []

    def write(self, data: dict) -> None:
        self.frames.append(
            {
                name: [
                    float(product["distance_to_image_plane"]["data"].mean()),
                    float(product["normals"]["data"][..., 2].mean()),
                ]
                for name, product in data["renderProducts"].items()
            }
        )


rep.WriterRegistry.register(Collector)
writer = rep.WriterRegistry.get("Collector")
writer.initialize()
writer.attach(products)


def halve(data: np.ndarray) -> np.ndarray:
    """Halve an array."""
    return data / 2


half = rep.annotators.get("distance_to_image_plane").augment(rep.annotators.Augmentation.from_function(halve))
half.attach(products[0])
rep.orchestrator.step()
products[1].hydra_texture.set_updates_enabled(False)
rep.orchestrator.step()
found = {"frames": writer.frames, "half": float(half.get_data().mean())}
with open("found.json", "w") as file:
    json.dump(found, file)
simulation_app.close()
