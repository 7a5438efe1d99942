"""The application a script runs in: Isaac Sim or the embedded engine, started here unless Kit already runs."""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

from replicator_scripts import arguments, stopping, worker
from replicator_scripts.stopping import AGAIN, Stopped
from scenes.errors import ScenarioError
from writers.finish import UnfinishedError
from writers.shards.claim import OutputError
from writers.shards.trouble import told

Script = Callable[[arguments.Options], Coroutine[Any, Any, None]]
CRASHED, FAILED, CANNOT_WRITE, INTERRUPTED = 1, 2, 74, 130
_tasks: list[asyncio.Future[int]] = []
_step: asyncio.Future[Any] | None = None


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
    if options.workers is not None and not options.worker:
        from replicator_scripts import workers

        leave(workers.supervise(options))
    stopping.install()
    try:
        app = make_app({"headless": True, **gpu()})
        stopping.install()
        code = drive(app, guarded(script, options))
    except Stopped:
        code = AGAIN
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception:
        traceback.print_exc()
        code = CRASHED
    if code:
        leave(code)
    sys.stdout.flush()
    app.close()


def leave(code: int) -> None:
    """End the process with this code; closing Isaac Sim would end it with 0. All that counts is on disk by then."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def is_isaac_sim() -> bool:
    """Tell whether this is the real Isaac Sim, which owns a GPU, and not the embedded engine."""
    import isaacsim

    loader = type(getattr(isaacsim, "__loader__", None))
    return not loader.__module__.startswith("engine.")


def gpu() -> dict[str, Any]:
    """Return the settings that keep Isaac Sim to the GPU that a pool of workers gave this process."""
    number = os.environ.get("REPLICANT_GPU", "")
    return {"active_gpu": int(number), "physics_gpu": int(number), "multi_gpu": False} if number.isdigit() else {}


def drive(app: Any, work: Coroutine[Any, Any, int]) -> int:
    """Run a coroutine to its end; what fails outside it (a node of the graph, Ctrl-C) it gets where it waits."""
    task = asyncio.ensure_future(work)
    while True:
        try:
            return int(app.run_coroutine(task))
        except BaseException as error:
            if task.done():
                raise
            if _step is not None:
                fail_step(_step, error)
                continue
            try:
                work.throw(error)
            except StopIteration as end:
                return int(end.value)
            finally:
                if inspect.getcoroutinestate(work) != inspect.CORO_CLOSED:
                    work.close()
            raise


async def guarded_step(step: asyncio.Future[Any]) -> None:
    """Wait for a step; an error that the application meets meanwhile, outside all coroutines, is raised here.

    Args:
        step: the running step.
    """
    global _step
    _step = step
    try:
        await step
    except asyncio.CancelledError as error:
        raise _failures.pop(step) from error
    finally:
        _step = None
        _failures.pop(step, None)


_failures: dict[asyncio.Future[Any], BaseException] = {}


def fail_step(step: asyncio.Future[Any], error: BaseException) -> None:
    """Break a step off because of an error outside it."""
    _failures[step] = error
    step.cancel()


async def guarded(script: Script, options: arguments.Options) -> int:
    """Run a script to its end and return the exit code; what a user can put right is one line, not a traceback."""
    code = 0
    stopping.begin()
    try:
        await script(options)
    except (ScenarioError, OutputError, UnfinishedError) as error:
        code = _report(f"error: {error}", FAILED)
    except OSError as error:  # a full disk, a folder that went away
        code = _report(f"error: {told(error)}", CANNOT_WRITE)
    except Stopped as signal:
        done = "what is done stays" if stopping.has_kept() else "nothing was kept yet"  # cluster/slurm.py reads this
        code = _report(f"stopped by {signal}: {done}; the same command goes on from there", AGAIN)
    except KeyboardInterrupt:
        code = _report("interrupted: what is done stays; the same command goes on from there", INTERRUPTED)
    return code


def _report(text: str, code: int) -> int:
    print(text, file=sys.stderr, flush=True)
    worker.tell_failure(text, code)
    return code
