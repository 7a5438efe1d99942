"""Values of a shader's inputs, through connections and node graphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pxr import Sdf, Usd, UsdShade

from engine.stage.complaints import Complaints
from engine.stage.scene import Rgb


@dataclass
class Reading:
    """One reading of a material.

    Attributes:
        time: when.
        complaints: where warnings go.
        varies: set once something read may vary over time.
    """

    time: Usd.TimeCode
    complaints: Complaints
    varies: bool = False


class Inputs:
    """The inputs of one shader."""

    def __init__(self, shader: UsdShade.Shader, reading: Reading) -> None:
        self.shader, self.reading = shader, reading
        self.path = str(shader.GetPath())

    def attribute(self, name: str) -> Usd.Attribute | None:
        """Return the attribute an input gets its value from: a shader's output, or one that holds a value."""
        found = self.shader.GetInput(name)
        if not found:
            return None
        producers = UsdShade.Utils.GetValueProducingAttributes(found)
        return producers[0] if producers else None

    def has(self, name: str) -> bool:
        """Tell whether an input is given at all."""
        return self.attribute(name) is not None

    def source(self, name: str) -> tuple[UsdShade.Shader, str] | None:
        """Return the shader and its output that an input is connected to."""
        attribute = self.attribute(name)
        if attribute is None:
            return None
        text = attribute.GetName()
        if not text.startswith("outputs:"):
            return None
        return UsdShade.Shader(attribute.GetPrim()), text.removeprefix("outputs:")

    def value(self, name: str, default: Any = None) -> Any:
        """Return the constant of an input; the default where there is none."""
        attribute = self.attribute(name)
        if attribute is None or attribute.GetName().startswith("outputs:"):
            return default
        self.reading.varies |= attribute.ValueMightBeTimeVarying()
        found = attribute.Get(self.reading.time)
        return default if found is None else found

    def number(self, name: str, default: float) -> float:
        """Return a number; of a vector its mean."""
        found = self.value(name, default)
        return float(sum(found) / len(found)) if hasattr(found, "__len__") else float(found)

    def color(self, name: str, default: Rgb) -> Rgb:
        """Return a linear colour; a number is grey."""
        found = self.value(name, default)
        if not hasattr(found, "__len__"):
            return (float(found),) * 3
        return (float(found[0]), float(found[1]), float(found[2]))

    def pair(self, name: str, default: tuple[float, float]) -> tuple[float, float]:
        """Return two numbers; a single one counts twice."""
        found = self.value(name, default)
        if not hasattr(found, "__len__"):
            return (float(found), float(found))
        return (float(found[0]), float(found[1]))

    def flag(self, name: str, default: bool) -> bool:
        """Return a truth value."""
        return bool(self.value(name, default))

    def asset(self, name: str) -> Sdf.AssetPath | None:
        """Return a file, None where none is named."""
        found = self.value(name)
        if isinstance(found, str):
            found = Sdf.AssetPath(found, found)
        return found if found is not None and found.path else None

    def names(self) -> list[str]:
        """List the inputs that are there."""
        return [each.GetBaseName() for each in self.shader.GetInputs()]
