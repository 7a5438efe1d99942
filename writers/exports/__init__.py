"""Other formats from shards: one file a format, found by its name in `FORMATS`.

An export reads the samples once, in order, in flat memory, and its folder is there whole or not at all.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from writers.exports.views import Source
from writers.exports.whole import whole_folder

FORMATS = {
    "bop": "BOP scene by scene: poses, cameras, depth, masks",
    "bop_webdataset": "BOP in tar shards",
    "coco": "COCO instances: boxes and run-length masks",
    "coco_panoptic": "COCO panoptic: one segment a pixel",
    "flir_adas": "FLIR ADAS: colour and thermal pictures side by side, each with COCO boxes",
    "kitti": "KITTI object: 3D boxes, calibration",
    "yolo": "Ultralytics YOLO: detect, segment, pose, obb",
}


def exporter(name: str) -> Callable[..., dict[str, int]]:
    """Return the function that writes a format; its keyword arguments are the format's options.

    Raises:
        ValueError: if there is no such format.
    """
    if name not in FORMATS:
        raise ValueError(f"export format '{name}' is unknown; choose from {', '.join(FORMATS)}")
    write: Callable[..., dict[str, int]] = importlib.import_module(f"writers.exports.{name}").write
    return write


def options_of(name: str) -> dict[str, Any]:
    """Return the options of a format with their defaults."""
    parameters = inspect.signature(exporter(name)).parameters.values()
    return {each.name: each.default for each in parameters if each.kind is each.KEYWORD_ONLY}


def export(name: str, dataset: Source, out: Path, **options: Any) -> dict[str, int]:
    """Write a dataset in another format.

    Args:
        name: of `FORMATS`.
        dataset: an open dataset.
        out: folder to make; it must not be there yet.
        options: of the format, see its module; None is the format's default.

    Returns:
        Counts of what was written, by name.

    Raises:
        ValueError: for a format or an option that does not exist, or a dataset that cannot be written so.
        OutputExistsError: if `out` is there.
    """
    write, known = exporter(name), options_of(name)
    given = {key: value for key, value in options.items() if value is not None}
    for key in given:
        if key not in known:
            raise ValueError(f"format {name} has no option '{key}'; it has {', '.join(known)}")
    if given.get("images", "copy") not in ("copy", "none"):
        raise ValueError(f"images is '{given['images']}'; expected copy or none")
    with whole_folder(Path(out)) as folder:
        return write(dataset, folder, **given)
