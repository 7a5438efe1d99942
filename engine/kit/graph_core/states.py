"""States of execution attributes, and when graphs are evaluated.

Source: OmniGraph documentation, omni.graph.core.ExecutionAttributeState and GraphPipelineStage.
"""

from __future__ import annotations

import enum


class ExecutionAttributeState(enum.IntEnum):
    """States of an execution attribute."""

    DISABLED = 0
    ENABLED = 1
    ENABLED_AND_PUSH = 2
    LATENT_PUSH = 3
    LATENT_FINISH = 4


class Severity(enum.IntEnum):
    """How grave a message of a node is."""

    INFO = 0
    WARNING = 1
    ERROR = 2


class GraphPipelineStage(enum.IntEnum):
    """When a graph is evaluated: in every app frame, or when a script asks."""

    GRAPH_PIPELINE_STAGE_SIMULATION = 0
    GRAPH_PIPELINE_STAGE_PRERENDER = 1
    GRAPH_PIPELINE_STAGE_POSTRENDER = 2
    GRAPH_PIPELINE_STAGE_UNKNOWN = 100
    GRAPH_PIPELINE_STAGE_ONDEMAND = 200
