"""Which prim says what: surfaces and temperatures as attributes by the prims that can carry them.

A drawable prim says for itself, or what is above it where all agree. A mesh that is divided among materials cannot say
for its parts: there the visual materials say what the surface is, and how much warmer it is than the mesh. Prims inside
an instance cannot say anything: the instance says it for them, and where they differ it is opened: on the session layer
it is no instance any more.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from scenes.infrared.corners import DERIVED
from scenes.infrared.temperatures import Solved
from scenes.infrared.things import Piece, Thing
from scenes.infrared.tree import MIXED, Tree
from scenes.infrared.watch import PROTOTYPE
from sensors.materials import Material

Values = dict[str, Any]
TEMPERATURE, OFFSET = "band:temperature", "band:temperatureOffset"
SUNS, PASSES = "band:sunWarmth", "band:shadePasses"
_SMALL = 1e-4  # K that make no difference


def mixed_instances(things: Iterable[Thing]) -> list[str]:
    """Return the instances that cannot say one thing for all of their parts."""
    known: dict[str, tuple[object, ...]] = {}
    mixed: set[str] = set()
    for thing in things:
        if thing.path != thing.anchor and thing.anchor not in mixed:
            piece = thing.pieces[0]
            said = (piece.material, piece.said, piece.offset, piece.said.origin.holder and thing.path)
            if (
                len(thing.pieces) > 1
                or thing.corners
                or _is_inside(piece, thing.anchor)
                or known.setdefault(thing.anchor, said) != said
            ):
                mixed.add(thing.anchor)
    return sorted(mixed)


def _is_inside(piece: Piece, anchor: str) -> bool:
    """Tell whether the image of a piece's temperatures is named inside its instance."""
    return piece.heat is not None and piece.heat.holder.startswith((f"{anchor}/", PROTOTYPE))


def place_surfaces(tree: Tree, values_of: Callable[[Material], Values]) -> dict[str, Values]:
    """Return the surface attributes by prim.

    Args:
        tree: of the stage.
        values_of: a material to its attributes in all bands.
    """
    materials: dict[int, Material] = {}
    said: dict[str, Hashable] = {}
    found: dict[str, Values] = {}
    for anchor, things in tree.anchored.items():
        pieces = [piece for thing in things for piece in thing.pieces]
        materials |= {id(piece.material): piece.material for piece in pieces}
        if len({id(piece.material) for piece in pieces}) == 1:
            said[anchor] = id(pieces[0].material)
        else:
            said[anchor] = MIXED
            _say_by_materials(pieces, values_of, found)
        for thing in things:
            if thing.corners is not None and thing.path == anchor:
                found.setdefault(anchor, {})[DERIVED] = thing.corners
    for path, number in tree.topmost(said).items():
        found[path] = {**found.get(path, {}), **values_of(materials[number])}  # type: ignore[index]
    every = (piece for things in tree.anchored.values() for thing in things for piece in thing.pieces)
    for heat in {piece.heat.holder: piece.heat for piece in every if piece.heat is not None}.values():
        found[heat.holder] = {**found.get(heat.holder, {}), **heat.values()}
    return found


def _say_by_materials(pieces: list[Piece], values_of: Callable[[Material], Values], found: dict[str, Values]) -> None:
    """Let visual materials say what parts of a divided mesh are; of meshes that share one the first counts."""
    for piece in pieces:
        if piece.bound:
            found.setdefault(piece.bound, values_of(piece.material))


def place_warmth(tree: Tree, solved: Mapping[str, Solved]) -> dict[str, Values]:
    """Return the temperature attributes by prim.

    Args:
        tree: of the stage.
        solved: by path of the piece.
    """
    looks: dict[str, tuple[float, Solved]] = {}
    for things in tree.anchored.values():
        for thing in things:
            if len(thing.pieces) > 1 and thing.path == thing.anchor:
                base = solved[thing.path].dark
                for piece in thing.pieces:
                    if piece.bound:
                        looks.setdefault(piece.bound, (solved[piece.path].dark - base, solved[piece.path]))
    suns = any(each.suns for each in solved.values())
    own = {anchor: _warmth_of(things, solved, looks, suns) for anchor, things in tree.anchored.items()}
    found: dict[str, Values] = {path: _values_of(value, suns) for path, value in tree.topmost(own).items()}
    for path, (offset, look) in looks.items():
        if abs(offset) > _SMALL:
            found.setdefault(path, {})[OFFSET] = offset
        if suns:
            found.setdefault(path, {})[SUNS] = look.suns
    return found


def _warmth_of(
    things: list[Thing], solved: Mapping[str, Solved], looks: Mapping[str, tuple[float, Solved]], suns: bool
) -> tuple[float, tuple[float, ...], bool]:
    """Return the warmth of an anchor: its own, or that of all of an instance.

    The parts of a divided mesh have suns of their own, by their materials, where the mesh has any.
    """
    thing = things[0]
    piece = thing.pieces[0]
    found = solved[piece.path]
    kelvin = found.dark - (looks[piece.bound][0] if piece.bound in looks else 0.0)
    own = found.suns
    if suns and not own and len(thing.pieces) > 1:
        own = next((solved[part.path].suns for part in thing.pieces if solved[part.path].suns), ())
        own = (0.0,) * len(own)
    return kelvin, own, found.is_passing


def _values_of(value: Any, suns: bool) -> Values:
    """Return the attributes of what `_warmth_of` returns."""
    kelvin, own, passes = value
    return {TEMPERATURE: kelvin, SUNS: own, PASSES: float(passes)} if suns else {TEMPERATURE: kelvin}
