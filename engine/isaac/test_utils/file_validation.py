"""isaacsim.test.utils.file_validation: count files by their extension."""

from __future__ import annotations

from collections import Counter
from pathlib import Path


def get_folder_file_summary(path: str, recursive: bool = False) -> dict[str, object]:
    """Return the number of files and the number by extension (lower case, no dot) of a folder."""
    files = _files(Path(path), recursive)
    counts = Counter(file.suffix.lower().lstrip(".") for file in files)
    return {"total_files": len(files), "extension_counts": dict(counts)}


def validate_folder_contents(
    path: str,
    expected_counts: dict[str, int],
    recursive: bool = False,
    fail_on_empty_files: bool = False,
    **accepted: object,
) -> bool:
    """Tell whether a folder holds exactly the expected number of files of each extension named, and say what differs.

    Args:
        path: the folder.
        expected_counts: extension (with or without dot) to number of files.
        recursive: count below sub-folders too.
        fail_on_empty_files: also refuse files of no bytes.
        **accepted: further options of Isaac Sim's function, not used.
    """
    root = Path(path)
    if not root.is_dir():
        print(f"validate_folder_contents: '{path}' is not a folder")
        return False
    files = _files(root, recursive)
    counts = Counter(file.suffix.lower().lstrip(".") for file in files)
    wanted = {name.lower().lstrip("."): number for name, number in expected_counts.items()}
    wrong = {name: (counts[name], number) for name, number in wanted.items() if counts[name] != number}
    for name, (found, number) in wrong.items():
        print(f"validate_folder_contents: {path}: {found} files .{name}, expected {number}")
    empty = [file for file in files if file.stat().st_size == 0] if fail_on_empty_files else []
    for file in empty:
        print(f"validate_folder_contents: {file} is empty")
    return not wrong and not empty


def validate_file_list(file_paths: list[str], fail_on_empty_files: bool = False, **accepted: object) -> bool:
    """Tell whether every file is there (and is not empty, if asked)."""
    paths = [Path(path) for path in file_paths]
    return all(path.is_file() and not (fail_on_empty_files and path.stat().st_size == 0) for path in paths)


def _files(root: Path, recursive: bool) -> list[Path]:
    return sorted(path for path in (root.rglob("*") if recursive else root.glob("*")) if path.is_file())
