"""The graph of one stage: triggers, the actions they run, and the frame accounting the orchestrator asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from pxr import Sdf, Usd, UsdGeom

from engine.carb.eventdispatcher import get_eventdispatcher
from engine.graph.edits import EditQueue
from engine.graph.node import GRAPH_PATH, Node, ValueNode
from engine.usd_context import get_context

if TYPE_CHECKING:
    from engine.graph.triggers import Trigger

FIRST_NODE_ID = 0
CUSTOM_EVENT = "omni.graph.action."  # what precedes a custom event's name where others than triggers hear of it
ORIGIN = "in "  # what precedes a node's origin in the note of an error


@dataclass(frozen=True)
class Clock:
    """Where a frame is in time.

    Attributes:
        frame: frames captured since initialize.
        time: timeline time, seconds.
        delta: seconds since the previous frame.
    """

    frame: int = 0
    time: float = 0.0
    delta: float = 0.0


@dataclass
class Moment:
    """One firing of one chain of actions.

    Attributes:
        stage: the stage being edited.
        clock: time of the frame.
        serial: unique number of this firing; distributions draw once per serial.
        edits: queued attribute values.
    """

    stage: Usd.Stage
    clock: Clock
    serial: int
    edits: EditQueue = field(default_factory=EditQueue)


def current_stage() -> Usd.Stage:
    """Return the open stage, making an empty one where there is none."""
    context = get_context()
    if context.get_stage() is None:
        context.new_stage()
    stage = context.get_stage()
    assert stage is not None
    return stage


class Schedule:
    """Nodes of a graph and the chains they run in.

    Attributes:
        path: prim of the graph.
    """

    path = GRAPH_PATH

    def __init__(self) -> None:
        self.triggers: list[Trigger] = []
        self.nodes: list[Node] = []
        self.impulse: list[Node] = []
        self.pending: list[Node] = []
        self.followers: list[Node] = []
        self.prim_stack: list[Any] = []
        self.exec_stack: list[Trigger] = []
        self.events: list[str] = []
        self.distribution_outputs: dict[str, np.ndarray] = {}
        self.seed_count = FIRST_NODE_ID
        self.cache: dict[Any, Any] = {}
        self._names: set[str] = set()
        self._serial = 0

    def add(self, node: Node, name: str | None = None) -> str:
        """Take in a node: give it a unique name and, if it has a random stream, the next node id."""
        base = name or node.type_name.rsplit(".", 1)[-1]
        unique, number = base, 0
        while unique in self._names:
            number += 1
            unique = f"{base}_{number:02d}"
        self._names.add(unique)
        if not self.nodes:
            self._author()
        self.nodes.append(node)
        if node.has_seed:
            node.node_id = self.seed_count  # type: ignore[attr-defined]
            self.seed_count += 1
        return unique

    def _author(self) -> None:
        """Put the graph's prim on the stage."""
        _author_graph_prim(current_stage())

    def schedule(self, node: Node) -> Node:
        """Put an action at the end of the chain of the innermost trigger, or of the impulse chain."""
        if self.exec_stack:
            self.exec_stack[-1].chain.append(node)
        else:
            self.impulse.append(node)
            self.pending.append(node)
        return node

    def unchain(self, node: Node, source: Node | None = None, only_impulse: bool = False) -> None:
        """Let a node run no more after `source` (or after anything), nor by itself.

        Args:
            node: what ran.
            source: what it ran after; None is anything.
            only_impulse: leave the chains of other nodes as they are.
        """
        chains = [self.impulse, self.pending] if source is None else []
        if not only_impulse:
            chains += [chain for other in self.nodes if source in (None, other) for chain in _chains(other)]
        for chain in chains:
            if node in chain:
                chain.remove(node)

    def run_requested(self, clock: Clock) -> None:
        """Run nodes that were asked to compute, each with what follows it."""
        for node in [node for node in self.nodes if getattr(node, "requested", False)]:
            self._run([node], clock)

    def settle(self, clock: Clock) -> None:
        """Let what follows other prims (projections) catch up, after all else of a frame has moved."""
        if self.followers:
            self._run(self.followers, clock)

    def _run(self, chain: list[Node], clock: Clock) -> None:
        self._serial += 1
        moment = Moment(current_stage(), clock, self._serial)
        for node in list(chain):
            try:
                node.run(moment)
            except Exception as error:
                if node.origin:
                    error.add_note(ORIGIN + node.origin)
                raise
        moment.edits.flush()


