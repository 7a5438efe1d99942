"""What PhysX needs of a stage, copied to a small USD layer of its own.

Only prims that carry physics are copied, with their ancestors: scenes, bodies, colliders with their shapes, joints,
materials. Native instances become plain prims there. The rest of the stage (looks, lights, sensors) stays out, so that
reading costs what the physics costs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pxr import Gf, Sdf, Usd, UsdGeom, UsdPhysics, UsdShade

from engine.physics.schemas import physx_property

PREFIXES = ("physics:", "physx", "drive:", "limit:", "state:", "newton:", "collection:colliders:")
SCHEMAS = ("Physics", "Physx")
SHAPES: dict[str, tuple[str, ...]] = {
    "Cube": ("size",),
    "Sphere": ("radius",),
    "Capsule": ("radius", "height", "axis"),
    "Capsule_1": ("radiusTop", "radiusBottom", "height", "axis"),
    "Cylinder": ("radius", "height", "axis"),
    "Cylinder_1": ("radiusTop", "radiusBottom", "height", "axis"),
    "Cone": ("radius", "height", "axis"),
    "Plane": ("axis", "width", "length"),
    "Mesh": ("points", "faceVertexCounts", "faceVertexIndices", "holeIndices", "orientation", "subdivisionScheme"),
}
DEFAULT_SCENE = "/PhysicsScene"
APPROXIMATION = "physics:approximation"
GRAVITY_PARTS = "physxScene:enableExternalForcesEveryIteration"
STEPS = "physxScene:timeStepsPerSecond"
BODY, COLLIDER = UsdPhysics.RigidBodyAPI, UsdPhysics.CollisionAPI


@dataclass
class PhysicsContent:
    """The physics of a stage.

    Attributes:
        usda: text of the layer.
        bodies: paths of the rigid bodies (articulation links too).
        kinematic: those of them that scripts move.
        prims: every path in the layer.
        colliders: paths of the colliders.
        articulated: some bodies are links of articulations.
    """

    usda: str = ""
    bodies: list[str] = field(default_factory=list)
    kinematic: set[str] = field(default_factory=set)
    prims: set[str] = field(default_factory=set)
    colliders: list[str] = field(default_factory=list)
    articulated: bool = False


def applied_schemas(prim: Usd.Prim) -> list[str]:
    """Return the applied API schemas of a prim, those that OpenUSD does not know included."""
    return [str(name) for name in prim.GetPrimTypeInfo().GetAppliedAPISchemas()]


def carries_physics(prim: Usd.Prim) -> bool:
    """Tell whether a prim is of a physics type or has a physics schema."""
    if str(prim.GetTypeName()).startswith(SCHEMAS):
        return True
    return any(name.startswith(SCHEMAS) for name in applied_schemas(prim))


def simulates(prim: Usd.Prim) -> bool:
    """Tell whether a prim makes a stage worth simulating: a body, an articulation or a scene."""
    return prim.HasAPI(BODY) or prim.HasAPI(UsdPhysics.ArticulationRootAPI) or prim.IsA(UsdPhysics.Scene)


def stage_simulates(stage: Usd.Stage) -> bool:
    """Tell whether a stage has a rigid body, an articulation or a physics scene."""
    return any(simulates(prim) for prim in _prims(stage))


def first_scene(stage: Usd.Stage) -> Usd.Prim | None:
    """Return the first physics scene of a stage, or None."""
    return next((prim for prim in stage.Traverse() if prim.IsA(UsdPhysics.Scene)), None)


def steps_per_second(stage: Usd.Stage) -> float:
    """Return the physics steps a second that a stage asks for (60 where it does not say)."""
    scene = first_scene(stage)
    attribute = scene.GetAttribute(STEPS) if scene else None
    value = attribute.Get() if attribute else None
    return float(value) if value else 60.0


def _prims(stage: Usd.Stage) -> Usd.PrimRange:
    return Usd.PrimRange.Stage(stage, Usd.TraverseInstanceProxies())


def read_physics(stage: Usd.Stage, gravity: tuple[float, float, float] | None = None) -> PhysicsContent:
    """Copy the physics of a stage as it is now.

    Args:
        stage: with its bodies where they are; values at the default time.
        gravity: (3,) stage units/s^2 in place of what the scenes say.
    """
    content = PhysicsContent()
    layer = Sdf.Layer.CreateAnonymous(".usda")
    _write_units(stage, layer)
    has_scene = False
    covers: list[tuple[Sdf.Path, str]] = []
    prims = iter(_prims(stage))
    for prim in prims:
        if prim.IsA(UsdGeom.PointInstancer):
            prims.PruneChildren()
        elif carries_physics(prim):
            _copy(prim, layer, content)
            has_scene = has_scene or prim.IsA(UsdPhysics.Scene)
            if prim.HasAPI(COLLIDER) and not prim.IsA(UsdGeom.Gprim):
                covers.append((prim.GetPath(), _approximation(prim)))
        elif covers and prim.IsA(UsdGeom.Gprim):
            cover = next((kind for path, kind in covers if prim.GetPath().HasPrefix(path)), None)
            if cover is not None:
                _copy(prim, layer, content, cover)
    if not has_scene:
        spec = Sdf.CreatePrimInLayer(layer, DEFAULT_SCENE)
        spec.specifier, spec.typeName = Sdf.SpecifierDef, "PhysicsScene"
        _as_isaac_sim(spec)
        spec.SetInfo("apiSchemas", Sdf.TokenListOp.CreateExplicit(["PhysxSceneAPI"]))
    if gravity is not None:
        _replace_gravity(layer, gravity)
    content.usda = layer.ExportToString()
    return content


def _replace_gravity(layer: Sdf.Layer, gravity: tuple[float, float, float]) -> None:
    """Let every scene of a layer have another gravity."""
    vector = Gf.Vec3f(*gravity)
    length = vector.GetLength()

    def replace(path: Sdf.Path) -> None:
        spec = layer.GetPrimAtPath(path)
        if spec and spec.typeName == "PhysicsScene":
            _set(spec, "physics:gravityMagnitude", Sdf.ValueTypeNames.Float, length)
            direction = vector / length if length else Gf.Vec3f(0, 0, -1)
            _set(spec, "physics:gravityDirection", Sdf.ValueTypeNames.Vector3f, direction)

    layer.Traverse(Sdf.Path.absoluteRootPath, replace)


def _as_isaac_sim(spec: Sdf.PrimSpec) -> None:
    """Let gravity be added once a step, as in Isaac Sim, unless the scene says otherwise.

    Source: the published frames of a falling cube (cosmos_writer_simple) lie on z0 - g dt^2 k (k + 1) / 2; with gravity
    in each of the solver's iterations, the default of ovphysx, they would be 2 pixels higher.
    """
    if GRAVITY_PARTS not in spec.attributes:
        _set(spec, GRAVITY_PARTS, Sdf.ValueTypeNames.Bool, False)


def _approximation(prim: Usd.Prim) -> str:
    """Return how the meshes below a frame that is said to collide are approximated."""
    attribute = prim.GetAttribute(APPROXIMATION)
    value = attribute.Get() if attribute else None
    return str(value) if value else "convexHull"


def _write_units(stage: Usd.Stage, layer: Sdf.Layer) -> None:
    root = layer.pseudoRoot
    root.SetInfo("upAxis", UsdGeom.GetStageUpAxis(stage))
    root.SetInfo("metersPerUnit", UsdGeom.GetStageMetersPerUnit(stage))
    root.SetInfo("kilogramsPerUnit", UsdPhysics.GetStageKilogramsPerUnit(stage))


def _copy(prim: Usd.Prim, layer: Sdf.Layer, content: PhysicsContent, cover: str = "") -> None:
    """Copy one prim that carries physics, and the frames above it.

    Args:
        prim: what to copy.
        layer: where to.
        content: what has been copied.
        cover: approximation of a shape that collides because a frame above it is said to, as below instances.
    """
    path = str(prim.GetPath())
    spec = _frame(prim, layer, content, bool(cover))
    names = applied_schemas(prim)
    _copy_shape(prim, spec)
    content.articulated = content.articulated or prim.HasAPI(UsdPhysics.ArticulationRootAPI)
    if prim.HasAPI(BODY):
        content.bodies.append(path)
        if bool(BODY(prim).GetKinematicEnabledAttr().Get()):
            content.kinematic.add(path)
    if cover:
        names += ["PhysicsCollisionAPI", *["PhysicsMeshCollisionAPI"] * prim.IsA(UsdGeom.Mesh)]
        if prim.IsA(UsdGeom.Mesh):
            _set(spec, APPROXIMATION, Sdf.ValueTypeNames.Token, cover)
    if cover or prim.HasAPI(COLLIDER):
        content.colliders.append(path)
        names += _bind_material(prim, spec, layer, content)
    names += _copy_properties(prim, spec)
    if prim.IsA(UsdPhysics.Scene):
        _as_isaac_sim(spec)
        names.append("PhysxSceneAPI")
    known = [name for name in dict.fromkeys(names) if name.startswith((*SCHEMAS, "Newton", "MaterialBinding"))]
    spec.SetInfo("apiSchemas", Sdf.TokenListOp.CreateExplicit(known))


def _frame(prim: Usd.Prim, layer: Sdf.Layer, content: PhysicsContent, covered: bool = False) -> Sdf.PrimSpec:
    """Return the copy of a prim with nothing but its type and its transform."""
    path = prim.GetPath()
    if str(path) in content.prims:
        return layer.GetPrimAtPath(path)
    parent = prim.GetParent()
    if not parent.IsPseudoRoot():
        _frame(parent, layer, content)
    content.prims.add(str(path))
    spec = Sdf.CreatePrimInLayer(layer, path)
    spec.specifier = Sdf.SpecifierDef
    physical = covered or carries_physics(prim)
    kept = physical and (str(prim.GetTypeName()) in SHAPES or str(prim.GetTypeName()).startswith(SCHEMAS))
    kept = kept or (physical and prim.IsA(UsdShade.Material))
    spec.typeName = prim.GetTypeName() if kept else "Xform" if prim.IsA(UsdGeom.Xformable) else "Scope"
    if prim.IsA(UsdGeom.Xformable):
        _copy_transform(UsdGeom.Xformable(prim), spec)
    return spec


def _copy_transform(xformable: UsdGeom.Xformable, spec: Sdf.PrimSpec) -> None:
    order = ["xformOp:transform"]
    if xformable.GetResetXformStack():
        order.insert(0, "!resetXformStack!")
    _set(spec, "xformOp:transform", Sdf.ValueTypeNames.Matrix4d, xformable.GetLocalTransformation())
    made = Sdf.AttributeSpec(spec, "xformOpOrder", Sdf.ValueTypeNames.TokenArray, Sdf.VariabilityUniform)
    made.default = order


def _copy_shape(prim: Usd.Prim, spec: Sdf.PrimSpec) -> None:
    for name in SHAPES.get(str(prim.GetTypeName()), ()):
        attribute = prim.GetAttribute(name)
        value = attribute.Get()
        if value is not None:
            _set(spec, name, attribute.GetTypeName(), value)


def _copy_properties(prim: Usd.Prim, spec: Sdf.PrimSpec) -> list[str]:
    """Copy authored physics properties; returns the PhysX schemas that they belong to."""
    schemas: list[str] = []
    for made in prim.GetAuthoredProperties():
        name = str(made.GetName())
        if not name.startswith(PREFIXES):
            continue
        known = physx_property(name)
        if known is not None:
            schemas.append(known.schema)
        if isinstance(made, Usd.Relationship):
            if name not in spec.relationships:
                Sdf.RelationshipSpec(spec, name).targetPathList.explicitItems = made.GetForwardedTargets()
            continue
        value = made.Get()
        if value is not None:
            _set(spec, name, known.kind if known is not None else made.GetTypeName(), value)
    return schemas


def _bind_material(prim: Usd.Prim, spec: Sdf.PrimSpec, layer: Sdf.Layer, content: PhysicsContent) -> list[str]:
    """Bind the physics material that a collider resolves to, if any."""
    material, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial("physics")
    if not material or not material.GetPrim().HasAPI(UsdPhysics.MaterialAPI):
        return []
    if str(material.GetPath()) not in content.prims:
        _copy(material.GetPrim(), layer, content)
    Sdf.RelationshipSpec(spec, "material:binding:physics").targetPathList.explicitItems = [material.GetPath()]
    return ["MaterialBindingAPI"]


def _set(spec: Sdf.PrimSpec, name: str, kind: Sdf.ValueTypeName, value: object) -> None:
    attribute = spec.attributes.get(name) or Sdf.AttributeSpec(spec, name, kind)
    attribute.default = value
