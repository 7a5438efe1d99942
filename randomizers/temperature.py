"""Vary the temperature of prims: the one they have, or how much warmer they are than they would be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import omni.replicator.core as rep

from scenes.infrared.limits import check_kelvin, check_numbers
from scenes.readings import declare
from scenes.streams import Streams
from scenes.typecheck import Draw


def temperature(streams: Streams, prims: str, value: Draw = None, offset: Draw = None) -> None:
    """Set the temperature of every prim whose path matches `prims`, and of what is below it.

    Args:
        streams: the randomizer's random streams.
        prims: regular expression on prim paths.
        value: `ir:temperature`, K.
        offset: `ir:temperatureOffset`, K added to whatever the temperature is.

    Raises:
        ValueError: if it sets nothing, or for a temperature that cannot be.
    """
    check_options({"value": value, "offset": offset})
    with streams.prims(prims):
        for name, drawn, argument in (("ir:temperature", value, "value"), ("ir:temperatureOffset", offset, "offset")):
            if drawn is not None:
                declare(prims, name)
                rep.modify.attribute(name, streams.draw(argument, drawn), attribute_type="float")


def check_options(given: Mapping[str, Any]) -> None:
    """Refuse temperatures that cannot be, before anything is built.

    Raises:
        ValueError: if nothing is given, or naming the value.
    """
    value, offset = given.get("value"), given.get("offset")
    if value is None and offset is None:
        raise ValueError("sets nothing; give value (K) or offset (K added)")
    check_kelvin("value", value)
    check_numbers("offset", offset, -500.0, 5000.0, "-500 to 5000 K")
