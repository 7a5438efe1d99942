"""The graphs of the open stage: those that scripts build, and Replicator's.

A push graph computes all its nodes, those that give before those that take. An execution (action) graph begins at its
event nodes and follows execution attributes; nodes without these compute when they are asked. Both are evaluated in
every app frame, unless their pipeline stage is on demand.

Source: OmniGraph documentation, push and execution evaluators.
"""

from __future__ import annotations

from typing import Any

from pxr import Sdf

from ...carb.logging import log_error
from ...graph.graph import Clock, Moment, Schedule, current_stage, get_graph
from ...graph.node import GRAPH_PATH, Node, ValueNode
from .errors import OmniGraphError
from .states import GraphPipelineStage

EVALUATORS = ("push", "dirty_push", "execution")
SIMULATION, ON_DEMAND = (
    GraphPipelineStage.GRAPH_PIPELINE_STAGE_SIMULATION,
    GraphPipelineStage.GRAPH_PIPELINE_STAGE_ONDEMAND,
)


class Graph(Schedule):
    """A graph that a script builds.

    Attributes:
        path: prim of the graph.
        evaluator: "push", "dirty_push" or "execution".
        variables: values by name.
    """

    def __init__(self, path: str, evaluator: str = "push", stage: int = SIMULATION) -> None:
        super().__init__()
        self.path = path
        self.evaluator = evaluator or "push"
        self.variables: dict[str, Any] = {}
        self._stage = GraphPipelineStage(stage)
        self._naming: str | None = None
        self._is_disabled = False
        self._reported: set[str] = set()
        prim = current_stage().DefinePrim(path, "OmniGraph")
        prim.CreateAttribute("evaluator:type", Sdf.ValueTypeNames.Token).Set(self.evaluator)

    def _author(self) -> None:
        """Leave the stage as it is: the prim is there."""

    def add(self, node: Node, name: str | None = None) -> str:
        """Take in a node under the name that it was asked for with."""
        return super().add(node, self._naming or name)

    def create_node(self, name: str, type_name: str, use_usd: bool = True) -> Node:
        """Make a node.

        Raises:
            OmniGraphError: if the name is taken or no name of a prim, or there are no nodes of that type.
        """
        from .node_types import node_class

        short = name.removeprefix(f"{self.path}/")
        if not Sdf.Path.IsValidIdentifier(short):
            raise OmniGraphError(f"graph '{self.path}': node name {name!r} was given; expected the name of a prim")
        if self.get_node(short) is not None:
            raise OmniGraphError(f"graph '{self.path}': there is a node '{short}' already; expected a new name")
        kind = node_class(type_name)
        self._naming = short
        try:
            node = kind(self)  # type: ignore[arg-type]
        finally:
            self._naming = None
        prim = current_stage().DefinePrim(node.get_prim_path(), "OmniGraphNode")
        prim.CreateAttribute("node:type", Sdf.ValueTypeNames.Token).Set(type_name)
        return node

    def destroy_node(self, node: Node | str, update_usd: bool = True) -> bool:
        """Remove a node and its connections."""
        found = node if isinstance(node, Node) else self.get_node(str(node))
        if found is None or found not in self.nodes:
            return False
        self.unchain(found)
        for other in self.nodes:
            for key in [key for key in other.inputs if found in other.upstream()]:
                other.drop(key, found)
        self.nodes.remove(found)
        self._names.discard(found.name)
        current_stage().RemovePrim(found.get_prim_path())
        return True

    def get_node(self, path: str) -> Node | None:
        """Return a node by its name or path, None where there is none."""
        name = str(path).removeprefix(f"{self.path}/")
        return next((node for node in self.nodes if node.name == name), None)

    def get_nodes(self) -> list[Node]:
        """Return every node."""
        return list(self.nodes)

    def get_path_to_graph(self) -> str:
        """Return the path of the graph's prim."""
        return self.path

    def get_evaluator_name(self) -> str:
        """Return how the graph is evaluated."""
        return self.evaluator

    def get_pipeline_stage(self) -> GraphPipelineStage:
        """Return when the graph is evaluated."""
        return self._stage

    def change_pipeline_stage(self, stage: GraphPipelineStage) -> None:
        """Choose when the graph is evaluated."""
        self._stage = GraphPipelineStage(stage)

    def is_disabled(self) -> bool:
        """Tell whether the graph is off."""
        return self._is_disabled

    def set_disabled(self, disable: bool) -> None:
        """Turn the graph off or on."""
        self._is_disabled = bool(disable)

    def is_valid(self) -> bool:
        """Tell whether the graph is one of the open stage."""
        return _graphs.get(self.path) is self

    def evaluate(self) -> None:
        """Evaluate the graph now."""
        self._serial += 1
        moment = Moment(current_stage(), clock(), self._serial)
        if self.evaluator == "execution":
            for node in [node for node in self.nodes if _begins(node)]:
                self._guarded(node, node.run, moment)
        else:
            for node in self._ordered():
                self._guarded(node, getattr(node, "compute", node.run), moment)
        moment.edits.flush()

    def _guarded(self, node: Node, action: Any, moment: Moment) -> None:
        """Compute a node; an error is logged once and leaves the others to go on, as in Kit."""
        try:
            if isinstance(node, ValueNode):
                if all(node.inputs.get(key) is not None for key in node.needs):
                    node.draw(moment, 1)
            else:
                action(moment)
        except Exception as error:
            told = f"{node.get_prim_path()} ({node.type_name}): {type(error).__name__}: {error}"
            if told not in self._reported:
                self._reported.add(told)
                log_error(told)

    def _ordered(self) -> list[Node]:
        """Return the nodes, each after those that it takes from."""
        ordered: list[Node] = []
        seen: set[int] = set()

        def visit(node: Node) -> None:
            if id(node) in seen:
                return
            seen.add(id(node))
            for source in node.upstream():
                if source in self.nodes:
                    visit(source)
            ordered.append(node)

        for node in self.nodes:
            visit(node)
        return ordered


