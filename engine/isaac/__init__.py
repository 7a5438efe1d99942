"""Stand-ins for the `isaacsim.*` packages that Replicator scripts touch."""
