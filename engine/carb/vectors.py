"""carb's plain vectors: tuples with a length that is checked."""

from __future__ import annotations

from collections.abc import Iterable


class _Vector(tuple[float, ...]):
    length = 0

    def __new__(cls, *values: float | Iterable[float]) -> _Vector:
        """Take the components one by one or as one sequence, such as a vector of Gf.

        Raises:
            TypeError: if the number of components is wrong.
        """
        first = values[0] if len(values) == 1 and hasattr(values[0], "__getitem__") else values
        components = tuple(float(v) for v in first)  # type: ignore[union-attr, arg-type]
        if len(components) != cls.length:
            raise TypeError(f"carb.{cls.__name__} takes {cls.length} numbers, {len(components)} were given")
        return super().__new__(cls, components)

    x = property(lambda self: self[0])
    y = property(lambda self: self[1])
    z = property(lambda self: self[2])
    w = property(lambda self: self[3])


Float2 = type("Float2", (_Vector,), {"length": 2})
Float3 = type("Float3", (_Vector,), {"length": 3})
Float4 = type("Float4", (_Vector,), {"length": 4})
Double2 = type("Double2", (_Vector,), {"length": 2})
Double3 = type("Double3", (_Vector,), {"length": 3})
Double4 = type("Double4", (_Vector,), {"length": 4})
Int2 = type("Int2", (_Vector,), {"length": 2})
ColorRgba = type("ColorRgba", (_Vector,), {"length": 4})
