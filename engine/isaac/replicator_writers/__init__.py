"""isaacsim.replicator.writers: PoseWriter. The extension of a user's own checkout replaces it where one is given."""

from __future__ import annotations

from engine.isaac.replicator_writers.pose_writer import PoseWriter

__all__ = ["PoseWriter"]
