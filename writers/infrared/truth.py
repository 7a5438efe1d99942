"""What is true of the surfaces in the picture: temperature in kelvin, emissivity towards the camera by band."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from writers.encode import npy
from writers.infrared.settings import TRUTH


def members(kelvin: NDArray[np.floating], emissivity: Sequence[NDArray[np.floating]], bands: Sequence[str]) -> Any:
    """Make the truth members.

    Args:
        kelvin: (h, w) surface temperature; nan where nothing is.
        emissivity: (h, w) of each band, 0..1; 0 where nothing is.
        bands: their names.

    Returns:
        Bytes by member, and what the JSON says of them.
    """
    stacked = np.stack([np.asarray(each, np.float32) for each in emissivity], axis=-1)
    made = {
        f"{TRUTH}.temperature.npy": npy(np.asarray(kelvin, np.float32)),
        f"{TRUTH}.emissivity.npy": npy(stacked),
    }
    about = {
        "temperature_unit": "K",
        "temperature_of": "the surface itself, nan where nothing is",
        "emissivity_unit": "1, in the direction of the camera; 0 where nothing is",
        "emissivity_bands": list(bands),
    }
    return made, about
