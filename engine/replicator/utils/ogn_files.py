"""Where the Python nodes of extension folders lie, and what their .ogn files say."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.kit import ext_folders


@dataclass(frozen=True)
class NodeFile:
    """A Python node.

    Attributes:
        extension: the extension whose folder it lies in.
        file: the Python file; the class has its name.
        declared: what the .ogn file says.
    """

    extension: str
    file: Path
    declared: dict[str, Any]

    def load(self) -> Any:
        """Return the class."""
        return load_class(self.extension, self.file.stem, self.file)


def find(type_name: str) -> NodeFile | None:
    """Return the file of a node type, None where no extension folder has it.

    The type is named by the folder and the file, or as the .ogn file names it, which may be in another extension.

    Raises:
        ValueError: if there is a Python file without its .ogn file.
    """
    extension, _, name = type_name.rpartition(".")
    file = node_file(extension, name)
    if file is not None:
        description = file.with_suffix(".ogn")
        if not description.is_file():
            raise ValueError(f"utils.create_node('{type_name}'): {file} has no {description.name} beside it")
        return NodeFile(extension, file, next(iter(_read(description).values())))
    return next((found for full, found in _described() if full == type_name), None)


def _described() -> Iterator[tuple[str, NodeFile]]:
    """Iterate over the node types that .ogn files name, with their files."""
    for extension, folder in ext_folders.extensions().items():
        for place in _places(extension, folder):
            for description in sorted(place.glob("*.ogn")):
                file = description.with_suffix(".py")
                if not file.is_file():
                    continue
                try:
                    named = _read(description)
                except ValueError:
                    continue  # not JSON as it stands: the node cannot be named by it
                for name, declared in named.items():
                    yield name if "." in name else f"{extension}.{name}", NodeFile(extension, file, declared)


def _read(description: Path) -> dict[str, Any]:
    return json.loads(description.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _places(extension: str, folder: Path) -> tuple[Path, Path]:
    """Return where nodes lie: in a source tree, and in a build."""
    return folder / "python" / "nodes", folder.joinpath(*extension.split(".")) / "ogn" / "python" / "nodes"


def node_file(extension: str, name: str) -> Path | None:
    """Return the Python file of a node of an extension folder that a script names, None where there is none."""
    folder = ext_folders.extensions().get(extension)
    if folder is None:
        return None
    found = (place / f"{name}.py" for place in _places(extension, folder))
    return next((file for file in found if file.is_file()), None)


def load_class(extension: str, name: str, file: Path) -> Any:
    """Return the class that a node's file defines; the file is run once."""
    module_name = f"ogn_{extension}_{name}".replace(".", "_")
    known = sys.modules.get(module_name)
    if known is None or known.__file__ != str(file):
        spec = importlib.util.spec_from_file_location(module_name, file)
        assert spec is not None and spec.loader is not None  # it is a .py file
        known = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(known)
        sys.modules[module_name] = known
    return getattr(known, name)
