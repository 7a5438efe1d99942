"""isaacsim.core.utils.constants: axes by name."""

from __future__ import annotations

from pxr import UsdGeom

AXES_INDICES = {name: index for index, axis in enumerate("XYZ") for name in (axis, axis.lower())}
AXES_TOKEN = {
    name: token
    for axis, token in (("X", UsdGeom.Tokens.x), ("Y", UsdGeom.Tokens.y), ("Z", UsdGeom.Tokens.z))
    for name in (axis, axis.lower())
}