class ReplicatorGraph:
    """Replicator's own graph, by its path."""

    path = GRAPH_PATH

    @property
    def nodes(self) -> list[Node]:
        """Every node."""
        return get_graph().nodes

    def get_node(self, path: str) -> Node | None:
        """Return a node by its name or path, None where there is none."""
        name = str(path).removeprefix(f"{self.path}/")
        return next((node for node in self.nodes if node.name == name), None)

    def get_nodes(self) -> list[Node]:
        """Return every node."""
        return list(self.nodes)

    def get_path_to_graph(self) -> str:
        """Return the path of the graph's prim."""
        return self.path

    def get_pipeline_stage(self) -> GraphPipelineStage:
        """Return when the graph is evaluated: when the orchestrator steps."""
        return ON_DEMAND

    def is_valid(self) -> bool:
        """Tell whether Replicator has a graph: always."""
        return True

    def evaluate(self) -> None:
        """Run what is pending outside triggers, and nodes that were asked to compute with what follows them."""
        graph, now = get_graph(), clock()
        graph.run_pending(now, anew=False)
        graph.run_requested(now)


def _begins(node: Node) -> bool:
    """Tell whether an execution graph begins at a node."""
    return bool(getattr(node, "flows", None)) and (not getattr(node, "waits", True) or bool(node.requested))  # type: ignore[attr-defined]


def clock() -> Clock:
    """Return the time of the timeline."""
    from ...app import get_app
    from ...timeline import get_timeline_interface

    timeline = get_timeline_interface()
    return Clock(get_app().frame, timeline.get_current_time(), 1.0 / timeline.get_time_codes_per_seconds())


_graphs: dict[str, Graph] = {}
_follows: list[Any] = []


def make_graph(path: str, evaluator: str = "push", stage: int = SIMULATION) -> Graph:
    """Make a graph at a path.

    Raises:
        OmniGraphError: if the path is no absolute prim path or has a graph, or the evaluator is unknown.
    """
    if not Sdf.Path.IsValidPathString(path) or not Sdf.Path(path).IsAbsoluteRootOrPrimPath():
        raise OmniGraphError(f"Controller.create_graph: {path!r} was given; expected an absolute prim path")
    if path in _graphs:
        raise OmniGraphError(f"Controller.create_graph: there is a graph at '{path}' already; expected a new path")
    if evaluator and evaluator not in EVALUATORS:
        known = ", ".join(EVALUATORS)
        raise OmniGraphError(
            f"Controller.create_graph: evaluator_name={evaluator!r} was given; expected one of {known}"
        )
    if not _follows:
        _follow()
    _graphs[path] = Graph(path, evaluator, stage)
    return _graphs[path]


def _follow() -> None:
    """Evaluate graphs in every app frame from now on, and forget them with their stage."""
    from ...app import get_app
    from ...usd_context import get_context

    _follows.append(get_app().subscribe_update(_on_frame, late=True))
    get_context().on_stage_changed.append(_graphs.clear)


def _on_frame() -> None:
    for graph in list(_graphs.values()):
        if graph.get_pipeline_stage() != ON_DEMAND and not graph.is_disabled():
            graph.evaluate()


def get_all_graphs() -> list[Graph]:
    """Return the graphs that scripts have built on the open stage."""
    return list(_graphs.values())


def get_graph_by_path(path: str) -> Any:
    """Return the graph at a path, None where there is none."""
    return ReplicatorGraph() if str(path) == GRAPH_PATH else _graphs.get(str(path))


def get_node_by_path(path: str) -> Node | None:
    """Return the node at a path, None where there is none."""
    graph = get_graph_by_path(str(path).rpartition("/")[0])
    return graph.get_node(path) if graph is not None else None
