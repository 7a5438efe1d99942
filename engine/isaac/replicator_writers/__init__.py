"""isaacsim.replicator.writers, and omni.replicator.isaac of 4.x: writers of poses and of pictures to look at.

The extension of a user's own checkout replaces it where one is given.
"""

from __future__ import annotations

from engine.isaac.replicator_writers.data_visualization_writer import DataVisualizationWriter
from engine.isaac.replicator_writers.dope_writer import DOPEWriter
from engine.isaac.replicator_writers.pose_writer import PoseWriter
from engine.isaac.replicator_writers.pytorch_writer import PytorchListener, PytorchWriter
from engine.isaac.replicator_writers.ycb_video_writer import YCBVideoWriter

__all__ = ["DOPEWriter", "DataVisualizationWriter", "PoseWriter", "PytorchListener", "PytorchWriter", "YCBVideoWriter"]
