"""What a sweep runs: standalone scripts, scripts of the script editor, and test methods one by one."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import rules

APPS = ("SimulationApp", "AppFramework")
FEWER = {
    "--test": (),
    "--num-frames": ("3",),
    "--num_frames": ("3",),
    "--frames": ("3",),
    "--asset-count": ("10",),
    "--num_scenes": ("1",),
}
AISLE = Path(__file__).parent.parent / "scenes" / "aisle.usda"
PUTS_SOMETHING = re.compile(
    r"create\.(cube|sphere|cone|cylinder|torus|plane|disk|from_\w+|xform)|instantiate|DefinePrim|\.Define\(|CreatePrim"
    r"|reference|open_stage|new_stage",
    re.I,
)
CENTIMETRES = ("--up-axis", "Y", "--meters-per-unit", "0.01")
EXTENSIONS = re.compile(r"(^|/)(extensions|exts|extsDeprecated|deprecated)/(?!isaacsim\.replicator\.)[^/]+\.[^/]+/")
HARNESS = ("doc_snippets/", "ogn/tests/")  # runs pages of documentation that no repository holds; made by a generator
TESTS = ("setUp", "asyncSetUp", "tearDown", "setUpClass", "before_each")


@dataclass(frozen=True)
class Unit:
    """One thing to run, or one that is left out and why.

    Args:
        release: repository and version.
        path: file, relative to the repository.
        test: name of a test method, "" for a script.
        remote: whether it asks for assets of a server.
        left_out: "robot", "lidar", "window", or "" where it is run.
        options: options of `python -m engine`.
        arguments: arguments of the script.
    """

    release: str
    path: str
    test: str = ""
    remote: bool = False
    left_out: str = ""
    options: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Release, path and test in one word."""
        return f"{self.release}:{self.path}" + (f"::{self.test}" if self.test else "")


def collect(root: Path, release: str, seen: set[str]) -> list[Unit]:
    """Return the units of every Python file below a folder that uses Replicator, files of known content left out.

    Of extensions only those named `isaacsim.replicator.*` count: the tests of others are about something else.

    Args:
        root: root of an extracted repository.
        release: its name in labels.
        seen: hashes of files met before; those of this folder are added.
    """
    units: list[Unit] = []
    for file in sorted(root.rglob("*.py")):
        source = file.read_text(encoding="utf-8", errors="replace")
        path = str(file.relative_to(root))
        about = "omni.replicator" in source or "isaacsim.replicator" in source
        if not about or EXTENSIONS.search(path) or any(part in path for part in HARNESS):
            continue
        digest = hashlib.sha256("".join(source.split()).encode()).hexdigest()
        if digest not in seen:
            seen.add(digest)
            stage = file.with_suffix(".usda")
            units += file_units(source, path, release, stage if stage.is_file() else None)
    return units


def file_units(source: str, path: str, release: str, beside: Path | None = None) -> list[Unit]:
    """Return the units of one file: its tests, or itself if it is a script, or none if others import it.

    Args:
        source: its text.
        path: where it is in its repository.
        release: repository and version.
        beside: a stage of the same name in the same folder.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    if not rules.judge(tree).replicator:
        return []
    cases = list(test_methods(tree))
    if cases:
        return [test_unit(tree, node, case, path, release) for case, node in cases]
    is_app = any(isinstance(node, ast.Name) and node.id in APPS for node in ast.walk(tree))
    is_editor = "/extensions/" not in path and "/deprecated/" not in path and release.startswith("sde")
    if not is_app and not is_editor:
        return []
    verdict = rules.judge(tree)
    options = editor_options(source, beside) if is_editor and not is_app else ()
    remote = verdict.remote or str(AISLE) in options
    return [Unit(release, path, "", remote, verdict.left_out, options, arguments_of(tree))]


def editor_options(source: str, beside: Path | None = None) -> tuple[str, ...]:
    """Return the options of a script of the script editor.

    Args:
        source: the script. One that starts no run is started for five frames, one that uses `og` unimported is given
            it, one that puts nothing on the stage gets a stage.
        beside: a stage of the same name in the same folder, which is opened.
    """
    stage = beside or (AISLE if not PUTS_SOMETHING.search(source) else None)
    options = ("--open-stage", str(stage)) if stage else CENTIMETRES
    if "trigger" in source and "orchestrator." not in source:
        options = (*options, "--run", "5")
    if "og." in source and "as og" not in source:
        options = (*options, "--given", "og=omni.graph.core")
    return options


def arguments_of(tree: ast.AST) -> tuple[str, ...]:
    """Return the arguments that make a script short or self-checking, where it declares them itself."""
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    chosen: list[str] = []
    for option, values in FEWER.items():
        if option in strings:
            chosen += [option, *values]
    return tuple(chosen)


def test_methods(tree: ast.Module) -> Iterator[tuple[ast.ClassDef, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield the test methods of a module's test cases."""
    for case in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        if not any("TestCase" in ast.unparse(base) or "Test" in ast.unparse(base) for base in case.bases):
            continue
        for node in case.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
                yield case, node


def test_unit(tree: ast.Module, node: ast.AST, case: ast.ClassDef, path: str, release: str) -> Unit:
    """Describe one test method by what it and its set-up reach."""
    around = [item for item in case.body if getattr(item, "name", "") in TESTS]
    verdict = rules.judge(rules.reachable(tree, [node, *around]))
    whole = rules.judge(ast.Module(body=[n for n in tree.body if is_import(n)], type_ignores=[]))
    left_out = verdict.left_out or (whole.left_out if whole.left_out == "window" else "")
    return Unit(release, path, f"{case.name}.{getattr(node, 'name', '')}", verdict.remote, left_out)


def is_import(node: ast.AST) -> bool:
    """Tell whether a statement imports."""
    return isinstance(node, ast.Import | ast.ImportFrom)


def counted(units: Sequence[Unit], remote: bool) -> list[Unit]:
    """Return the units that are run, those with or those without remote assets."""
    return [unit for unit in units if not unit.left_out and unit.remote == remote]
