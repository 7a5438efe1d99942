"""Run in an environment of its own: what astropy, noise3d, pvlib and pyviewfactor say. Prints JSON.

Usage: python oracle_answers.py cube.npy
"""

import contextlib
import json
import math
import sys

import numpy as np


def blackbody() -> dict[str, list[float]]:
    from astropy import units as u
    from astropy.modeling.models import BlackBody

    found = {}
    for name, (low, high) in {"lwir": (8, 14), "lwir_7_13": (7.5, 13.5), "mwir": (3, 5)}.items():
        wavelength = np.linspace(low, high, 20001) * u.um
        unit = u.W / (u.m**2 * u.sr * u.um)
        rows = [BlackBody(t * u.K, scale=1.0 * unit)(wavelength).value for t in (200.0, 300.0, 373.15, 1000.0)]
        found[name] = [float(np.trapezoid(row, wavelength.value)) for row in rows]
    return found


def view_factors() -> dict[str, list[float]]:
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


def noise_variances(path: str) -> dict[str, float]:
    from noise3d import noise

    cube = np.load(path)
    values = np.ravel(noise.get_all_3d_corrected_var_matrix(cube))
    return {"values": [float(v) for v in values]}  # type: ignore[dict-item]


def sun() -> dict[str, list[float]]:
    import pandas as pd
    import pvlib

    times = pd.DatetimeIndex([f"2025-{m:02d}-21 {h:02d}:00" for m in (3, 6, 9, 12) for h in (8, 10, 12, 15)], tz="UTC")
    place = pvlib.solarposition.get_solarposition(times, 48.0, 0.0)
    clear = pvlib.clearsky.haurwitz(place["zenith"])["ghi"]
    equation = place["equation_of_time"]  # minutes
    solar = [t.hour + e / 60 for t, e in zip(times, equation, strict=True)]
    return {
        "day": [float(t.day_of_year) for t in times],
        "solar_hour": solar,
        "elevation": [float(e) for e in place["elevation"]],
        "clear": [float(g) for g in clear],
    }


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        answers = {
            "blackbody": blackbody(),
            "views": view_factors(),
            "noise": noise_variances(sys.argv[1]),
            "sun": sun(),
        }
    print(json.dumps(answers))
