"""Tell from its source whether a script needs a robot, a LiDAR, a window or remote assets: the rules, and nothing else.

Source: the corpus of Replicator's public scripts is split by what they import and name, docstrings and comments aside.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

REPLICATOR = re.compile(
    r"^omni\.replicator(\.core|$)|^isaacsim\.replicator\.(behavior|domain_|examples|experimental\.domain_|synthetic_|writers)",
    re.M,
)
LEFT_OUT = {
    "robot": re.compile(
        r"^(isaacsim|omni\.isaac)\.(robot|ros[12_]|manipulators|wheeled_robots|franka|universal_robots|quadruped|motion_"
        r"|cortex|surface_gripper|asset\.importer|dofbot|cobotta|examples)|mobility_gen|cumotion|teleop|cosmos_policy"
        r"|^(Single)?Articulation(View|Action)?$|^robots?$|ros2|isaacsim\.hsb|isaacsim\.ucx|grasping|nova_carter"
        r"|isaacsim\.replicator\.agent",
        re.M,
    ),
    "lidar": re.compile(
        r"li.?dar|radar|acoustic|^(isaacsim|omni\.isaac)\.(range_sensor|sensors\.rtx)|rtx_sensor|GenericModelOutput"
        r"|structured_light|StructuredLight|nonvisual",
        re.I | re.M,
    ),
    "window": re.compile(
        r"^omni\.ui(\.|$)|^omni\.kit\.(ui_test|window|widget|menu)|^isaacsim\.gui|\.ui(_|\.|$)|streaming\.rtsp|nurec",
        re.M,
    ),
}
REMOTE = re.compile(
    r"get_assets_root_path|get_assets_root_path_async|get_server_path|find_nucleus_server|^omniverse://|https?://\S+\.usd"
    r"|^/?Isaac/|^/?NVIDIA/|/Isaac/|/NVIDIA/|ISAAC_NUCLEUS|omni\.simready|SHAPENET|shapenet|infinigen",
    re.M,
)


@dataclass(frozen=True)
class Verdict:
    """What a piece of source needs.

    Args:
        replicator: it imports `omni.replicator.core`.
        left_out: "robot", "lidar", "window" or "" where none is needed.
        remote: it asks for assets of a server.
    """

    replicator: bool
    left_out: str
    remote: bool


def judge(tree: ast.AST) -> Verdict:
    """Return what a syntax tree needs."""
    found = "\n".join(words(tree))
    left_out = next((kind for kind, rule in LEFT_OUT.items() if rule.search(found)), "")
    return Verdict(bool(REPLICATOR.search(found)), left_out, bool(REMOTE.search(found)))


def words(tree: ast.AST) -> Iterable[str]:
    """Yield the modules, names and strings of a tree, docstrings left out."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


def reachable(tree: ast.Module, roots: Iterable[ast.AST]) -> ast.Module:
    """Return a module of what some nodes use of their own module: functions, methods, classes, constants, imports."""
    defined = _definitions(tree)
    todo: list[ast.AST] = list(roots)
    found: list[ast.AST] = []
    while todo:
        node = todo.pop()
        if any(node is known for known in found):
            continue
        found.append(node)
        for used in ast.walk(node):
            name = used.id if isinstance(used, ast.Name) else used.attr if isinstance(used, ast.Attribute) else ""
            todo += defined.get(name, [])
    return ast.Module(body=found, type_ignores=[])  # type: ignore[arg-type]


def _definitions(tree: ast.Module) -> dict[str, list[ast.AST]]:
    """Return name to the nodes that define it, in the module and directly in its classes."""
    result: dict[str, list[ast.AST]] = {}
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    for node in (node for body in bodies for node in body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [node.name]
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [(alias.asname or alias.name).partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        else:
            names = []
        for name in names:
            result.setdefault(name, []).append(node)
    return result
