"""carb.log_* and carb.logging: lines on standard error, filtered by one level.

The level is the setting `/log/level` (verbose, info, warn, error, fatal), warn by default as in Kit's terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from .settings import get_settings

LEVEL_VERBOSE, LEVEL_INFO, LEVEL_WARN, LEVEL_ERROR, LEVEL_FATAL = -2, -1, 0, 1, 2
_NAMES = {
    LEVEL_VERBOSE: "Verbose",
    LEVEL_INFO: "Info",
    LEVEL_WARN: "Warning",
    LEVEL_ERROR: "Error",
    LEVEL_FATAL: "Fatal",
}
_WORDS = {"verbose": LEVEL_VERBOSE, "info": LEVEL_INFO, "warn": LEVEL_WARN, "warning": LEVEL_WARN}
_WORDS |= {"error": LEVEL_ERROR, "fatal": LEVEL_FATAL}

Logger = Callable[[str, int, str, int, str], None]


class Logging:
    """The process-wide log: a threshold, an on/off switch and extra listeners."""

    def __init__(self) -> None:
        self._enabled = True
        self._loggers: list[Logger] = []

    def set_log_enabled(self, enabled: bool) -> None:
        """Turn all output on or off."""
        self._enabled = bool(enabled)

    def is_log_enabled(self) -> bool:
        """Tell whether output is on."""
        return self._enabled

    def set_level_threshold(self, level: int) -> None:
        """Show lines of this level and above."""
        get_settings().set("/log/level", next(word for word, value in _WORDS.items() if value == level))

    def get_level_threshold(self) -> int:
        """Return the lowest level that is shown."""
        return _WORDS.get(str(get_settings().get("/log/level") or "warn").lower(), LEVEL_WARN)

    def add_logger(self, logger: Logger) -> Logger:
        """Call `logger(source, level, filename, line, message)` for every line, shown or not."""
        self._loggers.append(logger)
        return logger

    def remove_logger(self, logger: Logger) -> None:
        """Stop calling a logger."""
        self._loggers.remove(logger)

    def write(self, level: int, message: object) -> None:
        """Send one line to the listeners and, if its level is high enough, to standard error."""
        frame = sys._getframe(2)
        source = frame.f_globals.get("__name__", "")
        for logger in list(self._loggers):
            logger(source, level, frame.f_code.co_filename, frame.f_lineno, str(message))
        if self._enabled and level >= self.get_level_threshold():
            print(f"[{_NAMES[level]}] [{source}] {message}", file=sys.stderr, flush=True)


_logging = Logging()


def acquire_logging() -> Logging:
    """Return the process-wide log."""
    return _logging


def log_verbose(message: object) -> None:
    """Log a detail."""
    _logging.write(LEVEL_VERBOSE, message)


def log_info(message: object) -> None:
    """Log a fact."""
    _logging.write(LEVEL_INFO, message)


def log_warn(message: object) -> None:
    """Log a warning."""
    _logging.write(LEVEL_WARN, message)


def log_error(message: object) -> None:
    """Log an error."""
    _logging.write(LEVEL_ERROR, message)
