"""omni.kit.viewport.utility: a viewport that looks through the perspective camera and is never drawn."""

from __future__ import annotations

from typing import Any

from pxr import Sdf, Usd

from ..app import get_app
from ..usd_context import PERSPECTIVE_CAMERA, get_context
from .viewport_capture import capture_viewport_to_buffer, capture_viewport_to_file

__all__ = [
    "Viewport",
    "ViewportWindow",
    "capture_viewport_to_buffer",
    "capture_viewport_to_file",
    "create_drop_helper",
    "create_viewport_window",
    "frame_viewport_selection",
    "get_active_viewport",
    "get_active_viewport_camera_path",
    "get_active_viewport_camera_string",
    "get_active_viewport_window",
    "get_viewport_from_window_name",
    "next_viewport_frame_async",
]


class Viewport:
    """The one viewport: a camera path and a resolution."""

    def __init__(self) -> None:
        self.camera_path = Sdf.Path(PERSPECTIVE_CAMERA)
        self.resolution = (1280, 720)
        self.updates_enabled = True
        self.fill_frame = False
        self.id = 0
        self.frame_info: dict[str, Any] = {"viewport_handle": 0}
        self.usd_context_name = ""

    @property
    def stage(self) -> Usd.Stage | None:
        """The open stage."""
        return get_context().get_stage()

    @property
    def usd_context(self) -> Any:
        """The owner of the stage."""
        return get_context()

    def set_active_camera(self, path: str) -> None:
        """Look through another camera."""
        self.camera_path = Sdf.Path(str(path))

    def get_active_camera(self) -> Sdf.Path:
        """Return the camera looked through."""
        return self.camera_path

    def set_texture_resolution(self, resolution: tuple[int, int]) -> None:
        """Set width and height, pixels."""
        self.resolution = (int(resolution[0]), int(resolution[1]))

    def get_texture_resolution(self) -> tuple[int, int]:
        """Return width and height, pixels."""
        return self.resolution

    def get_render_product_path(self) -> str:
        """Return the render product of the viewport: the engine draws none."""
        return ""


class ViewportWindow:
    """The window of the viewport."""

    def __init__(self, viewport: Viewport) -> None:
        self.viewport_api = viewport
        self.title = self.name = "Viewport"
        self.visible = False


_viewport = Viewport()


def get_active_viewport(usd_context_name: str = "") -> Viewport:
    """Return the one viewport."""
    return _viewport


def get_active_viewport_window(window_name: str = "Viewport", wait_frames: int = 1) -> ViewportWindow:
    """Return the window of the one viewport."""
    return ViewportWindow(_viewport)


def get_viewport_from_window_name(window_name: str = "Viewport") -> Viewport:
    """Return the one viewport."""
    return _viewport


def get_active_viewport_camera_path(usd_context_name: str = "") -> Sdf.Path:
    """Return the camera the viewport looks through."""
    return _viewport.camera_path


def get_active_viewport_camera_string(usd_context_name: str = "") -> str:
    """Return the path of the camera the viewport looks through."""
    return str(_viewport.camera_path)


def create_viewport_window(
    name: str | None = None,
    usd_context_name: str = "",
    width: int = 1280,
    height: int = 720,
    position_x: int = 0,
    position_y: int = 0,
    camera_path: Any = None,
    **accepted: Any,
) -> ViewportWindow:
    """Return a window with a viewport of its own, which is drawn only when it is captured."""
    viewport = Viewport()
    viewport.set_texture_resolution((width, height))
    if camera_path is not None:
        viewport.set_active_camera(str(camera_path))
    window = ViewportWindow(viewport)
    window.title = window.name = name or "Viewport"
    return window


def frame_viewport_selection(viewport_api: Viewport | None = None, force_legacy_api: bool = False) -> bool:
    """Accept: nothing is shown to be framed."""
    return False


async def next_viewport_frame_async(viewport: Viewport | None = None, n_frames: int = 0) -> None:
    """Wait for app frames; the viewport itself draws none."""
    for _ in range(max(1, n_frames)):
        await get_app().next_update_async()


def create_drop_helper(*args: Any, **kwargs: Any) -> None:
    """Accept a drop handler; nothing is ever dropped."""
