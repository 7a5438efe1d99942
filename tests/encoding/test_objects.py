"""Objects of a view: what a label image and Replicator's boxes say, against masks read one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco

from writers.objects import count_classes, list_objects

FLAT = [("x_min", "i4"), ("y_min", "i4"), ("x_max", "i4"), ("y_max", "i4"), ("occlusionRatio", "f4")]
SOLID = [(f"{axis}_{end}", "f4") for end in ("min", "max") for axis in "xyz"] + [("transform", "f4", (4, 4))]


def view(mask: np.ndarray, paths: dict[int, str], classes: dict[int, str]) -> dict[str, Any]:
    """Make the payload of a view by hand: the tight box of each path is all of the picture."""
    height, width = mask.shape
    flat = np.array([(0, 0, width - 1, height - 1, 0.25)] * len(paths), FLAT)
    solid = np.array([(-1, -2, -3, 1, 2, 3, np.eye(4))] * len(paths), SOLID)
    boxes = {"primPaths": list(paths.values()), "data": flat}
    return {
        "instance_segmentation_fast": {
            "data": mask,
            "idToLabels": {str(k): v for k, v in paths.items()},
            "idToSemantics": {str(k): {"class": v} for k, v in classes.items()},
        },
        "bounding_box_2d_tight_fast": boxes,
        "bounding_box_2d_loose_fast": boxes,
        "bounding_box_3d_fast": {"primPaths": list(paths.values()), "data": solid},
    }


def test_objects_carry_their_own_pixels() -> None:
    rng = np.random.default_rng(5)
    mask = np.kron(rng.integers(0, 9, (12, 16)), np.ones((5, 3), np.int64)).astype(np.uint32)
    mask[3:9, 4] = 65535
    present = [i for i in sorted(set(mask.ravel().tolist())) if i >= 2]
    paths = {i: f"/World/Thing_{i}" for i in [0, 1, *present, 77]}  # 77 is not to be seen
    found = list_objects(view(mask, paths, {i: "cow,animal" if i % 2 else "dog" for i in paths}))
    assert [item["id"] for item in found] == present and len(present) == 8
    for item in found:
        pixels = mask == item["id"]
        run = {"size": item["segmentation"]["size"], "counts": item["segmentation"]["counts"].encode()}
        np.testing.assert_array_equal(coco.decode(run).astype(bool), pixels)
        assert item["area"] == int(pixels.sum())
        assert type(item["area"]) is int
        assert item["box"] == [0, 0, 48, 60] and item["visible_fraction"] == 0.75
    assert count_classes(found) == {"dog": 4, "cow": 4}


def test_ids_that_do_not_fit_are_refused() -> None:
    mask = np.array([[0, 2], [70000, 2]], np.uint32)
    with pytest.raises(ValueError, match="labels go from 0 to 70000; expected ids from 0 to 65535"):
        list_objects(view(mask, {2: "/A"}, {2: "cow"}))
