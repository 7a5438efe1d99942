"""usdrt, as far as it reads and writes attributes: there is no Fabric, so its stage is the USD stage itself."""

from __future__ import annotations

import types
from typing import Any

from pxr import Gf, Sdf, UsdGeom, Vt
from pxr import Usd as _usd

from ..usd_context import get_context

__all__ = ["Gf", "Sdf", "Usd", "UsdGeom", "Vt"]


class _Stage:
    """The calls by which scripts come by a stage."""

    @staticmethod
    def Attach(stage_id: int, *accepted: Any) -> _usd.Stage:
        """Return the stage of an id of the USD stage cache, the open one where there is none."""
        from pxr import UsdUtils

        found = UsdUtils.StageCache.Get().Find(_usd.StageCache.Id.FromLongInt(int(stage_id)))
        return found or get_context().get_stage()

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
