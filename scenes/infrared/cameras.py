"""Infrared cameras of a scenario: which preset an output looks through, and what of it the scenario changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from scenes.errors import ScenarioError
from scenes.keys import check_keys, suggestion
from scenes.typecheck import check_call
from sensors.bands import Band, find_band
from sensors.checks import SensorError
from sensors.imager import MonoCamera
from sensors.palettes import palette_names
from sensors.registry import camera_names, find_camera
from sensors.stereo_depth import StereoCamera
from sensors.structured_light import StructuredLightCamera
from sensors.thermal_camera import ThermalCamera
from sensors.tof_depth import TimeOfFlightCamera

FORMATS = ("tlinear", "radiance", "raw16", "agc", "temperature")
DEPTH_BAND = "nir850"


@dataclass(frozen=True)
class CameraSettings:
    """The camera of one infrared output.

    Attributes:
        preset: a camera of `sensors/cameras`.
        netd: K at 300 K instead of the preset's, thermal outputs.
        gain: how counts become 8 bits, thermal outputs.
        palette: colours of those.
        formats: members written, of `FORMATS`, thermal outputs.
        bits: of a count in the file, near-infrared outputs.
        offset: metres right, up and back from the scenario's camera, in its frame; None is its place.
        own_view: whether it has lens and size of the preset instead of the scenario's camera's.
    """

    preset: str
    netd: float | None = None
    gain: Literal["plateau", "linear"] = "plateau"
    palette: str = "white_hot"
    formats: tuple[str, ...] = ("tlinear", "agc")
    bits: Literal[8, 16] = 8
    offset: tuple[float, float, float] | None = None
    own_view: bool = False

    @property
    def has_own_view(self) -> bool:
        """Whether the output is seen through a camera of its own."""
        return self.own_view or self.offset is not None


@dataclass(frozen=True)
class Default:
    """What an output is where the scenario says nothing, and what its camera has to be.

    Attributes:
        preset: its camera.
        kinds: classes of cameras that fit.
        column: of the material table that its band reads; "" where any will do.
        keys: settings that mean something for it.
        band_of: camera to band.
    """

    preset: str
    kinds: tuple[type, ...]
    column: str
    keys: tuple[str, ...]
    band_of: Callable[[Any], Band]


def _own_band(camera: Any) -> Band:
    return find_band(camera.band)


def _depth_band(camera: Any) -> Band:
    return find_band(DEPTH_BAND)


_VIEW = ("preset", "offset", "own_view")
_THERMAL = (*_VIEW, "netd", "gain", "palette", "formats")
_DEPTH = (StereoCamera, TimeOfFlightCamera, StructuredLightCamera)
DEFAULTS: dict[str, Default] = {
    "thermal_lwir": Default("boson640", (ThermalCamera,), "lwir", _THERMAL, _own_band),
    "thermal_mwir": Default("insb_mwir", (ThermalCamera,), "mwir", _THERMAL, _own_band),
    "nir850": Default("mono_nir850", (MonoCamera,), "nir850", (*_VIEW, "bits"), _own_band),
    "nir940": Default("mono_nir940", (MonoCamera,), "nir940", (*_VIEW, "bits"), _own_band),
    "ir_depth": Default("d435", _DEPTH, "", _VIEW, _depth_band),
}


def camera_options(
    preset: str | None = None,
    netd: float | None = None,
    gain: Literal["plateau", "linear"] = "plateau",
    palette: str = "white_hot",
    formats: list[str] | None = None,
    bits: Literal[8, 16] = 8,
    offset: tuple[float, float, float] | None = None,
    own_view: bool = False,
) -> None:
    """Declare the keys of one infrared camera."""


def fitting(output: str) -> list[str]:
    """List the presets that an output can look through."""
    rule = DEFAULTS[output]
    cameras = [(name, find_camera(name)) for name in camera_names()]
    return [
        name
        for name, camera in cameras
        if isinstance(camera, rule.kinds) and (not rule.column or rule.band_of(camera).surface == rule.column)
    ]


def read_cameras(given: Any) -> dict[str, CameraSettings]:
    """Check `infrared.cameras`.

    Raises:
        ScenarioError: naming the wrong key.
    """
    given = {} if given is None else given
    if not isinstance(given, dict):
        raise ScenarioError("infrared.cameras", f"is {given!r}; expected a mapping of output: {{settings}}")
    check_keys(given, DEFAULTS, "infrared.cameras")
    return {output: _camera(output, options) for output, options in given.items()}


def _camera(output: str, options: Any) -> CameraSettings:
    key = f"infrared.cameras.{output}"
    rule = DEFAULTS[output]
    values = {k: v for k, v in check_call(camera_options, options, (), key).items() if v is not None}
    for name in values:
        if name not in rule.keys:
            raise ScenarioError(f"{key}.{name}", f"means nothing for {output}; expected any of {', '.join(rule.keys)}")
    preset = values.setdefault("preset", rule.preset)
    if preset not in (known := fitting(output)):
        what = "is unknown" if preset not in camera_names() else f"does not fit {output}"
        raise ScenarioError(
            f"{key}.preset", f"'{preset}' {what}; expected one of {', '.join(known)}{suggestion(preset, known)}"
        )
    _check_names(values.get("formats", []), FORMATS, f"{key}.formats")
    _check_names([values["palette"]] if "palette" in values else [], palette_names(), f"{key}.palette")
    if "netd" in values:
        try:
            find_camera(preset).with_settings(netd=values["netd"])
        except SensorError as error:
            raise ScenarioError(
                f"{key}.netd", f"is {values['netd']:g}; expected K above 0, usually 0.02..0.1"
            ) from error
    if "formats" in values:
        values["formats"] = tuple(values["formats"])
    return CameraSettings(**values)


def _check_names(names: list[str], known: tuple[str, ...], key: str) -> None:
    for name in names:
        if name not in known:
            raise ScenarioError(key, f"has '{name}'; expected any of {', '.join(known)}{suggestion(name, known)}")
    if len(set(names)) < len(names):
        raise ScenarioError(key, f"is {names}; expected each name once")
