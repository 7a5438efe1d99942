"""usdrt, as far as it finds prims, reads and writes attributes: there is no Fabric, so its stage is the USD stage."""

from __future__ import annotations

import types
from typing import Any

from pxr import Gf, Sdf, UsdGeom, Vt
from pxr import Usd as _usd

from ..usd_context import get_context

__all__ = ["Gf", "Sdf", "Usd", "UsdGeom", "Vt"]


def attached_stage(stage_id: int) -> _usd.Stage:
    """Return the stage of an id of the USD stage cache, the open one where there is none."""
    from pxr import UsdUtils

    found = UsdUtils.StageCache.Get().Find(_usd.StageCache.Id.FromLongInt(int(stage_id)))
    return found or get_context().get_stage()


def prims_with_type_name(stage: _usd.Stage, type_name: str) -> list[Sdf.Path]:
    """Return the paths of a stage's prims of a type, types derived from it included."""
    return [prim.GetPath() for prim in stage.Traverse() if prim.IsA(type_name) or prim.GetTypeName() == type_name]


def prims_with_applied_api_name(stage: _usd.Stage, api_name: str) -> list[Sdf.Path]:
    """Return the paths of a stage's prims that an API schema is applied to, whatever its instance name."""
    return [
        prim.GetPath()
        for prim in stage.Traverse()
        if any(name.partition(":")[0] == api_name for name in prim.GetPrimTypeInfo().GetAppliedAPISchemas())
    ]


def prims_with_type_and_applied_api_name(stage: _usd.Stage, type_name: str, api_names: list[str]) -> list[Sdf.Path]:
    """Return the paths of a stage's prims of a type that every one of some API schemas is applied to."""
    found = [set(prims_with_applied_api_name(stage, name)) for name in api_names]
    return [path for path in prims_with_type_name(stage, type_name) if all(path in paths for paths in found)]


FINDERS = {
    "GetPrimsWithTypeName": prims_with_type_name,
    "GetPrimsWithAppliedAPIName": prims_with_applied_api_name,
    "GetPrimsWithTypeAndAppliedAPIName": prims_with_type_and_applied_api_name,
}
for _name, _finder in FINDERS.items():  # an attached stage is a pxr stage, which goes where pxr wants one
    setattr(_usd.Stage, _name, _finder)


class _Stage:
    """The calls by which scripts come by a stage."""

    @staticmethod
    def Attach(stage_id: int, *accepted: Any) -> _usd.Stage:
        """Return the stage of an id of the USD stage cache, the open one where there is none."""
        return attached_stage(stage_id)

    SimStageWithHistory = Attach

    @staticmethod
    def Open(path: str) -> _usd.Stage:
        """Open a file."""
        return _usd.Stage.Open(path)

    @staticmethod
    def CreateInMemory(*arguments: Any) -> _usd.Stage:
        """Return a new stage."""
        return _usd.Stage.CreateInMemory()


class _Usd(types.ModuleType):
    """pxr.Usd with the stage above."""

    Stage = _Stage

    def __getattr__(self, name: str) -> Any:
        return getattr(_usd, name)


Usd = _Usd("usdrt.Usd", "pxr.Usd, with the stage that usdrt attaches to")
