"""The application a script runs in: Isaac Sim or the embedded engine, started here unless Kit already runs."""

from __future__ import annotations

import asyncio
import inspect
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from replicator_scripts import arguments
from replicator_scripts.folder import OutputError
from scenes.errors import ScenarioError

Script = Callable[[arguments.Options], Coroutine[Any, Any, None]]
FAILED, INTERRUPTED = 2, 130
_tasks: list[asyncio.Future[int]] = []


def kit_runs() -> bool:
    """Tell whether this is Kit's script editor (or anything else inside a running Kit)."""
    try:
        import omni.kit.app
    except ImportError:
        return False
    return omni.kit.app.get_app() is not None


def schedule(script: Script, words: list[str]) -> None:
    """Run a script as a task of the Kit that runs already; `words` stand for the command line."""
    _tasks.append(asyncio.ensure_future(guarded(script, arguments.parse(words))))


def run(script: Script, make_app: Callable[[dict[str, Any]], Any]) -> None:
    """Run a script with the command line's options in an application of its own; ends the process.

    Args:
        script: the coroutine function.
        make_app: `isaacsim.SimulationApp`.
    """
    options = arguments.parse(sys.argv[1:])
    signal.signal(signal.SIGTERM, _interrupt)
    app = make_app({"headless": True})
    code = drive(app, guarded(script, options))
    sys.stdout.flush()
    if code:
        sys.exit(code)
    app.close()


def drive(app: Any, work: Coroutine[Any, Any, int]) -> int:
    """Run a coroutine to its end; what fails outside it (a node of the graph, Ctrl-C) it gets where it waits."""
    try:
        return int(app.run_coroutine(work))
    except BaseException as error:
        if inspect.getcoroutinestate(work) != inspect.CORO_SUSPENDED:
            raise
        try:
            work.throw(error)
        except StopIteration as end:
            return int(end.value)
        raise
    finally:
        work.close()


async def guarded(script: Script, options: arguments.Options) -> int:
    """Run a script to its end and return the exit code; what a user can put right is one line, not a traceback."""
    try:
        await script(options)
    except (ScenarioError, OutputError) as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    except OSError as error:  # a full disk, a folder that went away
        print(f"error: {error.filename or 'output'}: {error.strerror or error}; nothing was written", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("interrupted: nothing was written", file=sys.stderr)
        return INTERRUPTED
    return 0


def _interrupt(number: int, frame: Any) -> None:
    """Turn SIGTERM into the exception that Ctrl-C raises, so that what is half written is removed."""
    raise KeyboardInterrupt
