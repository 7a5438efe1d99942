"""rep.rng: NumPy generators seeded as the graph's own nodes are."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.graph.sampling import stream
from engine.replicator.arguments import seed_of


class ReplicatorRNG:
    """A random stream: of its own for a seed, of the global seed and a node otherwise.

    Attributes:
        generator: the NumPy generator.
    """

    def __init__(self, seed: int | None = None, node: Any = None) -> None:
        self.seed = seed_of("rng.ReplicatorRNG", seed)
        self.node = getattr(node, "node", node)
        self.generator: np.random.Generator = stream(self.seed, getattr(self.node, "node_id", 0))

    def reset(self) -> None:
        """Start the stream again."""
        self.generator = stream(self.seed, getattr(self.node, "node_id", 0))

    def initialize(self, seed: int | None, node: Any = None, node_id: int = 0) -> None:
        """Start the stream of a seed, or of the global seed and a node's number where the seed is None or negative."""
        self.seed, self.node = seed, getattr(node, "node", node)
        self.generator = stream(seed, node_id)


def release(node_path: str) -> None:
    """Accept: nothing of a node's stream outlives the node here."""
