"""The infrared outputs of a dataset: which annotators they need, and their members from what these gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.infrared import annotators as infrared_annotators
from scenes.infrared.buffer_light import near_radiance, reflectances
from scenes.infrared.buffer_path import (
    IDS,
    SOURCES,
    buffer_radiance,
    cosines,
    rows_and_surfaces,
    sunlit_temperatures,
    surfaces,
)
from sensors.bands import find_band
from sensors.checks import SensorError
from sensors.materials import ANGLES
from sensors.registry import find_camera
from writers.camera import describe_camera
from writers.infrared import depth, near, thermal, truth
from writers.infrared.settings import PRESETS, RIGHT, STAGE_BANDS, TRUTH, InfraredOutput, chosen_path, read_outputs
from writers.infrared.streams import Streams

DEPTH = "distance_to_image_plane"
View = Mapping[str, Any]


def describe_weather(state: Any) -> dict[str, float]:
    """Return the weather of a state for JSON, units in the names."""
    weather = state.weather
    return {
        "air_temperature_K": weather.air_temperature,
        "relative_humidity": weather.relative_humidity,
        "wind_m_s": weather.wind,
        "cloud": weather.cloud,
        "sunlight_W_m2": weather.sunlight,
        "ground_temperature_K": weather.ground,
    }


class InfraredOutputs:
    """What a scenario wants of infrared.

    Args:
        outputs: of the scenario, infrared or not.
        infrared: its section `infrared`.

    Attributes:
        cameras: by output.
        path: trace or buffers.
        truth_bands: band names of `ir_truth`'s emissivity.
    """

    def __init__(self, outputs: Iterable[str], infrared: Mapping[str, Any] | None = None) -> None:
        listed = list(outputs)
        self.cameras: dict[str, InfraredOutput] = read_outputs(listed, infrared)
        wanted = chosen_path(infrared)
        self.has_truth = TRUTH in listed
        self.path = infrared_annotators.resolved_path(wanted) if self.is_wanted else wanted
        thermal_outputs = [name for name in self.cameras if name.startswith("thermal")] or ["thermal_lwir"]
        if self._is_matched("ir_depth") and self.path != "trace":
            raise SensorError(
                "infrared.cameras.ir_depth.method: is 'matching', which needs path: trace; expected noise"
            )
        self.truth_bands = [STAGE_BANDS[name] for name in thermal_outputs]

    @property
    def is_wanted(self) -> bool:
        """Whether there is any infrared output."""
        return bool(self.cameras) or self.has_truth

    def shared(self) -> list[str]:
        """List the outputs that look through the scenario's own cameras."""
        own = [name for name, output in self.cameras.items() if not output.own_view]
        return [*own, TRUTH] if self.has_truth else own

    def own_views(self) -> list[str]:
        """List the outputs that look through a camera of their own, and the right imager where there is one."""
        own = [name for name, output in self.cameras.items() if output.own_view]
        return [*own, RIGHT] if self._is_matched("ir_depth") else own

    def _is_matched(self, name: str) -> bool:
        return name in self.cameras and self.cameras[name].method == "matching"

    def annotators(self, names: Iterable[str]) -> list[Any]:
        """Get the annotators that outputs need, each once."""
        wanted: dict[str, Any] = {}
        for name in names:
            for key in self._sources(name):
                if key not in wanted:
                    wanted[key] = self._annotator(key)
        return list(wanted.values())

    def state(self) -> Any:
        """Return what the surfaces and the weather are like now, to be asked as the frame is written.

        None where nobody said so and the path does not need to know.

        Raises:
            ValueError: if it needs to know, with what to call.
        """
        buffered = self.path == "buffers" and (self.has_truth or any(name in STAGE_BANDS for name in self.cameras))
        needed = buffered or any(depth.needs_reflectance(output.camera) for output in self.cameras.values())
        if not self.is_wanted:
            return None
        try:
            return infrared_annotators.current_state()
        except ValueError:
            if needed:
                raise
            return None

    def members(
        self, names: Iterable[str], view: View, state: Any, streams: Mapping[str, Any], right: View | None = None
    ) -> Any:
        """Make the members of some outputs from one view.

        Args:
            names: of the outputs.
            view: what the annotators gave for its render product.
            state: of the surfaces, see `state`.
            streams: `seed`, `frame` and `camera`, on which all randomness depends.
            right: what the right imager's annotators gave, for depth by matching.

        Returns:
            Bytes by member, and what the JSON says by output.
        """
        made: dict[str, bytes] = {}
        about: dict[str, Any] = {}
        for name in names:
            own = Streams(**streams, output=name)
            if right is not None and self._is_matched(name):
                bytes_of, said = self._matched(self.cameras[name], view, right, own)
            else:
                bytes_of, said = self._members(name, view, state, own)
            made.update(bytes_of)
            about[name] = {**said, **({"path": self.path} if name != "ir_depth" else {})}
        return made, about

    def _sources(self, name: str) -> list[str]:
        if name == RIGHT or self._is_matched(name):
            return [f"{infrared_annotators.TRACED}:nir850"]
        if name == "ir_depth":
            camera = self.cameras[name].camera
            return [DEPTH, *[IDS] * depth.needs_reflectance(camera), *["normals"] * depth.needs_incidence(camera)]
        if self.path == "buffers":
            return [each for each in SOURCES if each != "camera_params"]
        if name == TRUTH:
            return ["surface_temperature", *(f"band_emissivity:{band}" for band in self.truth_bands)]
        return [f"{infrared_annotators.TRACED}:{STAGE_BANDS[name]}"]

    def _annotator(self, key: str) -> Any:
        kind, _, band = key.partition(":")
        return infrared_annotators.traced(band, kind) if band else infrared_annotators.buffered(kind)

    def _members(self, name: str, view: View, state: Any, streams: Streams) -> Any:
        if name == TRUTH:
            return truth.members(*self._truth(view, state), self.truth_bands)
        output = self.cameras[name]
        camera = describe_camera(view["camera_params"], "")
        size, focal = (camera["width"], camera["height"]), camera["intrinsics"][0][0]
        if name == "ir_depth":
            return self._depth(output, view, state, size, focal, streams)
        kind = thermal if name.startswith("thermal") else near
        return kind.members(output, self._radiance(output, view, state), size, focal, streams)

    def _radiance(self, output: InfraredOutput, view: View, state: Any) -> NDArray[np.float32]:
        if self.path == "trace":
            return np.asarray(view[f"{infrared_annotators.TRACED}_{STAGE_BANDS[output.name]}"]["data"])
        band = find_band(output.camera.band)
        if not band.is_thermal:
            return near_radiance(view, state, band, output.flood)
        return buffer_radiance(view, state, band)

    def _matched(self, output: InfraredOutput, left: View, right: View, streams: Streams) -> Any:
        key = f"{infrared_annotators.TRACED}_nir850"
        camera = describe_camera(left["camera_params"], "")
        size, focal = (camera["width"], camera["height"]), camera["intrinsics"][0][0]
        one, other = (np.asarray(view[key]["data"]) for view in (left, right))
        return depth.matched(output, one, other, size, focal, streams)

    def _depth(
        self, output: InfraredOutput, view: View, state: Any, size: tuple[int, int], focal: float, streams: Streams
    ) -> Any:
        camera, found = output.camera, {}
        if depth.needs_reflectance(camera):
            found["reflectance"] = reflectances(view, state, find_band("nir850"))
        if depth.needs_incidence(camera):
            found["incidence"] = np.arccos(cosines(view))
        return depth.members(output, np.asarray(view[DEPTH]["data"]), size, focal, streams, **found)

    def _truth(self, view: View, state: Any) -> tuple[NDArray[Any], list[NDArray[Any]]]:
        """Return temperature and the emissivity of each band."""
        if self.path == "trace":
            emissivity = [np.asarray(view[f"band_emissivity_{band}"]["data"]) for band in self.truth_bands]
            return np.asarray(view["surface_temperature"]["data"]), emissivity
        return self._buffered_truth(view, state)

    def _buffered_truth(self, view: View, state: Any) -> tuple[NDArray[Any], list[NDArray[Any]]]:
        step = (cosines(view) * ANGLES + 0.5).astype(np.int32)
        kelvin, found = np.full(step.shape, np.nan, np.float32), []
        for name in self.truth_bands:
            rows, table = surfaces(view, state, self._band(name))
            hit = rows >= 0
            kelvin[hit] = table.temperature[rows[hit]]
            sunlit = sunlit_temperatures(view, state, *rows_and_surfaces(view, state))
            if sunlit is not None:
                kelvin = np.where(np.isfinite(sunlit), sunlit, kelvin)
            emissivity = np.zeros(step.shape, np.float32)
            emissivity[hit] = table.emissivity[rows[hit], step[hit]]
            found.append(emissivity)
        return kelvin, found

    def _band(self, stage_band: str) -> Any:
        output = f"thermal_{stage_band}"
        camera = self.cameras[output].camera if output in self.cameras else find_camera(PRESETS[output])
        return find_band(camera.band)
