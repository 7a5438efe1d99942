"""rep.functional.randomizer: places and colours drawn at once from a generator that the caller owns."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float
from pxr import Gf, Sdf, Usd, UsdGeom

from engine.graph.graph import get_graph
from engine.graph.pose import parent_frames
from engine.graph.sampling import global_seed
from engine.graph.scatter import world_boxes, world_triangles
from engine.graph.surface import Sampler, box_sampler, place_prims, surface_sampler, volume_sampler
from engine.graph.xform_ops import handle_of
from engine.replicator import arguments as check
from engine.replicator.functional.values import moment_of, prims_of
from engine.replicator.missing import refuse
from engine.replicator.rng import ReplicatorRNG

Bounds = tuple[Float[np.ndarray, "3"], Float[np.ndarray, "3"]]
STREAM = "functional.randomizer stream"


def scatter_2d(
    prims: Any,
    surface_prims: Any,
    no_collision_prims: Any = None,
    extents: Any = None,
    offset: float = 0.0,
    check_for_collisions: bool = False,
    rng: Any = None,
) -> None:
    """Place prims on surfaces, uniformly by area.

    Args:
        prims: prims to place.
        surface_prims: Mesh or GeomSubset prims, or prims above them.
        no_collision_prims: prims whose boxes the placed ones stay clear of.
        extents: (low, high) corners of the box that places lie in, stage units, world; None leaves it open.
        offset: distance from the surface along its normal, stage units.
        check_for_collisions: keep the placed prims' boxes apart too.
        rng: ReplicatorRNG or NumPy generator; None draws from a stream of the global seed.

    Raises:
        ValueError: if the surfaces have no triangles, or no place is found.
    """
    where = "functional.randomizer.scatter_2d"
    check.number(where, "offset", offset)
    surfaces = _triangles(where, "surface_prims", surface_prims)
    sampler = surface_sampler(np.concatenate(surfaces), float(offset))
    _place(where, prims, sampler, no_collision_prims, _bounds(where, extents), check_for_collisions, rng)


def scatter_3d(
    prims: Any,
    volume_prims: Any = None,
    no_collision_prims: Any = None,
    volume_excl_prims: Any = None,
    extents: Any = None,
    check_for_collisions: bool = False,
    prevent_vol_overlap: bool = True,
    viz_sampled_voxels: bool = False,
    resolution_scaling: float = 1.0,
    input_voxel_size: float = 0.0,
    rng: Any = None,
) -> None:
    """Place prims in closed meshes, uniformly by volume (other arguments as for `scatter_2d`).

    Args:
        volume_prims: closed meshes to fill; None fills the box of `extents`.
        volume_excl_prims: closed meshes to leave empty.
        prevent_vol_overlap: overlapping volumes count once.
        viz_sampled_voxels, resolution_scaling, input_voxel_size: checked only: places are exact, not voxels.

    Raises:
        ValueError: if there is no volume to fill, or no place is found.
    """
    where = "functional.randomizer.scatter_3d"
    check.number(where, "resolution_scaling", resolution_scaling, 0)
    check.number(where, "input_voxel_size", input_voxel_size, 0)
    bounds = _bounds(where, extents)
    if volume_prims is None:
        if not np.isfinite(bounds).all():
            raise check.fail(where, "volume_prims", None, "closed meshes, or extents without None")
        sampler = box_sampler(*bounds)
    else:
        excluded = [] if volume_excl_prims is None else _triangles(where, "volume_excl_prims", volume_excl_prims)
        volumes = _triangles(where, "volume_prims", volume_prims)
        sampler = volume_sampler(volumes, excluded, bool(prevent_vol_overlap))
    _place(where, prims, sampler, no_collision_prims, bounds, check_for_collisions, rng)


def display_color(prims: Any, rng: Any = None) -> None:
    """Give prims random colours: `primvars:displayColor`, linear RGB, each channel uniform in [0, 1).

    Args:
        prims: shapes, or prims above them; what lies below one prim gets one colour.
        rng: ReplicatorRNG or NumPy generator; None draws from a stream of the global seed.
    """
    where = "functional.randomizer.display_color"
    found = prims_of(where, prims)
    colors = generator_of(where, rng).uniform(0.0, 1.0, size=(len(found), 3))
    for prim, color in zip(found, colors, strict=True):
        shapes = [p for p in Usd.PrimRange(prim) if p.IsA(UsdGeom.Gprim)] or [prim]
        for shape in shapes:
            primvar = UsdGeom.PrimvarsAPI(shape).CreatePrimvar(
                "displayColor", Sdf.ValueTypeNames.Color3fArray, UsdGeom.Tokens.constant
            )
            primvar.Set([Gf.Vec3f(*color.tolist())])


def generator_of(where: str, rng: Any) -> np.random.Generator:
    """Return the NumPy generator behind `rng`; None is a stream of the stage, rooted in the global seed.

    Raises:
        TypeError: if it is neither a ReplicatorRNG nor a generator.
    """
    if rng is None:
        cache, key = get_graph().cache, (STREAM, global_seed())
        if key not in cache:
            cache[key] = ReplicatorRNG()
        rng = cache[key]
    generator = getattr(rng, "generator", rng)
    if not isinstance(generator, np.random.Generator):
        raise check.fail(where, "rng", rng, "a rep.rng.ReplicatorRNG or a numpy.random.Generator", TypeError)
    return generator


def _place(where: str, prims: Any, sampler: Sampler, obstacles: Any, bounds: Bounds, apart: bool, rng: Any) -> None:
    found = prims_of(where, prims)
    paths = [str(prim.GetPath()) for prim in found]
    blocked = [] if obstacles is None else [str(p.GetPath()) for p in prims_of(where, obstacles, "no_collision_prims")]
    moment = moment_of(found)
    boxes, walls = world_boxes(moment, paths, relative=True), world_boxes(moment, blocked, relative=False)
    places = place_prims(sampler, generator_of(where, rng), boxes, bounds, walls, bool(apart))
    handles = [handle_of(prim, {}) for prim in found]
    inverse = np.linalg.inv(parent_frames(moment, handles))
    local = np.einsum("nij,nj->ni", inverse, np.concatenate([places, np.ones((len(places), 1))], axis=1))
    for handle, row in zip(handles, local[:, :3], strict=True):
        handle.set_translate(moment.edits, row)
    moment.edits.flush()


def _triangles(where: str, argument: str, prims: Any) -> list[Float[np.ndarray, "m 3 3"]]:
    found = prims_of(where, prims, argument)
    paths = [str(prim.GetPath()) for prim in found]
    meshes = world_triangles(moment_of(found), {}, paths)
    if not meshes:
        raise check.fail(
            where, argument, ", ".join(paths), "prims that are or hold Mesh or GeomSubset prims with faces"
        )
    return meshes


def _bounds(where: str, extents: Any) -> Bounds:
    """Return the (low, high) corners; None, as a whole or as a number, is open."""
    expected = "two corners of three numbers or None each, low before high"
    if extents is None:
        return np.full(3, -np.inf), np.full(3, np.inf)
    try:
        low, high = (
            [fill if v is None else float(v) for v in row] for row, fill in zip(extents, (-np.inf, np.inf), strict=True)
        )
    except (TypeError, ValueError) as error:
        raise check.fail(where, "extents", extents, expected) from error
    if len(low) != 3 or len(high) != 3 or not (np.array(low) <= np.array(high)).all():
        raise check.fail(where, "extents", extents, expected)
    return np.array(low), np.array(high)


__all__ = ["display_color", "scatter_2d", "scatter_3d"]
__getattr__ = refuse("omni.replicator.core.functional.randomizer")
