"""What was read of a prim, put in its place: the instances of a snapshot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from jaxtyping import Float32

from engine.stage.complaints import Complaints
from engine.stage.geometry import Geometry, Part
from engine.stage.instancers import Expansion, Item
from engine.stage.nodes import Node
from engine.stage.scene import Instance, LabelledPrim, Matrix, Mesh, Surfaces, Warmth
from engine.stage.shapes import Piece, Shape
from engine.stage.transforms import batch_to_world, invertible


def place_shape(
    node: Node,
    worlds: dict[str, Matrix],
    captured: dict[str, Matrix],
    formers: dict[str, tuple[Piece, ...]],
    complaints: Complaints,
) -> None:
    """Make `node.instances`, unless nothing about them changed.

    Args:
        node: a visible shape whose world, chain and content are up to date.
        worlds: takes the place of every instance by name.
        captured: the same at the last captured frame.
        formers: what was drawn at the last captured frame, of shapes that were read anew since.
        complaints: where warnings go.
    """
    shape: Shape = node.content
    world: Matrix = node.world  # type: ignore[assignment]
    offsets = tuple(corner_offsets(shape.geometry, piece.part) for piece in shape.pieces) if node.warm else ()
    previous = captured.get(node.name)
    former = formers.get(node.name) if previous is not None else None
    built = (shape.pieces, world, node.chain, node.warm, former, *offsets)
    expected = worlds.get(node.name) if previous is None else previous
    if node.built is not None and _same(built, node.built) and expected is node.previous:
        return
    drawn = invertible(world) if node.flawed else world
    if node.flawed and not np.isfinite(world).all():
        complaints.warn(f"{node.name}: it is left out: its transform holds NaN or infinite numbers")
    if drawn is None or not shape.pieces:
        node.built, node.instances = built, ()
        worlds.pop(node.name, None)
        return
    worlds[node.name] = drawn
    node.built, node.previous = built, drawn if previous is None else previous
    made = []
    for number, piece in enumerate(shape.pieces):
        part, labels = piece.part, node.chain
        subset = part.path(node.name)
        if part.labels is not None:
            labels = (LabelledPrim(subset, part.labels, world), *labels)
        made.append(
            Instance(
                node.name,
                piece.mesh,
                piece.material,
                drawn,
                node.previous,
                labels,
                subset,
                piece.color,
                shape.primary_visible,
                *warm_of(node, piece, complaints, offsets[number] if offsets else None),
                _shape_before(number, piece, former),
            )
        )
    node.instances = tuple(made)


def _shape_before(number: int, piece: Piece, former: tuple[Piece, ...] | None) -> Mesh | None:
    """Return a piece's former mesh if it is another one of the same triangles."""
    if former is None or number >= len(former):
        return None
    mesh, before = piece.mesh, former[number].mesh
    if mesh is before or len(mesh.points) != len(before.points) or np.array_equal(mesh.points, before.points):
        return None
    return before if np.array_equal(mesh.triangles, before.triangles) else None


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


def corner_offsets(geometry: Geometry | None, part: Part) -> Float32[np.ndarray, "m 3"] | None:
    """Return what a part's corners are warmer than the part, kelvin; None where nothing is authored."""
    return None if geometry is None else geometry.warmer(part)


def warm_of(
    node: Node, piece: Piece, complaints: Complaints, corners: Float32[np.ndarray, "m 3"] | None = None
) -> tuple[Surfaces, Warmth | None]:
    """Return how a piece behaves beyond the visible, and how warm it is."""
    if node.warm is None:
        return piece.surfaces, None
    surfaces = {**piece.surfaces, **node.warm.surfaces} if node.warm.surfaces else piece.surfaces
    texture = node.warm.texture or piece.warmer
    if texture is not None and piece.mesh.corner_uvs is None:
        complaints.warn(
            f"{node.name}: the temperature texture '{texture.path}' is left out: the mesh has no texture coordinates; "
            "expected primvars:st"
        )
        texture = None
    warm, offset = node.warm, node.warm.offset + piece.offset
    suns = warm.suns if piece.suns is None or not warm.suns else piece.suns
    return surfaces, Warmth(warm.temperature, offset, corners, texture, suns, warm.is_passing)


def place_expansion(
    node: Node, renewed: bool, worlds: dict[str, Matrix], captured: dict[str, Matrix], complaints: Complaints
) -> list[LabelledPrim]:
    """Make `node.instances` of an instancer, unless nothing about them changed.

    Args:
        node: a visible instancer whose world, chain and content are up to date.
        renewed: its content is another one than last time.
        worlds, captured, complaints: as for `place_shape`.

    Returns:
        The labelled prims of its instances.
    """
    expansion: Expansion = node.content
    built = (expansion, node.world, node.chain, node.warm)
    if not renewed and node.built is not None and _same(built, node.built):
        node.instances = _with_previous(node.instances, captured)
        return expansion.labelled
    made: list[Instance] = []
    known: dict[str, LabelledPrim] = {}
    rows = np.stack([item.matrix for item in expansion.items]) if expansion.items else np.empty((0, 4, 4))
    placed = batch_to_world(rows, node.world)  # type: ignore[arg-type]
    for item, world in zip(expansion.items, placed, strict=True):
        made += _item_instances(node, item, world, known, worlds, captured, complaints)
    node.instances, node.built = tuple(made), built
    expansion.labelled = list(known.values())
    return expansion.labelled


def _with_previous(instances: tuple[Instance, ...], captured: dict[str, Matrix]) -> tuple[Instance, ...]:
    """Renew only the previous places, where they differ."""
    before = [captured.get(item.prim_path, item.world_from_local) for item in instances]
    pairs = list(zip(instances, before, strict=True))
    if all(item.previous_world_from_local is matrix for item, matrix in pairs):
        return instances
    return tuple(replace(item, previous_world_from_local=matrix) for item, matrix in pairs)


def _item_instances(
    node: Node,
    item: Item,
    world: Matrix,
    known: dict[str, LabelledPrim],
    worlds: dict[str, Matrix],
    captured: dict[str, Matrix],
    complaints: Complaints,
) -> list[Instance]:
    """Make the instances of one thing that an instancer draws; `known` gathers labelled prims by path."""
    name, drawn = node.name + item.path, invertible(world)
    if drawn is None:
        return []
    worlds[name] = drawn
    previous = captured.get(name, drawn)
    for label in item.labels:
        path = node.name + label.path
        if path not in known:
            known[path] = LabelledPrim(path, label.labels, node.world @ label.matrix.T)  # type: ignore[operator]
    chain = (*(known[node.name + label.path] for label in item.labels), *node.chain)
    made = []
    for piece in item.pieces:
        part, labels = piece.part, chain
        subset = part.path(name)
        if part.labels is not None:
            labels = (LabelledPrim(subset, part.labels, world), *chain)
        seen = item.primary_visible
        warm = warm_of(node, piece, complaints)
        look = (piece.mesh, piece.material)
        made.append(Instance(name, *look, drawn, previous, labels, subset, piece.color, seen, *warm))
    return made
