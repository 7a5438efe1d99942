"""Nodes that say when others run: events and flow control.

Source: OmniGraph node library, omni.graph.action, omni.graph.ui_nodes, omni.graph.scriptnode.
"""

from __future__ import annotations

from typing import Any

from ...carb.eventdispatcher import get_eventdispatcher
from ...carb.logging import log_error, log_info, log_warn
from ...graph.graph import CUSTOM_EVENT, get_graph
from .built_in import EXECUTION, TIME, BuiltIn, declared, timeline_now
from .states import ExecutionAttributeState

ENABLED, DISABLED = ExecutionAttributeState.ENABLED, ExecutionAttributeState.DISABLED
LEVELS = {"info": log_info, "warning": log_warn, "error": log_error}
IN, OUT = {"execIn": EXECUTION}, {"execOut": EXECUTION}


def _tell_time(db: Any) -> dict[str, Any]:
    now = timeline_now()
    for name, value in now.items():
        setattr(db.outputs, name, value)
    return now


def _on_tick(db: Any) -> bool:
    playing = _tell_time(db)["isPlaying"]
    db.outputs.tick = ENABLED if playing or not db.inputs.onlyPlayback else DISABLED
    return True


def _on_playback_tick(db: Any) -> bool:
    db.outputs.tick = ENABLED if _tell_time(db)["isPlaying"] else DISABLED
    return True


def _on_impulse(db: Any) -> bool:
    allowed = timeline_now()["isPlaying"] or not db.inputs.onlyPlayback
    if db.node.inputs.get("enableImpulse") and allowed:
        db.node.inputs["enableImpulse"] = False
        db.outputs.execOut = ENABLED
    return True


def _on_custom_event(db: Any) -> bool:
    """Hear of an event from the first evaluation on, and go on once for all that came since the last."""
    name = str(db.inputs.eventName)
    if getattr(db.state, "name", None) != name:
        heard: list[Any] = []
        db.state.name, db.state.heard = name, heard
        db.state.holder = get_eventdispatcher().observe_event(event_name=CUSTOM_EVENT + name, on_event=heard.append)
    allowed = timeline_now()["isPlaying"] or not db.inputs.onlyPlayback
    if db.state.heard and allowed:
        db.outputs.execOut = ENABLED
    db.state.heard.clear()
    return True


def _branch(db: Any) -> bool:
    db.outputs.execTrue = ENABLED if db.inputs.condition else DISABLED
    db.outputs.execFalse = DISABLED if db.inputs.condition else ENABLED
    return True


def _sequence(db: Any) -> bool:
    db.outputs.a = db.outputs.b = ENABLED
    return True


def _flip_flop(db: Any) -> bool:
    is_a = not db.node.outputs.get("isA", False)
    db.outputs.isA = is_a
    db.outputs.a, db.outputs.b = (ENABLED, DISABLED) if is_a else (DISABLED, ENABLED)
    return True


def _counter(db: Any) -> bool:
    db.outputs.count = int(db.node.outputs.get("count") or 0) + 1
    db.outputs.execOut = ENABLED
    return True


def _once(db: Any) -> bool:
    before = bool(getattr(db.state, "done", False))
    db.state.done = True
    db.outputs.once, db.outputs.after = (DISABLED, ENABLED) if before else (ENABLED, DISABLED)
    return True


def _send_custom_event(db: Any) -> bool:
    get_graph().fire_event(str(db.inputs.eventName))
    db.outputs.execOut = ENABLED
    return True


def _print_text(db: Any) -> bool:
    """Log a text, at a level that the node names."""
    LEVELS.get(str(db.inputs.logLevel).lower(), log_info)(str(db.inputs.text))
    db.outputs.execOut = ENABLED
    return True


def _script(db: Any) -> bool:
    """Run the script of a script node: its `setup` once, its `compute` each time."""
    text = _script_text(db)
    if getattr(db.state, "text", None) != text:
        db.state.text, db.state.names = text, {"__name__": "script_node"}
        exec(compile(text, str(db.node.get_prim_path()), "exec"), db.state.names)
        if "setup" in db.state.names:
            db.state.names["setup"](db)
    compute = db.state.names.get("compute")
    done = compute(db) if compute is not None else None
    db.outputs.execOut = DISABLED if done is False else ENABLED
    return done is not False


def _script_text(db: Any) -> str:
    if not db.inputs.usePath:
        return str(db.inputs.script)
    with open(str(db.inputs.scriptPath), encoding="utf-8") as file:
        return file.read()


NODES = {
    "omni.graph.action.OnTick": BuiltIn(
        _on_tick, {"onlyPlayback": {"type": "bool", "default": True}}, {"tick": EXECUTION} | TIME
    ),
    "omni.graph.action.OnPlaybackTick": BuiltIn(_on_playback_tick, {}, {"tick": EXECUTION} | TIME),
    "omni.graph.action.OnImpulseEvent": BuiltIn(
        _on_impulse, {"onlyPlayback": {"type": "bool", "default": True}, "enableImpulse": {"type": "bool"}}, OUT
    ),
    "omni.graph.action.OnCustomEvent": BuiltIn(
        _on_custom_event, {"onlyPlayback": {"type": "bool", "default": True}, "eventName": {"type": "token"}}, OUT
    ),
    "omni.graph.action.Branch": BuiltIn(
        _branch, IN | declared(condition="bool"), {"execTrue": EXECUTION, "execFalse": EXECUTION}
    ),
    "omni.graph.action.Sequence": BuiltIn(_sequence, IN, {"a": EXECUTION, "b": EXECUTION}),
    "omni.graph.action.FlipFlop": BuiltIn(_flip_flop, IN, {"a": EXECUTION, "b": EXECUTION} | declared(isA="bool")),
    "omni.graph.action.Counter": BuiltIn(_counter, IN, OUT | declared(count="int")),
    "omni.graph.action.Once": BuiltIn(_once, IN, {"once": EXECUTION, "after": EXECUTION}),
    "omni.graph.action.SendCustomEvent": BuiltIn(_send_custom_event, IN | declared(eventName="token"), OUT),
    "omni.graph.ui_nodes.PrintText": BuiltIn(
        _print_text, IN | declared(text="string") | {"logLevel": {"type": "token", "default": "Info"}}, OUT
    ),
    "omni.graph.scriptnode.ScriptNode": BuiltIn(
        _script, IN | declared(script="string", usePath="bool", scriptPath="token"), OUT
    ),
}
