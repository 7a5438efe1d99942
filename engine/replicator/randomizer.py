"""rep.randomizer: actions that draw for themselves, and functions users register."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from engine.graph import looks, scatter
from engine.graph.graph import current_stage, get_graph
from engine.graph.instances import InstantiateNode
from engine.graph.node import Node, resolve_paths
from engine.graph.sampling import ValueNode, entries
from engine.replicator import arguments as check
from engine.replicator.distribution import choice
from engine.replicator.modify import prims_of
from engine.replicator.placing import parent_path
from engine.replicator.utils.items import ReplicatorWrapper, register_into

MODES = ("scene_instance", "point_instance", "reference")


def _bounds(where: str, min_samp: Any, max_samp: Any) -> dict[str, tuple[Any, ...]]:
    found = {}
    for argument, value in (("min_samp", min_samp), ("max_samp", max_samp)):
        row = tuple(value) if isinstance(value, list | tuple | np.ndarray) else ()
        if len(row) != 3 or any(v is not None and not isinstance(v, int | float | np.number) for v in row):
            raise check.fail(where, argument, value, "three numbers, each of which may be None")
        found[argument] = row
    for low, high in zip(found["min_samp"], found["max_samp"], strict=True):
        if low is not None and high is not None and low > high:
            raise check.fail(where, "min_samp", min_samp, f"numbers not above max_samp={max_samp!r}")
    return {"minSamp": found["min_samp"], "maxSamp": found["max_samp"]}


def _sources(where: str, argument: str, value: Any, needed: bool = False) -> Any:
    if value is None and needed:
        raise check.fail(where, argument, value, "an item, a prim path, or a list of these", TypeError)
    return None if value is None else prims_of(where, value)


@ReplicatorWrapper
def scatter_2d(
    surface_prims: Any,
    no_coll_prims: Any = None,
    min_samp: Any = (None, None, None),
    max_samp: Any = (None, None, None),
    seed: int | None = None,
    offset: float = 0,
    check_for_collisions: bool = False,
    input_prims: Any = None,
    name: str | None = None,
) -> Any:
    """Place prims on surfaces, uniformly by area.

    Args:
        surface_prims: meshes, or prims that hold meshes.
        no_coll_prims: prims whose boxes stay clear.
        min_samp, max_samp: bounds in world space, stage units; None leaves an axis free.
        seed: stream of its own; None follows the global seed.
        offset: distance from the surface along its normal, stage units.
        check_for_collisions: keep the boxes of the placed prims apart.
        input_prims: prims to place.
        name: name of the node.
    """
    where = "randomizer.scatter_2d"
    inputs = {
        "surfacePrims": _sources(where, "surface_prims", surface_prims, needed=True),
        "noCollPrims": _sources(where, "no_coll_prims", no_coll_prims),
        "seed": check.seed_of(where, seed),
        "offset": check.number(where, "offset", offset),
        "checkForCollisions": bool(check_for_collisions),
        **_bounds(where, min_samp, max_samp),
    }
    graph = get_graph()
    return graph.schedule(scatter.Scatter2D(graph, name, prims=prims_of(where, input_prims), **inputs))


@ReplicatorWrapper
def scatter_3d(
    volume_prims: Any = None,
    no_coll_prims: Any = None,
    volume_excl_prims: Any = None,
    min_samp: Any = (None, None, None),
    max_samp: Any = (None, None, None),
    resolution_scaling: float = 1.0,
    voxel_size: float = 0.0,
    check_for_collisions: bool = False,
    prevent_vol_overlap: bool = True,
    viz_sampled_voxels: bool = False,
    seed: int | None = None,
    input_prims: Any = None,
    name: str | None = None,
) -> Any:
    """Place prims in closed meshes, uniformly by volume (other arguments as for `scatter_2d`).

    Args:
        volume_prims: closed meshes to fill; None fills the box of min_samp and max_samp.
        volume_excl_prims: closed meshes to leave empty.
        resolution_scaling, voxel_size, viz_sampled_voxels: checked only: places are exact, not voxels.
        prevent_vol_overlap: overlapping volumes count once.
    """
    where = "randomizer.scatter_3d"
    bounds = _bounds(where, min_samp, max_samp)
    if volume_prims is None and None in (*bounds["minSamp"], *bounds["maxSamp"]):
        raise check.fail(where, "volume_prims", None, "closed meshes, or min_samp and max_samp without None")
    check.number(where, "resolution_scaling", resolution_scaling, 0)
    check.number(where, "voxel_size", voxel_size, 0)
    inputs = {
        "volumePrims": _sources(where, "volume_prims", volume_prims),
        "noCollPrims": _sources(where, "no_coll_prims", no_coll_prims),
        "volumeExclPrims": _sources(where, "volume_excl_prims", volume_excl_prims),
        "seed": check.seed_of(where, seed),
        "checkForCollisions": bool(check_for_collisions),
        "preventVolOverlap": bool(prevent_vol_overlap),
        **bounds,
    }
    graph = get_graph()
    return graph.schedule(scatter.Scatter3D(graph, name, prims=prims_of(where, input_prims), **inputs))


@ReplicatorWrapper
def rotation(
    min_angle: Any = (-180.0, -180.0, -180.0),
    max_angle: Any = (180.0, 180.0, 180.0),
    seed: int | None = None,
    input_prims: Any = None,
    name: str | None = None,
) -> Any:
    """Turn prims to uniform random orientations.

    Args:
        min_angle, max_angle: bounds of the XYZ Euler angles, degrees.
        seed: stream of its own; None follows the global seed.
        input_prims: prims to turn.
        name: name of the node.
    """
    where = "randomizer.rotation"
    rows = {}
    for argument, value in (("min_angle", min_angle), ("max_angle", max_angle)):
        row = check.vector(where, argument, value)
        if row is None or check.is_item(row):
            raise check.fail(where, argument, value, "one or three numbers of degrees", TypeError)
        rows[argument] = np.broadcast_to(row, (3,))
    if (rows["min_angle"] > rows["max_angle"]).any():
        raise check.fail(where, "min_angle", min_angle, f"angles not above max_angle={max_angle!r}")
    graph = get_graph()
    inputs = {"minAngle": rows["min_angle"], "maxAngle": rows["max_angle"], "seed": check.seed_of(where, seed)}
    return graph.schedule(scatter.RotationNode(graph, name, prims=prims_of(where, input_prims), **inputs))


def _drawn(where: str, argument: str, value: Any, seed: int | None) -> Any:
    """Return a distribution as it is, and anything else as a choice among its entries."""
    if check.is_item(value):
        if not isinstance(check.source(value), ValueNode):
            raise check.fail(where, argument, value, "values or a distribution", TypeError)
        return value
    entries = [value] if isinstance(value, str | tuple) else value
    if not isinstance(entries, list | np.ndarray) or len(entries) == 0:
        raise check.fail(where, argument, value, "a list with at least one entry, or a distribution", TypeError)
    return choice(list(entries), seed=seed)


@ReplicatorWrapper
def color(
    colors: Any, per_sub_mesh: bool = False, seed: int | None = None, input_prims: Any = None, name: str | None = None
) -> Any:
    """Give each prim a colour, through an OmniPBR of its own.

    Args:
        colors: distribution of linear RGB, or a list to choose from.
        per_sub_mesh: a colour for each mesh below a prim.
        seed: stream of the choice; None follows the global seed.
        input_prims: prims to colour.
        name: name of the node.
    """
    where = "randomizer.color"
    seed = check.seed_of(where, seed)
    if not check.is_item(colors):
        rows = check.vector(where, "colors", colors, (3,))
        if rows is None:
            raise check.fail(where, "colors", colors, "colours or a distribution", TypeError)
        colors = [tuple(row) for row in np.atleast_2d(rows).tolist()]
    prims = prims_of(where, input_prims)
    graph = get_graph()
    drawn = check.source(_drawn(where, "colors", colors, seed))
    inputs = {"diffuse_color_constant": drawn, "perSubMesh": bool(per_sub_mesh)}
    return graph.schedule(looks.ColorNode(graph, name, prims=prims, **inputs))


@ReplicatorWrapper
def texture(
    textures: Any,
    texture_scale: Any = None,
    texture_rotate: Any = None,
    per_sub_mesh: bool = False,
    project_uvw: bool = False,
    seed: int | None = None,
    input_prims: Any = None,
    name: str | None = None,
) -> Any:
    """Give each prim a texture, through an OmniPBR of its own.

    Args:
        textures: image files to choose from, or a distribution of them.
        texture_scale: repetitions, one or two numbers, or a distribution.
        texture_rotate: degrees, or a distribution.
        per_sub_mesh: a texture for each mesh below a prim.
        project_uvw: project instead of using the mesh's UVs.
        seed: stream of the choice; None follows the global seed.
        input_prims: prims to texture.
        name: name of the node.
    """
    where = "randomizer.texture"
    prims = prims_of(where, input_prims)
    inputs = {
        "texture_scale": check.vector(where, "texture_scale", texture_scale, (1, 2)),
        "texture_rotate": check.vector(where, "texture_rotate", texture_rotate, (1,)),
        "project_uvw": True if project_uvw else None,
        "perSubMesh": bool(per_sub_mesh),
    }
    inputs["diffuse_texture"] = check.source(_drawn(where, "textures", textures, check.seed_of(where, seed)))
    graph = get_graph()
    return graph.schedule(looks.TextureNode(graph, name, prims=prims, **inputs))


@ReplicatorWrapper
def materials(
    materials: Any,
    seed: int | None = None,
    max_cached_materials: int = 0,
    input_prims: Any = None,
    name: str | None = None,
) -> Any:
    """Bind one of several materials to each prim.

    Args:
        materials: item, or list of items, paths, names or MDL files; or a distribution of these.
        seed: stream of the choice; None follows the global seed.
        max_cached_materials: checked only: all materials are kept.
        input_prims: prims to bind to.
        name: name of the node.
    """
    where = "randomizer.materials"
    check.number(where, "max_cached_materials", max_cached_materials, 0, whole=True)
    source = check.source(materials)
    if not isinstance(source, ValueNode):
        source = resolve_paths(materials)
        if not source:
            raise check.fail(where, "materials", materials, "at least one material")
    graph = get_graph()
    prims = prims_of(where, input_prims)
    inputs = {"materials": source, "seed": check.seed_of(where, seed)}
    return graph.schedule(looks.MaterialsNode(graph, name, prims=prims, **inputs))


@ReplicatorWrapper
def instantiate(
    paths: Any,
    size: Any,
    weights: list[float] | None = None,
    mode: str = "scene_instance",
    with_replacements: bool = True,
    seed: int | None = None,
    name: str | None = None,
    use_cache: bool = True,
    semantics: Any = None,
) -> Any:
    """Show `size` assets drawn from many.

    Args:
        paths: USD files, prim paths or items; or a choice or sequence of files, drawn again in every firing.
        size: assets to show; or a choice, sequence or uniform distribution of numbers, drawn again in every firing.
        weights: relative odds, one an asset.
        mode: "scene_instance", "point_instance" or "reference".
        with_replacements: False shows every asset at most once.
        seed: stream of its own; None follows the global seed.
        name: name of the node.
        use_cache: checked only: files are opened once by USD itself.
        semantics: labels of the slots.
    """
    where = "randomizer.instantiate"
    check.one_of(where, "mode", mode, MODES)
    count = check.source(size)
    count = count if isinstance(count, ValueNode) else int(check.number(where, "size", size, 1, whole=True))
    assets: Any = check.source(paths) if check.is_item(paths) else paths
    if not isinstance(assets, Node):
        assets = [str(p) for p in ([paths] if isinstance(paths, str | Path) else resolve_paths(list(paths)))]
    choices = entries(assets) if isinstance(assets, ValueNode) else resolve_paths(assets)
    if not choices:
        raise check.fail(where, "paths", paths, "at least one USD file or prim path")
    if not with_replacements and not isinstance(count, ValueNode) and count > len(choices):
        raise check.fail(where, "size", size, f"at most {len(choices)}, the number of paths, without replacements")
    if weights is not None and len(weights) != len(choices):
        raise check.fail(where, "weights", weights, f"{len(choices)} numbers, one a path")
    parent_path(where, None)
    inputs = {"assets": assets, "size": count, "weights": weights, "mode": mode}
    inputs |= {"withReplacements": bool(with_replacements), "seed": check.seed_of(where, seed)}
    inputs["semantics"] = check.semantic_labels(where, semantics)
    graph = get_graph()
    return graph.schedule(InstantiateNode(graph, current_stage(), name, **inputs))


def register(fn: Callable[..., Any], override: bool = True, fn_name: str | None = None) -> None:
    """Add `fn` as `rep.randomizer.<name>`."""
    register_into(sys.modules[__name__], fn, override, fn_name)


def __getattr__(name: str) -> Any:
    raise AttributeError(
        f"rep.randomizer has no '{name}'; register it with rep.randomizer.register, or see docs/parity.md"
    )
