"""Labelled copies of asset files: what builders that place so many of each kind share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from pxr import Gf, Usd, UsdGeom

from scenes.labels import label


def place_copies(
    stage: Usd.Stage,
    path: str,
    counts: dict[str, int],
    looks: int,
    *,
    what: str,
    kinds: Collection[str],
    assets: Callable[[str, int], Sequence[Path]],
    start: tuple[float, float],
    step: float,
) -> None:
    """Make `<path>/<Kind>_<nn>` for every copy asked for, in a row along X until something moves them.

    Args:
        stage: the stage, metres, z up.
        path: prim path.
        counts: kind to number.
        looks: how many different assets of a kind are made; more copies share them.
        what: a kind, in the words of an error.
        kinds: the kinds there are.
        assets: (kind, number) to so many asset files, made in this order.
        start: x and y of the first copy, metres.
        step: from one to the next along X, metres.

    Raises:
        ValueError: for an unknown kind, a negative number or fewer than one look.
    """
    if looks < 1:
        raise ValueError(f"looks is {looks}; expected 1 or more")
    UsdGeom.Xform.Define(stage, path)
    total = 0
    for kind, count in counts.items():
        if kind not in kinds:
            raise ValueError(f"{what} '{kind}' is unknown; choose from {', '.join(kinds)}")
        if count < 0:
            raise ValueError(f"number of {kind} is {count}; expected 0 or more")
        files = [str(file) for file in assets(kind, min(count, looks))]
        name = kind.title().replace("_", "")
        for number in range(count):
            prim = UsdGeom.Xform.Define(stage, f"{path}/{name}_{number:02d}").GetPrim()
            label(prim, kind)
            stage.DefinePrim(f"{prim.GetPath()}/Body", "Xform").GetReferences().AddReference(files[number % len(files)])
            UsdGeom.XformCommonAPI(prim).SetTranslate(Gf.Vec3d(start[0] + step * total, start[1], 0.0))
            total += 1
