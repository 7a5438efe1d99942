"""RtxCamera: one USD camera as a sensor."""

from __future__ import annotations

from typing import Any

from pxr import Sdf, Usd, UsdGeom

from ..core_utils.stage import add_reference_to_stage, get_current_stage
from ..experimental_objects.camera import Camera
from ..experimental_prims.xform_prim import XformPrim
from ..storage import get_assets_root_path

TICK_RATE = "omni:sensor:tickRate"


class RtxCamera(XformPrim):
    """One camera: that at a path, or a new one."""

    def __init__(
        self,
        path: str,
        *,
        tick_rate: float | None = None,
        schemas: list[str] | None = None,
        attributes: dict[str, Any] | None = None,
        positions: Any = None,
        translations: Any = None,
        orientations: Any = None,
        scales: Any = None,
        reset_xform_op_properties: bool = True,
    ) -> None:
        """Find the camera or define it.

        Args:
            path: of a camera, or a new path.
            tick_rate: Hz, as an attribute; the camera is rendered whenever it is asked all the same.
            schemas: API schemas to apply, "Name" or "Name:instance".
            attributes: values of attributes, by name.
            positions, translations, orientations, scales, reset_xform_op_properties: placing as of `XformPrim`.

        Raises:
            ValueError: if the path stands for several prims, or for none that is a camera.
            TypeError: if an attribute is not there and its type cannot be told.
        """
        existing, missing = self.resolve_paths(path)
        if len(existing or missing) != 1:
            raise ValueError(f"RtxCamera('{path}'): {len(existing)} prims were found; expected one")
        if missing:
            UsdGeom.Camera.Define(get_current_stage(), missing[0])
        super().__init__(
            existing or missing,
            resolve_paths=False,
            positions=positions,
            translations=translations,
            orientations=orientations,
            scales=scales,
            reset_xform_op_properties=reset_xform_op_properties,
        )
        prim = self.prims[0]
        if not prim.IsA(UsdGeom.Camera):
            raise ValueError(f"RtxCamera('{path}'): the prim there is a {prim.GetTypeName()}; expected a Camera")
        for schema in ["OmniSensorAPI", *(schemas or [])]:
            _apply(prim, schema)
        values = dict(attributes or {}) | ({} if tick_rate is None else {TICK_RATE: float(tick_rate)})
        for name, value in values.items():
            _set(prim, name, value)

    @staticmethod
    def create(
        path: str, *, config: str | None = None, usd_path: str | None = None, variant: Any = None, **given: Any
    ) -> RtxCamera:
        """Return a camera, perhaps that of an asset.

        Args:
            path: of the camera, or where the asset is referenced.
            config: address of an asset below the root of Isaac Sim's assets.
            usd_path: address of an asset.
            variant: unused by assets that have one variant only; a name, or a dict of variant sets.
            given: as of the class.

        Raises:
            ValueError: if both `config` and `usd_path` are given, or the asset holds no camera.
        """
        if config is not None and usd_path is not None:
            raise ValueError("Both 'config' and 'usd_path' cannot be provided")
        if config is not None:
            usd_path = f"{get_assets_root_path()}/{config.lstrip('/')}"
        if usd_path is None:
            return RtxCamera(path, **given)
        prim = add_reference_to_stage(usd_path, path)
        for name, value in (variant if isinstance(variant, dict) else {}).items():
            prim.GetVariantSet(name).SetVariantSelection(value)
        cameras = [one for one in Usd.PrimRange(prim) if one.IsA(UsdGeom.Camera)]
        if not cameras:
            raise ValueError(f"RtxCamera.create: there is no Camera in '{usd_path}', which is referenced at {path}")
        return RtxCamera(str(cameras[0].GetPath()), **given)

    @property
    def camera(self) -> Camera:
        """The lens, as a `Camera` of isaacsim.core.experimental.objects."""
        return Camera(self.paths[0], reset_xform_op_properties=False)


def _apply(prim: Usd.Prim, schema: str) -> None:
    name, _, instance = schema.partition(":")
    if instance:
        prim.AddAppliedSchema(f"{name}:{instance}")
    else:
        prim.AddAppliedSchema(name)


def _set(prim: Usd.Prim, name: str, value: Any) -> None:
    attribute = prim.GetAttribute(name)
    if not attribute:
        kinds = {bool: "Bool", int: "Int", float: "Float", str: "String"}
        if type(value) not in kinds:
            raise TypeError(
                f"attributes: '{name}' is not on {prim.GetPath()} and {value!r} was given; "
                "expected a bool, a number or a string for a new attribute"
            )
        attribute = prim.CreateAttribute(name, getattr(Sdf.ValueTypeNames, kinds[type(value)]))
    attribute.Set(value)
