"""omni.kit.async_engine: start a coroutine in the application's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from ..app import get_app


def run_coroutine(coroutine: Coroutine[Any, Any, Any]) -> asyncio.Future[Any]:
    """Start a coroutine and return its future; app updates move it on."""
    return asyncio.ensure_future(coroutine, loop=get_app().loop)


def get_event_loop() -> asyncio.AbstractEventLoop:
    """Return the application's loop."""
    return get_app().loop
