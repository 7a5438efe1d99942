"""omni.usd's context: the one open stage.

A new stage is Z-up with one metre a unit, as Isaac Sim makes it, and holds the viewport camera `/OmniverseKit_Persp`
in its session layer.
"""

from __future__ import annotations

import enum
from collections.abc import Callable

from pxr import Gf, Sdf, Tf, Usd, UsdGeom, UsdUtils

from .app import get_app
from .carb.eventdispatcher import get_eventdispatcher
from .carb.events import IEventStream
from .timeline import get_timeline_interface

PERSPECTIVE_CAMERA = "/OmniverseKit_Persp"


class StageEventType(enum.IntEnum):
    """What happened to the stage."""

    SAVED = 0
    SAVE_FAILED = 1
    OPENING = 2
    OPENED = 3
    OPEN_FAILED = 4
    CLOSING = 5
    CLOSED = 6
    SELECTION_CHANGED = 7
    ASSETS_LOADED = 8
    ASSETS_LOAD_ABORTED = 9
    GIZMO_TRACKING_CHANGED = 10
    MDL_PARAM_LOADED = 11
    SETTINGS_LOADED = 12
    SETTINGS_SAVING = 13
    OMNIGRAPH_START_PLAY = 14
    OMNIGRAPH_STOP_PLAY = 15
    SIMULATION_START_PLAY = 16
    SIMULATION_STOP_PLAY = 17
    ANIMATION_START_PLAY = 18
    ANIMATION_STOP_PLAY = 19
    DIRTY_STATE_CHANGED = 20
    ASSETS_LOADING = 21
    ACTIVE_LIGHT_COUNTS_CHANGED = 22
    HIERARCHY_CHANGED = 23


class _Files:
    """Opening, saving and closing."""

    def __init__(self) -> None:
        self._stage: Usd.Stage | None = None
        self.on_stage_changed: list[Callable[[], None]] = []
        self.up_axis = UsdGeom.Tokens.z
        self.meters_per_unit = 1.0
        self._events = IEventStream()

    def get_stage(self) -> Usd.Stage | None:
        """Return the open stage, or None."""
        return self._stage

    def new_stage(self) -> bool:
        """Replace the stage by an empty one."""
        stage = Usd.Stage.CreateInMemory()
        UsdGeom.SetStageUpAxis(stage, self.up_axis)
        UsdGeom.SetStageMetersPerUnit(stage, self.meters_per_unit)
        return self._adopt(stage)

    def open_stage(self, url: str) -> bool:
        """Open a USD file.

        Raises:
            FileNotFoundError: if USD cannot open `url`.
        """
        self._tell(StageEventType.OPENING)
        try:
            stage = Usd.Stage.Open(str(url))
        except Tf.ErrorException as error:
            self._tell(StageEventType.OPEN_FAILED)
            raise FileNotFoundError(f"cannot open stage '{url}': {error}; expected a readable USD file") from error
        return self._adopt(stage)

    def attach_stage_with_callback(self, stage_id: int, on_finish_fn: Callable[..., None] | None = None) -> bool:
        """Take over a stage of the USD stage cache by its id."""
        found = UsdUtils.StageCache.Get().Find(Usd.StageCache.Id.FromLongInt(stage_id))
        return self._adopt(found) if found else False

    def save_as_stage(self, url: str, on_finish_fn: Callable[..., None] | None = None) -> bool:
        """Write the root layer (references kept) to a file."""
        saved = bool(self._stage and self._stage.GetRootLayer().Export(str(url)))
        self._tell(StageEventType.SAVED if saved else StageEventType.SAVE_FAILED)
        return saved

    def save_stage(self, on_finish_fn: Callable[..., None] | None = None) -> bool:
        """Write every changed layer back to its file."""
        if self._stage is None or self._stage.GetRootLayer().anonymous:
            return False
        self._stage.Save()
        self._tell(StageEventType.SAVED)
        return True

    def close_stage(self, on_finish_fn: Callable[..., None] | None = None) -> bool:
        """Drop the stage; a new empty one takes its place, as in Kit."""
        return self.new_stage()

    def _tell(self, event: StageEventType) -> None:
        self._events.push(event)
        get_eventdispatcher().dispatch_event(f"omni.usd:stage_event:{event.name}", {})

    def _adopt(self, stage: Usd.Stage) -> bool:
        """Take a stage in the place of the open one, which is closed; the timeline of that one stops, as in Kit."""
        if not get_timeline_interface().is_stopped():
            get_timeline_interface().stop()
        if self._stage is not None:
            self._tell(StageEventType.CLOSING)
            self._tell(StageEventType.CLOSED)
        self._stage = stage
        with Usd.EditContext(stage, stage.GetSessionLayer()):
            camera = UsdGeom.Camera.Define(stage, Sdf.Path(PERSPECTIVE_CAMERA))
            if not camera.GetOrderedXformOps():
                _place_perspective(stage, camera)
        for callback in list(self.on_stage_changed):
            callback()
        self._tell(StageEventType.OPENED)
        self._tell(StageEventType.ASSETS_LOADED)
        return True


