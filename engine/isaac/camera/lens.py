"""The lens of a camera prim: focal length, apertures and distortion models, authored as USD attributes.

Source: UsdGeomCamera (focal length and apertures are tenths of a stage unit); OmniLensDistortion*API attribute names.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from pxr import Gf, Sdf, Usd

from ... import carb
from ..views.fields import apply_api

TENTHS = 10.0
MODEL, PROJECTION = "omni:lensdistortion:model", "cameraProjectionType"
Types = Sdf.ValueTypeNames
NOMINAL = (("nominal_height", Types.Float), ("nominal_width", Types.Float), ("optical_center", Types.Float2))
FISHEYE = (*NOMINAL, ("max_fov", Types.Float))
OPENCV = (("cx", Types.Float), ("cy", Types.Float), ("fx", Types.Float), ("fy", Types.Float))
# method name to (API, model token, coefficient argument, coefficients, other arguments)
LENSES: dict[str, tuple[str, str, str, str, tuple[tuple[str, Any], ...]]] = {
    "ftheta": ("Ftheta", "ftheta", "distortion_coefficients", "k0 k1 k2 k3 k4", FISHEYE),
    "kannala_brandt_k3": ("KannalaBrandtK3", "kannalaBrandtK3", "distortion_coefficients", "k0 k1 k2 k3", FISHEYE),
    "rad_tan_thin_prism": (
        "RadTanThinPrism",
        "radTanThinPrism",
        "distortion_coefficients",
        "k0 k1 k2 k3 k4 k5 p0 p1 s0 s1 s2 s3",
        FISHEYE,
    ),
    "opencv_pinhole": ("OpenCvPinhole", "opencvPinhole", "pinhole", "k1 k2 p1 p2 k3 k4 k5 k6 s1 s2 s3 s4", OPENCV),
    "opencv_fisheye": ("OpenCvFisheye", "opencvFisheye", "fisheye", "k1 k2 k3 k4", OPENCV),
    "lut": (
        "Lut",
        "lut",
        "",
        "",
        (*NOMINAL, ("ray_enter_direction_texture", Types.Asset), ("ray_exit_position_texture", Types.Asset)),
    ),
}
MODELS = {f"OmniLensDistortion{api}API": model for api, model, *_ in LENSES.values()}


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


class Lens:
    """Properties of the lens; lengths in stage units."""

    prim: Usd.Prim

    def get_resolution(self) -> tuple[int, int]:
        """Return width and height, pixels; overridden."""
        return (128, 128)

    def _read(self, name: str) -> Any:
        return self.prim.GetAttribute(name).Get()

    def get_focal_length(self) -> float:
        """Return the focal length."""
        return float(self._read("focalLength")) / TENTHS

    def set_focal_length(self, value: float) -> None:
        """Set the focal length."""
        self.prim.GetAttribute("focalLength").Set(float(value) * TENTHS)

    def get_focus_distance(self) -> float:
        """Return the distance of what is sharp."""
        return float(self._read("focusDistance"))

    def set_focus_distance(self, value: float) -> None:
        """Set the distance of what is sharp."""
        self.prim.GetAttribute("focusDistance").Set(float(value))

    def get_lens_aperture(self) -> float:
        """Return the f-number, 0 for a pinhole."""
        return float(self._read("fStop"))

    def set_lens_aperture(self, value: float) -> None:
        """Set the f-number, 0 for a pinhole."""
        self.prim.GetAttribute("fStop").Set(float(value))

    def get_horizontal_aperture(self) -> float:
        """Return the width of the film."""
        return float(self._read("horizontalAperture")) / TENTHS

    def set_horizontal_aperture(self, value: float, maintain_square_pixels: bool = True) -> None:
        """Set the width of the film, and its height so that pixels are square."""
        self.prim.GetAttribute("horizontalAperture").Set(float(value) * TENTHS)
        if maintain_square_pixels:
            self._square_pixels("horizontal")

    def get_vertical_aperture(self) -> float:
        """Return the height of the film."""
        return float(self._read("verticalAperture")) / TENTHS

    def set_vertical_aperture(self, value: float, maintain_square_pixels: bool = True) -> None:
        """Set the height of the film, and its width so that pixels are square."""
        self.prim.GetAttribute("verticalAperture").Set(float(value) * TENTHS)
        if maintain_square_pixels:
            self._square_pixels("vertical")

    def get_aspect_ratio(self) -> float:
        """Return width over height of the image."""
        width, height = self.get_resolution()
        return width / float(height)

    def _square_pixels(self, mode: str) -> None:
        across, down = self._read("horizontalAperture"), self._read("verticalAperture")
        if mode == "horizontal":
            self.prim.GetAttribute("verticalAperture").Set(float(across / self.get_aspect_ratio()))
        else:
            self.prim.GetAttribute("horizontalAperture").Set(float(down * self.get_aspect_ratio()))

    def get_clipping_range(self) -> tuple[float, float]:
        """Return the nearest and the farthest distance seen."""
        near, far = self._read("clippingRange")
        return float(near), float(far)

    def set_clipping_range(self, near_distance: float | None = None, far_distance: float | None = None) -> None:
        """Set the nearest and the farthest distance seen; None stays."""
        near, far = self.get_clipping_range()
        self.prim.GetAttribute("clippingRange").Set(Gf.Vec2f(float(near_distance or near), float(far_distance or far)))

    def get_horizontal_fov(self) -> float:
        """Return the horizontal field of view, radians."""
        return 2.0 * math.atan(self.get_horizontal_aperture() / (2.0 * self.get_focal_length()))

    def get_vertical_fov(self) -> float:
        """Return the horizontal field of view times height over width, radians, as Isaac Sim answers it."""
        width, height = self.get_resolution()
        return self.get_horizontal_fov() * (height / float(width))

    def get_projection_mode(self) -> str:
        """Return "perspective" or "orthographic"."""
        return str(self._read("projection"))

    def set_projection_mode(self, value: str) -> None:
        """Set "perspective" or "orthographic"."""
        self._set_word("projection", value, ("perspective", "orthographic"))

    def get_stereo_role(self) -> str:
        """Return "mono", "left" or "right"."""
        return str(self._read("stereoRole"))

    def set_stereo_role(self, value: str) -> None:
        """Set "mono", "left" or "right"."""
        self._set_word("stereoRole", value, ("mono", "left", "right"))

    def _set_word(self, name: str, value: str, known: tuple[str, ...]) -> None:
        if value not in known:
            carb.log_warn(f"'{value}' is not a supported {name}; expected one of: {', '.join(known)}")
            return
        self.prim.GetAttribute(name).Set(value)

    def get_shutter_properties(self) -> tuple[float, float]:
        """Return when the shutter opens and closes, time codes."""
        return float(self._read("shutter:open")), float(self._read("shutter:close"))

    def set_shutter_properties(self, delay_open: float | None = None, delay_close: float | None = None) -> None:
        """Set when the shutter opens and closes, time codes; None stays."""
        for name, value in (("shutter:open", delay_open), ("shutter:close", delay_close)):
            if value is not None:
                self.prim.GetAttribute(name).Set(float(value))

    def get_lens_distortion_model(self) -> str:
        """Return "pinhole" or the model token."""
        attribute = self.prim.GetAttribute(MODEL)
        return (str(attribute.Get()) if attribute and attribute.Get() else "") or "pinhole"

    def set_lens_distortion_model(self, value: str) -> None:
        """Set "pinhole" or the name of an OmniLensDistortion*API schema."""
        if value == "pinhole":
            for api in MODELS:
                self.prim.RemoveAppliedSchema(api)
            self.prim.RemoveProperty(MODEL)
        elif value in MODELS:
            apply_api(self.prim, value)
            self._author(MODEL, Types.Token, MODELS[value])
        else:
            carb.log_warn(f"'{value}' is not a supported distortion model; expected one of: {', '.join(MODELS)}")

    def get_projection_type(self) -> str:
        """Return "pinhole" or the older name of the lens."""
        attribute = self.prim.GetAttribute(PROJECTION)
        return (str(attribute.Get()) if attribute and attribute.Get() else "") or "pinhole"

    def set_projection_type(self, value: str) -> None:
        """Set the older name of the lens: "pinhole" or "fisheyePolynomial"."""
        self._author(PROJECTION, Types.Token, value)

    def set_fisheye_polynomial_properties(
        self,
        nominal_width: float | None,
        nominal_height: float | None,
        optical_centre_x: float | None,
        optical_centre_y: float | None,
        max_fov: float | None,
        polynomial: Sequence[float] | None,
    ) -> None:
        """Set the older fisheye lens: pixels, degrees, and radians as a polynomial of the radius in pixels."""
        given = {"Width": nominal_width, "Height": nominal_height, "Cx": optical_centre_x, "Cy": optical_centre_y}
        given |= {"MaxFov": max_fov} | {f"Poly{'ABCDEF'[i]}": value for i, value in enumerate(polynomial or [])}
        for name, value in given.items():
            if value is not None:
                self._author(f"ftheta{name}", Types.Float, float(value))

    def get_fisheye_polynomial_properties(self) -> tuple[Any, ...]:
        """Return width, height, centre x and y, field of view and the polynomial (5,)."""
        read = [self._read_made(f"ftheta{name}") for name in ("Width", "Height", "Cx", "Cy", "MaxFov")]
        return (*read, [self._read_made(f"fthetaPoly{letter}") for letter in "ABCDE"])

    def _read_made(self, name: str) -> Any:
        attribute = self.prim.GetAttribute(name)
        return attribute.Get() if attribute else None

    def set_rational_polynomial_properties(
        self,
        nominal_width: float,
        nominal_height: float,
        optical_centre_x: float,
        optical_centre_y: float,
        max_fov: float | None,
        distortion_model: Sequence[float],
    ) -> None:
        """Set an OpenCV pinhole with the focal length that the prim has."""
        size, centre = (nominal_width, nominal_height), (optical_centre_x, optical_centre_y)
        self._opencv("opencv_pinhole", size, centre, distortion_model)

    def set_kannala_brandt_properties(
        self,
        nominal_width: float,
        nominal_height: float,
        optical_centre_x: float,
        optical_centre_y: float,
        max_fov: float | None,
        distortion_model: Sequence[float],
    ) -> None:
        """Set an OpenCV fisheye with the focal length that the prim has."""
        size, centre = (nominal_width, nominal_height), (optical_centre_x, optical_centre_y)
        self._opencv("opencv_fisheye", size, centre, distortion_model)

    def _opencv(
        self, lens: str, size: tuple[float, float], centre: tuple[float, float], coefficients: Sequence[float]
    ) -> None:
        fx = size[0] * self.get_focal_length() / self.get_horizontal_aperture()
        fy = size[1] * self.get_focal_length() / self.get_vertical_aperture()
        getattr(self, f"set_{lens}_properties")(*centre, fx, fy, list(coefficients))

    def _author(self, name: str, kind: Sdf.ValueTypeName, value: Any) -> None:
        attribute = self.prim.GetAttribute(name) or self.prim.CreateAttribute(name, kind, custom=False)
        default = attribute.GetTypeName().defaultValue
        vector = type(default).__module__.startswith("pxr.Gf")
        attribute.Set(type(default)(*[float(v) for v in np.ravel(value)]) if vector else value)

    def _set_lens(self, lens: str, given: dict[str, Any]) -> None:
        api, model, coefficients, names, others = LENSES[lens]
        apply_api(self.prim, f"OmniLensDistortion{api}API")
        self._author(MODEL, Types.Token, model)
        path = f"omni:lensdistortion:{model}"
        for name, value in zip(names.split(), given.get(coefficients) or [], strict=False):
            if value is not None:
                self._author(f"{path}:{name}", Types.Float, float(value))
        for name, kind in others:
            if given.get(name) is not None:
                self._author(f"{path}:{_camel(name)}", kind, given[name])
        if others is OPENCV:
            width, height = self.get_resolution()
            attribute = self.prim.CreateAttribute(f"{path}:imageSize", Types.Int2, custom=False)
            attribute.Set(Gf.Vec2i(int(width), int(height)))

    def _get_lens(self, lens: str) -> tuple[Any, ...] | None:
        _, model, coefficients, names, others = LENSES[lens]
        if self.get_lens_distortion_model() != model:
            carb.log_error(f"Camera omni:lensdistortion:model attribute not set to '{model}'.")
            return None
        path = f"omni:lensdistortion:{model}"
        values = [self._read_made(f"{path}:{_camel(name)}") for name, _ in others]
        return (*values, [self._read_made(f"{path}:{name}") for name in names.split()]) if coefficients else (*values,)


def _pair(lens: str) -> tuple[Callable[..., None], Callable[..., Any]]:
    _, model, coefficients, _, others = LENSES[lens]
    names = [name for name, _ in others] + [coefficients] * bool(coefficients)

    def setter(self: Lens, *values: Any, **named: Any) -> None:
        unknown = sorted(set(named) - set(names))
        if unknown or len(values) > len(names):
            raise TypeError(f"set_{lens}_properties: {unknown or len(values)} given; expected {', '.join(names)}")
        self._set_lens(lens, dict(zip(names, values, strict=False)) | named)

    def getter(self: Lens) -> Any:
        return self._get_lens(lens)

    setter.__doc__ = f"Set the lens model {model}: {', '.join(names)}."
    getter.__doc__ = f"Return {', '.join(names)} of the lens model {model}, None if the camera has another."
    return setter, getter


for _lens in LENSES:
    _set, _get = _pair(_lens)
    setattr(Lens, f"set_{_lens}_properties", _set)
    setattr(Lens, f"get_{_lens}_properties", _get)
