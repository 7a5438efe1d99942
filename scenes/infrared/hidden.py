"""Refuse randomizers whose values the scenario's own infrared section would hide."""

from __future__ import annotations

from collections.abc import Iterable

from pxr import Usd

from scenes import readings
from scenes.errors import ScenarioError
from scenes.infrared.overrides import parse_overrides
from scenes.infrared.semantics import Classes
from scenes.infrared.settings import Infrared
from scenes.infrared.warmth import Warmths
from scenes.steps import Step


def check_hidden(infrared: Infrared, steps: Iterable[Step], file: str) -> None:
    """Look at the randomizers `temperature` and `emissivity`, once their prims are on the stage.

    Args:
        infrared: the scenario's section: what it says of a prim counts before what is authored on it.
        steps: the scenario's randomizers.
        file: the scenario's, for errors.

    Raises:
        ScenarioError: naming randomizer, prim and the key that hides it.
    """
    warmths, materials, classes = (
        Warmths(infrared.temperatures),
        parse_overrides(infrared.materials),
        Classes(Usd.TimeCode.Default()),
    )
    for step in steps:
        for prim in readings.matching(step.options["prims"]) if step.kind in ("temperature", "emissivity") else []:
            key = ""
            if step.kind == "temperature" and step.options.get("value") is not None:
                key = (said := warmths.of(prim).origin.key) and f"temperatures.{said}"
            elif step.kind == "emissivity":
                entry = materials.of(str(prim.GetPath()), classes.of(prim))
                key = f"materials.{entry.name}" if entry is not None else ""
            if key:
                raise ScenarioError(
                    f"randomizers.{step.name}",
                    f"sets {step.kind} of '{prim.GetPath()}', which infrared.{key} sets too, and that counts; leave "
                    "one of them out",
                    file,
                )
