"""Actions that author UsdPhysics schemas and attributes, and actions that simulate."""

from __future__ import annotations

from typing import Any

from pxr import Sdf, Usd, UsdGeom, UsdPhysics, UsdShade

from engine.graph.attributes import typed
from engine.graph.graph import Moment
from engine.graph.node import Node
from engine.graph.pose import existing
from engine.graph.sampling import objects
from engine.physics import if_running, simulation

FLOAT, VECTOR = Sdf.ValueTypeNames.Float, Sdf.ValueTypeNames.Vector3f
ATTRIBUTES = {
    "physics:velocity": VECTOR,
    "physics:angularVelocity": VECTOR,
    "physics:mass": FLOAT,
    "physics:density": FLOAT,
    "physics:centerOfMass": Sdf.ValueTypeNames.Point3f,
    "physics:diagonalInertia": Sdf.ValueTypeNames.Float3,
    "physics:principalAxes": Sdf.ValueTypeNames.Quatf,
    "physics:staticFriction": FLOAT,
    "physics:dynamicFriction": FLOAT,
    "physics:restitution": FLOAT,
    "physxCollision:contactOffset": FLOAT,
    "physxCollision:restOffset": FLOAT,
    "drive:linear:physics:stiffness": FLOAT,
    "drive:linear:physics:damping": FLOAT,
    "drive:angular:physics:stiffness": FLOAT,
    "drive:angular:physics:damping": FLOAT,
}


def apply_collider(prim: Usd.Prim, approximation: str) -> None:
    """Make every gprim at or below `prim` a collider."""
    shapes = [p for p in Usd.PrimRange(prim) if p.IsA(UsdGeom.Gprim)] or [prim]
    for shape in shapes:
        UsdPhysics.CollisionAPI.Apply(shape)
        if shape.IsA(UsdGeom.Mesh):
            UsdPhysics.MeshCollisionAPI.Apply(shape).CreateApproximationAttr().Set(approximation)


def apply_schema(prim: Usd.Prim, schema: str, options: dict[str, Any]) -> Usd.Prim:
    """Apply one of the schemas of `rep.physics` and return the prim that carries its attributes."""
    if schema == "rigid_body":
        UsdPhysics.RigidBodyAPI.Apply(prim)
        if not any(p.HasAPI(UsdPhysics.CollisionAPI) for p in Usd.PrimRange(prim)):
            apply_collider(prim, "convexHull")
    elif schema == "collider":
        apply_collider(prim, options["approximation"])
    elif schema == "mass":
        UsdPhysics.MassAPI.Apply(prim)
    elif schema == "drive":
        kind = "linear" if prim.IsA(UsdPhysics.PrismaticJoint) else "angular"
        UsdPhysics.DriveAPI.Apply(prim, kind)
    else:
        return _physics_material(prim)
    if options.get("scene"):
        owner = UsdPhysics.RigidBodyAPI(prim) if schema == "rigid_body" else UsdPhysics.CollisionAPI(prim)
        owner.CreateSimulationOwnerRel().SetTargets([options["scene"]])
    return prim


def _physics_material(prim: Usd.Prim) -> Usd.Prim:
    path = prim.GetPath().AppendChild("PhysicsMaterial")
    material = UsdShade.Material.Define(prim.GetStage(), path)
    UsdPhysics.MaterialAPI.Apply(material.GetPrim())
    binding = UsdShade.MaterialBindingAPI.Apply(prim)
    binding.Bind(material, UsdShade.Tokens.weakerThanDescendants, "physics")
    return material.GetPrim()


class PhysicsNode(Node):
    """rep.physics.*: apply a schema once a prim, then write one sample of each attribute."""

    type_name = "omni.replicator.core.OgnPhysics"

    def run(self, moment: Moment) -> None:
        """Write the attributes of every target."""
        paths, schema = self.targets(moment), self.inputs["schema"]
        given = [name for name in ATTRIBUTES if self.inputs.get(name) is not None]
        columns = {name: objects(self.inputs[name], moment, len(paths)) for name in given}
        for index, path in enumerate(paths):
            key = ("physics", schema, path)
            if key not in self.graph.cache:
                moment.edits.flush()
                self.graph.cache[key] = apply_schema(existing(moment, path), schema, self.inputs["options"])
            owner = self.graph.cache[key]
            for name, column in columns.items():
                if name.startswith("drive:") and not owner.HasAPI(UsdPhysics.DriveAPI, name.split(":")[1]):
                    continue
                attribute = owner.GetAttribute(name)
                if not attribute:
                    attribute = owner.CreateAttribute(name, ATTRIBUTES[name], False)
                moment.edits.set(attribute, typed(column[index], str(attribute.GetTypeName())))


class SimulateNode(Node):
    """rep.physics.simulate: let bodies move each time the trigger fires."""

    type_name = "omni.replicator.core.OgnPhysicsSimulate"

    def run(self, moment: Moment) -> None:
        """Simulate what the actions before this one have set up."""
        moment.edits.flush()
        running = simulation(moment.stage)
        for _ in range(round(self.inputs["time"] / self.inputs["stepDt"])):
            running.step(self.inputs["stepDt"])


class ResetNode(Node):
    """rep.physics.reset: put bodies back each time the trigger fires."""

    type_name = "omni.replicator.core.OgnPhysicsReset"

    def run(self, moment: Moment) -> None:
        """Put every body back to where it was before it was first simulated."""
        moment.edits.flush()
        running = if_running(moment.stage)
        if running is not None:
            running.reset()
