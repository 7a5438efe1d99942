"""Materials of soft bodies: authored as Isaac Sim authors them; the engine simulates no soft bodies."""

from __future__ import annotations

from typing import Any

from pxr import UsdShade

from ..arrays import to_device
from ..core_utils.stage import get_current_stage
from ..experimental_objects.typed_prim import prims_of
from ..experimental_prims.deformable_prim import warn_once
from ..experimental_prims.prim import Prim
from ..views.fields import accessors, apply_api, number

VOLUME = ("OmniPhysicsBaseMaterialAPI", "OmniPhysicsDeformableMaterialAPI")
SURFACE = (*VOLUME, "OmniPhysicsSurfaceDeformableMaterialAPI")
FIELDS = {
    "static_frictions": number("static_frictions", "omniphysics:staticFriction"),
    "dynamic_frictions": number("dynamic_frictions", "omniphysics:dynamicFriction"),
    "youngs_moduli": number("youngs_moduli", "omniphysics:youngsModulus"),
    "poissons_ratios": number("poissons_ratios", "omniphysics:poissonsRatio"),
    "densities": number("densities", "omniphysics:density"),
}
SURFACE_FIELDS = {
    "surface_thicknesses": number("surface_thicknesses", "omniphysics:surfaceThickness"),
    "surface_stretch_stiffnesses": number("surface_stretch_stiffnesses", "omniphysics:surfaceStretchStiffness"),
    "surface_shear_stiffnesses": number("surface_shear_stiffnesses", "omniphysics:surfaceShearStiffness"),
    "surface_bend_stiffnesses": number("surface_bend_stiffnesses", "omniphysics:surfaceBendStiffness"),
}


@accessors(
    {
        "friction_coefficients": (FIELDS["static_frictions"], FIELDS["dynamic_frictions"]),
        "youngs_moduli": FIELDS["youngs_moduli"],
        "poissons_ratios": FIELDS["poissons_ratios"],
        "densities": FIELDS["densities"],
    }
)
class VolumeDeformableMaterial(Prim):
    """Stiffness of soft bodies."""

    _apis: tuple[str, ...] = VOLUME
    _fields = FIELDS

    def __init__(self, paths: str | list[str], *, resolve_paths: bool = True, **given: Any) -> None:
        """Find the materials or define them, and set what is given (one value for all, or one each).

        Args:
            paths: path, regular expression or a list of them.
            resolve_paths: accepted; expressions are always looked up.
            given: static_frictions, dynamic_frictions, youngs_moduli (Pa), poissons_ratios, densities (kg/m^3).

        Raises:
            TypeError: if something else is given.
        """
        unknown = sorted(set(given) - set(self._fields))
        if unknown:
            raise TypeError(
                f"{type(self).__name__}: {', '.join(unknown)} was given; expected {', '.join(self._fields)}"
            )
        existing, missing = self.resolve_paths(paths)
        for path in missing:
            UsdShade.Material.Define(get_current_stage(), path)
        super().__init__(existing or missing, resolve_paths=False)
        for prim in self.prims:
            for name in self._apis:
                apply_api(prim, name)
        for name, values in given.items():
            if values is not None:
                self._fields[name].write(self.prims, values)
        warn_once(type(self).__name__)

    @property
    def materials(self) -> list[UsdShade.Material]:
        """The materials as USD schema objects."""
        return [UsdShade.Material(prim) for prim in self.prims]

    @classmethod
    def are_of_type(cls, paths: Any) -> Any:
        """Tell which prims are materials of this kind (n, 1)."""
        found = [_is_deformable(prim, "volume" if cls._apis == VOLUME else "surface") for prim in prims_of(paths)]
        return to_device([[is_one] for is_one in found], bool)


class SurfaceDeformableMaterial(VolumeDeformableMaterial):
    """Stiffness of cloth; also takes surface_thicknesses and the stiffnesses of stretch, shear and bend."""

    _apis = SURFACE
    _fields = FIELDS | SURFACE_FIELDS


def _is_deformable(prim: Any, kind: str) -> bool:
    applied = prim.GetPrimTypeInfo().GetAppliedAPISchemas()
    return VOLUME[1] in applied and (SURFACE[2] in applied) == (kind == "surface")
