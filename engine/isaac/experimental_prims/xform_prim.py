"""XformPrim: poses, scales, visibility and materials of many prims; quaternions are wxyz."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Usd

from ... import carb
from ..arrays import to_device
from ..views import colliders, poses
from ..views.values import flags, rows, selected
from .prim import Prim


class XformPrim(Prim):
    """Prims that have a place."""

    def __init__(
        self,
        paths: str | list[str],
        *,
        resolve_paths: bool = True,
        positions: Any = None,
        translations: Any = None,
        orientations: Any = None,
        scales: Any = None,
        reset_xform_op_properties: bool = False,
    ) -> None:
        """Find the prims and put them somewhere.

        Args:
            paths: path, regular expression or a list of them.
            resolve_paths: look the expressions up.
            positions: (n, 3) or (3,) in the world frame, stage units; not together with `translations`.
            translations: (n, 3) or (3,) in the parents' frames.
            orientations: (n, 4) or (4,) wxyz, in the frame of the position given (world if none is).
            scales: (n, 3) or (3,) factors.
            reset_xform_op_properties: replace the operations by translate, orient, scale first.

        Raises:
            ValueError: if both `positions` and `translations` are given.
        """
        super().__init__(paths, resolve_paths=resolve_paths)
        if positions is not None and translations is not None:
            raise ValueError("Both 'positions' and 'translations' are specified; give only one of them")
        self._default: list[Any] = [None, None]
        if reset_xform_op_properties:
            self.reset_xform_op_properties()
        if translations is not None:
            self.set_local_poses(translations, orientations)
        elif positions is not None or orientations is not None:
            self.set_world_poses(positions, orientations)
        if scales is not None:
            self.set_local_scales(scales)

    def _pick(self, indices: Any) -> list[Usd.Prim]:
        return [self.prims[index] for index in selected(indices, len(self))]

    @property
    def is_non_root_articulation_link(self) -> bool:
        """Whether the prims are links of a robot: never."""
        return False

    def set_visibilities(self, visibilities: Any, *, indices: Any = None) -> None:
        """Show or hide."""
        prims = self._pick(indices)
        poses.set_visibilities(prims, flags(visibilities, len(prims), "visibilities"))

    def get_visibilities(self, *, indices: Any = None) -> Any:
        """Return which are shown (n, 1)."""
        return to_device(poses.visibilities(self._pick(indices)).reshape(-1, 1), bool)

    def get_world_poses(self, *, indices: Any = None) -> tuple[Any, Any]:
        """Return positions (n, 3) and orientations (n, 4) in the world frame."""
        positions, orientations = poses.world_poses(self._pick(indices))
        return to_device(positions), to_device(orientations)

    def set_world_poses(self, positions: Any = None, orientations: Any = None, *, indices: Any = None) -> None:
        """Put the prims in the world frame.

        Raises:
            ValueError: if nothing is given.
        """
        prims = self._pick(indices)
        poses.set_world_poses(prims, *_given(positions, orientations, len(prims), "positions"))

    def get_local_poses(self, *, indices: Any = None) -> tuple[Any, Any]:
        """Return translations (n, 3) and orientations (n, 4) in the parents' frames."""
        translations, orientations = poses.local_poses(self._pick(indices))
        return to_device(translations), to_device(orientations)

    def set_local_poses(self, translations: Any = None, orientations: Any = None, *, indices: Any = None) -> None:
        """Put the prims in their parents' frames.

        Raises:
            ValueError: if nothing is given.
        """
        prims = self._pick(indices)
        poses.set_local_poses(prims, *_given(translations, orientations, len(prims), "translations"))

    def set_local_scales(self, scales: Any, *, indices: Any = None) -> None:
        """Set the factors (n, 3)."""
        prims = self._pick(indices)
        poses.set_local_scales(prims, rows(scales, len(prims), 3, "scales"))

    def get_local_scales(self, *, indices: Any = None) -> Any:
        """Return the factors (n, 3)."""
        return to_device(poses.local_scales(self._pick(indices)))

    def reset_xform_op_properties(self) -> None:
        """Replace the transform operations by translate, orient and scale; nothing moves."""
        for prim in self.prims:
            poses.standardise(prim)

    def apply_visual_materials(
        self, materials: Any, *, weaker_than_descendants: Any = None, indices: Any = None
    ) -> None:
        """Bind one material to all, or one to each."""
        self._bind(materials, "", weaker_than_descendants, indices)

    def _bind(self, materials: Any, purpose: str, weaker: Any, indices: Any) -> None:
        prims = self._pick(indices)
        weak = flags(False if weaker is None else weaker, len(prims), "weaker_than_descendants")
        for prim, material, is_weak in zip(prims, colliders.each(materials, len(prims)), weak, strict=True):
            colliders.bind(prim, material.materials[0], purpose, bool(is_weak))

    def get_applied_visual_materials(self, *, indices: Any = None) -> list[Any]:
        """Return the material bound to each prim, None where there is none of a known kind."""
        from ..experimental_materials import VisualMaterial

        found = [colliders.bound(prim, "") for prim in self._pick(indices)]
        return [VisualMaterial.fetch_instances([m.GetPrim()])[0] if m is not None else None for m in found]

    def get_default_state(self, *, indices: Any = None) -> tuple[Any, ...]:
        """Return the positions and orientations to reset to, None where none were set."""
        chosen = selected(indices, len(self))
        return tuple(None if value is None else to_device(value[chosen]) for value in self._default)

    def set_default_state(self, positions: Any = None, orientations: Any = None, *, indices: Any = None) -> None:
        """Set what `reset_to_default_state` goes back to.

        Raises:
            ValueError: if nothing is given.
        """
        chosen = selected(indices, len(self))
        for slot, value in enumerate(_given(positions, orientations, len(chosen), "positions")):
            self._remember(slot, value, chosen)

    def _remember(self, slot: int, value: Any, chosen: Any) -> None:
        if value is None:
            return
        if self._default[slot] is None:
            self._default[slot] = np.zeros((len(self), value.shape[1]), dtype=np.float32)
            self._default[slot][:, 0] = float(value.shape[1] == 4)
        self._default[slot][chosen] = value

    def reset_to_default_state(self, *, warn_on_non_default_state: bool = False) -> None:
        """Put the prims back to the poses of `set_default_state`."""
        positions, orientations = self._default[:2]
        if positions is not None or orientations is not None:
            self.set_world_poses(positions, orientations)
        elif warn_on_non_default_state:
            carb.log_warn("no default positions or orientations to reset to; call set_default_state() first")


def _given(first: Any, orientations: Any, count: int, name: str) -> tuple[Any, Any]:
    """Return both as rows."""
    if first is None and orientations is None:
        raise ValueError(f"neither '{name}' nor 'orientations' was given; expected at least one of them")
    return (
        None if first is None else rows(first, count, 3, name),
        None if orientations is None else rows(orientations, count, 4, "orientations"),
    )
