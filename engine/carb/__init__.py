"""The small part of Carbonite that Replicator scripts touch: settings, logging, events."""
