"""Materials that say how bodies rub and bounce."""

from __future__ import annotations

from typing import Any

from pxr import UsdPhysics, UsdShade

from ..arrays import to_device
from ..core_utils.stage import get_current_stage
from ..experimental_objects.typed_prim import prims_of
from ..experimental_prims.prim import Prim
from ..views import colliders
from ..views.fields import accessors, apply_api, flag, number, word

PHYSX = ("PhysxMaterialAPI",)


class PhysicsMaterial(Prim):
    """Physics materials; `UsdShade.Material` prims."""

    def __init__(self, paths: str | list[str], *, resolve_paths: bool = True) -> None:
        """Find the materials or define them."""
        existing, missing = self.resolve_paths(paths)
        for path in missing:
            UsdShade.Material.Define(get_current_stage(), path)
        super().__init__(existing or missing, resolve_paths=False)
        for prim in self.prims:
            UsdPhysics.MaterialAPI.Apply(prim)
            apply_api(prim, "PhysxMaterialAPI")

    @property
    def materials(self) -> list[UsdShade.Material]:
        """The materials as USD schema objects."""
        return [UsdShade.Material(prim) for prim in self.prims]

    @classmethod
    def are_of_type(cls, paths: Any) -> Any:
        """Tell which prims are physics materials (n, 1)."""
        return to_device([[prim.HasAPI(UsdPhysics.MaterialAPI)] for prim in prims_of(paths)], bool)

    @staticmethod
    def fetch_instances(paths: Any) -> list[Any]:
        """Return a RigidBodyMaterial for each physics material, None for others."""
        found = [(prim, prim.HasAPI(UsdPhysics.MaterialAPI)) for prim in prims_of(paths)]
        return [RigidBodyMaterial(str(prim.GetPath())) if is_one else None for prim, is_one in found]


@accessors(
    {
        "friction_coefficients": (colliders.STATIC, colliders.DYNAMIC),
        "restitution_coefficients": colliders.RESTITUTION,
        "densities": colliders.MATERIAL_DENSITY,
        "combine_modes": (
            word("frictions", "physxMaterial:frictionCombineMode", default="average", apis=PHYSX),
            word("restitutions", "physxMaterial:restitutionCombineMode", default="average", apis=PHYSX),
            word("dampings", "physxMaterial:dampingCombineMode", default="average", apis=PHYSX),
        ),
        "enabled_compliant_contacts": flag("enabled", "physxMaterial:compliantContactAccelerationSpring", apis=PHYSX),
        "compliant_contact_gains": (
            number("stiffnesses", "physxMaterial:compliantContactStiffness", apis=PHYSX),
            number("dampings", "physxMaterial:compliantContactDamping", apis=PHYSX),
        ),
    }
)
class RigidBodyMaterial(PhysicsMaterial):
    """Friction and bounce of rigid bodies."""

    def __init__(
        self,
        paths: str | list[str],
        *,
        static_frictions: Any = None,
        dynamic_frictions: Any = None,
        restitutions: Any = None,
        densities: Any = None,
    ) -> None:
        """Find the materials or define them, and set what is given (one value for all, or one each)."""
        super().__init__(paths)
        fields = (colliders.STATIC, colliders.DYNAMIC, colliders.RESTITUTION, colliders.MATERIAL_DENSITY)
        given = (static_frictions, dynamic_frictions, restitutions, densities)
        for field, values in zip(fields, given, strict=True):
            if values is not None:
                field.write(self.prims, values)
