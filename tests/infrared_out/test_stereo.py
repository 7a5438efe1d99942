"""Active stereo through the whole of `run`: dots, matching, holes, and what it leaves alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.replicator import orchestrator
from sensors.checks import SensorError
from writers.infrared.outputs import InfraredOutputs
from writers.infrared.settings import read_output
from writers.reader import decode, open_dataset

from .conftest import Studio, warm

HALF = {"preset": "d435", "own_view": True, "width": 320, "height": 200, "focal_pixels": 215.07, "dots": 5000}


def one(studio: Studio, camera: dict[str, Any], outputs: list[str]) -> dict[str, Any]:
    document = warm(outputs, ir_depth=camera)
    document["frames"] = 1
    document["infrared"]["weather"]["hour"] = 0.0
    orchestrator.stop()
    return decode(next(iter(open_dataset(studio.make(document)).samples())))


@pytest.mark.slow
def test_matched_depth_is_near_the_truth_where_it_is_and_has_holes_where_it_must(studio: Studio) -> None:
    matched = one(studio, {**HALF, "method": "matching", "formats": ["z16", "left", "right"]}, ["rgb", "ir_depth"])
    true = one(studio, {**HALF, "ideal": True}, ["rgb", "ir_depth"])
    seen, wanted = (found["ir_depth.png"] * 1e-3 for found in (matched, true))
    left, right = matched["ir_depth.left.png"], matched["ir_depth.right.png"]
    assert seen.shape == wanted.shape == left.shape == right.shape == (200, 320)
    near = (wanted > 0.3) & (wanted < 1.2)
    both = near & (seen > 0)
    assert near.sum() > 5000 and both.sum() > 0.6 * near.sum()
    error = np.abs(seen[both] - wanted[both]) / wanted[both]
    assert np.median(error) < 0.01 and np.percentile(error, 80) < 0.03
    assert (seen[wanted > 3.0] == 0).mean() > 0.9  # no light of the dots comes back from there
    assert left[both].astype(float).std() > 10  # dots, not a flat picture
    said = matched["json"]["infrared"]["ir_depth"]
    assert said["model"].startswith("semi-global matching") and said["baseline_m"] == 0.05015
    assert "matching" not in true["json"]["infrared"]["ir_depth"]["model"]
    np.testing.assert_array_equal(matched["rgb.png"], true["rgb.png"])  # colour cameras see no dots


def test_what_matching_needs() -> None:
    for given in ({"method": "matching"}, {"method": "matching", "own_view": True, "preset": "kinect_v2"}):
        with pytest.raises(
            SensorError, match=r"ir_depth.method: is 'matching'; expected own_view: true and a stereo ca"
        ):
            read_output("ir_depth", given)
    with pytest.raises(SensorError, match=r"ir_depth.formats: has 'left'; expected method: matching with it"):
        read_output("ir_depth", {"formats": ["left"]})
    with pytest.raises(SensorError, match=r"ir_depth.method: is 'guess'; expected one of noise, matching"):
        read_output("ir_depth", {"method": "guess"})
    section = {"path": "buffers", "cameras": {"ir_depth": {"method": "matching", "own_view": True}}}
    with pytest.raises(SensorError, match=r"ir_depth.method: is 'matching', which needs path: trace; expected noise"):
        InfraredOutputs(["ir_depth"], section)
