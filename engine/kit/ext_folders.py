"""Folders of Kit extensions in a user's own checkout, and where their Python modules lie.

An extension folder holds `config/extension.toml`; its `[[python.module]]` entries name modules. In a built Isaac Sim
the module `a.b.c` lies in `a/b/c` below the extension; in the source tree it may also lie in `python` or `python/impl`.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
import tomllib
from pathlib import Path
from typing import Any

PURE = (
    "isaacsim.benchmark.services",
    "isaacsim.replicator.behavior",
    "isaacsim.replicator.domain_randomization",
    "isaacsim.replicator.examples",
    "isaacsim.replicator.experimental.domain_randomization",
    "isaacsim.replicator.synthetic_recorder",
    "isaacsim.replicator.writers",
    "isaacsim.test.utils",
)
PLACES = ("source/extensions", "source/deprecated")
_extensions: dict[str, Path] = {}
_modules: dict[str, list[Path]] = {}
_files: set[str] = set()  # modules that are a file below the extension's folder, which is on sys.path as in Kit


def add_folder(folder: str | Path) -> list[str]:
    """Add every extension below a folder (or the folder itself) and return their names.

    Raises:
        FileNotFoundError: if the folder is missing or holds no extension.
    """
    root = Path(folder).resolve()
    candidates = [root, *sorted(root.glob("*")), *sorted(root.glob("source/*/*"))]
    found = [path for path in candidates if (path / "config" / "extension.toml").is_file()]
    if not found:
        raise FileNotFoundError(
            f"--ext-folder '{folder}': no */config/extension.toml there; give the folder that holds Kit extensions, "
            "such as IsaacSim/source/extensions"
        )
    for path in found:
        _add_extension(path)
    return [path.name for path in found]


def add_near(file: str | Path) -> list[str]:
    """Add the pure Python extensions of the IsaacSim checkout that a file lies in and return their names."""
    for parent in Path(file).resolve().parents:
        named = [parent / place / name for place in PLACES for name in PURE]
        found = [folder for folder in named if (folder / "config" / "extension.toml").is_file()]
        if found:
            for path in found:
                _add_extension(path)
            return [path.name for path in found]
    return []


def _add_extension(path: Path) -> None:
    name = path.name
    _extensions[name] = path
    config = read_toml(path)
    for entry in config.get("python", {}).get("module", []):
        module = entry.get("name")
        if not module:
            continue
        base = path / entry.get("path", ".")
        if (base / Path(*module.split("."))).with_suffix(".py").is_file():
            _files.add(module)
            if str(base.resolve()) not in sys.path:
                sys.path.append(str(base.resolve()))
            continue
        places = [base / Path(*module.split("."))]
        if module == name:
            places += [path / "python", path / "python" / "impl"]
        _modules[module] = [place for place in places if place.is_dir()]


def read_toml(path: Path) -> dict[str, Any]:
    """Return the parsed extension.toml of an extension folder."""
    return tomllib.loads((path / "config" / "extension.toml").read_text(encoding="utf-8"))


def extensions() -> dict[str, Path]:
    """Return the extensions added so far, name to folder."""
    return _extensions


def modules_of(extension: str) -> list[str]:
    """Return the modules of one extension, tests left out."""
    folder = _extensions[extension]
    entries = read_toml(folder).get("python", {}).get("module", [])
    names = [entry["name"] for entry in entries if "name" in entry]
    return [name for name in names if not name.endswith(".tests") and (_modules.get(name) or name in _files)]


def is_known(name: str) -> bool:
    """Tell whether a module, or a package above a module, comes from an extension folder."""
    return any(module == name or module.startswith(name + ".") for module, places in _modules.items() if places)


def find_spec(name: str) -> importlib.machinery.ModuleSpec | None:
    """Return where a module of an added extension lies, or None."""
    places = _modules.get(name)
    if places:
        return _package_spec(name, places)
    parent = name.rpartition(".")[0]
    if _modules.get(parent):
        return importlib.machinery.PathFinder.find_spec(name, [str(place) for place in _modules[parent]])
    return None


def namespace(name: str) -> importlib.machinery.ModuleSpec | None:
    """Return a package without a file that holds modules of added extensions, as `a` holds `a.b`, or None."""
    if not is_known(name):
        return None
    spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = []
    return spec


def _package_spec(name: str, places: list[Path]) -> importlib.machinery.ModuleSpec:
    folders = [str(place) for place in places]
    for place in places:
        if (place / "__init__.py").is_file():
            return importlib.util.spec_from_file_location(  # type: ignore[return-value]
                name, place / "__init__.py", submodule_search_locations=folders
            )
    spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = folders
    return spec
