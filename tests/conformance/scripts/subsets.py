# ruff: noqa: E402
"""Labels on GeomSubsets: the left half of a board is red, the right half is blue, the board itself has no label."""

from isaacsim import SimulationApp

simulation_app = SimulationApp({"headless": True})

import json

import carb.settings
import numpy as np
import omni.replicator.core as rep
import omni.usd
from pxr import UsdGeom

carb.settings.get_settings().set("/syntheticdata/sensors/perSubsetSegmentation", True)
omni.usd.get_context().new_stage()
stage = omni.usd.get_context().get_stage()
board = UsdGeom.Mesh.Define(stage, "/World/Board")
board.CreatePointsAttr([(-4, -4, 0), (-4, 0, 0), (-4, 4, 0), (4, -4, 0), (4, 0, 0), (4, 4, 0)])
board.CreateFaceVertexCountsAttr([4, 4])
board.CreateFaceVertexIndicesAttr([0, 3, 4, 1, 1, 4, 5, 2])
for index, name in enumerate(("red", "blue")):
    subset = UsdGeom.Subset.CreateGeomSubset(board, name, UsdGeom.Tokens.face, [index])
    rep.functional.modify.semantics(subset.GetPrim(), {"class": name})
camera = rep.functional.create.camera(position=(0, 0, 5), look_at=(0, 0, 0))
masks = rep.annotators.get("semantic_segmentation")
masks.attach(rep.create.render_product(camera, (40, 20)))
rep.orchestrator.step()
data = masks.get_data()
classes = {int(key): value["class"] for key, value in data["info"]["idToLabels"].items()}
ids, counts = np.unique(data["data"], return_counts=True)
with open("found.json", "w") as file:
    json.dump({classes[int(i)]: int(n) for i, n in zip(ids, counts, strict=True)}, file)
simulation_app.close()
