"""One frame: stage -> snapshot -> buffers -> annotators. Who is attached, and what they were given last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.annotate.output import AnnotatorOutput
from engine.app import get_app
from engine.graph.graph import current_stage
from engine.process import give_back
from engine.render.buffers import COLOR_AOVS, Aov, FrameBuffers, RenderSettings
from engine.replicator import mosaic, viewport_manager
from engine.replicator.motion_blur import shared_out, shutter
from engine.replicator.render_settings import frame_override, pixel_seed, render_settings
from engine.stage.scene import Camera, SceneSnapshot
from engine.timeline import get_timeline_interface
from engine.usd_context import get_context

if TYPE_CHECKING:
    from engine.replicator.annotator import Annotator

Moments = dict[str, list[np.ndarray]]
TRIM_FRAMES = 100  # after how many frames free memory is given back


@dataclass(frozen=True)
class Frame:
    """Which frame is captured.

    Attributes:
        number: frames captured since the run was initialized.
        time: timeline time, seconds.
        rt_subframes: how often the same state is rendered.
    """

    number: int = 0
    time: float = 0.0
    rt_subframes: int = 1


@dataclass(frozen=True, eq=False)
class View:
    """What an annotator may read: one render product at one frame.

    Attributes:
        tiles: the views of a tiled product, row by row, whose buffers together are `buffers`; `camera` is the first's.
    """

    frame: Frame
    product: viewport_manager.HydraTexture
    scene: SceneSnapshot
    camera: Camera
    buffers: FrameBuffers
    tiles: tuple[View, ...] = ()


@dataclass(frozen=True)
class Moment:
    """When something was seen.

    Attributes:
        app_frame: of the application.
        edits: how often the stage had changed.
        time: on the timeline, seconds.
    """

    app_frame: int
    edits: int
    time: float

    @property
    def is_past(self) -> bool:
        """Whether the application has shown a later frame in which something can look different.

        Isaac Sim computes an attached annotator in every rendered frame, so that `get_data` after an app update
        answers with what is there now, with or without a step of the orchestrator. Source: isaac-sim/IsaacSim v5.1.0,
        testing/isaacsim.simulation_app/test_frame_delay.py (`world.step`, then data of the new pose).
        """
        present = moment()
        return present.app_frame > self.app_frame and (present.edits, present.time) != (self.edits, self.time)


def moment() -> Moment:
    """Return the present moment."""
    return Moment(get_app().frame, _reader().edits, get_timeline_interface().get_current_time())


@dataclass(frozen=True, eq=False)
class _Sight:
    """What a render product shows in a frame: enough to render it at once or when somebody asks.

    Attributes:
        cameras: of a tiled product all, row by row, each with the name of its pixel stream.
        earlier: radiance of earlier moments that the shutter was open for, by pixel stream.
        moment: when it was looked at.
    """

    frame: Frame
    product: viewport_manager.HydraTexture
    resolution: tuple[int, int]
    scene: SceneSnapshot
    cameras: tuple[tuple[Camera, str], ...]
    settings: RenderSettings
    global_seed: int
    earlier: Moments = field(default_factory=dict)
    moment: Moment = field(default_factory=lambda: moment())


@dataclass
class _State:
    attached: dict[str, list[Annotator]] = field(default_factory=dict)
    readers: dict[int, Any] = field(default_factory=dict)
    outputs: dict[Any, AnnotatorOutput] = field(default_factory=dict)
    frame: Frame = field(default_factory=Frame)
    put_off: dict[str, tuple[_Sight, list[Annotator]]] = field(default_factory=dict)
    exposed: dict[str, Moments] = field(default_factory=dict)  # by product


_state = _State()


def attach(annotator: Annotator, path: str) -> None:
    """Let an annotator be computed for a render product on every capture."""
    _watch()
    _state.attached.setdefault(path, []).append(annotator)


def detach(annotator: Annotator, path: str) -> None:
    """Stop computing an annotator."""
    listed = _state.attached.get(path, [])
    if annotator in listed:
        listed.remove(annotator)


def anything_attached() -> bool:
    """Tell whether a capture would compute anything."""
    return any(_state.attached.values())


def last_frame() -> Frame:
    """Return the frame captured last."""
    return _state.frame


def forget_outputs() -> None:
    """Drop what annotators shared in the last capture, and what was put off."""
    _state.outputs.clear()
    _state.put_off.clear()


def capture_frame(
    frame: Frame, global_seed: int, idle: Iterable[Annotator] = (), read: Iterable[Annotator] | None = None
) -> None:
    """Compute every attached annotator of every switched-on render product.

    Args:
        frame: which frame this is.
        global_seed: root of the pixel streams.
        idle: annotators that nobody reads in this frame: they are left out, and so is what only they would need.
        read: annotators that are read in this frame for certain; the others are computed if a script asks for them
            before the next frame. None computes all.
    """
    left_out = {id(annotator) for annotator in idle}
    forget_outputs()
    _state.frame = frame
    wanted = [(_product(path), listed) for path, listed in _state.attached.items() if listed]
    wanted = [(product, listed) for product, listed in wanted if product.enabled]
    if not wanted:
        return
    scene = _reader().snapshot(frame.time)
    settings = render_settings(frame.rt_subframes)
    for product, attached in wanted:
        listed = [annotator for annotator in attached if id(annotator) not in left_out]
        if listed:
            sight = _look(frame, product, scene, settings, global_seed)
            _compute_all(sight, listed if read is None else _put_off(sight, listed, read))
    _state.exposed.clear()
    _reader().mark_captured()
    if frame.number % TRIM_FRAMES == TRIM_FRAMES - 1:
        give_back()


def expose(frame: Frame, global_seed: int) -> None:
    """Gather the colour of this moment, one of those that the shutter is open for, for the capture that follows.

    Args:
        frame: which frame is exposed, and the time of the moment.
        global_seed: root of the pixel streams.
    """
    coloured = [
        _product(path)
        for path, listed in _state.attached.items()
        if any(one.source.aovs & COLOR_AOVS for one in listed) and _product(path).enabled
    ]
    if not coloured:
        return
    scene = _reader().snapshot(frame.time)
    settings = shared_out(render_settings(frame.rt_subframes), shutter().moments)
    for product in coloured:
        gathered = _state.exposed.setdefault(product.path, {})
        for camera, stream in _look(frame, product, scene, settings, global_seed).cameras:
            moments = gathered.setdefault(stream, [])
            seed = pixel_seed(global_seed, _number(frame), f"{stream}#{len(moments)}")
            buffers = _renderer().render(scene, camera, frozenset({Aov.RADIANCE}), seed, settings)
            moments.append(buffers[Aov.RADIANCE])


def compute_now(annotator: Annotator, path: str, time: float, global_seed: int) -> None:
    """Compute one annotator outside a capture: what was put off, or else the present state of the stage."""
    sight, waiting = _state.put_off.get(path, (None, []))
    if sight is not None and annotator in waiting and not sight.moment.is_past:
        del _state.put_off[path]
        _compute_all(sight, waiting)
        return
    frame = Frame(_state.frame.number, time)
    now = _look(frame, _product(path), _reader().snapshot(time), render_settings(), global_seed)
    output = mosaic.compute(annotator.source, _render(now, [annotator]), annotator.params)
    annotator.receive(output, frame.number, moment=now.moment)


def _put_off(sight: _Sight, annotators: list[Annotator], read: Iterable[Annotator]) -> list[Annotator]:
    """Leave annotators for later that need a picture and that nobody reads now, and return those to compute now."""
    certain = {id(annotator) for annotator in read}
    later = [one for one in annotators if id(one) not in certain and one.may_wait]
    now = [one for one in annotators if one not in later]
    if any(one.source.aovs for one in now):  # the picture is rendered all the same
        return annotators
    for one in later:
        one.forget()
    _state.put_off[sight.product.path] = (sight, later)
    return now


def _compute_all(sight: _Sight, annotators: list[Annotator]) -> None:
    if not annotators:
        return
    view = _render(sight, annotators)
    for annotator in annotators:
        annotator.receive(*_compute(annotator, view), sight.frame.rt_subframes, sight.product.path, sight.moment)


def view_from(path: str, width: int, height: int, time: float) -> Camera:
    """Return another camera of the stage, as annotators that compare two views need it."""
    camera: Camera = _reader().camera(path, width, height, time)
    return camera


def seen_from(scene: SceneSnapshot, camera: Camera, points: np.ndarray) -> np.ndarray:
    """Tell which surface points, (n, 3) world metres, nothing hides from a camera: bool (n,)."""
    seen: np.ndarray = _renderer().sees(scene, camera.world_from_camera[:3, 3], points)
    return seen


def _look(
    frame: Frame,
    product: viewport_manager.HydraTexture,
    scene: SceneSnapshot,
    settings: RenderSettings,
    global_seed: int,
) -> _Sight:
    """Read the cameras of a render product as they are now."""
    width, height = product.tile or product.resolution
    streams = (
        {product.name: product.camera_path}
        if product.tile is None
        else {f"{product.name}/{index}": path for index, path in enumerate(product.camera_paths)}
    )
    cameras = tuple((_reader().camera(path, width, height, frame.time), name) for name, path in streams.items())
    earlier = dict(_state.exposed.get(product.path, {}))
    return _Sight(frame, product, product.resolution, scene, cameras, settings, global_seed, earlier)


def _render(sight: _Sight, annotators: list[Annotator]) -> View:
    aovs: frozenset[Aov] = frozenset().union(*(annotator.source.aovs for annotator in annotators))

    def view(camera: Camera, stream: str) -> View:
        if not aovs:
            nothing = FrameBuffers(camera.width, camera.height)
            return View(sight.frame, sight.product, sight.scene, camera, nothing)
        seed = pixel_seed(sight.global_seed, _number(sight.frame), stream)
        earlier = sight.earlier.get(stream, []) if aovs & COLOR_AOVS else []
        settings = shared_out(sight.settings, 1 + len(earlier))
        wanted = aovs | {Aov.RADIANCE} if earlier else aovs
        buffers = _renderer().render(sight.scene, camera, wanted, seed, settings)
        buffers = _renderer().exposed(buffers, earlier, settings) if earlier else buffers
        return View(sight.frame, sight.product, sight.scene, camera, buffers)

    tiles = tuple(view(camera, stream) for camera, stream in sight.cameras)
    if sight.product.tile is None:
        return tiles[0]
    whole = mosaic.compose([tile.buffers for tile in tiles], sight.resolution)
    return View(sight.frame, sight.product, sight.scene, tiles[0].camera, whole, tiles)


def _number(frame: Frame) -> int:
    """Return the number that the pixel streams of a frame use."""
    override = frame_override()
    return frame.number if override is None else override


def _compute(annotator: Annotator, view: View) -> tuple[AnnotatorOutput, int]:
    """Return the output of an annotator; equal annotators of one product share one computation."""
    key = (view.product.path, annotator.source.name, repr(sorted(annotator.params.items())))
    if key in _state.outputs:
        found = _state.outputs[key]
        copy = AnnotatorOutput(None if found.data is None else found.data.copy(), dict(found.info))
        return copy, view.frame.number
    _state.outputs[key] = mosaic.compute(annotator.source, view, annotator.params)
    return _state.outputs[key], view.frame.number


def _product(path: str) -> viewport_manager.HydraTexture:
    return viewport_manager.get_render_product(path)


def _reader() -> Any:
    from engine.stage.reader import StageReader

    stage = current_stage()
    if id(stage) not in _state.readers:
        _state.readers.clear()
        _state.readers[id(stage)] = StageReader(stage)
    return _state.readers[id(stage)]


@lru_cache(maxsize=1)
def _renderer() -> Any:
    from engine.render.frame import FrameRenderer

    return FrameRenderer()


def _drop(path: str) -> None:
    for annotator in list(_state.attached.pop(path, [])):
        annotator.detach(path)


def _drop_stage() -> None:
    for path in list(_state.attached):
        _drop(path)
    _state.readers.clear()
    forget_outputs()


def _watch() -> None:
    if _drop not in viewport_manager.on_destroyed:
        viewport_manager.on_destroyed.append(_drop)
        get_context().on_stage_changed.append(_drop_stage)
