"""Infrared annotators through Replicator's public API: `thermal_lwir`, `thermal_mwir`, `nir850` (also `nir`), `nir940`.

Two paths give radiance at the lens. `trace`: the embedded engine's annotator `band_radiance`, with augmentations that
turn radiance into what is asked for. Importing this module registers it under those names, for any writer or script.
`buffers`: from annotators that RTX has (`instance_id_segmentation_fast`, `normals`, `distance_to_camera`,
`camera_params`; none of them fp16) and the state that `scenes.infrared.author` left. Replicator's registry knows
annotators with several inputs only as OmniGraph nodes: `buffer_nodes` is one, registered under the same names with
`_buffers` behind, and without it where nothing traces. `get` needs no node: it attaches several annotators and reads
them together, with any camera.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import omni.replicator.core as rep
from numpy.typing import NDArray

from scenes.infrared import buffer_nodes
from scenes.infrared.buffer_light import near_radiance
from scenes.infrared.buffer_path import IDS, SOURCES, buffer_radiance
from sensors.bands import find_band
from sensors.checks import SensorError, unknown
from sensors.registry import find_camera
from sensors.thermal_frame import GAINS, ThermalFrame

if TYPE_CHECKING:
    from scenes.infrared.state import InfraredState

TRACED = "band_radiance"
STAGE_BANDS = {"thermal_lwir": "lwir", "thermal_mwir": "mwir", "nir850": "nir850", "nir940": "nir940"}
SHORT = {"nir": "nir850"}  # names that mean another
CAMERAS = {"thermal_lwir": "boson640", "thermal_mwir": "insb_mwir", "nir850": "mono_nir850", "nir940": "mono_nir940"}
Image = NDArray[Any]


def can_trace() -> bool:
    """Tell whether this runtime traces bands beyond the visible."""
    return TRACED in rep.AnnotatorRegistry.get_registered_annotators()


def resolved_path(path: str) -> str:
    """Return trace or buffers for auto, trace or buffers.

    Raises:
        SensorError: for another word, or for `trace` where nothing traces.
    """
    if path not in ("auto", "trace", "buffers"):
        raise SensorError(f"infrared path: is '{path}'; expected one of auto, trace, buffers")
    if path == "trace" and not can_trace():
        raise SensorError(
            "infrared path: is 'trace', and this runtime has no tracer of bands; expected buffers or auto"
        )
    return path if path != "auto" else "trace" if can_trace() else "buffers"


def traced(band: str, kind: str = TRACED) -> Any:
    """Return the annotator of one band of the stage under a name of its own, e.g. `band_radiance_lwir`."""
    name = f"{kind}_{band}"
    if name not in rep.AnnotatorRegistry.get_registered_annotators():
        rep.annotators.register(name, rep.AnnotatorRegistry.get_annotator(kind, init_params={"band": band}))
    return rep.AnnotatorRegistry.get_annotator(name)


def buffered(name: str) -> Any:
    """Return one of the annotators of the path through buffers, with the parameters it needs."""
    params = {"colorize": False} if name == IDS else None
    return rep.AnnotatorRegistry.get_annotator(name, init_params=params)


# --- what radiance is turned into -------------------------------------------------------------------------------


def as_radiance(data_in: Image, camera: str = "") -> Image:
    """Return radiance as it is, W m^-2 sr^-1."""
    return data_in


def as_apparent_temperature(data_in: Image, camera: str) -> Image:
    """Return the kelvin of the blackbody that looks the same in the camera's band: float32 (h, w)."""
    return find_camera(camera).spectrum.temperature_image(data_in)


def as_counts(data_in: Image, camera: str) -> Image:
    """Return the raw counts of a thermal camera without noise: uint16 (h, w)."""
    return find_camera(camera).scale.encode(data_in)


def as_agc(data_in: Image, camera: str, gain: str = "plateau") -> Image:
    """Return the 8-bit picture after automatic gain: uint8 (h, w)."""
    sheet = find_camera(camera)
    frame = ThermalFrame(sheet.name, sheet.band, data_in, sheet.scale.encode(data_in), sheet.scale)
    return frame.picture(gain)


PRODUCTS: dict[str, Callable[..., Image]] = {
    "radiance": as_radiance,
    "apparent_temperature": as_apparent_temperature,
    "counts": as_counts,
    "agc": as_agc,
}


PIXELS = {"counts": np.uint16, "agc": np.uint8}  # types of products; those of the others are float32


def product_of(name: str, product: str | None) -> str:
    """Return the product of an annotator: apparent temperature of thermal ones, radiance of the near infrared.

    Raises:
        SensorError: for one that the annotator does not have.
    """
    thermal = name.startswith("thermal")
    known = tuple(PRODUCTS) if thermal else ("radiance",)
    chosen = product or ("apparent_temperature" if thermal else "radiance")
    if chosen not in known:
        raise SensorError(f"annotator '{name}': {unknown('product', chosen, known)}")
    return chosen


