"""The small part of Carbonite that Replicator scripts touch: settings, logging, events."""

from __future__ import annotations

from . import eventdispatcher, events, logging, profiler, settings, tokens
from .framework import Framework, get_framework
from .logging import log_error, log_info, log_verbose, log_warn
from .vectors import ColorRgba, Double2, Double3, Double4, Float2, Float3, Float4, Int2

__all__ = [
    "ColorRgba",
    "Double2",
    "Double3",
    "Double4",
    "Float2",
    "Float3",
    "Float4",
    "Framework",
    "Int2",
    "eventdispatcher",
    "events",
    "get_framework",
    "log_error",
    "log_info",
    "log_verbose",
    "log_warn",
    "logging",
    "profiler",
    "settings",
    "tokens",
]
