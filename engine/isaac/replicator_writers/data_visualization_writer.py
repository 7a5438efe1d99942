"""DataVisualizationWriter: boxes drawn over the picture, the normals, or nothing.

Source: documentation of isaacsim.replicator.writers (parameters, names of files, defaults of colour and width).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from engine.carb.logging import log_warn
from engine.isaac.replicator_writers.pose_projection import pixels
from engine.replicator import functional
from engine.replicator.writer import Writer
from engine.replicator.writers_default.destination import backend_for

BACKGROUNDS = ("rgb", "normals")
SOLID = "bounding_box_3d_fast"
COLOUR, WIDTH = "green", 1
EDGES = [(i, i | bit) for bit in (1, 2, 4) for i in range(8) if not i & bit]
CORNERS = np.array([[i & 1, i >> 1 & 1, i >> 2] for i in range(8)])


class DataVisualizationWriter(Writer):
    """Draw annotations over pictures."""

    def __init__(
        self,
        output_dir: str | None = None,
        bounding_box_2d_tight: bool = False,
        bounding_box_2d_tight_params: dict[str, Any] | None = None,
        bounding_box_2d_loose: bool = False,
        bounding_box_2d_loose_params: dict[str, Any] | None = None,
        bounding_box_3d: bool = False,
        bounding_box_3d_params: dict[str, Any] | None = None,
        frame_padding: int = 4,
        backend: Any = None,
    ) -> None:
        """Choose a place and what to draw.

        Args:
            output_dir, backend: where to write.
            bounding_box_2d_tight, bounding_box_2d_loose, bounding_box_3d: what to draw, a file each.
            bounding_box_2d_tight_params, bounding_box_2d_loose_params: `background` ("rgb", "normals"), `outline`,
                `fill`, `width` (pixels).
            bounding_box_3d_params: `background`, `fill` (the colour of the edges), `width`.
            frame_padding: digits of the frame number.
        """
        self.backend = backend_for("DataVisualizationWriter", output_dir, backend)
        self.version, self.data_structure = "0.1.0", "renderProduct"
        asked = {
            "bounding_box_2d_tight_fast": (bounding_box_2d_tight, bounding_box_2d_tight_params),
            "bounding_box_2d_loose_fast": (bounding_box_2d_loose, bounding_box_2d_loose_params),
            SOLID: (bounding_box_3d, bounding_box_3d_params),
        }
        self._drawn = {name: dict(params or {}) for name, (wanted, params) in asked.items() if wanted}
        self._digits, self._frame_id = frame_padding, 0
        below = [params.get("background") for params in self._drawn.values() if params.get("background")]
        for name in below:
            if name not in BACKGROUNDS:
                log_warn(
                    f"DataVisualizationWriter: background={name!r} was given; expected {' or '.join(BACKGROUNDS)}; "
                    "the picture stays transparent"
                )
        camera = ["camera_params"] if SOLID in self._drawn else []
        self.annotators = [*self._drawn, *camera, *sorted({name for name in below if name in BACKGROUNDS})]

    def write(self, data: dict[str, Any]) -> None:
        """Write a picture for each render product and each kind of box."""
        for product, output in data["renderProducts"].items():
            for name, params in self._drawn.items():
                image = _background(output, params.get("background"))
                draw = ImageDraw.Draw(image)
                if name == SOLID:
                    _draw_solids(draw, output[name]["data"], output["camera_params"], params)
                else:
                    _draw_rectangles(draw, output[name]["data"], params)
                path = f"{product}/{name}_{self._frame_id:0{self._digits}d}.png"
                self.backend.schedule(functional.write_image, path=path, data=np.asarray(image))
        self._frame_id += 1

    def detach(self) -> None:
        """Stop writing and count from 0 again."""
        super().detach()
        self._frame_id = 0


def _background(output: Mapping[str, Any], name: str | None) -> Image.Image:
    """Return what to draw on: a transparent picture if nothing is named."""
    if name == "rgb":
        return Image.fromarray(np.array(output["rgb"]["data"]))
    if name == "normals":
        return Image.fromarray(((np.asarray(output["normals"]["data"]) * 0.5 + 0.5) * 255).astype(np.uint8))
    width, height = (int(v) for v in output["resolution"])
    return Image.new("RGBA", (width, height), (0, 0, 0, 0))


def _draw_rectangles(draw: ImageDraw.ImageDraw, rows: Any, params: Mapping[str, Any]) -> None:
    for row in rows:
        corners = [int(row[side]) for side in ("x_min", "y_min", "x_max", "y_max")]
        outline, width = params.get("outline", COLOUR), params.get("width", WIDTH)
        draw.rectangle(corners, fill=params.get("fill"), outline=outline, width=width)


def _draw_solids(draw: ImageDraw.ImageDraw, rows: Any, camera: Mapping[str, Any], params: Mapping[str, Any]) -> None:
    """Draw the twelve edges of each box; an edge that reaches behind the camera is left out."""
    view = np.reshape(camera["cameraViewTransform"], (4, 4)).astype(np.float64)
    for row in rows:
        low, high = (np.array([float(row[f"{axis}_{end}"]) for axis in "xyz"]) for end in ("min", "max"))
        local = np.concatenate([low + CORNERS * (high - low), np.ones((8, 1))], axis=1)
        seen = (local @ np.asarray(row["transform"], dtype=np.float64) @ view)[:, :3]
        flat = pixels(seen, camera)
        for one, other in EDGES:
            if max(seen[one, 2], seen[other, 2]) < 0:
                ends = [tuple(flat[one]), tuple(flat[other])]
                draw.line(ends, fill=params.get("fill", COLOUR), width=params.get("width", WIDTH))
