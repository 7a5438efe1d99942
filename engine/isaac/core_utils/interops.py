"""isaacsim.core.utils.interops: `<from>2<to>` between arrays of numpy, warp, torch, jax, tensorflow, if installed."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

LIBRARIES = ("jax", "numpy", "tensorflow", "torch", "warp")


def _to_numpy(array: Any) -> np.ndarray:
    plain = array.detach().cpu() if hasattr(array, "detach") else array
    return np.asarray(plain.numpy() if hasattr(plain, "numpy") else plain)


def _from_numpy(array: np.ndarray, library: str) -> Any:
    if library == "numpy":
        return array
    module = importlib.import_module("jax.numpy" if library == "jax" else library)
    make = {"jax": "asarray", "tensorflow": "convert_to_tensor", "torch": "from_numpy", "warp": "from_numpy"}[library]
    return getattr(module, make)(np.ascontiguousarray(array))


def _converter(source: str, target: str) -> Callable[[Any], Any]:
    def convert(array: Any) -> Any:
        return _from_numpy(_to_numpy(array), target)

    convert.__name__, convert.__doc__ = f"{source}2{target}", f"Return an array of {source} as one of {target}."
    return convert


for _source in LIBRARIES:
    for _target in LIBRARIES:
        if _source != _target:
            globals()[f"{_source}2{_target}"] = _converter(_source, _target)
