"""The functions of `rep.tools` under the name that writers by third parties import."""

from __future__ import annotations

from engine.replicator.tools import (
    colorize_bbox_2d,
    colorize_distance,
    colorize_normals,
    colorize_segmentation,
    data_to_colour,
    random_colours,
    random_colours_id,
)

__all__ = [
    "colorize_bbox_2d",
    "colorize_distance",
    "colorize_normals",
    "colorize_segmentation",
    "data_to_colour",
    "random_colours",
    "random_colours_id",
]
