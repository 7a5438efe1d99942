"""The `infrared` section of a scenario: weather, materials, temperatures and cameras beyond the visible."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from scenes.errors import ScenarioError
from scenes.infrared import cameras
from scenes.infrared.cameras import CameraSettings, read_camera, read_cameras
from scenes.keys import check_keys, suggestion
from scenes.typecheck import check_call
from sensors.bands import Band
from sensors.checks import SensorError, check_temperature, unknown
from sensors.temperatures import kinds

TRUTH = "ir_truth"
OUTPUTS = (*cameras.OUTPUTS, TRUTH)
MODELS = ("ambient", "heatBalance")
RANGES: dict[str, tuple[float, float, str]] = {
    "relative_humidity": (0.0, 1.0, "0 to 1"),
    "wind": (0.0, 60.0, "0 to 60 m/s"),
    "cloud": (0.0, 1.0, "0 (clear) to 1 (overcast)"),
    "day_of_year": (1.0, 366.0, "1 to 366"),
    "hour": (0.0, 24.0, "0 to 24, solar time"),
    "latitude": (-90.0, 90.0, "-90 to 90 degrees north"),
    "visibility": (0.0, 300.0, "0 (no haze) to 300 km"),
}


class UnusedCamera(UserWarning):
    """An entry of `infrared.cameras` belongs to no output of the scenario."""


@dataclass(frozen=True)
class WeatherSettings:
    """Weather as a scenario gives it; the randomizer `weather` changes it from frame to frame.

    Attributes:
        air_temperature: K.
        relative_humidity: 0..1.
        wind: m/s.
        cloud: covered part of the sky, 0..1.
        day_of_year: 1..366.
        hour: local solar time; the sun is highest at 12.
        latitude: degrees north.
        visibility: km; 0 is no haze at all.
        ground_temperature: K of the ground that surfaces see and mirror; 0 is computed from the weather.
    """

    air_temperature: float = 283.15
    relative_humidity: float = 0.7
    wind: float = 2.0
    cloud: float = 0.1
    day_of_year: float = 172.0
    hour: float = 12.0
    latitude: float = 52.0
    visibility: float = 0.0
    ground_temperature: float = 0.0

    def __post_init__(self) -> None:
        check_temperature(self.air_temperature, "air_temperature")
        if self.ground_temperature != 0:
            check_temperature(self.ground_temperature, "ground_temperature")
        for name, (low, high, text) in RANGES.items():
            if not low <= (value := getattr(self, name)) <= high:
                raise SensorError(f"{name}: is {value!r}; expected {text}")


@dataclass(frozen=True)
class Infrared:
    """A checked `infrared` section, and which outputs the scenario asks for.

    Attributes:
        weather: constants.
        materials: class label or ^expression on prim paths, to a token ("steel", "steel/paint") or a mapping.
        temperatures: class label or ^expression, to a kind of `sensors.temperatures`, "ambient", "heatBalance" or K.
        cameras: by output; an output that is not there has its default camera.
        path: how radiance is found: traced by the engine, from buffers, or whichever there is.
        samples: traced paths a pixel; noise of what mirrors an uneven sky falls with its root.
        outputs: infrared outputs asked for; a script that has no scenario gets the bands of all.
    """

    weather: WeatherSettings = field(default_factory=WeatherSettings)
    materials: Mapping[str, Any] = field(default_factory=dict)
    temperatures: Mapping[str, str | float] = field(default_factory=dict)
    cameras: Mapping[str, CameraSettings] = field(default_factory=dict)
    path: Literal["auto", "trace", "buffers"] = "auto"
    samples: int = 4
    outputs: tuple[str, ...] = OUTPUTS

    def camera(self, output: str) -> CameraSettings:
        """Return the settings of an output's camera."""
        return self.cameras.get(output) or read_camera(output, {})

    @property
    def bands(self) -> dict[str, Band]:
        """Bands that the outputs need, by the name they have on the stage: lwir, mwir, nir850, nir940."""
        needed = [name for name in self.outputs if name != TRUTH]
        if TRUTH in self.outputs and not any(name.startswith("thermal") for name in needed):
            needed.append("thermal_lwir")
        return dict(pair for name in needed if (pair := cameras.band_of(name, self.camera(name))) is not None)


