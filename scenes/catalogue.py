"""Show what there is: scenarios, builders, randomizers, writers. Reads files only; nothing is imported.

Usage: python -m scenes.catalogue [--json]
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import yaml

from writers.command_line import ended

ROOT = Path(__file__).parent.parent


def first_line(path: Path) -> str:
    """Return the first line of a module's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text())) or ""
    return text.splitlines()[0] if text else ""


def modules(folder: str) -> dict[str, str]:
    """Map the files of a folder to their first lines."""
    files = sorted(p for p in (ROOT / folder).glob("*.py") if not p.stem.startswith("_"))
    return {p.stem: first_line(p) for p in files}


def scenarios() -> dict[str, str]:
    """Map the scenario files to their descriptions."""
    found = {}
    for path in sorted((ROOT / "scenes").glob("*.yaml")):
        found[f"scenes/{path.name}"] = str(yaml.safe_load(path.read_text()).get("description", ""))
    return found


def writer_classes() -> dict[str, str]:
    """Map the writers (subclasses of rep.Writer in `writers/`) to their first lines."""
    found = {}
    for path in sorted((ROOT / "writers").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and any(ast.unparse(b) == "rep.Writer" for b in node.bases):
                found[node.name] = (ast.get_docstring(node) or "").splitlines()[0]
    return found


def catalogue() -> dict[str, dict[str, str]]:
    """Collect everything the command shows."""
    return {
        "scenarios": scenarios(),
        "builders": modules("scenes/builders"),
        "randomizers": modules("randomizers"),
        "writers": writer_classes(),
    }


def main(arguments: list[str]) -> int:
    """Print the catalogue as text or JSON."""
    found = catalogue()
    if "--json" in arguments:
        print(json.dumps(found, indent=2))
        return 0
    for title, entries in found.items():
        print(f"{title}")
        width = max((len(name) for name in entries), default=0)
        for name, line in entries.items():
            print(f"  {name:<{width}}  {line}")
    return 0


if __name__ == "__main__":
    sys.exit(ended(lambda: main(sys.argv[1:])))