class Graph(Schedule):
    """What the orchestrator drives."""

    def __init__(self) -> None:
        super().__init__()
        self._fired: list[Trigger] = []

    def initialize(self) -> None:
        """Restart every random stream, sequence and trigger counter; random impulse actions become due again."""
        for node in self.nodes:
            node.reset()
        self._fired = []
        self.pending = [n for n in self.impulse if n in self.pending or _is_random(n)]

    def preview(self, clock: Clock) -> None:
        """Run due impulse actions, queued events, and every frame or time trigger once without counting it."""
        self.run_pending(clock)
        self._fired += [t for t in self.triggers if t.fires_in_preview]
        for trigger in self.triggers:
            if trigger.fires_in_preview:
                trigger.start(clock)
                self._run(trigger.chain, clock)
        self.settle(clock)

    def evaluate(self, clock: Clock) -> None:
        """Run due impulse actions and queued events, then every trigger whose time has come."""
        self.run_pending(clock)
        for trigger in self.triggers:
            if trigger.due(clock) and trigger.has_budget():
                self._fire(trigger, clock)

    def run_pending(self, clock: Clock, anew: bool = True) -> None:
        """Run impulse actions not yet run and the triggers of queued events.

        Args:
            clock: time of the frame.
            anew: forget which triggers fired before; False for frame 0, which shows what the preview fired.
        """
        if anew:
            self._fired = []
        pending, self.pending = self.pending, []
        if pending:
            self._run(pending, clock)
        events, self.events = self.events, []
        for event in events:
            for trigger in self.triggers:
                if trigger.awake and trigger.listens_to(event) and trigger.has_budget():
                    self._fire(trigger, clock)
        for trigger in self.triggers:
            trigger.awake = True

    def fire_event(self, name: str) -> None:
        """Queue a custom event for the next `evaluate` or `run_pending`."""
        self.events.append(str(name))
        get_eventdispatcher().dispatch_event(CUSTOM_EVENT + str(name), {})

    def fired(self, item: Any) -> bool:
        """Tell whether this trigger (item or node) fired in the last evaluation."""
        return getattr(item, "node", item) in self._fired

    @property
    def trigger_outputs(self) -> dict[str, int]:
        """Executions so far by trigger name."""
        return {t.name: t.executions for t in self.triggers}

    @property
    def finished(self) -> bool:
        """True when some trigger has max_execs and every such trigger has reached it."""
        limited = [t for t in self.triggers if t.max_execs > 0]
        return bool(limited) and all(t.executions >= t.max_execs for t in limited)

    @property
    def has_triggers(self) -> bool:
        """True when at least one trigger exists."""
        return bool(self.triggers)

    @property
    def rt_subframes(self) -> int:
        """Subframes the triggers of the last evaluation ask for (at least 1)."""
        return max((t.rt_subframes for t in self._fired), default=1)

    def _fire(self, trigger: Trigger, clock: Clock) -> None:
        trigger.fire(clock)
        self._fired.append(trigger)
        self._run(trigger.chain, clock)


def _chains(node: Node) -> list[list[Node]]:
    """Return what runs after a node."""
    flows = getattr(node, "flows", None)
    if flows is not None:
        return list(flows.values())
    return [node.chain] if hasattr(node, "chain") else []


def _is_random(node: Node) -> bool:
    return node.has_seed or any(_is_random(source) for source in node.upstream() if source is not node)


def _author_graph_prim(stage: Usd.Stage) -> None:
    if not stage.GetPrimAtPath("/Replicator"):
        UsdGeom.Scope.Define(stage, Sdf.Path("/Replicator"))
    if not stage.GetPrimAtPath(GRAPH_PATH):
        stage.DefinePrim(GRAPH_PATH, "OmniGraph")


_graphs: list[Graph] = []


def get_graph() -> Graph:
    """Return the process-wide graph; a new stage starts a new one."""
    if not _graphs:
        _graphs.append(Graph())
        get_context().on_stage_changed.append(reset_graph)
    return _graphs[0]


def reset_graph() -> None:
    """Start an empty graph, keeping nothing of the old one."""
    _graphs[:] = [Graph()]


__all__ = ["Clock", "Graph", "Moment", "ValueNode", "current_stage", "get_graph", "reset_graph"]
