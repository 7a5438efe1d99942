"""What a scenario says of its infrared outputs: which camera looks, and what of it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from math import radians
from typing import Any

from sensors import encodings, palettes
from sensors.bands import find_band
from sensors.checks import SensorError, suggestion, unknown
from sensors.imager import MonoCamera, check_bits
from sensors.registry import camera_names, find_camera
from sensors.stereo_depth import StereoCamera
from sensors.structured_light import StructuredLightCamera
from sensors.thermal_camera import ThermalCamera
from sensors.thermal_frame import GAINS
from sensors.tof_depth import TimeOfFlightCamera

DEPTH_CAMERAS = (StereoCamera, TimeOfFlightCamera, StructuredLightCamera)
KINDS: dict[str, tuple[type, ...]] = {
    "thermal_lwir": (ThermalCamera,),
    "thermal_mwir": (ThermalCamera,),
    "nir850": (MonoCamera,),
    "nir940": (MonoCamera,),
    "ir_depth": DEPTH_CAMERAS,
}
PRESETS = {
    "thermal_lwir": "boson640",
    "thermal_mwir": "insb_mwir",
    "nir850": "mono_nir850",
    "nir940": "mono_nir940",
    "ir_depth": "d435",
}
STAGE_BANDS = {"thermal_lwir": "lwir", "thermal_mwir": "mwir", "nir850": "nir850", "nir940": "nir940"}
TRUTH = "ir_truth"
RIGHT = "ir_depth_right"  # camera of the right imager, beside that of ir_depth
METHODS = ("noise", "matching")
NAMES = (*KINDS, TRUTH)
FORMATS = {
    "thermal": ("tlinear", "agc", "radiance", "temperature", "raw16", "tlinear_tiff", "raw16_tiff"),
    "nir": ("mono8", "mono16", "radiance", "tiff"),
    "depth": ("z16", "left", "right"),
}
USUAL = {"thermal": ("tlinear", "agc"), "nir": ("mono8",), "depth": ("z16",)}
PATHS = ("auto", "trace", "buffers")
_EVERY = ("preset", "formats", "ideal", "own_view", "offset")  # where it looks from is the world's business
_KEYS: dict[str, tuple[str, ...]] = {
    "thermal": ("gain", "palette", "tlinear"),
    "nir": ("bits", "exposure", "flood"),
    "depth": ("depth_scale", "method"),
}
_FIXED = ("name", "band", "ratios")  # of a data sheet: not for a scenario to change
_SIGNED = ("projector_offset", "netd", "coldest", "hottest")  # the camera itself tells what these may be
_MAY_BE_ZERO = (
    *("netd", "coldest", "hottest", "aberration", "drift", "bad_fraction", "unmapped", "shutter_time"),
    *("read_noise", "dark_current", "prnu", "black_level"),
    *("projector_offset", "projector_power", "subpixel", "quantum", "nearest"),
    *("noise_at_1m", "floor", "weakest", "mixing", "multipath", "detour"),
)


@dataclass(frozen=True)
class InfraredOutput:
    """One infrared output.

    Args:
        name: of the output, for instance "thermal_lwir".
        camera: its data sheet, with the scenario's changes.
        preset: name of that camera.
        formats: members that are written.
        gain: automatic gain of `agc`.
        palette: its colours.
        tlinear: kelvin a count.
        exposure: seconds of a near-infrared camera; None sets it for each frame.
        depth_scale: metres a count of Z16.
        ideal: no lens, no noise: what arrives is what is written.
        own_view: it looks through a camera of its own.
        flood: (watts, half angle in radians) of a light beside the lens.
        method: of depth: "noise" on true depth, or "matching" of two traced images.
    """

    name: str
    camera: Any
    preset: str
    formats: tuple[str, ...]
    gain: str = "plateau"
    palette: str = "white_hot"
    tlinear: float = encodings.TLINEAR_FINE
    exposure: float | None = None
    depth_scale: float = 0.001
    ideal: bool = False
    own_view: bool = False
    flood: tuple[float, float] | None = None
    method: str = "noise"


def read_outputs(outputs: Iterable[str], infrared: Mapping[str, Any] | None = None) -> dict[str, InfraredOutput]:
    """Return the infrared cameras among a scenario's outputs, by output; `ir_truth` has none.

    Args:
        outputs: of the scenario.
        infrared: its section `infrared`; of it `cameras` is read.

    Raises:
        SensorError: naming the wrong key, what was given and what was expected.
    """
    given = (infrared or {}).get("cameras") or {}
    if not isinstance(given, Mapping):
        raise SensorError(f"infrared.cameras: is {given!r}; expected a mapping of outputs, e.g. {{thermal_lwir: {{}}}}")
    for name in given:
        if name not in KINDS:
            raise SensorError(f"infrared.cameras.{name}: is no infrared camera; expected one of {', '.join(KINDS)}")
    return {name: read_output(name, given.get(name) or {}) for name in outputs if name in KINDS}


def chosen_path(infrared: Mapping[str, Any] | None) -> str:
    """Return how radiance is found: auto, trace or buffers.

    Raises:
        SensorError: for another word.
    """
    path = str((infrared or {}).get("path") or "auto")
    if path not in PATHS:
        raise SensorError(f"infrared.path: is '{path}'; expected one of {', '.join(PATHS)}{suggestion(path, PATHS)}")
    return path


def sort_of(name: str) -> str:
    """Return thermal, nir or depth for an output."""
    return "depth" if name == "ir_depth" else "thermal" if name.startswith("thermal") else "nir"


def read_output(name: str, given: Mapping[str, Any]) -> InfraredOutput:
    """Read one entry of `infrared.cameras`.

    Args:
        name: of the output.
        given: its keys: `preset`, `formats`, `gain`, `palette`, `tlinear`, `bits`, `exposure`, `depth_scale`, `ideal`,
            `own_view`, `offset`, `flood`, and any number of the camera's data sheet, e.g. `netd`.

    Raises:
        SensorError: naming the wrong key.
    """
    key = f"infrared.cameras.{name}"
    if not isinstance(given, Mapping):
        raise SensorError(f"{key}: is {given!r}; expected a mapping, e.g. {{preset: {PRESETS[name]}}}")
    given = {item: value for item, value in given.items() if value is not None}
    sort, preset = sort_of(name), str(given.get("preset", PRESETS[name]))
    sheet = _sheet(_preset(preset, name, key))
    changeable = [item for item in sheet if item not in (*_FIXED, *_KEYS[sort])]
    known = [*_EVERY, *_KEYS[sort], *changeable]
    for item in given:
        if item not in known:
            raise SensorError(f"{key}.{item}: is unknown{suggestion(item, known)}; expected one of {', '.join(known)}")
    changes = {item: _number(given[item], sheet[item], f"{key}.{item}") for item in changeable if item in given}
    exposure, formats = given.get("exposure", "auto"), _formats(given, sort, key)
    own_view = _truth(given.get("own_view", False), f"{key}.own_view") or given.get("offset") is not None
    return InfraredOutput(
        name=name,
        camera=_changed(find_camera(preset), changes, key),
        preset=preset,
        formats=formats,
        gain=_one_of(given.get("gain", "plateau"), GAINS, f"{key}.gain") if sort == "thermal" else "",
        palette=_one_of(given.get("palette", "white_hot"), palettes.palette_names(), f"{key}.palette"),
        tlinear=_positive(given.get("tlinear", encodings.TLINEAR_FINE), f"{key}.tlinear"),
        exposure=None if exposure == "auto" else _positive(exposure, f"{key}.exposure"),
        depth_scale=_positive(given.get("depth_scale", 0.001), f"{key}.depth_scale"),
        ideal=_truth(given.get("ideal", False), f"{key}.ideal"),
        own_view=own_view,
        flood=_flood(given.get("flood"), f"{key}.flood"),
        method=_method(given, formats, own_view and isinstance(find_camera(preset), StereoCamera), key),
    )


def _method(given: Mapping[str, Any], formats: tuple[str, ...], can_match: bool, key: str) -> str:
    """Return how depth is found; matching wants two imagers of their own."""
    method = _one_of(given.get("method", "noise"), METHODS, f"{key}.method")
    if method == "matching" and not can_match:
        raise SensorError(f"{key}.method: is 'matching'; expected own_view: true and a stereo camera with it")
    pictures = {"left", "right"} & set(
        _formats(given, "depth", key) if sort_of(key.rpartition(".")[2]) == "depth" else ()
    )
    if pictures and method != "matching":
        raise SensorError(f"{key}.formats: has '{min(pictures)}'; expected method: matching with it")
    return method


def _sheet(camera: Any) -> dict[str, Any]:
    return {field.name: getattr(camera, field.name) for field in fields(camera)}


def _preset(name: str, output: str, key: str) -> Any:
    """Return a camera that fits an output: of its kind, and of its band where it has one."""
    column = STAGE_BANDS.get(output)
    cameras: dict[str, Any] = {each: find_camera(each) for each in camera_names()}
    fitting = [
        each
        for each, camera in cameras.items()
        if isinstance(camera, KINDS[output])
        and (column is None or find_band(getattr(camera, "band", "")).surface == column)
    ]
    if name not in fitting:
        raise SensorError(f"{key}.preset: {unknown(f'camera for {output}', name, fitting)}")
    return cameras[name]


def _changed(camera: Any, changes: Mapping[str, Any], key: str) -> Any:
    try:
        return replace(camera, **changes)
    except SensorError as error:
        raise SensorError(f"{key}: {error}") from None


def _number(value: Any, usual: Any, key: str) -> Any:
    """Return a number of a data sheet: of the kind that the preset has, above 0 where it counts or divides."""
    if isinstance(usual, bool):
        return _truth(value, key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SensorError(f"{key}: is {value!r}; expected a number, {usual!r} in the preset")
    if isinstance(usual, int) and value % 1 != 0:
        raise SensorError(f"{key}: is {value!r}; expected a whole number, {usual!r} in the preset")
    name = key.rpartition(".")[2]
    least = float("-inf") if name in _SIGNED else 0.0
    if not value >= least or (value == 0 and name not in _MAY_BE_ZERO):
        raise SensorError(f"{key}: is {value!r}; expected a number above 0, {usual!r} in the preset")
    return int(value) if isinstance(usual, int) else float(value)


def _truth(value: Any, key: str) -> bool:
    if not isinstance(value, bool):
        raise SensorError(f"{key}: is {value!r}; expected true or false")
    return value


def _formats(given: Mapping[str, Any], sort: str, key: str) -> tuple[str, ...]:
    if sort == "nir" and "bits" in given:
        bits = check_bits(given["bits"], f"{key}.bits")
        return (f"mono{bits}",) if "formats" not in given else _formats({"formats": given["formats"]}, sort, key)
    if "formats" not in given:
        return USUAL[sort]
    listed = [given["formats"]] if isinstance(given["formats"], str) else given["formats"]
    if not isinstance(listed, list | tuple):
        raise SensorError(f"{key}.formats: is {listed!r}; expected a list, some of {', '.join(FORMATS[sort])}")
    for item in listed:
        if item not in FORMATS[sort]:
            raise SensorError(
                f"{key}.formats: has '{item}'; expected some of {', '.join(FORMATS[sort])}"
                f"{suggestion(item, FORMATS[sort])}"
            )
    if {"mono8", "mono16"} <= set(listed):
        raise SensorError(f"{key}.formats: has mono8 and mono16, which are one member; choose one")
    if not listed:
        raise SensorError(f"{key}.formats: is empty; expected some of {', '.join(FORMATS[sort])}")
    return tuple(item for item in FORMATS[sort] if item in listed)


def _one_of(value: Any, known: Iterable[str], key: str) -> str:
    names = list(known)
    if value not in names:
        raise SensorError(f"{key}: is {value!r}; expected one of {', '.join(names)}{suggestion(value, names)}")
    return str(value)


def _positive(value: Any, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise SensorError(f"{key}: is {value!r}; expected a number above 0")
    return float(value)


def _flood(given: Any, key: str) -> tuple[float, float] | None:
    if given is None:
        return None
    if not isinstance(given, Mapping) or set(given) - {"power", "half_angle"}:
        raise SensorError(f"{key}: is {given!r}; expected {{power: watts, half_angle: degrees}}")
    power = _positive(given.get("power", 1.0), f"{key}.power")
    return power, radians(_positive(given.get("half_angle", 45.0), f"{key}.half_angle"))
