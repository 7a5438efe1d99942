"""Infrared members as physical values: kelvin, metres; one by one, and counted over a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensors.encodings import Rbfo, decode_tlinear
from writers.inspection.histogram import Histogram

KELVIN = ("thermal_lwir", "thermal_mwir")
NEAR = ("nir850", "nir940")
READABLE = (
    *(f"{output}.{kind}" for output in KELVIN for kind in ("tlinear.png", "tlinear.tiff", "temperature.npy")),
    *(f"{output}.png" for output in NEAR),
    "ir_depth.png",
    "ir_truth.temperature.npy",
)


def quantity(member: str, value: NDArray[Any], about: Mapping[str, Any]) -> tuple[NDArray[Any], str] | None:
    """Return the values of a member in physical units, those that are none left out.

    Args:
        member: its name.
        value: decoded.
        about: the sample's json.

    Returns:
        Values in one row, and their unit; None for members that have no unit of their own.
    """
    output, _, kind = member.partition(".")
    said = (about.get("infrared") or {}).get(output) or {}
    kind = kind.replace(".tiff", ".png")
    if kind == "tlinear.png" and "tlinear" in said:
        return decode_tlinear(value, said["tlinear"]["kelvin_per_count"]).ravel(), "K"
    if kind == "raw16.png" and "raw16" in said:
        return rbfo_of(said["raw16"]).temperature(value).ravel(), "K"
    if kind == "temperature.npy":
        return value[np.isfinite(value)], "K"
    if kind == "radiance.npy":
        return value.ravel(), "W m-2 sr-1"
    if member == "ir_depth.png" and "depth_scale" in said:
        return value[value > 0] * said["depth_scale"], "m"
    return None


def rbfo_of(constants: Mapping[str, float]) -> Rbfo:
    """Return FLIR's formula from the `planck_*` constants of a sample's JSON."""
    return Rbfo(**{name: constants[f"planck_{name}"] for name in ("R1", "R2", "B", "F", "O")})


class InfraredStats:
    """Counts of infrared values over samples, added one by one."""

    def __init__(self) -> None:
        self._found: dict[str, Histogram] = {}

    def add(self, decoded: Mapping[str, Any], about: Mapping[str, Any]) -> None:
        """Count one sample, decoded."""
        for output in KELVIN:
            for member in (f"{output}.temperature.npy", f"{output}.tlinear.png"):
                if member in decoded and (found := quantity(member, decoded[member], about)):
                    self._count(f"{output} (K)", found[0], np.linspace(150.0, 700.0, 5501))
                    break
        for output in NEAR:
            if f"{output}.png" in decoded:
                bits = ((about.get("infrared") or {}).get(output) or {}).get("bits", 8)
                share = decoded[f"{output}.png"] / (2.0**bits - 1.0)
                self._count(f"{output} (share of range)", [float(share.mean())], np.linspace(0.0, 1.0, 1001))
        if "ir_depth.png" in decoded and (found := quantity("ir_depth.png", decoded["ir_depth.png"], about)):
            self._count("ir_depth (m)", found[0], np.geomspace(1e-2, 1e3, 1001))
            holes = float((decoded["ir_depth.png"] == 0).mean())
            self._count("ir_depth holes", [holes], np.linspace(0.0, 1.0, 1001))
        if "ir_truth.temperature.npy" in decoded:
            kelvin = decoded["ir_truth.temperature.npy"]
            self._count("ir_truth (K)", kelvin[np.isfinite(kelvin)], np.linspace(150.0, 1500.0, 13501))

    def _count(self, title: str, values: Any, edges: NDArray[np.float64]) -> None:
        self._found.setdefault(title, Histogram(edges)).add(values)

    def summary(self) -> dict[str, dict[str, float]]:
        """Return least, mean, quantiles and greatest of each output, by title with its unit."""
        return {title: histogram.summary() or {} for title, histogram in sorted(self._found.items())}
