"""pxr.PhysicsSchemaTools: paths as numbers, and a ground plane."""

from __future__ import annotations

from typing import Any

from pxr import Gf, Sdf, Usd, UsdGeom, UsdPhysics

_paths: list[Sdf.Path] = [Sdf.Path()]
_numbers: dict[Sdf.Path, int] = {Sdf.Path(): 0}


def sdfPathToInt(path: Any) -> int:
    """Return the number of a path (0 for none), the same within a process."""
    key = Sdf.Path(str(path)) if str(path) else Sdf.Path()
    if key not in _numbers:
        _numbers[key] = len(_paths)
        _paths.append(key)
    return _numbers[key]


def intToSdfPath(number: Any) -> Sdf.Path:
    """Return the path of a number; a path is returned as it is."""
    if isinstance(number, str | Sdf.Path):
        return Sdf.Path(str(number))
    return _paths[int(number)] if 0 <= int(number) < len(_paths) else Sdf.Path()


def encodeSdfPath(path: Any) -> tuple[int, int]:
    """Return a path as two numbers."""
    return sdfPathToInt(path), 0


def decodeSdfPath(first: int, second: int) -> Sdf.Path:
    """Return the path of two numbers."""
    return intToSdfPath(first)


def addGroundPlane(stage: Usd.Stage, planePath: str, axis: str, size: float, position: Any, color: Any) -> str:
    """Make a ground: a square of `size` half-length that shows, and an endless plane that collides.

    Args:
        stage: where.
        planePath: path of the frame that holds both.
        axis: normal, "X", "Y" or "Z".
        size: half the length of an edge, stage units.
        position: (3,) centre.
        color: (3,) linear RGB from 0 to 1.
    """
    path = Sdf.Path(planePath)
    frame = UsdGeom.Xform.Define(stage, path)
    frame.AddTranslateOp().Set(Gf.Vec3d(*position))
    index = "XYZ".index(axis)
    corners = [(-size, -size), (size, -size), (size, size), (-size, size)]
    points = [Gf.Vec3f(*(0.0 if k == index else corner[(k - index - 1) % 3] for k in range(3))) for corner in corners]
    mesh = UsdGeom.Mesh.Define(stage, path.AppendChild("CollisionMesh"))
    mesh.CreatePointsAttr(points)
    mesh.CreateFaceVertexCountsAttr([4])
    mesh.CreateFaceVertexIndicesAttr([0, 1, 2, 3])
    normal = Gf.Vec3f(*(float(k == index) for k in range(3)))
    mesh.CreateNormalsAttr([normal] * 4)
    mesh.CreateDisplayColorAttr([Gf.Vec3f(*color)])
    plane = UsdGeom.Plane.Define(stage, path.AppendChild("CollisionPlane"))
    plane.CreatePurposeAttr(UsdGeom.Tokens.guide)
    plane.CreateAxisAttr(axis)
    UsdPhysics.CollisionAPI.Apply(plane.GetPrim())
    return str(path)
