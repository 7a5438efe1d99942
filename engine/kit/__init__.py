"""Kit's modules as Replicator scripts see them: thin fronts over the application, the stage and the timeline."""
