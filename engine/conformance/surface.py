"""Check source code against the recorded API surface: every name and every keyword, for every Isaac Sim version."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .record import VERSIONS

SURFACE = Path(__file__).parent / "surface.json"
ROOTS = ("omni", "isaacsim", "carb")
_GUARDS = {"ImportError", "ModuleNotFoundError", "AttributeError", "TypeError"}


def load_surface() -> dict[str, dict[str, Any]]:
    """Return name to entry: versions, parameters, whether more keywords are taken, type of the result."""
    return json.loads(SURFACE.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Finding:
    """One use of something that not every version has."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class SurfaceChecker(ast.NodeVisitor):
    """Walk one syntax tree.

    A use inside `try` with a handler for ImportError, AttributeError or TypeError, or below an `if` that calls
    `hasattr`, is guarded: it need only exist in one version.
    """

    def __init__(self, file: str, surface: dict[str, dict[str, Any]]) -> None:
        self.findings: list[Finding] = []
        self._file = file
        self._surface = surface
        self._packages = {n.rsplit(".", d)[0] for n in surface for d in range(1, n.count(".") + 1)}
        self._names: dict[str, str] = {}
        self._guarded = 0

    def visit_Import(self, node: ast.Import) -> None:
        """Record what `import a.b as c` binds."""
        for alias in node.names:
            if alias.name.partition(".")[0] in ROOTS:
                self._names[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
                self._check_known(alias.name, node.lineno)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Record what `from a import b as c` binds."""
        if node.level or (node.module or "").partition(".")[0] not in ROOTS:
            return
        for alias in node.names:
            full = f"{node.module}.{alias.name}"
            self._names[alias.asname or alias.name] = full
            self._check_known(full, node.lineno)

    def visit_Try(self, node: ast.Try) -> None:
        """Take the body of a `try` that catches missing names as guarded."""
        caught = {n.id for handler in node.handlers if handler.type for n in ast.walk(handler.type) if hasattr(n, "id")}
        self._visit_guarded(node, bool(caught & _GUARDS))

    def visit_If(self, node: ast.If) -> None:
        """Take what follows `if hasattr(...)` as guarded."""
        calls = [n.func.id for n in ast.walk(node.test) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
        self._visit_guarded(node, "hasattr" in calls)

    def _visit_guarded(self, node: ast.AST, guarded: bool) -> None:
        self._guarded += guarded
        self.generic_visit(node)
        self._guarded -= guarded

    def visit_Assign(self, node: ast.Assign) -> None:
        """Follow the type of `name = call()`."""
        self.generic_visit(node)
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            resolved = self._resolve(node.value)
            if resolved and resolved != "?":
                self._names[name] = resolved
            else:
                self._names.pop(name, None)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Check one dotted name."""
        resolved = self._resolve(node)
        if resolved is None:
            self.generic_visit(node)
        elif resolved != "?":
            self._check_known(resolved, node.lineno)

    def visit_Call(self, node: ast.Call) -> None:
        """Check the keywords of one call."""
        resolved = self._resolve(node.func)
        entry = self._surface.get(resolved or "")
        if entry is not None and "parameters" in entry:
            for keyword in node.keywords:
                if keyword.arg is not None:
                    self._check_keyword(resolved or "", entry, keyword.arg, node.lineno)
        self.generic_visit(node)

    def _resolve(self, node: ast.AST) -> str | None:
        """Return the dotted name of an expression, "?" if it is a result whose type is not recorded, else None."""
        if isinstance(node, ast.Name):
            return self._names.get(node.id)
        if isinstance(node, ast.Attribute):
            base = self._resolve(node.value)
            if base is None or base == "?":
                return base
            return f"{base}.{node.attr}"
        if isinstance(node, ast.Call):
            base = self._resolve(node.func)
            return None if base is None else str(self._surface.get(base, {}).get("returns", "?"))
        return None

    def _check_known(self, name: str, line: int) -> None:
        if name in self._packages and name not in self._surface:
            return
        if name not in self._surface:
            outside = not any(name == p or name.startswith(p + ".") for p in self._packages if p.count("."))
            kind = "is in no recorded module" if outside else "is not in the recorded surface"
            self._report(line, f"'{name}' {kind} of Isaac Sim {', '.join(VERSIONS)}")
        else:
            self._check_versions(f"'{name}'", self._surface[name]["versions"], line)

    def _check_keyword(self, name: str, entry: dict[str, Any], keyword: str, line: int) -> None:
        if keyword in entry["parameters"]:
            self._check_versions(f"{name}({keyword}=)", entry["parameters"][keyword], line, entry["versions"])
        elif not entry.get("open"):
            known = ", ".join(entry["parameters"])
            self._report(line, f"{name} takes no '{keyword}'; it takes {known}")

    def _check_versions(self, what: str, versions: list[str], line: int, wanted: Any = VERSIONS) -> None:
        missing = [version for version in wanted if version not in versions]
        if missing and not self._guarded:
            self._report(line, f"{what} is missing in Isaac Sim {', '.join(missing)}; guard it or use another call")

    def _report(self, line: int, message: str) -> None:
        finding = Finding(self._file, line, message)
        if finding not in self.findings:
            self.findings.append(finding)


def check_source(source: str, file: str, surface: dict[str, dict[str, Any]] | None = None) -> list[Finding]:
    """Return what one source file uses that not every version has."""
    checker = SurfaceChecker(file, load_surface() if surface is None else surface)
    checker.visit(ast.parse(source))
    return checker.findings


def check_folders(root: Path, folders: list[str]) -> tuple[list[Finding], int]:
    """Return (findings, number of files) of every Python file below some folders of a repository."""
    surface = load_surface()
    files = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    findings = [
        finding
        for path in files
        for finding in check_source(path.read_text(encoding="utf-8"), str(path.relative_to(root)), surface)
    ]
    return findings, len(files)
