"""omni.kit.scripting and omni.behavior.scripting.core: Python classes attached to prims, called as the timeline plays.

A prim names its files in the asset array `omni:scripting:scripts`. Every class of such a file that derives from
`BehaviorScript` is made once for the prim.
"""

from __future__ import annotations

import importlib.util
import itertools
import sys
from collections.abc import Callable, Sequence
from typing import Any

from pxr import Sdf, Tf, Usd

from ..app import get_app
from ..carb.eventdispatcher import get_eventdispatcher
from ..carb.settings import get_settings
from ..timeline import Timeline, get_timeline_interface
from ..usd_context import Selection, UsdContext, get_context

__all__ = ["BehaviorScript", "ScriptManager"]

SCHEMA = "OmniScriptingAPI"
SCRIPTS = "omni:scripting:scripts"
_numbers = itertools.count()


class BehaviorScript:
    """Base class of what is attached to a prim; the methods are called as their names say."""

    def __init__(self, prim_path: Sdf.Path) -> None:
        self._prim_path = Sdf.Path(str(prim_path))

    def on_init(self) -> None:
        """Be called when the script is attached; overridden."""

    def on_destroy(self) -> None:
        """Be called when the script is detached; overridden."""

    def on_play(self) -> None:
        """Be called when the timeline starts; overridden."""

    def on_pause(self) -> None:
        """Be called when the timeline is held; overridden."""

    def on_stop(self) -> None:
        """Be called when the timeline stops; overridden."""

    def on_update(self, current_time: float, delta_time: float) -> None:
        """Be called every app frame while the timeline plays, times in seconds; overridden."""

    prim_path = property(lambda self: self._prim_path, doc="Path of the prim.")
    prim = property(lambda self: self.stage.GetPrimAtPath(self.prim_path), doc="The prim.")
    stage = property(lambda self: get_context().get_stage(), doc="The open stage.")
    app = property(lambda self: get_app(), doc="The application.")
    settings = property(lambda self: get_settings(), doc="The carb settings.")
    message_bus_event_stream = property(lambda self: get_eventdispatcher(), doc="The event dispatcher.")

    @property
    def usd_context(self) -> UsdContext:
        """The owner of the stage."""
        return get_context()

    @property
    def selection(self) -> Selection:
        """The selected prim paths."""
        return get_context().get_selection()

    @property
    def timeline(self) -> Timeline:
        """The timeline."""
        return get_timeline_interface()


class ScriptManager:
    """Makes and ends the scripts of the open stage, and calls them."""

    _instance: ScriptManager | None = None

    def __init__(self) -> None:
        self._scripts: dict[tuple[str, str], list[BehaviorScript]] = {}
        self._stage: Usd.Stage | None = None
        self._listener: Any = None
        self._dirty = True
        self._time = 0.0
        self._ticks = get_app().stream("update").create_subscription_to_pop(lambda event: self._update())
        get_timeline_interface().on_changed.append(self._state_changed)

    @classmethod
    def get_instance(cls) -> ScriptManager:
        """Return the process-wide manager, made at first use."""
        if cls._instance is None:
            cls._instance = cls()
        return cls._instance

    def _update(self) -> None:
        """Attach and detach what the stage says, then call `on_update` if the timeline has moved."""
        stage = get_context().get_stage()
        if stage is not self._stage:
            self._end(list(self._scripts))
            self._stage, self._dirty = stage, True
            self._listener = Tf.Notice.Register(Usd.Notice.ObjectsChanged, self._changed, stage) if stage else None
        if self._dirty and stage:
            self._dirty = False
            self._follow(stage)
        timeline = get_timeline_interface()
        now, before = timeline.get_current_time(), self._time
        self._time = now
        if timeline.is_playing():
            for script in self._all():
                script.on_update(now, now - before)

    def _changed(self, notice: Any, sender: Any) -> None:
        paths = [*notice.GetResyncedPaths(), *notice.GetChangedInfoOnlyPaths()]
        self._dirty |= any(path.IsPrimPath() or path.name == SCRIPTS for path in paths)

    def _follow(self, stage: Usd.Stage) -> None:
        """Make the scripts that the stage names and end those that it does not name any more."""
        wanted = [
            (str(prim.GetPath()), asset.resolvedPath or asset.path)
            for prim in stage.Traverse()
            if prim.HasAttribute(SCRIPTS)
            for asset in prim.GetAttribute(SCRIPTS).Get() or ()
        ]
        self._end([key for key in self._scripts if key not in wanted])
        for key in wanted:
            if key not in self._scripts:
                self._scripts[key] = [kind(Sdf.Path(key[0])) for kind in script_classes(key[1])]
                for script in self._scripts[key]:
                    script.on_init()

    def _end(self, keys: Sequence[tuple[str, str]]) -> None:
        for key in keys:
            for script in self._scripts.pop(key):
                script.on_destroy()

    def _state_changed(self, state: str) -> None:
        for script in self._all():
            {"playing": script.on_play, "paused": script.on_pause, "stopped": script.on_stop}[state]()
        self._time = get_timeline_interface().get_current_time()

    def _all(self) -> list[BehaviorScript]:
        return [script for scripts in self._scripts.values() for script in scripts]


def script_classes(path: str) -> list[type[BehaviorScript]]:
    """Load a file and return the classes that it defines from `BehaviorScript`.

    Raises:
        FileNotFoundError: if there is no such file.
    """
    spec = importlib.util.spec_from_file_location(f"behavior_script_{next(_numbers)}", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"{SCRIPTS}: '{path}' is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    kinds = [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == spec.name]
    return [kind for kind in kinds if issubclass(kind, BehaviorScript)]


def apply_scripting_api(paths: Sequence[Any] = (), **accepted: Any) -> None:
    """Let prims carry scripts: the schema and an array of files that has no value yet."""
    ScriptManager.get_instance()
    for prim in _prims(paths):
        prim.AddAppliedSchema(SCHEMA)
        if not prim.HasAttribute(SCRIPTS):
            prim.CreateAttribute(SCRIPTS, Sdf.ValueTypeNames.AssetArray, custom=False)


def remove_scripting_api(paths: Sequence[Any] = (), **accepted: Any) -> None:
    """Take scripts and schema from prims."""
    for prim in _prims(paths):
        prim.RemoveAppliedSchema(SCHEMA)
        prim.RemoveProperty(SCRIPTS)


def _prims(paths: Sequence[Any]) -> list[Usd.Prim]:
    stage = get_context().get_stage()
    return [stage.GetPrimAtPath(Sdf.Path(str(path))) for path in paths] if stage else []


def lock_specs(spec_paths: Sequence[Any] = (), hierarchy: bool = False) -> None:
    """Accept: nothing is edited by hand here, so nothing need be locked."""


COMMANDS: dict[str, Callable[..., None]] = {
    "ApplyScriptingAPI": apply_scripting_api,
    "LockSpecs": lock_specs,
    "RemoveScriptingAPI": remove_scripting_api,
    "UnlockSpecs": lock_specs,
}
