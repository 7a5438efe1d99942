"""What Kit's application says about itself, mixed into `engine.app.App`."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..carb.events import IEventStream
    from .extension_manager import ExtensionManager

ISAAC_SIM_VERSION = "6.0.1"
KIT_VERSION = "110.0.0"


class _Streams:
    """The event streams of Events 1.0."""

    def stream(self, name: str) -> IEventStream:
        """Return one stream by its short name.

        Raises:
            KeyError: if there is no such stream.
        """
        raise KeyError(f"no event stream '{name}': the application of the engine keeps them")

    def get_update_event_stream(self) -> IEventStream:
        """Return the stream of app frames."""
        return self.stream("update")

    def get_pre_update_event_stream(self) -> IEventStream:
        """Return the stream of app frames, before subscribers run."""
        return self.stream("pre_update")

    def get_post_update_event_stream(self) -> IEventStream:
        """Return the stream of app frames, after subscribers have run."""
        return self.stream("post_update")

    def get_shutdown_event_stream(self) -> IEventStream:
        """Return the stream of the shutdown event."""
        return self.stream("shutdown")

    def get_log_event_stream(self) -> IEventStream:
        """Return the stream of log lines."""
        return self.stream("log")


class AppInfo(_Streams):
    """Names, versions and the extension manager."""

    def get_time_since_start_s(self) -> float:
        """Return the age of the application, seconds."""
        return 0.0

    def get_time_since_start_ms(self) -> float:
        """Return the age of the application, milliseconds."""
        return self.get_time_since_start_s() * 1000.0

    def get_extension_manager(self) -> ExtensionManager:
        """Return the extension manager."""
        from .extension_manager import get_extension_manager

        return get_extension_manager()

    def get_app_name(self) -> str:
        """Return the name of the application."""
        return "Replicant embedded engine"

    def get_app_version(self) -> str:
        """Return the Isaac Sim version whose API the engine offers."""
        return ISAAC_SIM_VERSION

    def get_build_version(self) -> str:
        """Return the Kit version whose API the engine offers, marked as the engine's."""
        return f"{KIT_VERSION}+replicant"

    def get_kit_version(self) -> str:
        """Return the Kit version whose API the engine offers."""
        return KIT_VERSION

    def get_platform_info(self) -> dict[str, Any]:
        """Return platform, configuration and Python version."""
        machine = f"{sys.platform}-{platform.machine()}"
        return {"platform": machine, "config": "release", "python_version": platform.python_version()}

    def print_and_log(self, message: str) -> None:
        """Print a line."""
        print(message, flush=True)
