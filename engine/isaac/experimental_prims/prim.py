"""Prim: the prims at paths or regular expressions."""

from __future__ import annotations

from typing import Any

from pxr import Sdf, Usd

from ..core_utils.stage import get_current_stage
from ..experimental.prim import ensure_api, find_matching_prim_paths


class Prim:
    """One prim or many.

    Attributes:
        paths: their paths.
        prims: the prims themselves.
    """

    def __init__(self, paths: str | list[str], *, resolve_paths: bool = True) -> None:
        """Find the prims.

        Args:
            paths: path, regular expression (part by part) or a list of them.
            resolve_paths: look the expressions up; otherwise the paths are taken as they are.

        Raises:
            ValueError: if a path leads to no prim.
        """
        given = [paths] if isinstance(paths, str) else [str(path) for path in paths]
        self._paths = given
        if resolve_paths:
            self._paths, missing = self.resolve_paths(given)
            if missing:
                raise ValueError(f"{type(self).__name__}: no prim at {', '.join(missing)}; expected existing prims")
        self._stage = get_current_stage()
        self._prims = [self._stage.GetPrimAtPath(path) for path in self._paths]

    def __len__(self) -> int:
        return len(self._paths)

    @property
    def paths(self) -> list[str]:
        """Paths of the prims."""
        return self._paths

    @property
    def prims(self) -> list[Usd.Prim]:
        """The prims.

        Raises:
            RuntimeError: if one of them has been removed.
        """
        if not self.valid:
            raise RuntimeError(f"{type(self).__name__}: a prim of {', '.join(self._paths)} has been removed")
        return self._prims

    @property
    def valid(self) -> bool:
        """Whether every prim is still there."""
        return all(self._prims)

    @staticmethod
    def ensure_api(prims: list[Usd.Prim], api: type, *args: Any, **kwargs: Any) -> list[Any]:
        """Apply a schema where it is not, and return it for each prim."""
        return [ensure_api(prim, api, *args, **kwargs) for prim in prims]

    @staticmethod
    def resolve_paths(paths: str | list[str], raise_on_mixed_paths: bool = True) -> tuple[list[str], list[str]]:
        """Return (paths of existing prims, paths without a prim).

        Raises:
            ValueError: if some paths lead to prims and others do not, or one is no path and matches nothing.
        """
        given = [paths] if isinstance(paths, str) else [str(path) for path in paths]
        found = {path: find_matching_prim_paths(path) for path in given}
        existing = [match for path in given for match in found[path]]
        missing = [path for path in given if not found[path] and Sdf.Path.IsValidPathString(path)]
        wrong = [path for path in given if not found[path] and path not in missing]
        if raise_on_mixed_paths and (wrong or (existing and missing)):
            raise ValueError(
                f"Specified paths {given}: {', '.join(wrong or missing)} lead to no prim; "
                "expected either existing prims only or new paths only"
            )
        return existing, missing

    def _changed(self, prims: list[Usd.Prim]) -> None:
        """Run after attributes of prims were set; overridden where something follows from them."""
