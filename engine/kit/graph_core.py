"""omni.graph.core: only what Replicator scripts call; the engine's graph is not an OmniGraph."""

from __future__ import annotations

import enum
from typing import Any

from ..graph.node import Attribute, Node, NodeType

__all__ = ["Attribute", "Controller", "ExecutionAttributeState", "Node", "NodeType"]


class ExecutionAttributeState(enum.IntEnum):
    """States of an execution attribute."""

    DISABLED = 0
    ENABLED = 1
    ENABLED_AND_PUSH = 2
    LATENT_PUSH = 3
    LATENT_FINISH = 4


class Controller:
    """Evaluation of the graph."""

    @staticmethod
    def evaluate_sync(graph_id: Any = None) -> None:
        """Run what is pending in the engine's graph: nodes outside triggers and events that were sent."""
        from ..app import get_app

        get_app().update()

    @staticmethod
    async def evaluate(graph_id: Any = None) -> None:
        """Run what is pending in the engine's graph."""
        from ..app import get_app

        await get_app().next_update_async()
