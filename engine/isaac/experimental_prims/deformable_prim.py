"""DeformablePrim: soft bodies are authored; the engine does not simulate them, so they rest where they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.carb.logging import log_warn

from ..views.fields import apply_api
from .xform_prim import XformPrim

BODY_APIS = ("OmniPhysicsBodyAPI", "OmniPhysicsDeformableBodyAPI", "PhysxAutoDeformableBodyAPI")
QUESTIONS = (
    "get_element_indices",
    "get_nodal_gradients",
    "get_nodal_kinematic_position_targets",
    "get_nodal_positions",
    "get_nodal_rotations",
    "get_nodal_stresses",
    "get_nodal_velocities",
    "set_nodal_kinematic_position_targets",
    "set_nodal_positions",
    "set_nodal_velocities",
)
_told: set[str] = set()


class DeformablePrim(XformPrim):
    """Soft bodies that rest."""

    def __init__(self, paths: str | list[str], *, deformable_type: str | None = None, **placing: Any) -> None:
        """Find the prims and mark them as soft bodies.

        Args:
            paths: path, regular expression or a list of them.
            deformable_type: "surface" or "volume"; None is "volume".
            placing: as of `XformPrim`.

        Raises:
            ValueError: if the type is neither.
        """
        if deformable_type not in (None, "surface", "volume"):
            raise ValueError(f"DeformablePrim: deformable_type={deformable_type!r} was given; expected surface, volume")
        super().__init__(paths, **placing)
        self._deformable_type = deformable_type or "volume"
        for prim in self.prims:
            for name in BODY_APIS:
                apply_api(prim, name)
        warn_once(type(self).__name__)

    @property
    def deformable_type(self) -> str:
        """`surface` or `volume`."""
        return self._deformable_type

    def apply_physics_materials(
        self, materials: Any, *, weaker_than_descendants: Any = None, indices: Any = None
    ) -> None:
        """Bind one physics material to all, or one to each."""
        self._bind(materials, "physics", weaker_than_descendants, indices)

    def is_physics_tensor_entity_valid(self) -> bool:
        """Tell: there are no tensors of a simulation."""
        return False


def warn_once(name: str) -> None:
    """Say once of each class that what it makes is not simulated."""
    if name not in _told:
        _told.add(name)
        log_warn(
            f"{name}: the embedded engine simulates no deformable bodies (docs/parity.md): they are authored and "
            "drawn, and rest where they are"
        )


def _question(name: str) -> Callable[..., Any]:
    def ask(self: DeformablePrim, *values: Any, **named: Any) -> Any:
        raise RuntimeError(
            f"DeformablePrim.{name}: the embedded engine simulates no deformable bodies (docs/parity.md), so there are "
            "no nodes to ask for or to set; run the script in Isaac Sim"
        )

    ask.__name__, ask.__doc__ = name, "Refuse: there is no simulation of soft bodies."
    return ask


for _name in QUESTIONS:
    setattr(DeformablePrim, _name, _question(_name))
