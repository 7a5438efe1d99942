"""Ask and author the stage of conftest.py."""

from __future__ import annotations

import warnings
from typing import Any

from pxr import Sdf, Usd

from scenes.infrared.materials import material_of
from sensors.materials import Material


def found(stage: Usd.Stage, path: str, overrides: Any = None) -> tuple[Material, str]:
    """Resolve one prim, without a word of warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return material_of(stage.GetPrimAtPath(path), overrides)


def author(
    stage: Usd.Stage, path: str, name: str, value: Any, kind: Sdf.ValueTypeName = Sdf.ValueTypeNames.Float
) -> None:
    """Author one attribute."""
    stage.GetPrimAtPath(path).CreateAttribute(name, kind).Set(value)
