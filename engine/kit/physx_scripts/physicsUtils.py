"""omni.physx.scripts.physicsUtils: transforms, materials, and simple bodies."""

from __future__ import annotations

from typing import Any

from pxr import Gf, Sdf, Usd, UsdGeom, UsdPhysics, UsdShade

from engine.kit.physics_schema_tools import addGroundPlane

TRANSLATE, ORIENT, SCALE = UsdGeom.XformOp.TypeTranslate, UsdGeom.XformOp.TypeOrient, UsdGeom.XformOp.TypeScale
ORIGIN, UPRIGHT, UNIT = Gf.Vec3f(0.0), Gf.Quatf(1.0), Gf.Vec3f(1.0)
GREY, COLOR = Gf.Vec3f(0.5), Gf.Vec3f(0.28, 0.65, 1.0)


def add_ground_plane(
    stage: Usd.Stage, planePath: str, axis: str, size: float, position: Any = ORIGIN, color: Any = GREY
) -> str:
    """Make a ground that shows and collides (see `PhysicsSchemaTools.addGroundPlane`); returns its path."""
    path = Sdf.Path(str(planePath))
    if stage.HasDefaultPrim() and not path.HasPrefix(stage.GetDefaultPrim().GetPath()):
        path = path.ReplacePrefix(Sdf.Path.absoluteRootPath, stage.GetDefaultPrim().GetPath())
    return addGroundPlane(stage, str(path), axis, size, position, color)


def _op(xformable: UsdGeom.Xformable, kind: Any, value: Any) -> UsdGeom.XformOp:
    """Set the op of a kind, added where there is none."""
    xformable = UsdGeom.Xformable(xformable)
    op = next((op for op in xformable.GetOrderedXformOps() if op.GetOpType() == kind), None)
    if op is None:
        double = isinstance(value, Gf.Quatd | Gf.Vec3d)
        precision = UsdGeom.XformOp.PrecisionDouble if double else UsdGeom.XformOp.PrecisionFloat
        op = xformable.AddXformOp(kind, precision)
    current = op.Get()
    op.Set(type(current)(value) if current is not None else value)
    return op


def set_or_add_translate_op(xformable: Any, translate: Any) -> UsdGeom.XformOp:
    """Set the translation of a prim."""
    return _op(xformable, TRANSLATE, translate)


def set_or_add_orient_op(xformable: Any, orient: Any) -> UsdGeom.XformOp:
    """Set the rotation of a prim, a quaternion."""
    return _op(xformable, ORIENT, orient)


def set_or_add_scale_op(xformable: Any, scale: Any) -> UsdGeom.XformOp:
    """Set the scale of a prim."""
    return _op(xformable, SCALE, scale)


def set_or_add_scale_orient_translate(xformable: Any, scale: Any, orient: Any, translate: Any) -> list[Any]:
    """Set scale, rotation and translation of a prim."""
    return [
        set_or_add_translate_op(xformable, translate),
        set_or_add_orient_op(xformable, orient),
        set_or_add_scale_op(xformable, scale),
    ]


def setup_transform_as_scale_orient_translate(prim: Any) -> None:
    """Give a prim the ops translate, orient, scale of the transform that it has."""
    xformable = UsdGeom.Xformable(prim)
    transform = Gf.Transform(xformable.GetLocalTransformation())
    xformable.ClearXformOpOrder()
    for name in (TRANSLATE, ORIENT, SCALE):
        xformable.GetPrim().RemoveProperty(f"xformOp:{UsdGeom.XformOp.GetOpTypeToken(name)}")
    place, turn = Gf.Vec3f(transform.GetTranslation()), Gf.Quatf(transform.GetRotation().GetQuat())
    set_or_add_scale_orient_translate(xformable, Gf.Vec3f(transform.GetScale()), turn, place)


def add_physics_material_to_prim(stage: Usd.Stage, prim: Usd.Prim, materialPath: Any) -> None:
    """Bind a physics material to a prim."""
    material = UsdShade.Material.Get(stage, Sdf.Path(str(materialPath)))
    binding = UsdShade.MaterialBindingAPI.Apply(prim)
    binding.Bind(material, UsdShade.Tokens.weakerThanDescendants, "physics")


def add_density(stage: Usd.Stage, path: str, value: float = 1.0) -> None:
    """Set the density of a prim, kilograms a cubic stage unit."""
    UsdPhysics.MassAPI.Apply(stage.GetPrimAtPath(str(path))).CreateDensityAttr(value)


def add_mass(stage: Usd.Stage, path: str, mass: float = 1.0) -> None:
    """Set the mass of a prim, kilograms."""
    UsdPhysics.MassAPI.Apply(stage.GetPrimAtPath(str(path))).CreateMassAttr(mass)


def add_box(
    stage: Usd.Stage,
    path: str,
    size: Any = UNIT,
    position: Any = ORIGIN,
    orientation: Any = UPRIGHT,
    color: Any = COLOR,
) -> Usd.Prim:
    """Make a box that shows; `size` is its edges, stage units."""
    cube = UsdGeom.Cube.Define(stage, str(path))
    cube.CreateSizeAttr(1.0)
    return _dress(cube, size, position, orientation, color)


def add_sphere(
    stage: Usd.Stage,
    path: str,
    radius: float = 1.0,
    position: Any = ORIGIN,
    orientation: Any = UPRIGHT,
    color: Any = COLOR,
) -> Usd.Prim:
    """Make a ball that shows."""
    sphere = UsdGeom.Sphere.Define(stage, str(path))
    sphere.CreateRadiusAttr(radius)
    return _dress(sphere, UNIT, position, orientation, color)


def _dress(shape: UsdGeom.Gprim, scale: Any, position: Any, orientation: Any, color: Any) -> Usd.Prim:
    set_or_add_scale_orient_translate(shape, Gf.Vec3f(scale), Gf.Quatf(orientation), Gf.Vec3f(position))
    shape.CreateDisplayColorAttr([Gf.Vec3f(color)])
    return shape.GetPrim()


def add_rigid_box(
    stage: Usd.Stage,
    path: str,
    size: Any = UNIT,
    position: Any = ORIGIN,
    orientation: Any = UPRIGHT,
    color: Any = COLOR,
    density: float = 1.0,
    lin_velocity: Any = ORIGIN,
    ang_velocity: Any = ORIGIN,
) -> Usd.Prim:
    """Make a box that falls; density 0 makes it a collider only."""
    return _body(add_box(stage, path, size, position, orientation, color), density, lin_velocity, ang_velocity)


def add_rigid_sphere(
    stage: Usd.Stage,
    path: str,
    radius: float = 1.0,
    position: Any = ORIGIN,
    orientation: Any = UPRIGHT,
    color: Any = COLOR,
    density: float = 1.0,
    lin_velocity: Any = ORIGIN,
    ang_velocity: Any = ORIGIN,
) -> Usd.Prim:
    """Make a ball that falls; density 0 makes it a collider only."""
    return _body(add_sphere(stage, path, radius, position, orientation, color), density, lin_velocity, ang_velocity)


def _body(prim: Usd.Prim, density: float, velocity: Any, spin: Any) -> Usd.Prim:
    UsdPhysics.CollisionAPI.Apply(prim)
    if density != 0.0:
        body = UsdPhysics.RigidBodyAPI.Apply(prim)
        body.CreateVelocityAttr().Set(Gf.Vec3f(velocity))
        body.CreateAngularVelocityAttr().Set(Gf.Vec3f(spin))
        UsdPhysics.MassAPI.Apply(prim).CreateDensityAttr(density)
    return prim
