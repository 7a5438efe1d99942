"""The error of omni.graph.core."""

from __future__ import annotations


class OmniGraphError(RuntimeError):
    """A graph, a node or an attribute is not what a call needs."""
