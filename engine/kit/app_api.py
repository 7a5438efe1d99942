"""omni.kit.app: the application and the names of its events."""

from __future__ import annotations

from typing import Any

from ..app import (
    GLOBAL_EVENT_LOG,
    GLOBAL_EVENT_POST_QUIT,
    GLOBAL_EVENT_POST_UPDATE,
    GLOBAL_EVENT_PRE_SHUTDOWN,
    GLOBAL_EVENT_PRE_UPDATE,
    GLOBAL_EVENT_UPDATE,
    App,
    get_app,
)

IApp = App
get_app_interface = get_app

__all__ = [
    "GLOBAL_EVENT_LOG",
    "GLOBAL_EVENT_POST_QUIT",
    "GLOBAL_EVENT_POST_UPDATE",
    "GLOBAL_EVENT_PRE_SHUTDOWN",
    "GLOBAL_EVENT_PRE_UPDATE",
    "GLOBAL_EVENT_UPDATE",
    "IApp",
    "crash",
    "get_app",
    "get_app_interface",
    "send_telemetry_event",
]


def send_telemetry_event(event_type: str, **values: Any) -> None:
    """Accept a telemetry event; the engine sends none."""


def crash() -> None:
    """Refuse to crash on purpose.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError("omni.kit.app.crash() is not offered by the embedded engine; raise an exception instead")
