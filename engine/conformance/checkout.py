"""Take the files a row needs out of the user's own checkout: a work tree, or a bare repository through git."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path


def extract(repository: Path, paths: Sequence[str], target: Path, prefer: str = "") -> None:
    """Copy paths of a repository into a folder.

    Args:
        repository: a work tree, or a (bare) git directory.
        paths: files and folders, relative to the repository's root.
        target: folder to copy into, same layout.
        prefer: tag to read from a git directory, if it is there (else HEAD).

    Raises:
        FileNotFoundError: if the repository holds none of the paths.
    """
    if any((repository / path).exists() for path in paths):
        for path in paths:
            _copy(repository / path, target / path)
        return
    revision = prefer if prefer and has_revision(repository, prefer) else "HEAD"
    status, listed = _git(repository, "ls-tree", "--name-only", revision, *paths)
    present = listed.decode().split("\n")[:-1] if status == 0 else []
    if not present:
        raise FileNotFoundError(
            f"'{repository}' holds none of {', '.join(paths)}; expected a checkout (work tree or bare git directory)"
        )
    extract_revision(repository, present, target, revision)


def has_revision(repository: Path, revision: str) -> bool:
    """Tell whether a path is a git repository that knows a tag."""
    return _git(repository, "rev-parse", "-q", "--verify", f"{revision}^{{commit}}")[0] == 0


def holds(repository: Path, revision: str, path: str) -> bool:
    """Tell whether a revision of a repository holds a path."""
    return _git(repository, "cat-file", "-e", f"{revision}:{path}")[0] == 0


def extract_revision(repository: Path, paths: Sequence[str], target: Path, revision: str) -> None:
    """Copy paths of one revision of a git repository into a folder."""
    archive = _git(repository, "archive", "--format=tar", revision, *paths)[1]
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # Debian 12's Python 3.11.2 has no filters
        tar.extractall(target, **safe)  # type: ignore[arg-type]


def _git(repository: Path, *arguments: str) -> tuple[int, bytes]:
    command = ["git", "-c", "safe.directory=*", "-C", str(repository), *arguments]
    done = subprocess.run(command, capture_output=True, check=False)
    return done.returncode, done.stdout


def drop_pointers(folder: Path) -> int:
    """Remove the pictures below a folder that are pointers of Git LFS, not pictures, and return their number."""
    found = [path for path in sorted(folder.rglob("*.png")) if path.is_file() and path.read_bytes()[:7] == b"version"]
    for path in found:
        path.unlink()
    return len(found)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    elif source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def overlay_goldens(goldens: Path, extension: Path) -> int:
    """Put golden images, from unzipped wheels, over the Git LFS pointers of an extension and return their number."""
    count = 0
    for folder in sorted(extension.rglob("golden/_out_*")):
        for found in sorted(goldens.rglob(f"golden/{folder.name}")):
            for image in found.rglob("*.png"):
                place = folder / image.relative_to(found)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(image, place)
                count += 1
    return count
