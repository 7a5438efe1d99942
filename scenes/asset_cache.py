"""Keep asset files that code makes: built once, found again by what they were built from.

A file's folder is named by a digest of its kind, its parameters and the source of the package that builds it, with the
modules of `scenes` that it imports, so a changed generator never meets an old file. A folder appears under its name
only when it is complete.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class AssetError(RuntimeError):
    """An asset could not be made."""


def cache_folder() -> Path:
    """Return the folder of all made assets: $REPLICANT_CACHE/assets, else <repository>/.cache/assets."""
    chosen = os.environ.get("REPLICANT_CACHE", "")
    return (Path(chosen) if chosen else ROOT / ".cache") / "assets"


@cache
def source_digest(folder: Path) -> str:
    """Return a digest of the Python files directly in a folder and of the modules of `scenes` behind them."""
    digest = hashlib.sha256()
    for path in source_files(sorted(folder.glob("*.py"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def source_files(begin: list[Path]) -> list[Path]:
    """Return Python files and, after them, every module of `scenes` that they import, directly or not."""
    found = list(begin)
    for path in found:  # grows while it is walked
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "scenes":
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                files = [ROOT / f"{name.replace('.', '/')}.py" for name in names]
                found += [file for file in files if file.is_file() and file not in found]
    return found


def builder_digest(build: Callable[[Path], None]) -> str:
    """Return a digest of the package that holds a builder's code."""
    function = getattr(build, "func", build)
    return source_digest(Path(inspect.getfile(inspect.unwrap(function))).resolve().parent)


def asset_file(kind: str, params: dict[str, Any], build: Callable[[Path], None], suffix: str = ".usdc") -> Path:
    """Return the file of an asset, building it if it is not there yet.

    Args:
        kind: what it is, a file name stem such as "cow".
        params: JSON-able values that, with the builder's source, decide the file's bytes.
        build: writes the file to the path it is given; it may write textures beside it and refer to them as "./name".
        suffix: of the file, with the dot.

    Returns:
        `<cache>/<kind>-<digest>/<kind><suffix>`.

    Raises:
        AssetError: if the builder returns without having written the file.
    """
    key = json.dumps([kind, params, suffix, builder_digest(build)], sort_keys=True)
    folder = cache_folder() / f"{kind}-{hashlib.sha256(key.encode()).hexdigest()[:20]}"
    path = folder / f"{kind}{suffix}"
    if path.exists():
        return path
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{kind}-", dir=folder.parent))
    try:
        build(draft / path.name)
        if not (draft / path.name).exists():
            raise AssetError(
                f"asset {kind!r} {params}: its builder wrote no {path.name}; it must write the path it is given"
            )
        draft.chmod(0o755)
        _publish(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return path


def _publish(draft: Path, folder: Path) -> None:
    """Give a complete folder its name; if another process was first, keep that one's."""
    try:
        draft.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