def register() -> None:
    """Register what is there to ask for by name.

    Augmentations `infrared_apparent_temperature`, `infrared_counts` and `infrared_agc` (parameter `camera`) everywhere;
    annotators `thermal_lwir`, `thermal_mwir` (apparent temperature in kelvin) and `nir850`, `nir940` (radiance), and
    `<name>_<product>` of them; `nir` is `nir850`. They are traced where bands are, else made from buffers; the latter
    are also there as `<name>_buffers` and `<name>_<product>_buffers`.
    """
    for product, function in PRODUCTS.items():
        rep.AnnotatorRegistry.register_augmentation(
            f"infrared_{product}", rep.annotators.Augmentation.from_function(function)
        )
    known, from_buffers = rep.AnnotatorRegistry.get_registered_annotators(), {}
    for called in (*STAGE_BANDS, *SHORT):
        name = SHORT.get(called, called)
        products = PRODUCTS if name.startswith("thermal") else ("radiance",)
        for chosen in (None, *products):
            title, product = f"{called}_{chosen}" if chosen else called, product_of(name, chosen)
            from_buffers[f"{title}_buffers"] = (CAMERAS[name], product, PIXELS.get(product, np.float32))
            if not can_trace():
                from_buffers[title] = from_buffers[f"{title}_buffers"]
            elif title not in known:
                rep.annotators.register(title, _traced_product(name, product, CAMERAS[name]))
    buffer_nodes.register({name: what for name, what in from_buffers.items() if name not in known}, PRODUCTS)


def _traced_product(name: str, product: str, camera: str, **options: Any) -> Any:
    augmentation = rep.annotators.Augmentation.from_function(PRODUCTS[product], camera=camera, **options)
    return traced(STAGE_BANDS[name]).augment(augmentation, name=name)


def get(name: str, path: str = "auto", camera: str = "", product: str | None = None, gain: str = "plateau") -> Any:
    """Return an infrared annotator with parameters: `attach(render_product)`, `get_data()`, `detach()`.

    Args:
        name: thermal_lwir, thermal_mwir, nir850 (also nir) or nir940.
        path: auto, trace or buffers.
        camera: preset whose band and counts are meant; "" is the output's usual one.
        product: radiance, apparent_temperature, counts or agc.
        gain: automatic gain of agc.

    Raises:
        SensorError: for a name that does not exist.
    """
    name = SHORT.get(name, name)
    if name not in STAGE_BANDS:
        raise unknown("infrared annotator", name, STAGE_BANDS)
    chosen, preset = product_of(name, product), camera or CAMERAS[name]
    if chosen == "agc" and gain not in GAINS:
        raise unknown("gain control", gain, GAINS)
    options = {"gain": gain} if chosen == "agc" else {}
    if resolved_path(path) == "trace":
        return _traced_product(name, chosen, preset, **options)
    return Combined(name, lambda image: PRODUCTS[chosen](image, camera=preset, **options), find_camera(preset).band)


class Combined:
    """Several annotators of one render product, read as one: the path through buffers for scripts.

    Args:
        name: of the annotator that it stands for.
        finish: turns radiance into what is asked for.
        band: name of the camera's.
        state: gives the state of the frame; None asks `scenes.infrared.current` for that of the open stage.
    """

    def __init__(
        self,
        name: str,
        finish: Callable[[Image], Image],
        band: str,
        state: Callable[[], InfraredState] | None = None,
    ) -> None:
        self._name, self._finish, self._band = name, finish, find_band(band)
        self._state = state or current_state
        self._parts: dict[str, Any] = {}

    def get_name(self) -> str:
        """Return the name of the annotator that it stands for."""
        return self._name

    def attach(self, render_product: Any) -> Combined:
        """Attach all of its annotators to one render product."""
        self._parts = {name: buffered(name) for name in SOURCES}
        for part in self._parts.values():
            part.attach(render_product)
        return self

    def detach(self) -> None:
        """Detach them."""
        for part in self._parts.values():
            part.detach()
        self._parts = {}

    def get_data(self, use_legacy_structure: bool = True) -> dict[str, Any]:
        """Return the image of the last captured frame, as an annotator with info does.

        Args:
            use_legacy_structure: {"data": image, "info": {"band": name}}; otherwise one flat dictionary.

        Raises:
            SensorError: if it is not attached.
        """
        if not self._parts:
            raise SensorError(f"annotator '{self._name}' is not attached; call attach(render_product) first")
        view = {name: _flat(part.get_data(use_legacy_structure=False)) for name, part in self._parts.items()}
        see = buffer_radiance if self._band.is_thermal else near_radiance
        data, info = self._finish(see(view, self._state(), self._band)), {"band": self._band.surface}
        return {"data": data, "info": info} if use_legacy_structure else {"data": data, **info}


def _flat(output: Any) -> Mapping[str, Any]:
    return output if isinstance(output, Mapping) else {"data": output}


def current_state() -> InfraredState:
    """Return what `scenes.infrared.author` left of the open stage.

    Raises:
        ValueError: if nothing was authored, with what to call.
    """
    import omni.usd

    from scenes.infrared import current

    return current(omni.usd.get_context().get_stage())


register()
