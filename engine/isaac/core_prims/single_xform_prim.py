"""SingleXFormPrim: one prim; the methods of the view without the plural."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Usd

from ..core_utils.prims import define_prim, is_prim_path_valid
from ..views.poses import world_scales
from .prim import out
from .states import XFormPrimState
from .xform_prim import XFormPrim


def one(value: Any) -> Any:
    """Return a value as one row, None as None."""
    if value is None or isinstance(value, str | bool):
        return value
    return np.asarray(value.numpy() if hasattr(value, "numpy") else value, dtype=np.float64)[None]


class SinglePrim:
    """What every single prim has, over a view of one."""

    def __init__(self, view: XFormPrim) -> None:
        self._prim_view = view
        self._single_name = view.name

    def initialize(self, physics_sim_view: Any = None) -> None:
        """Accept: prims are ready once they exist."""
        self._prim_view.initialize(physics_sim_view)

    @property
    def prim_path(self) -> str:
        """Path of the prim."""
        return self._prim_view.prim_paths[0]

    @property
    def name(self) -> str:
        """Name of the object."""
        return self._single_name

    @property
    def prim(self) -> Usd.Prim:
        """The prim."""
        return self._prim_view.prims[0]

    @property
    def non_root_articulation_link(self) -> bool:
        """Whether the prim is a link of a robot: never."""
        return False

    def is_valid(self) -> bool:
        """Tell whether the prim is still there."""
        return self._prim_view.is_valid()

    def post_reset(self) -> None:
        """Put the prim back to its default state."""
        self._prim_view.post_reset()

    def set_visibility(self, visible: bool) -> None:
        """Show or hide."""
        self._prim_view.set_visibilities([bool(visible)])

    def get_visibility(self) -> bool:
        """Tell whether the prim is shown."""
        return bool(self._prim_view.get_visibilities()[0])

    def get_world_pose(self) -> tuple[Any, Any]:
        """Return position (3,) and orientation (4,) in the world frame."""
        positions, orientations = self._prim_view.get_world_poses()
        return positions[0], orientations[0]

    def set_world_pose(self, position: Any = None, orientation: Any = None) -> None:
        """Put the prim in the world frame; what is None stays."""
        self._prim_view.set_world_poses(one(position), one(orientation))

    def get_local_pose(self) -> tuple[Any, Any]:
        """Return translation (3,) and orientation (4,) in the parent's frame."""
        translations, orientations = self._prim_view.get_local_poses()
        return translations[0], orientations[0]

    def set_local_pose(self, translation: Any = None, orientation: Any = None) -> None:
        """Put the prim in its parent's frame; what is None stays."""
        self._prim_view.set_local_poses(one(translation), one(orientation))

    def get_world_scale(self) -> Any:
        """Return the lengths (3,) of the prim's unit axes in the world frame."""
        return out(world_scales([self.prim])[0])

    def set_local_scale(self, scale: Any) -> None:
        """Set the factors (3,)."""
        self._prim_view.set_local_scales(one(scale))

    def get_local_scale(self) -> Any:
        """Return the factors (3,)."""
        return self._prim_view.get_local_scales()[0]

    def get_default_state(self) -> Any:
        """Return the pose that `post_reset` goes back to."""
        state = self._prim_view.get_default_state()
        return XFormPrimState(state.positions[0], state.orientations[0])

    def set_default_state(self, position: Any = None, orientation: Any = None) -> None:
        """Set the pose that `post_reset` goes back to."""
        self._prim_view.set_default_state(one(position), one(orientation))

    def apply_visual_material(self, visual_material: Any, weaker_than_descendants: bool = False) -> None:
        """Bind a material."""
        self._prim_view.apply_visual_materials([visual_material], [weaker_than_descendants])

    def get_applied_visual_material(self) -> Any:
        """Return the material, None if there is none of a known kind."""
        return self._prim_view.get_applied_visual_materials()[0]

    def is_visual_material_applied(self) -> bool:
        """Tell whether the prim has a material of its own."""
        return self._prim_view.is_visual_material_applied()[0]


class SingleXFormPrim(SinglePrim):
    """One prim that has a place; an Xform is made where there is none."""

    def __init__(
        self,
        prim_path: str,
        name: str = "xform_prim",
        position: Any = None,
        translation: Any = None,
        orientation: Any = None,
        scale: Any = None,
        visible: bool | None = None,
        reset_xform_properties: bool = True,
    ) -> None:
        """Find or make the prim and put it somewhere (world `position` or parent `translation`; wxyz)."""
        if not is_prim_path_valid(prim_path):
            define_prim(prim_path, "Xform")
        placing = placed(position, translation, orientation, scale, visible)
        super().__init__(XFormPrim(prim_path, name, reset_xform_properties=reset_xform_properties, **placing))


def placed(position: Any, translation: Any, orientation: Any, scale: Any, visible: bool | None) -> dict[str, Any]:
    """Return the placing of one prim as the views take it."""
    placing = {"positions": position, "translations": translation, "orientations": orientation, "scales": scale}
    found = {name: one(value) for name, value in placing.items() if value is not None}
    return found | ({} if visible is None else {"visibilities": [bool(visible)]})
