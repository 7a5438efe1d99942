"""omni.syntheticdata: the templates and names that writers mention; sensors themselves are the engine's annotators."""

from __future__ import annotations

import enum
import sys
from dataclasses import dataclass, field
from typing import Any

from ..carb.settings import get_settings
from . import syntheticdata_helpers as helpers


class SyntheticDataStage(enum.IntEnum):
    """When a node runs."""

    AUTO = -1
    SIMULATION = 0
    PRE_RENDER = 1
    POST_RENDER = 2
    ON_DEMAND = 3


@dataclass
class NodeConnectionTemplate:
    """An input of a node: which template feeds it."""

    node_template_id: str
    attributes_mapping: dict[str, str] = field(default_factory=dict)
    render_product_idxs: tuple[int, ...] = (0,)


@dataclass
class NodeTemplate:
    """A node that a writer or an annotator asks for."""

    pipeline_stage: int
    node_type_id: str
    connections: list[NodeConnectionTemplate] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)


class SensorType(enum.Enum):
    """The sensors; the value is the render variable behind each."""

    Rgb = "LdrColor"
    Depth = "Depth"
    DepthLinear = "DepthLinearized"
    DistanceToCamera = "DistanceToCameraSD"
    DistanceToImagePlane = "DistanceToImagePlaneSD"
    Normal = "NormalSD"
    MotionVector = "TargetMotionSD"
    InstanceSegmentation = "InstanceSegmentationSD"
    SemanticSegmentation = "SemanticSegmentationSD"
    BoundingBox2DTight = "BoundingBox2DTightSD"
    BoundingBox2DLoose = "BoundingBox2DLooseSD"
    BoundingBox3D = "BoundingBox3DSD"
    Occlusion = "OcclusionSD"
    CrossCorrespondence = "CrossCorrespondenceSD"


class SyntheticData:
    """The process-wide interface."""

    NodeTemplate = NodeTemplate
    NodeConnectionTemplate = NodeConnectionTemplate
    _instance: SyntheticData | None = None

    @staticmethod
    def Get() -> SyntheticData:
        """Return the process-wide interface."""
        SyntheticData._instance = SyntheticData._instance or SyntheticData()
        return SyntheticData._instance

    @staticmethod
    def convert_sensor_type_to_rendervar(sensor_type: str) -> str:
        """Return the render variable of a sensor type's name.

        Raises:
            KeyError: if there is no such sensor type.
        """
        if sensor_type not in SensorType.__members__:
            raise KeyError(f"no sensor type '{sensor_type}'; there are {', '.join(SensorType.__members__)}")
        return str(SensorType[sensor_type].value)

    def set_instance_mapping_semantic_filter(self, predicate: str) -> None:
        """Set the default filter of labels, such as `class:*`."""
        get_settings().set("/omni/syntheticdata/semanticFilter", predicate)

    def get_instance_mapping_semantic_filter(self) -> str:
        """Return the default filter of labels."""
        return str(get_settings().get("/omni/syntheticdata/semanticFilter") or "*:*")


class _SensorTypes:
    SensorType = SensorType


_syntheticdata = _SensorTypes
sensors = sys.modules[__name__]
__all__ = ["NodeConnectionTemplate", "NodeTemplate", "SensorType", "SyntheticData", "SyntheticDataStage", "helpers"]
