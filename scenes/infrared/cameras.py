"""Infrared cameras of a scenario: the writer's rules for what they are, and where they look from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scenes.errors import ScenarioError
from scenes.keys import check_keys
from scenes.typecheck import check_value
from sensors.bands import Band, find_band
from sensors.checks import SensorError
from writers.infrared.settings import KINDS, STAGE_BANDS, read_output

OUTPUTS = tuple(KINDS)
KEY = "infrared.cameras"
MATCHED = "nir850"  # band of the images that are matched
Offset = tuple[float, float, float]


@dataclass(frozen=True)
class CameraSettings:
    """The camera of one infrared output.

    Attributes:
        preset: name of its data sheet.
        sheet: that data sheet, with the scenario's changes.
        offset: metres right, up and back from the scenario's camera, in its frame.
        own_view: whether it has place, lens and size of its own.
        flood: (watts, half angle in radians) of a lamp beside the lens, or None.
        is_matched: whether it is a pair of imagers under a projector, whose images are matched.
    """

    preset: str
    sheet: Any
    offset: Offset = (0.0, 0.0, 0.0)
    own_view: bool = False
    flood: tuple[float, float] | None = None
    is_matched: bool = False


def read_cameras(given: Any) -> dict[str, CameraSettings]:
    """Check `infrared.cameras`.

    Raises:
        ScenarioError: naming the wrong key.
    """
    given = {} if given is None else given
    if not isinstance(given, dict):
        raise ScenarioError(KEY, f"is {given!r}; expected a mapping of output: {{settings}}")
    check_keys(given, OUTPUTS, KEY)
    return {output: read_camera(output, {} if options is None else options) for output, options in given.items()}


def read_camera(output: str, options: Mapping[str, Any]) -> CameraSettings:
    """Check one entry of `infrared.cameras`; {} gives the output's usual camera.

    Raises:
        ScenarioError: naming the wrong key.
    """
    try:
        found = read_output(output, options)
    except SensorError as error:
        key, _, message = str(error).partition(": ")
        raise ScenarioError(key, message) from None
    check_value(options.get("own_view", False), bool, f"{KEY}.{output}.own_view")
    offset = check_value(options.get("offset"), Offset | None, f"{KEY}.{output}.offset")
    return CameraSettings(
        found.preset,
        found.camera,
        offset or (0.0, 0.0, 0.0),
        found.own_view,
        found.flood,
        found.method == "matching",
    )


def band_of(output: str, camera: CameraSettings) -> tuple[str, Band] | None:
    """Return the name on the stage and the spectral band of an output; None for depth that needs no radiance."""
    if camera.is_matched:
        return MATCHED, find_band(MATCHED)
    name = STAGE_BANDS.get(output)
    return None if name is None else (name, find_band(camera.sheet.band))
