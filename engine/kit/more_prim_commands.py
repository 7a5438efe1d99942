"""More commands behind `omni.kit.commands.execute`: meshes, references, groups, selection and Isaac Sim's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pxr import Gf, Sdf, Usd, UsdGeom

from ..usd_context import get_context
from .usd import get_stage_next_free_path


def _stage() -> Usd.Stage:
    return get_context().get_stage()


def create_mesh_prim(
    prim_type: str, prim_path: str | None = None, half_scale: float | None = None, **accepted: Any
) -> str:
    """Define a Cone, Cube, Cylinder, Disk, Plane, Sphere or Torus mesh, 1 m in size, and return its path."""
    from ..replicator.functional.authoring import define_shape

    path = str(prim_path or get_stage_next_free_path(_stage(), f"/{prim_type}"))
    prim = define_shape(_stage(), prim_type.lower(), path)
    if half_scale is not None:
        factor = 2.0 * float(half_scale) * UsdGeom.GetStageMetersPerUnit(_stage())
        points = UsdGeom.Mesh(prim).GetPointsAttr()
        points.Set([Gf.Vec3f(point) * factor for point in points.Get()])
        extent = UsdGeom.Boundable.ComputeExtentFromPlugins(UsdGeom.Boundable(prim), Usd.TimeCode.Default())
        UsdGeom.Boundable(prim).GetExtentAttr().Set(extent)
    return path


def create_preview_surface(mtl_path: str, select_new_prim: bool = False, **accepted: Any) -> None:
    """Define a material whose surface is a UsdPreviewSurface."""
    from ..isaac.views.looks import define_preview_surface

    define_preview_surface(_stage(), str(mtl_path))


def add_reference(stage: Any = None, prim_path: Any = None, reference: Any = None, **accepted: Any) -> None:
    """Add a reference to a prim."""
    (stage or _stage()).GetPrimAtPath(Sdf.Path(str(prim_path))).GetReferences().AddReference(reference)


def add_payload(stage: Any = None, prim_path: Any = None, payload: Any = None, **accepted: Any) -> None:
    """Add a payload to a prim."""
    (stage or _stage()).GetPrimAtPath(Sdf.Path(str(prim_path))).GetPayloads().AddPayload(payload)


def create_payload(path_to: Any, asset_path: str, instanceable: bool = True, **accepted: Any) -> None:
    """Define an Xform with a file as its payload."""
    prim = _stage().DefinePrim(Sdf.Path(str(path_to)), "Xform")
    prim.GetPayloads().AddPayload(asset_path)
    prim.SetInstanceable(instanceable)


def group_prims(prim_paths: Sequence[Any], destructive: bool = True, **accepted: Any) -> str:
    """Move prims below a new Xform beside the first of them, and return its path."""
    paths = [Sdf.Path(str(path)) for path in prim_paths]
    group = Sdf.Path(get_stage_next_free_path(_stage(), str(paths[0].ReplaceName("Group")), False))
    UsdGeom.Xform.Define(_stage(), group)
    for path in paths:
        _move(path, group.AppendChild(path.name))
    return str(group)


def ungroup_prims(prim_paths: Sequence[Any], destructive: bool = True, **accepted: Any) -> None:
    """Move the children of prims up and remove the prims."""
    for path in prim_paths:
        group = Sdf.Path(str(path))
        for child in list(_stage().GetPrimAtPath(group).GetChildren()):
            free = get_stage_next_free_path(_stage(), str(group.ReplaceName(child.GetName())), False)
            _move(child.GetPath(), Sdf.Path(free))
        _stage().RemovePrim(group)


def _move(source: Sdf.Path, target: Sdf.Path) -> None:
    editor = Usd.NamespaceEditor(_stage())
    editor.MovePrimAtPath(source, target)
    editor.ApplyEdits()


def select_prims(old_selected_paths: Any = (), new_selected_paths: Any = (), **accepted: Any) -> None:
    """Select prims."""
    get_context().get_selection().set_selected_prim_paths([str(path) for path in new_selected_paths])


def toggle_active(prim_paths: Sequence[Any] = (), active: bool | None = None, **accepted: Any) -> None:
    """Activate what is not active and the other way round, or set what is given."""
    for path in prim_paths:
        prim = _stage().GetPrimAtPath(Sdf.Path(str(path)))
        prim.SetActive((not prim.IsActive()) if active is None else bool(active))


def create_instances(paths_from: Sequence[Any], **accepted: Any) -> list[str]:
    """Reference prims beside themselves, as instances, and return the new paths."""
    made = []
    for path in paths_from:
        target = get_stage_next_free_path(_stage(), str(path), False)
        prim = _stage().DefinePrim(target, "Xform")
        prim.GetReferences().AddInternalReference(Sdf.Path(str(path)))
        prim.SetInstanceable(True)
        made.append(target)
    return made


def spawn(usd_path: str, prim_path: str, translation: Any = (0, 0, 0), rotation: Any = (0, 0, 0, 1)) -> bool:
    """Reference a file at a path and put it somewhere; `rotation` is xyzw."""
    _stage().DefinePrim(str(prim_path), "Xform").GetReferences().AddReference(str(usd_path))
    return teleport(prim_path, translation, rotation)


def teleport(prim_path: str, translation: Any = (0, 0, 0), rotation: Any = (0, 0, 0, 1)) -> bool:
    """Put a prim in its parent's frame; `rotation` is xyzw."""
    import numpy as np

    from ..isaac.views.poses import set_local_poses

    place, xyzw = np.array([translation], dtype=float), np.array([rotation], dtype=float)
    set_local_poses([_stage().GetPrimAtPath(str(prim_path))], place, np.roll(xyzw, 1, axis=1))
    return True


def scale_prim(prim_path: str, scale: Any = (0, 0, 0)) -> bool:
    """Set the factors of a prim along its own axes."""
    import numpy as np

    from ..isaac.views.poses import set_local_scales

    set_local_scales([_stage().GetPrimAtPath(str(prim_path))], np.array([scale], dtype=float))
    return True


def destroy(prim_path: str) -> bool:
    """Remove a prim."""
    return bool(_stage().RemovePrim(str(prim_path)))


COMMANDS: dict[str, Callable[..., Any]] = {
    "AddPayload": add_payload,
    "AddReference": add_reference,
    "CreateInstances": create_instances,
    "CreateMeshPrim": create_mesh_prim,
    "CreateMeshPrimWithDefaultXform": create_mesh_prim,
    "CreatePayload": create_payload,
    "CreatePreviewSurfaceMaterialPrim": create_preview_surface,
    "GroupPrims": group_prims,
    "IsaacSimDestroyPrim": destroy,
    "IsaacSimScalePrim": scale_prim,
    "IsaacSimSpawnPrim": spawn,
    "IsaacSimTeleportPrim": teleport,
    "SelectPrims": select_prims,
    "ToggleActivePrims": toggle_active,
    "UngroupPrims": ungroup_prims,
}
