"""isaacsim.core.utils.types: what prims and views go back to, what joints are told, and records."""

from __future__ import annotations

from ..core_prims.states import DataFrame, DynamicState, DynamicsViewState, XFormPrimState, XFormPrimViewState
from .joint_types import ArticulationAction, ArticulationActions, DOFInfo, JointsState

__all__ = [
    "ArticulationAction",
    "ArticulationActions",
    "DOFInfo",
    "DataFrame",
    "DynamicState",
    "DynamicsViewState",
    "JointsState",
    "XFormPrimState",
    "XFormPrimViewState",
]
