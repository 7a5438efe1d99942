"""Camera: USD cameras; lengths of the lens are tenths of a stage unit in USD and stage units here."""

from __future__ import annotations

from typing import Any

from pxr import Gf, Usd, UsdGeom

from ..arrays import to_device
from ..views.fields import accessors, number, word
from ..views.values import rows, words
from .typed_prim import TypedPrim

TENTHS = 10.0


@accessors(
    {
        "focal_lengths": number("focal_lengths", "focalLength", factor=TENTHS),
        "focus_distances": number("focus_distances", "focusDistance"),
        "fstops": number("fstops", "fStop"),
        "stereo_roles": word("roles", "stereoRole", default="mono"),
        "projections": word("projections", "projection", default="perspective"),
        "apertures": (
            number("horizontal_apertures", "horizontalAperture", factor=TENTHS),
            number("vertical_apertures", "verticalAperture", factor=TENTHS),
        ),
        "aperture_offsets": (
            number("horizontal_offsets", "horizontalApertureOffset", factor=TENTHS),
            number("vertical_offsets", "verticalApertureOffset", factor=TENTHS),
        ),
        "shutter_times": (number("open_times", "shutter:open"), number("close_times", "shutter:close")),
    }
)
class Camera(TypedPrim):
    """Cameras."""

    schema = UsdGeom.Camera

    def set_clipping_ranges(
        self, near_distances: Any = None, far_distances: Any = None, *, indices: Any = None
    ) -> None:
        """Set the nearest and the farthest distance seen, stage units."""
        prims = self._pick(indices)
        for slot, values in ((0, near_distances), (1, far_distances)):
            if values is not None:
                self._clip(prims, slot, values)

    @staticmethod
    def _clip(prims: list[Usd.Prim], slot: int, values: Any) -> None:
        for prim, row in zip(prims, rows(values, len(prims), 1, "distances"), strict=True):
            attribute = UsdGeom.Camera(prim).GetClippingRangeAttr()
            limits = list(attribute.Get())
            limits[slot] = float(row[0])
            attribute.Set(Gf.Vec2f(*limits))

    def get_clipping_ranges(self, *, indices: Any = None) -> tuple[Any, Any]:
        """Return the nearest and the farthest distances (n, 1)."""
        limits = [list(UsdGeom.Camera(prim).GetClippingRangeAttr().Get()) for prim in self._pick(indices)]
        return to_device([[near] for near, _ in limits]), to_device([[far] for _, far in limits])

    def enforce_square_pixels(self, resolutions: Any, *, modes: Any = "horizontal", indices: Any = None) -> None:
        """Make pixels square: keep the aperture that `modes` names and set the other from (height, width).

        Source: isaac-sim/IsaacSim v6.0.1, isaacsim.core.experimental.objects, tests/test_camera.py.
        """
        prims = self._pick(indices)
        sizes = rows(resolutions, len(prims), 2, "resolutions")
        for prim, (height, width), mode in zip(prims, sizes, words(modes, len(prims), "modes"), strict=True):
            camera = UsdGeom.Camera(prim)
            across, down = camera.GetHorizontalApertureAttr(), camera.GetVerticalApertureAttr()
            if mode == "horizontal":
                down.Set(float(across.Get() * height / width))
            else:
                across.Set(float(down.Get() * width / height))
