"""XFormPrim: poses, scales, visibility and materials of many prims; quaternions are wxyz."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..views import colliders, poses
from ..views.values import flags, rows, selected, weak_flags
from .prim import Prim, out
from .states import XFormPrimViewState


class XFormPrim(Prim):
    """Prims that have a place."""

    def __init__(
        self,
        prim_paths_expr: str | list[str],
        name: str = "xform_prim_view",
        positions: Any = None,
        translations: Any = None,
        orientations: Any = None,
        scales: Any = None,
        visibilities: Any = None,
        reset_xform_properties: bool = True,
        usd: bool = True,
    ) -> None:
        """Find the prims and put them somewhere.

        Args:
            prim_paths_expr: path, regular expression or a list of them.
            name: of the view.
            positions: (n, 3) in the world frame, stage units; not together with `translations`.
            translations: (n, 3) in the parents' frames.
            orientations: (n, 4) wxyz, in the frame of the position given (world if none is).
            scales: (n, 3) factors.
            visibilities: (n,) shown or not.
            reset_xform_properties: replace the operations by translate, orient, scale first.
            usd: accepted; there is no Fabric.

        Raises:
            ValueError: if both `positions` and `translations` are given, or no prim matches.
        """
        super().__init__(prim_paths_expr, name)
        if positions is not None and translations is not None:
            raise ValueError("You can not define translation and position at the same time")
        if reset_xform_properties:
            for prim in self._prims:
                poses.standardise(prim)
        if translations is not None:
            self.set_local_poses(translations, orientations)
        elif positions is not None or orientations is not None:
            self.set_world_poses(positions, orientations)
        if scales is not None:
            self.set_local_scales(scales)
        if visibilities is not None:
            self.set_visibilities(visibilities)
        self._materials: list[Any] = [None] * self.count
        self._default_poses = poses.world_poses(self._prims)

    @property
    def is_non_root_articulation_link(self) -> bool:
        """Whether the prims are links of a robot: never."""
        return False

    def set_visibilities(self, visibilities: Any, indices: Any = None) -> None:
        """Show or hide (n,)."""
        prims = self._pick(indices)
        poses.set_visibilities(prims, flags(visibilities, len(prims), "visibilities"))

    def get_visibilities(self, indices: Any = None) -> Any:
        """Return which are shown (n,)."""
        return out(poses.visibilities(self._pick(indices)))

    def get_world_poses(self, indices: Any = None, usd: bool = True, clone: bool = True) -> tuple[Any, Any]:
        """Return positions (n, 3) and orientations (n, 4) in the world frame."""
        positions, orientations = poses.world_poses(self._pick(indices))
        return out(positions), out(orientations)

    def set_world_poses(
        self, positions: Any = None, orientations: Any = None, indices: Any = None, usd: bool = True
    ) -> None:
        """Put the prims in the world frame; what is None stays."""
        prims = self._pick(indices)
        poses.set_world_poses(prims, *_rows(positions, orientations, len(prims)))

    def get_local_poses(self, indices: Any = None) -> tuple[Any, Any]:
        """Return translations (n, 3) and orientations (n, 4) in the parents' frames."""
        translations, orientations = poses.local_poses(self._pick(indices))
        return out(translations), out(orientations)

    def set_local_poses(self, translations: Any = None, orientations: Any = None, indices: Any = None) -> None:
        """Put the prims in their parents' frames; what is None stays."""
        prims = self._pick(indices)
        poses.set_local_poses(prims, *_rows(translations, orientations, len(prims)))

    def get_world_scales(self, indices: Any = None) -> Any:
        """Return the lengths (n, 3) of the prims' unit axes in the world frame."""
        return out(poses.world_scales(self._pick(indices)))

    def set_local_scales(self, scales: Any, indices: Any = None) -> None:
        """Set the factors (n, 3)."""
        prims = self._pick(indices)
        poses.set_local_scales(prims, rows(scales, len(prims), 3, "scales"))

    def get_local_scales(self, indices: Any = None) -> Any:
        """Return the factors (n, 3)."""
        return out(poses.local_scales(self._pick(indices)))

    def get_default_state(self) -> Any:
        """Return the poses that `post_reset` goes back to."""
        return XFormPrimViewState(*(out(part) for part in self._default_poses))

    def set_default_state(self, positions: Any = None, orientations: Any = None, indices: Any = None) -> None:
        """Set the poses that `post_reset` goes back to."""
        chosen = selected(indices, self.count)
        given = _rows(positions, orientations, len(chosen))
        kept = [np.array(part) for part in self._default_poses]
        for slot, value in enumerate(given):
            if value is not None:
                kept[slot][chosen] = value
        self._default_poses = (kept[0], kept[1])

    def post_reset(self) -> None:
        """Put the prims back to their default poses."""
        self.set_world_poses(*self._default_poses)

    def apply_visual_materials(
        self, visual_materials: Any, weaker_than_descendants: Any = None, indices: Any = None
    ) -> None:
        """Bind one material to all, or one to each."""
        chosen = selected(indices, self.count)
        weak = weak_flags(weaker_than_descendants, len(chosen))
        for index, material, is_weak in zip(chosen, colliders.each(visual_materials, len(chosen)), weak, strict=True):
            colliders.bind(self._prims[index], material.material, "", bool(is_weak))
            self._materials[index] = material

    def get_applied_visual_materials(self, indices: Any = None) -> list[Any]:
        """Return the material of each prim, None where there is none of a known kind."""
        return [self._applied(index) for index in selected(indices, self.count)]

    def _applied(self, index: int) -> Any:
        from ..core_api.materials import wrap

        bound = colliders.bound(self._prims[index], "")
        kept = self._materials[index]
        if bound is None:
            return None
        return kept if kept is not None and kept.prim == bound.GetPrim() else wrap(bound.GetPrim())

    def is_visual_material_applied(self, indices: Any = None) -> list[bool]:
        """Tell which prims have a material of their own."""
        return [colliders.bound(prim, "") is not None for prim in self._pick(indices)]


def _rows(first: Any, orientations: Any, count: int) -> tuple[Any, Any]:
    return (
        None if first is None else rows(first, count, 3, "positions"),
        None if orientations is None else rows(orientations, count, 4, "orientations"),
    )
