"""A sweep over every public Replicator script: which need no robot, LiDAR or window, and which of those complete."""
