"""Stages with a handful of bodies, for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pxr import Gf, Usd, UsdGeom, UsdPhysics, UsdShade


def place(
    shape: Any, at: Sequence[float], turn: Sequence[float] = (0, 0, 0), scale: Sequence[float] = (1, 1, 1)
) -> Any:
    shape.AddTranslateOp().Set(Gf.Vec3d(*at))
    shape.AddRotateXYZOp().Set(Gf.Vec3f(*turn))
    shape.AddScaleOp().Set(Gf.Vec3f(*scale))
    return shape


def ball(stage: Usd.Stage, path: str, at: Sequence[float], radius: float = 0.5, moves: bool = True) -> Usd.Prim:
    shape = UsdGeom.Sphere.Define(stage, path)
    shape.CreateRadiusAttr(radius)
    return physical(place(shape, at).GetPrim(), moves)


def box(stage: Usd.Stage, path: str, at: Sequence[float], moves: bool = True, **where: Any) -> Usd.Prim:
    shape = UsdGeom.Cube.Define(stage, path)
    shape.CreateSizeAttr(1.0)
    return physical(place(shape, at, **where).GetPrim(), moves)


def ground(stage: Usd.Stage, path: str = "/Ground") -> Usd.Prim:
    shape = UsdGeom.Plane.Define(stage, path)
    shape.CreateAxisAttr(UsdGeom.GetStageUpAxis(stage))
    return physical(shape.GetPrim(), False)


def physical(prim: Usd.Prim, moves: bool) -> Usd.Prim:
    UsdPhysics.CollisionAPI.Apply(prim)
    if moves:
        UsdPhysics.RigidBodyAPI.Apply(prim)
    return prim


def coat(prims: Sequence[Usd.Prim], friction: float = 0.0, restitution: float = 0.0) -> None:
    """Bind one physics material to all."""
    material = UsdShade.Material.Define(prims[0].GetStage(), "/Coat")
    api = UsdPhysics.MaterialAPI.Apply(material.GetPrim())
    api.CreateStaticFrictionAttr(friction)
    api.CreateDynamicFrictionAttr(friction)
    api.CreateRestitutionAttr(restitution)
    for prim in prims:
        binding = UsdShade.MaterialBindingAPI.Apply(prim)
        binding.Bind(material, UsdShade.Tokens.weakerThanDescendants, "physics")
