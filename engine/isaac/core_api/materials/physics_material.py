"""PhysicsMaterial: how bodies rub and bounce."""

from __future__ import annotations

from pxr import Usd, UsdPhysics, UsdShade

from ...core_utils.stage import get_current_stage
from ...views.fields import apply_api


class PhysicsMaterial:
    """A material with friction and restitution."""

    def __init__(
        self,
        prim_path: str,
        name: str = "physics_material",
        static_friction: float | None = None,
        dynamic_friction: float | None = None,
        restitution: float | None = None,
    ) -> None:
        """Find or define the material and set what is given."""
        self._material = UsdShade.Material.Define(get_current_stage(), str(prim_path))
        self._name = name
        self._api = UsdPhysics.MaterialAPI.Apply(self.prim)
        apply_api(self.prim, "PhysxMaterialAPI")
        if static_friction is not None:
            self.set_static_friction(static_friction)
        if dynamic_friction is not None:
            self.set_dynamic_friction(dynamic_friction)
        if restitution is not None:
            self.set_restitution(restitution)

    @property
    def prim_path(self) -> str:
        """Path of the material."""
        return str(self.prim.GetPath())

    @property
    def prim(self) -> Usd.Prim:
        """The prim."""
        return self._material.GetPrim()

    @property
    def name(self) -> str:
        """Name of the object."""
        return self._name

    @property
    def material(self) -> UsdShade.Material:
        """The material as a USD schema object."""
        return self._material

    def set_dynamic_friction(self, friction: float) -> None:
        """Set the friction of bodies that slide."""
        self._api.CreateDynamicFrictionAttr().Set(float(friction))

    def get_dynamic_friction(self) -> float:
        """Return the friction of bodies that slide."""
        return float(self._api.GetDynamicFrictionAttr().Get())

    def set_static_friction(self, friction: float) -> None:
        """Set the friction of bodies that do not slide yet."""
        self._api.CreateStaticFrictionAttr().Set(float(friction))

    def get_static_friction(self) -> float:
        """Return the friction of bodies that do not slide yet."""
        return float(self._api.GetStaticFrictionAttr().Get())

    def set_restitution(self, restitution: float) -> None:
        """Set the share of the speed that is left after a bounce."""
        self._api.CreateRestitutionAttr().Set(float(restitution))

    def get_restitution(self) -> float:
        """Return the share of the speed that is left after a bounce."""
        return float(self._api.GetRestitutionAttr().Get())
