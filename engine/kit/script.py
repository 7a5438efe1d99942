"""Run one script, standalone or as in the script editor, or the tests of one module."""

from __future__ import annotations

import argparse
import ast
import asyncio
import importlib
import os
import sys
import tokenize
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from .. import import_names
from ..app import get_app
from ..carb.settings import get_settings, parse_value
from ..physics.schemas import register_schemas
from ..usd_context import get_context
from . import ext_folders
from .extension_manager import get_extension_manager

YAML = (".yaml", ".yml")  # suffixes of Replicator YAML
PARSE = "from omni.replicator.replicator_yaml import parse\n\nparser = parse(__file__)\n"
STAND_INS = "REPLICANT_STAND_INS"


def run(options: argparse.Namespace) -> int:
    """Prepare the engine as the options say, run the script or the tests, and return the exit status."""
    try:
        prepare(options)
    except (FileNotFoundError, RuntimeError, ValueError) as error:
        print(f"python -m engine: {error}", file=sys.stderr)
        return 2
    if options.test_module:
        from ..isaac.simulation_app import start_engine
        from .test_runner import run_module

        start_engine()
        get_extension_manager().start_of_module(options.test_module)
        return run_module(options.test_module, options.test_name)
    path = Path(options.script)
    if not path.is_file():
        print(f"python -m engine: no script '{options.script}'; give the path of a Python file", file=sys.stderr)
        return 2
    if path.suffix.lower() in YAML:
        status = run_yaml(path, options.arguments, options.run)
    else:
        status = run_script(path, options.arguments, options.run, options.given, options.open_stage)
    if options.save_stage:
        save_stage(options.save_stage)
    return status


def prepare(options: argparse.Namespace) -> None:
    """Apply the options that hold for scripts and tests alike.

    Raises:
        ValueError: if a setting has no `=`.
    """
    import_names.install()
    register_schemas()
    for folder in options.ext_folder:
        ext_folders.add_folder(folder)
    if not options.ext_folder:
        ext_folders.add_near(options.script or options.test_module)
    for setting in options.set:
        path, equals, value = setting.partition("=")
        if not equals:
            raise ValueError(f"--set {setting}: expected /key=value")
        get_settings().set(path, parse_value(value))
    if options.stand_ins:
        os.environ[STAND_INS] = "1"
    get_context().up_axis = options.up_axis
    get_context().meters_per_unit = options.meters_per_unit


def source_of(path: Path) -> str:
    """Return a script's text, decoded as Python does: by its byte order mark or coding line, else as UTF-8."""
    with tokenize.open(path) as file:
        return file.read()


def makes_its_own_app(source: str) -> bool:
    """Tell whether a script names `SimulationApp` (or `AppFramework`) anywhere in its code."""
    names = {"SimulationApp", "AppFramework", "AppLauncher"}
    if not any(name in source for name in names):
        return False
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name | ast.alias) and (node.id if isinstance(node, ast.Name) else node.name) in names:
            return True
        if isinstance(node, ast.Attribute) and node.attr in names:
            return True
    return False


def run_script(
    path: Path,
    arguments: list[str],
    frames: int | None = None,
    given: Sequence[str] = (),
    opened: str | None = None,
) -> int:
    """Run a script as `__main__` and return its exit status; its exceptions go on to the caller.

    Args:
        path: the script.
        arguments: its command line.
        frames: start Replicator for so many frames when the script has ended (0: until its triggers are done).
        given: `name=module` to import first, for a script that relies on names of an earlier one.
        opened: stage to open first, for a script that asks its reader to open one.
    """
    source = PARSE if path.suffix.lower() in YAML else source_of(path)
    module = ModuleType("__main__")
    module.__file__ = os.path.abspath(path)
    sys.modules["__main__"] = module
    sys.argv = [str(path), *arguments]
    sys.path.insert(0, os.path.dirname(module.__file__))
    if not makes_its_own_app(source):
        from ..isaac.simulation_app import apply_kit_argument, kit_arguments, start_engine
        from .stage_templates import furnish

        for argument in kit_arguments(arguments):
            apply_kit_argument(argument)
        start_engine()
        if opened is None:
            furnish(get_context().get_stage(), "sunlight")
        elif not opens(opened):
            return 2
        for name, _, target in (words.partition("=") for words in given):
            setattr(module, name, importlib.import_module(target))
    exec(compile(source, module.__file__, "exec"), module.__dict__)
    if frames is not None:
        start_replicator(frames)
    status = report(finish())
    say_where()
    say_what_waits()
    return status


def opens(stage: str) -> bool:
    """Open the stage of `--open-stage`; say why and return False where that fails."""
    try:
        return get_context().open_stage(stage)
    except FileNotFoundError as error:
        print(f"python -m engine: --open-stage: {error}", file=sys.stderr)
        return False


