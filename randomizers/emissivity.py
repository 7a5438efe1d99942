"""Vary how surfaces emit, reflect and absorb beyond the visible."""

from __future__ import annotations

import omni.replicator.core as rep

from scenes.infrared.limits import check_numbers
from scenes.readings import declare
from scenes.streams import Streams
from scenes.typecheck import Draw

ATTRIBUTES = {
    "lwir": "ir:emissivity:lwir",
    "mwir": "ir:emissivity:mwir",
    "nir850": "ir:reflectance:nir850",
    "nir940": "ir:reflectance:nir940",
    "solar_absorptance": "ir:solarAbsorptance",
}


def emissivity(
    streams: Streams,
    prims: str,
    lwir: Draw = None,
    mwir: Draw = None,
    nir850: Draw = None,
    nir940: Draw = None,
    solar_absorptance: Draw = None,
) -> None:
    """Set what every prim or material whose path matches `prims` is like in each band.

    Args:
        streams: the randomizer's random streams.
        prims: regular expression on paths of materials, or of prims, for which it counts more than their materials.
        lwir: emissivity in 8-14 um, 0..1.
        mwir: emissivity in 3-5 um, 0..1.
        nir850: reflectance at 850 nm, 0..1.
        nir940: reflectance at 940 nm, 0..1.
        solar_absorptance: absorbed part of sunlight, 0..1.

    Raises:
        ValueError: if it sets nothing, or for a value out of range.
    """
    values = locals()
    given = {name: values[name] for name in ATTRIBUTES if values[name] is not None}
    if not given:
        raise ValueError(f"sets nothing; give any of {', '.join(ATTRIBUTES)}")
    for name, value in given.items():
        check_numbers(name, value, 0.0, 1.0, "0 to 1")
    with streams.prims(prims):
        for name, value in given.items():
            declare(prims, ATTRIBUTES[name])
            rep.modify.attribute(ATTRIBUTES[name], streams.draw(name, value), attribute_type="float")
