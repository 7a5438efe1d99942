"""isaacsim.core.cloner: copies of a prim side by side, by inherits or by copying what the edit layer holds."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Sdf, Usd, UsdGeom

from .arrays import to_host
from .core_utils.stage import get_current_stage
from .views import poses


class Cloner:
    """Makes copies of a prim."""

    def __init__(self, stage: Usd.Stage | None = None) -> None:
        self._stage = stage or get_current_stage()

    def define_base_env(self, base_env_path: str) -> None:
        """Define the scope that copies go below."""
        UsdGeom.Scope.Define(self._stage, base_env_path)

    def generate_paths(self, root_path: str, num_paths: int) -> list[str]:
        """Return root_path_0, root_path_1 ..."""
        return [f"{root_path}_{index}" for index in range(num_paths)]

    def clone(
        self,
        source_prim_path: str,
        prim_paths: list[str],
        positions: Any = None,
        orientations: Any = None,
        replicate_physics: bool = False,
        base_env_path: str | None = None,
        root_path: str | None = None,
        copy_from_source: bool = False,
        **accepted: Any,
    ) -> None:
        """Make a prim at each path like the source, where it is not the source itself, and place it.

        Args:
            source_prim_path: what is copied.
            prim_paths: where copies go.
            positions: (n, 3) in the parents' frames, stage units.
            orientations: (n, 4) wxyz.
            replicate_physics: accepted; physics reads every copy.
            base_env_path: accepted.
            root_path: accepted.
            copy_from_source: copy the source's own edits, instead of inheriting from it.
            accepted: other options, not used.

        Raises:
            ValueError: if the source does not exist, or positions and paths are not as many.
        """
        source = self._stage.GetPrimAtPath(source_prim_path)
        if not source:
            raise ValueError(f"Cloner.clone: no prim at '{source_prim_path}'; expected an existing source prim")
        for name, values in (("positions", positions), ("orientations", orientations)):
            if values is not None and len(values) != len(prim_paths):
                raise ValueError(
                    f"Dimension mismatch between {name} ({len(values)}) and prim_paths ({len(prim_paths)})"
                )
        self._author(source, [path for path in prim_paths if path != source_prim_path], copy_from_source)
        prims = [self._stage.GetPrimAtPath(path) for path in prim_paths]
        if positions is not None or orientations is not None:
            poses.set_local_poses(
                prims,
                None if positions is None else to_host(positions),
                None if orientations is None else to_host(orientations),
            )

    def _author(self, source: Usd.Prim, paths: list[str], copies: bool) -> None:
        layer = self._stage.GetEditTarget().GetLayer()
        with Sdf.ChangeBlock():
            for path in paths:
                if copies:
                    spec = source.GetPrimStack()[0]
                    Sdf.CreatePrimInLayer(layer, path)
                    Sdf.CopySpec(spec.layer, spec.path, layer, path)
                    continue
                made = Sdf.CreatePrimInLayer(layer, path)
                made.specifier = Sdf.SpecifierDef
                made.inheritPathList.prependedItems = [source.GetPath()]

    def replicate_physics(self, *arguments: Any, **named: Any) -> None:
        """Accept: physics reads every copy."""

    def disable_change_listener(self) -> None:
        """Accept."""

    def enable_change_listener(self) -> None:
        """Accept."""


class GridCloner(Cloner):
    """Makes copies in rows and columns."""

    def __init__(self, spacing: float, num_per_row: int = -1, stage: Usd.Stage | None = None) -> None:
        """Set the distance between neighbours (stage units) and the length of a row (default: a square)."""
        super().__init__(stage)
        self._spacing, self._num_per_row = float(spacing), int(num_per_row)

    def get_clone_transforms(
        self, num_clones: int, position_offsets: Any = None, orientation_offsets: Any = None
    ) -> tuple[list[list[float]], list[list[float]]]:
        """Return positions (n, 3), centred on the origin, and orientations (n, 4) wxyz."""
        per_row = int(np.sqrt(num_clones)) if self._num_per_row == -1 else self._num_per_row
        rows = int(np.ceil(num_clones / per_row))
        columns = int(np.ceil(num_clones / rows))
        row, column = np.divmod(np.arange(num_clones), columns)
        across = (0.5 * (rows - 1) - row) * self._spacing
        along = (column - 0.5 * (columns - 1)) * self._spacing
        flat = np.zeros(num_clones)
        is_z_up = UsdGeom.GetStageUpAxis(self._stage) == UsdGeom.Tokens.z
        positions = np.stack([across, along, flat] if is_z_up else [across, flat, along], axis=1)
        orientations = np.tile([1.0, 0.0, 0.0, 0.0], (num_clones, 1))
        if position_offsets is not None:
            positions = positions + to_host(position_offsets)
        if orientation_offsets is not None:
            orientations = to_host(orientation_offsets)
        return positions.tolist(), orientations.tolist()

    def clone(  # type: ignore[override]
        self,
        source_prim_path: str,
        prim_paths: list[str],
        position_offsets: Any = None,
        orientation_offsets: Any = None,
        **options: Any,
    ) -> list[list[float]]:
        """Make copies in rows and columns and return their positions; options of `Cloner.clone`."""
        positions, orientations = self.get_clone_transforms(len(prim_paths), position_offsets, orientation_offsets)
        super().clone(source_prim_path, prim_paths, positions, orientations, **options)
        return positions
