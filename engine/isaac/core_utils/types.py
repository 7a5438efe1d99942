"""isaacsim.core.utils.types: what prims and views go back to, and records."""

from __future__ import annotations

from ..core_prims.states import DataFrame, DynamicState, DynamicsViewState, XFormPrimState, XFormPrimViewState

__all__ = ["DataFrame", "DynamicState", "DynamicsViewState", "XFormPrimState", "XFormPrimViewState"]
