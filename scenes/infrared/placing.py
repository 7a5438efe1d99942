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
from scenes.infrared.things import Piece, Thing
from scenes.infrared.tree import MIXED, Tree
from scenes.infrared.watch import PROTOTYPE
from sensors.materials import Material

Values = dict[str, Any]
TEMPERATURE, OFFSET = "band:temperature", "band:temperatureOffset"
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


def place_warmth(tree: Tree, kelvin: Mapping[str, float]) -> dict[str, Values]:
    """Return the temperature attributes by prim.

    Args:
        tree: of the stage.
        kelvin: by path of the piece.
    """
    offsets: dict[str, float] = {}
    for things in tree.anchored.values():
        for thing in things:
            if len(thing.pieces) > 1 and thing.path == thing.anchor:
                base = kelvin[thing.path]
                for piece in thing.pieces:
                    if piece.bound:
                        offsets.setdefault(piece.bound, kelvin[piece.path] - base)
    said: dict[str, Hashable] = {
        anchor: _warmth_of(things, kelvin, offsets) for anchor, things in tree.anchored.items()
    }
    found: dict[str, Values] = {path: {TEMPERATURE: value} for path, value in tree.topmost(said).items()}
    for path, offset in offsets.items():
        if abs(offset) > _SMALL:
            found.setdefault(path, {})[OFFSET] = offset
    return found


def _warmth_of(things: list[Thing], kelvin: Mapping[str, float], offsets: Mapping[str, float]) -> float:
    """Return the temperature of an anchor: its own, or that of all of an instance."""
    piece = things[0].pieces[0]
    return kelvin[piece.path] - (offsets.get(piece.bound, 0.0) if offsets else 0.0)