def read_infrared(given: Any, outputs: Iterable[str]) -> Infrared:
    """Check the `infrared` section of a scenario.

    Args:
        given: the mapping, or None where the scenario has none.
        outputs: all outputs of the scenario; those that are not infrared are left aside.

    Raises:
        ScenarioError: naming the wrong key.
    """
    given = {} if given is None else given
    if not isinstance(given, dict):
        raise ScenarioError("infrared", f"is {given!r}; expected a mapping")
    check_keys(given, ["weather", "materials", "temperatures", "cameras", "path", "samples"], "infrared")
    path = given.get("path", "auto")
    if path not in ("auto", "trace", "buffers"):
        near = suggestion(path, ("auto", "trace", "buffers"))
        raise ScenarioError("infrared.path", f"is {path!r}; expected auto, trace or buffers{near}")
    samples = given.get("samples", 4)
    if not isinstance(samples, int) or isinstance(samples, bool) or samples < 1:
        raise ScenarioError("infrared.samples", f"is {samples!r}; expected a whole number of 1 or more")
    asked = tuple(name for name in outputs if name in OUTPUTS)
    seen = read_cameras(given.get("cameras"))
    for name in seen:
        if name not in asked:
            warnings.warn(
                f"infrared.cameras.{name}: there is no output '{name}', so nothing comes of it; add it to outputs, or "
                f"take the entry out (infrared outputs: {', '.join(asked) or 'none'})",
                UnusedCamera,
                stacklevel=2,
            )
    return Infrared(
        weather=_weather(given.get("weather")),
        materials=_materials(given.get("materials")),
        temperatures=_temperatures(given.get("temperatures")),
        cameras=seen,
        path=path,
        samples=samples,
        outputs=asked,
    )


def _weather(given: Any) -> WeatherSettings:
    values = check_call(WeatherSettings, given, (), "infrared.weather")
    try:
        return WeatherSettings(**values)
    except SensorError as error:
        name, _, message = str(error).partition(": ")
        raise ScenarioError(f"infrared.weather.{name}", message) from error


def _mapping(given: Any, key: str) -> dict[str, Any]:
    """Return a mapping of labels and expressions after a look at each."""
    given = {} if given is None else given
    if not isinstance(given, dict):
        raise ScenarioError(key, f"is {given!r}; expected a mapping of class labels or ^expressions on prim paths")
    for name in given:
        if not isinstance(name, str) or not name:
            raise ScenarioError(key, f"has the key {name!r}; expected a class label or an ^expression on prim paths")
        if name.startswith("^"):
            try:
                re.compile(name)
            except re.error as error:
                raise ScenarioError(f"{key}.{name}", f"is not a regular expression: {error}") from error
    return given


def _materials(given: Any) -> dict[str, Any]:
    found = _mapping(given, "infrared.materials")
    if found:
        from scenes.infrared.overrides import parse_overrides  # loads USD

        parse_overrides(found, "infrared.materials")
    return found


def _temperatures(given: Any) -> dict[str, str | float]:
    found = _mapping(given, "infrared.temperatures")
    return {name: _temperature(value, f"infrared.temperatures.{name}") for name, value in found.items()}


def _temperature(value: Any, key: str) -> str | float:
    try:
        if isinstance(value, str):
            return find_kind(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(check_temperature(value, key))
    except SensorError as error:
        raise ScenarioError(key, str(error).removeprefix(f"{key}: ")) from error
    raise ScenarioError(key, f"is {value!r}; expected kelvin, ambient, heatBalance or a kind ({', '.join(kinds())})")


def find_kind(name: str) -> str:
    """Return a kind of temperatures or a model by name; the words may stand in another order (car_driven).

    Raises:
        SensorError: if there is none, with the nearest.
    """
    known = (*MODELS, *kinds())
    words = {frozenset(kind.split("_")): kind for kind in known}
    if name not in known and frozenset(name.split("_")) not in words:
        raise unknown("kind of temperatures", name, known)
    return name if name in known else words[frozenset(name.split("_"))]
