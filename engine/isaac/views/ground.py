"""A ground plane: a square to look at and an endless plane to stand on.

Source: PhysicsSchemaTools.addGroundPlane as scripts see it: children `geom` (Mesh, z = 0 of the plane) and
`collisionPlane` (Plane with the collision schema, purpose guide) below an Xform.
"""

from __future__ import annotations

from collections.abc import Sequence

from pxr import Gf, Usd, UsdGeom, UsdPhysics, Vt

FACING = {"X": Gf.Quatf(0.5, 0.5, 0.5, 0.5), "Y": Gf.Quatf(0.70710678, -0.70710678, 0, 0), "Z": Gf.Quatf(1.0)}


def add_ground_plane(
    stage: Usd.Stage, path: str, axis: str, half_size: float, position: Sequence[float], color: Sequence[float]
) -> Usd.Prim:
    """Author a ground plane.

    Args:
        stage: stage to author on.
        path: path of the new Xform.
        axis: X, Y or Z, the way up.
        half_size: half the edge of the square, stage units.
        position: (3,) in the parent's frame, stage units.
        color: (3,) display colour.
    """
    ground = UsdGeom.Xform.Define(stage, path)
    ground.AddTranslateOp().Set(Gf.Vec3d(*position))
    ground.AddOrientOp().Set(FACING[axis])
    mesh = UsdGeom.Mesh.Define(stage, f"{path}/geom")
    edge = float(half_size)
    mesh.CreatePointsAttr([(-edge, -edge, 0), (edge, -edge, 0), (edge, edge, 0), (-edge, edge, 0)])
    mesh.CreateNormalsAttr([(0, 0, 1)] * 4)
    mesh.CreateFaceVertexCountsAttr([4])
    mesh.CreateFaceVertexIndicesAttr([0, 1, 2, 3])
    mesh.CreateExtentAttr([(-edge, -edge, 0), (edge, edge, 0)])
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    mesh.CreateDisplayColorAttr(Vt.Vec3fArray([Gf.Vec3f(*color)]))
    plane = UsdGeom.Plane.Define(stage, f"{path}/collisionPlane")
    plane.CreateAxisAttr(UsdGeom.Tokens.z)
    plane.CreatePurposeAttr(UsdGeom.Tokens.guide)
    UsdPhysics.CollisionAPI.Apply(plane.GetPrim())
    return ground.GetPrim()
