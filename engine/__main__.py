"""Run a Replicator script on the embedded engine: `python -m engine [options] script.py arguments...`.

The twin of Isaac Sim's `python.sh`. Only the standard library is imported before a script is chosen.
"""

from __future__ import annotations

import argparse
import sys

DESCRIPTION = """\
Run a Replicator script (Python or Replicator YAML), or the tests of a Kit test module, on the embedded engine.

A standalone script makes its own SimulationApp. A script without one runs as in Isaac Sim's script editor: the
application is up before the first line, and goes on until every coroutine and every run is done. A Replicator YAML
file (.yaml, .yml) runs in the same way, and its triggers are started when it has been read."""

SCRIPT_SETTINGS = ("/omni/replicator/script", "/omni/replicator/replicatorYaml/yamlPath")


def parser() -> argparse.ArgumentParser:
    """Return the command line parser."""
    result = argparse.ArgumentParser(
        prog="python -m engine", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    _add_stage_options(result)
    result.add_argument(
        "--ext-folder",
        action="append",
        default=[],
        metavar="PATH",
        help="folder of Kit extensions, such as IsaacSim/source/extensions; may be given more than once (default: "
        "Replicator's own, from the IsaacSim checkout that the script lies in)",
    )
    result.add_argument(
        "--set", action="append", default=[], metavar="/KEY=VALUE", help="a carb setting; --/key=value works as well"
    )
    result.add_argument(
        "--stand-ins",
        action="store_true",
        help="put a labelled box or a plain picture in the place of remote assets that are not below REPLICANT_ASSETS",
    )
    result.add_argument("--test-module", metavar="NAME", help="run the AsyncTestCase classes of this module and exit")
    result.add_argument(
        "-k",
        "--test-name",
        metavar="TEXT",
        default="",
        help="only tests whose name holds this text (or one of these, separated by commas)",
    )
    _add_editor_options(result)
    result.add_argument("script", nargs="?", help="the script to run, .py or .yaml")
    result.add_argument("arguments", nargs="*", help="arguments of the script")
    return result


def _add_stage_options(result: argparse.ArgumentParser) -> None:
    """Add the options every new stage follows."""
    result.add_argument("--up-axis", choices=["Y", "Z"], default="Z", help="up axis of new stages (default Z)")
    result.add_argument(
        "--meters-per-unit", type=float, default=1.0, metavar="M", help="length unit of new stages (default 1.0)"
    )


def _add_editor_options(result: argparse.ArgumentParser) -> None:
    """Add the options of scripts that run as in the script editor."""
    result.add_argument(
        "--run",
        type=int,
        metavar="N",
        help="when a script without SimulationApp ends, start Replicator for N frames (0: until its triggers are done)",
    )
    result.add_argument(
        "--given",
        action="append",
        default=[],
        metavar="NAME=MODULE",
        help="import a module under a name before the first line of a script without SimulationApp",
    )
    result.add_argument(
        "--open-stage", metavar="FILE", help="open this stage before the first line of a script without SimulationApp"
    )
    result.add_argument(
        "--save-stage", metavar="FILE", help="write the stage (.usda, .usdc) as a script without SimulationApp left it"
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    from . import process

    process.settle()
    given = list(sys.argv[1:] if arguments is None else arguments)
    split = _script_at(given)
    own = [f"--set={word[2:]}" if word.startswith("--/") else word for word in given[:split]]
    options = parser().parse_args(own)
    options.script, options.arguments = (given[split], given[split + 1 :]) if split < len(given) else (None, [])
    if options.script is None:
        options.script = _script_of_settings(options.set)
    if bool(options.script) == bool(options.test_module):
        parser().error("give one script to run, or --test-module NAME")
    if not options.meters_per_unit > 0:
        parser().error(f"--meters-per-unit must be positive, {options.meters_per_unit} was given")
    from .kit import script

    return script.run(options)


def _script_of_settings(settings: list[str]) -> str | None:
    """Return the script that Kit's own flags name: `--/omni/replicator/script=FILE` or the YAML extension's."""
    named = dict(setting.partition("=")[::2] for setting in settings)
    return next((named[key] for key in SCRIPT_SETTINGS if named.get(key)), None)


def _script_at(given: list[str]) -> int:
    """Return the index of the script in the command line (its length if there is none)."""
    takes_value = {
        "--up-axis",
        "--meters-per-unit",
        "--ext-folder",
        "--set",
        "--test-module",
        "-k",
        "--test-name",
        "--run",
        "--given",
        "--open-stage",
        "--save-stage",
    }
    index = 0
    while index < len(given):
        if not given[index].startswith("-"):
            return index
        index += 2 if given[index] in takes_value else 1
    return len(given)


if __name__ == "__main__":
    sys.exit(main())
