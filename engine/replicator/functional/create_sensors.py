"""Cameras, materials, lidars and radars: the calls that make several at once (rep.functional.create_batch)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pxr import Sdf, Usd, UsdGeom

from engine.graph.attributes import guess_type, typed
from engine.graph.graph import current_stage
from engine.replicator.arguments import fail
from engine.replicator.create_sensors import LENS, MODEL, MODEL_DEFAULTS, projection_name
from engine.replicator.functional.authoring import bind_material, define_camera, define_mdl
from engine.replicator.functional.building import build, split
from engine.replicator.functional.values import numbers, prims_of
from engine.replicator.spelled import spelled_out


@spelled_out(projection_type=MODEL_DEFAULTS)
def camera(
    position: Any = None,
    rotation: Any = None,
    scale: Any = None,
    look_at: Any = None,
    look_at_up_axis: Any = None,
    relative_to: Any = None,
    focal_length: Any = 24.0,
    focus_distance: Any = 400.0,
    f_stop: Any = 0.0,
    horizontal_aperture: Any = 20.955,
    horizontal_aperture_offset: Any = 0.0,
    vertical_aperture_offset: Any = 0.0,
    clipping_range: Any = (1.0, 1000000.0),
    projection_type: str = "pinhole",
    cross_camera_reference_name: str | None = None,
    name: Any = None,
    parent: Any = None,
    pivot: Any = None,
    semantics: Any = None,
    visible: Any = True,
    *,
    count: int = 1,
    **model: Any,
) -> list[Usd.Prim]:
    """Create cameras that look along -Z with +Y up, as USD has them.

    Args:
        position, rotation, look_at, look_at_up_axis, scale, pivot, relative_to: as for the shapes.
        focal_length, horizontal_aperture, horizontal_aperture_offset, vertical_aperture_offset: tenths of stage units.
        focus_distance: stage units.
        f_stop: 0 switches depth of field off.
        clipping_range: near and far, stage units.
        projection_type: lens model.
        cross_camera_reference_name: name shared by the cameras of one rig.
        semantics, visible, name, parent, count: as for the shapes.
        **model: parameters of the lens model (`fisheye_...`, `openCV_...`).

    Raises:
        TypeError: if a parameter of the lens model is unknown.
        ValueError: if a value makes no sense.
    """
    where, stage = "functional.create.camera", current_stage()
    shared, own = split(locals())
    for key in model:
        if key not in MODEL:
            raise TypeError(f"{where}: unknown argument {key}={model[key]!r}; expected one of: {', '.join(MODEL)}")
    projection = projection_name(where, projection_type)
    prims = build(where, "Camera", lambda path: define_camera(stage, path, stereoRole="mono"), **shared)
    _write_lens(where, prims, {**own, **model})
    ranges = numbers(where, "clipping_range", clipping_range, len(prims), 2)
    for prim, near_far in zip(prims, () if ranges is None else ranges, strict=True):
        UsdGeom.Camera(prim).CreateClippingRangeAttr(tuple(near_far.tolist()))
        prim.CreateAttribute("cameraProjectionType", Sdf.ValueTypeNames.Token, False).Set(projection)
        if cross_camera_reference_name:
            attribute = prim.CreateAttribute("crossCameraReferenceName", Sdf.ValueTypeNames.String, False)
            attribute.Set(str(cross_camera_reference_name))
    return prims


def _write_lens(where: str, prims: list[Usd.Prim], options: dict[str, Any]) -> None:
    for argument, (name, default) in {**LENS, **MODEL}.items():
        rows = numbers(where, argument, options.get(argument, default), len(prims), 1)
        for prim, row in zip(prims, () if rows is None else rows, strict=False):
            prim.CreateAttribute(name, Sdf.ValueTypeNames.Float, argument in MODEL).Set(float(row[0]))


def material(
    mdl: Any, bind_prims: Any = None, name: Any = None, parent: Any = None, *, count: int = 1, **shader_inputs: Any
) -> list[Usd.Prim]:
    """Create materials of one MDL file.

    Args:
        mdl: MDL file, e.g. "OmniPBR.mdl".
        bind_prims: prims to bind to the material; with several materials, one prim each.
        name: material name; the file's stem if None.
        parent: prim or path; /Looks if None.
        count: materials to make.
        **shader_inputs: inputs by their MDL names, e.g. `diffuse_color_constant=(1, 0, 0)`.

    Raises:
        TypeError: if `mdl` is no file name.
        ValueError: if several materials are to be bound to another number of prims.
    """
    where, stage = "functional.create.material", current_stage()
    if not isinstance(mdl, str | Path | Sdf.AssetPath) or not str(mdl):
        raise fail(where, "mdl", mdl, "the name of an MDL file, e.g. 'OmniPBR.mdl'", TypeError)
    file = mdl.path if isinstance(mdl, Sdf.AssetPath) else str(mdl)
    targets = [] if bind_prims is None else prims_of(where, bind_prims, "bind_prims")
    if targets and count not in (1, len(targets)):
        raise fail(where, "bind_prims", bind_prims, f"{count} prims, one for each material")
    if parent is None and not stage.GetPrimAtPath("/Looks"):
        UsdGeom.Scope.Define(stage, "/Looks")
    place = {"name": name, "parent": "/Looks" if parent is None else parent, "count": count}
    made = build(where, Path(file).stem, lambda path: define_mdl(stage, path, file, **shader_inputs), **place)
    for index, prim in enumerate(targets):
        bind_material(prim, made[index % count])
    return made


def _sensor(kind: str, where: str, shared: dict[str, Any], attributes: dict[str, Any]) -> list[Usd.Prim]:
    stage = current_stage()

    def define(path: str) -> Usd.Prim:
        prim = stage.DefinePrim(path, kind)
        for key, value in attributes.items():
            full = "omni:sensor:tickRate" if key == "tick_rate" else key
            if not Sdf.Path.IsValidNamespacedIdentifier(full):
                raise fail(where, key, value, "a USD attribute name")
            type_name = guess_type(value)
            prim.CreateAttribute(full, type_name, False).Set(typed(value, str(type_name)))
        return prim

    return build(where, kind, define, **shared)


def omni_lidar(
    position: Any = None,
    rotation: Any = None,
    name: Any = None,
    parent: Any = None,
    *,
    count: int = 1,
    **attributes: Any,
) -> list[Usd.Prim]:
    """Create OmniLidar prims with these attributes; the embedded engine writes them but simulates no lidar."""
    shared, _ = split(locals())
    return _sensor("OmniLidar", "functional.create.omni_lidar", shared, attributes)


def omni_radar(
    position: Any = None,
    rotation: Any = None,
    name: Any = None,
    parent: Any = None,
    *,
    count: int = 1,
    **attributes: Any,
) -> list[Usd.Prim]:
    """Create OmniRadar prims with these attributes; the embedded engine writes them but simulates no radar."""
    shared, _ = split(locals())
    return _sensor("OmniRadar", "functional.create.omni_radar", shared, attributes)
