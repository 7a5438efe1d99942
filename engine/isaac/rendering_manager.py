"""isaacsim.core.rendering_manager: app frames, and the viewport that looks through a camera and is never drawn."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, ClassVar

from pxr import Gf, Usd, UsdGeom, UsdRender

from ..app import get_app
from ..carb.eventdispatcher import get_eventdispatcher
from ..carb.settings import get_settings
from ..kit.usd import StageRenderingEventType
from ..kit.viewport_utility import Viewport, ViewportWindow, get_active_viewport
from ..timeline import get_timeline_interface
from ..usd_context import get_context
from .arrays import to_host
from .core_utils import render_product as products
from .core_utils.stage import get_current_stage
from .core_utils.viewports import set_camera_view as _set_camera_view
from .experimental.prim import get_prim_at_path

PLAY_SIMULATIONS = "/app/player/playSimulations"
CENTRE = "omni:kit:centerOfInterest"


class RenderingEvent(enum.Enum):
    """What callbacks can wait for."""

    NEW_FRAME = "isaacsim.rendering.new_frame"


class RenderingManager:
    """App frames without physics, and their length."""

    _callbacks: ClassVar[dict[int, Any]] = {}
    _next: ClassVar[int] = 0

    @classmethod
    def render(cls) -> None:
        """Run one app frame without physics."""
        get_settings().set(PLAY_SIMULATIONS, False)
        get_app().update()
        get_settings().set(PLAY_SIMULATIONS, True)

    @classmethod
    async def render_async(cls) -> None:
        """Wait one app frame without physics."""
        get_settings().set(PLAY_SIMULATIONS, False)
        await get_app().next_update_async()
        get_settings().set(PLAY_SIMULATIONS, True)

    @classmethod
    def set_dt(cls, dt: float) -> None:
        """Set seconds of an app frame.

        Raises:
            ValueError: if it is not positive.
        """
        if dt <= 0:
            raise ValueError(f"Rendering dt must be positive, got {dt}")
        stage = get_current_stage()
        with Usd.EditContext(stage, stage.GetRootLayer()):
            stage.SetTimeCodesPerSecond(1.0 / dt)
        get_timeline_interface().set_time_codes_per_second(1.0 / dt)

    @classmethod
    def get_dt(cls) -> float:
        """Return seconds of an app frame."""
        return 1.0 / get_timeline_interface().get_time_codes_per_seconds()

    @classmethod
    def register_callback(cls, event: RenderingEvent, *, callback: Callable[[Any], None], order: int = 0) -> int:
        """Call `callback(event)` at every app frame and return a number to end it by.

        Raises:
            ValueError: if the event is unknown.
        """
        if not isinstance(event, RenderingEvent):
            raise ValueError(f"Invalid rendering event: {event}. Supported events are: {list(RenderingEvent)}")
        name = get_context().stage_rendering_event_name(StageRenderingEventType.NEW_FRAME, True)
        observer = get_eventdispatcher().observe_event(event_name=name, on_event=callback, order=order)
        uid, cls._next = cls._next, cls._next + 1
        cls._callbacks[uid] = observer
        return uid

    @classmethod
    def deregister_callback(cls, uid: int) -> None:
        """End a callback.

        Raises:
            ValueError: if there is none of this number.
        """
        if uid not in cls._callbacks:
            raise ValueError(f"Invalid callback unique identifier ({uid}); there are: {list(cls._callbacks)}")
        cls._callbacks.pop(uid).reset()

    @classmethod
    def deregister_all_callbacks(cls) -> None:
        """End every callback."""
        for uid in list(cls._callbacks):
            cls.deregister_callback(uid)


class ViewportManager:
    """Cameras and resolutions of render products and of the viewport; None means the viewport."""

    @classmethod
    def wait_for_viewport(
        cls, *, viewport: Any = None, max_frames: int = 60, sleep_time: float = 0.02
    ) -> tuple[bool, int]:
        """Return (ready, frames waited): the viewport is ready at once."""
        return (True, 0)

    @classmethod
    async def wait_for_viewport_async(
        cls, *, viewport: Any = None, max_frames: int = 60, sleep_time: float = 0.02
    ) -> tuple[bool, int]:
        """Return (ready, frames waited): the viewport is ready at once."""
        return (True, 0)

    @classmethod
    def set_camera(cls, camera: Any, *, render_product_or_viewport: Any = None) -> None:
        """Look through another camera.

        Raises:
            ValueError: if it is no camera.
        """
        path = str(_camera(camera).GetPath())
        product = cls.get_render_product(render_product_or_viewport)
        if product is not None:
            products.set_camera_prim_path(str(product.GetPath()), path)
        else:
            get_active_viewport().set_active_camera(path)

    @classmethod
    def get_camera(cls, render_product_or_viewport: Any = None) -> UsdGeom.Camera:
        """Return the camera looked through."""
        product = cls.get_render_product(render_product_or_viewport)
        path = products.get_camera_prim_path(str(product.GetPath())) if product is not None else None
        return UsdGeom.Camera(get_prim_at_path(path or str(get_active_viewport().camera_path)))

    @classmethod
    def get_viewport_api(cls, render_product_or_viewport: Any = None) -> Viewport | None:
        """Return the viewport; None for a render product."""
        return None if cls.get_render_product(render_product_or_viewport) is not None else get_active_viewport()

    @classmethod
    def get_render_product(cls, render_product_or_viewport: Any = None) -> UsdRender.Product | None:
        """Return the render product of a path, a prim or a schema object; None for the viewport, which has none."""
        if render_product_or_viewport is None or isinstance(render_product_or_viewport, Viewport):
            return None
        prim = get_prim_at_path(getattr(render_product_or_viewport, "path", render_product_or_viewport))
        return UsdRender.Product(prim) if prim and prim.IsA(UsdRender.Product) else None

    @classmethod
    def get_resolution(cls, render_product_or_viewport: Any = None) -> tuple[int, int]:
        """Return width and height, pixels."""
        product = cls.get_render_product(render_product_or_viewport)
        size = get_active_viewport().resolution
        if product is not None:
            size = tuple(products.get_resolution(str(product.GetPath())))
        return (int(size[0]), int(size[1]))

    @classmethod
    def set_resolution(cls, resolution: tuple[int, int], *, render_product_or_viewport: Any = None) -> None:
        """Set width and height, pixels."""
        product = cls.get_render_product(render_product_or_viewport)
        if product is not None:
            products.set_resolution(str(product.GetPath()), resolution)
        else:
            get_active_viewport().set_texture_resolution(resolution)

    @classmethod
    def create_viewport_window(
        cls,
        *,
        camera: Any = "/OmniverseKit_Persp",
        title: str | None = None,
        resolution: tuple[int, int] = (1280, 720),
        **accepted: Any,
    ) -> ViewportWindow:
        """Return a window with a viewport of its own, which is never drawn."""
        viewport = Viewport()
        viewport.set_active_camera(str(_camera(camera).GetPath()))
        viewport.set_texture_resolution(resolution)
        window = ViewportWindow(viewport)
        window.title = window.name = title or "Viewport"
        return window

    @classmethod
    def get_viewport_windows(cls, *, include: Any = None, exclude: Any = None) -> list[ViewportWindow]:
        """Return the windows: that of the one viewport."""
        return [ViewportWindow(get_active_viewport())]

    @classmethod
    def destroy_viewport_windows(cls, *, include: Any = None, exclude: Any = None) -> list[str]:
        """Accept: windows are never drawn."""
        return []

    @classmethod
    def set_camera_view(
        cls, camera: Any, *, eye: Any = None, target: Any = None, relative_tracking: bool = False
    ) -> None:
        """Put a camera at `eye` (3,) and turn it to `target` (3,), world frame; what is None stays.

        Raises:
            ValueError: if it is no camera.
        """
        prim = _camera(camera)
        centre = prim.GetAttribute(CENTRE)
        place = UsdGeom.Xformable(prim).ComputeLocalToWorldTransform(Usd.TimeCode.Default())
        here = place.ExtractTranslation()
        seen = here + place.TransformDir(Gf.Vec3d(0, 0, -1))
        if target is not None:
            seen = Gf.Vec3d(*to_host(target).tolist())
            if eye is None and relative_tracking and centre:
                here = here - Gf.Vec3d(centre.Get()) + seen
        elif centre and eye is not None:
            seen = Gf.Vec3d(centre.Get())
        if eye is not None:
            here = Gf.Vec3d(*to_host(eye).tolist())
        if eye is not None or target is not None:
            _set_camera_view(list(here), list(seen), str(prim.GetPath()))
        if target is not None and centre:
            centre.Set(seen)


def _camera(camera: Any) -> Usd.Prim:
    prim = get_prim_at_path(camera)
    if not prim or not prim.IsA(UsdGeom.Camera):
        raise ValueError(f"The camera ({camera}) is not a valid USD Camera prim")
    return prim