def run_yaml(path: Path, arguments: list[str], frames: int | None = None) -> int:
    """Run a Replicator YAML file as a script that parses it, start its triggers, and return the exit status.

    Args:
        path: the file.
        arguments: what follows it on the command line: `--/key=value` only.
        frames: frames to capture; None and 0 leave the end to the triggers.
    """
    other = [word for word in arguments if not word.startswith("--/")]
    if other:
        print(f"python -m engine: {path}: '{other[0]}' follows it; options come before the file", file=sys.stderr)
        return 2
    from ..graph.graph import ORIGIN
    from ..replicator_yaml import ParserError

    try:
        return run_script(path, arguments, frames or 0)
    except ParserError as error:
        print(error, file=sys.stderr)
    except Exception as error:  # whatever a node raises when it runs; without a place it is not the file's fault
        notes = [note for note in getattr(error, "__notes__", ()) if note.startswith(ORIGIN)]
        origins = [note.removeprefix(ORIGIN) for note in notes]
        if not origins:
            raise
        print(f"{origins[0]}: {error}", file=sys.stderr)
    return 1


def say_where() -> None:
    """Name on standard error the folders that were written to: relative ones lie below the home folder."""
    backends = sys.modules.get("engine.output.backends")
    for folder in backends.used_folders if backends is not None else ():
        if os.path.isdir(folder) and os.listdir(folder):
            print(f"output: {folder}", file=sys.stderr)


def say_what_waits() -> None:
    """Say on standard error that a script sets writers up but starts no run, which a button of Isaac Sim would do."""
    if "engine.replicator.writer_runs" not in sys.modules or not get_app().is_running():
        return
    machine = importlib.import_module("engine.replicator.orchestrator.machine").machine
    writers = importlib.import_module("engine.replicator.writer_runs").attached_writers()
    triggers = importlib.import_module("engine.graph.graph").get_graph().triggers
    if not writers or machine.counter.captured:
        return
    ends = any(trigger.max_execs for trigger in triggers)
    names = ", ".join(sorted({type(writer).__name__ for writer in writers}))
    until = "--run 0 (until its triggers are done) or " if ends else ""
    print(
        f"python -m engine: nothing was captured: the script attaches {names} but starts no run, as the Start button "
        f"of Isaac Sim's Replicator menu does; give {until}--run N",
        file=sys.stderr,
    )


def save_stage(file: str) -> None:
    """Write the stage, flattened, to a file; a script that has closed its application leaves none."""
    stage = get_context().get_stage()
    if stage is None or not get_app().is_running():
        print(f"python -m engine: --save-stage {file}: the script closed its stage, nothing is saved", file=sys.stderr)
        return
    stage.Export(file)


def start_replicator(frames: int) -> None:
    """Start a run, as the Start button of the Replicator menu does, unless one is going on.

    Raises:
        SystemExit: if the triggers are to end the run and none of them ever does.
    """
    orchestrator = importlib.import_module("engine.replicator.orchestrator")
    triggers = importlib.import_module("engine.graph.graph").get_graph().triggers
    if not orchestrator.get_is_started():
        if not frames and triggers and not any(trigger.max_execs for trigger in triggers):
            raise SystemExit("python -m engine: no trigger has max_execs, so the run would not end; give --run N")
        orchestrator.run(num_frames=frames or None)


def finish() -> set[asyncio.Task[Any]]:
    """Update the application until no coroutine and no run is left, let writers finish, and return the coroutines."""
    app = get_app()
    orchestrator = None
    tasks: set[asyncio.Task[Any]] = set()
    while app.is_running():
        tasks |= app.pending_tasks()
        orchestrator = sys.modules.get("engine.replicator.orchestrator")
        running = orchestrator is not None and orchestrator.get_is_started()
        if not running and not app.pending_tasks():
            break
        app.update()
    if orchestrator is not None and app.is_running():
        from ..isaac.simulation_app import stop_replicator

        stop_replicator(wait=True)
    return tasks


def report(tasks: set[asyncio.Task[Any]]) -> int:
    """Print the traceback of every coroutine that failed and return 1 if there was one, else 0."""
    failures = [task.exception() for task in tasks if task.done() and not task.cancelled()]
    found = [error for error in failures if error is not None]
    for error in found:
        traceback.print_exception(error)
    return 1 if found else 0


def import_module(name: str) -> ModuleType:
    """Import a module by name, or a test file by its path."""
    if name.endswith(".py") and os.path.isfile(name):
        sys.path.insert(0, os.path.dirname(os.path.abspath(name)))
        name = Path(name).stem
    return importlib.import_module(name)