def _place_perspective(stage: Usd.Stage, camera: UsdGeom.Camera) -> None:
    """Put the viewport camera 5 m out along each axis, turned to the origin."""
    eye = Gf.Vec3d(5.0, 5.0, 5.0) / UsdGeom.GetStageMetersPerUnit(stage)
    up = Gf.Vec3d.YAxis() if UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.y else Gf.Vec3d.ZAxis()
    world = Gf.Matrix4d().SetLookAt(eye, Gf.Vec3d(0.0), up).GetInverse()
    camera.AddTranslateOp().Set(eye)
    camera.AddOrientOp(UsdGeom.XformOp.PrecisionDouble).Set(world.ExtractRotationQuat())


class _Async(_Files):
    """The awaited forms; each lasts one app frame."""

    async def new_stage_async(self) -> tuple[bool, str]:
        """Replace the stage by an empty one and return (success, error)."""
        made = self.new_stage()
        await get_app().next_update_async()
        return (made, "")

    async def open_stage_async(self, url: str) -> tuple[bool, str]:
        """Open a USD file and return (success, error)."""
        try:
            opened, error = self.open_stage(url), ""
        except FileNotFoundError as problem:
            opened, error = False, str(problem)
        await get_app().next_update_async()
        return (opened, error)

    async def close_stage_async(self) -> tuple[bool, str]:
        """Drop the stage and return (success, error)."""
        closed = self.close_stage()
        await get_app().next_update_async()
        return (closed, "")

    async def save_as_stage_async(self, url: str) -> tuple[bool, str, list[str]]:
        """Write the root layer to a file and return (success, error, layers written)."""
        saved = self.save_as_stage(url)
        await get_app().next_update_async()
        return (saved, "" if saved else f"cannot write '{url}'", [str(url)] if saved else [])

    async def next_stage_event_async(self) -> tuple[int, dict[str, str]]:
        """Wait one app frame; every stage is complete by then, so the event is `ASSETS_LOADED`."""
        await get_app().next_update_async()
        return (int(StageEventType.ASSETS_LOADED), {})

    def stage_event_name(self, event: StageEventType) -> str:
        """Return the name under which the event dispatcher sends a stage event."""
        return f"omni.usd:stage_event:{StageEventType(event).name}"

    def stage_rendering_event_name(self, event: enum.IntEnum, immediate: bool = False) -> str:
        """Return the name under which the event dispatcher sends a rendering event."""
        return f"omni.usd:rendering_event:{event.name}"


class UsdContext(_Async):
    """Owner of the stage. `on_stage_changed` callbacks run after a stage is opened, made or closed."""

    def get_stage_url(self) -> str:
        """Return the address of the root layer."""
        return self._stage.GetRootLayer().identifier if self._stage else ""

    def get_stage_id(self) -> int:
        """Return the id of the stage in the USD stage cache."""
        return int(UsdUtils.StageCache.Get().Insert(self._stage).ToLongInt()) if self._stage else -1

    def can_open_stage(self) -> bool:
        """Tell whether a stage may be opened: always."""
        return True

    def can_close_stage(self) -> bool:
        """Tell whether there is a stage to close."""
        return self._stage is not None

    def is_new_stage(self) -> bool:
        """Tell whether the stage has never been saved."""
        return self._stage is None or self._stage.GetRootLayer().anonymous

    def get_stage_loading_status(self) -> tuple[str, int, int]:
        """Return (message, files loaded, files still loading); USD loads before it returns, so none are left."""
        return ("", 0, 0)

    def get_stage_event_stream(self) -> IEventStream:
        """Return the stream of `StageEventType` events."""
        return self._events

    def get_selection(self) -> Selection:
        """Return the selected prim paths."""
        return _selection


class Selection:
    """The selected prim paths."""

    def __init__(self) -> None:
        self._paths: list[str] = []

    def get_selected_prim_paths(self) -> list[str]:
        """Return the selected paths."""
        return list(self._paths)

    def set_selected_prim_paths(self, paths: list[str], expand: bool = True) -> None:
        """Select paths."""
        self._paths = [str(path) for path in paths]

    def clear_selected_prim_paths(self) -> None:
        """Select nothing."""
        self._paths = []


_selection = Selection()
_context = UsdContext()


def get_context(name: str = "") -> UsdContext:
    """Return the process-wide context (Kit's named contexts are not modelled)."""
    return _context
