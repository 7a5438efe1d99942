"""Names, types and schemas of the physics attributes that the imperative calls take without their prefix.

Source: UsdPhysics schema of the installed OpenUSD; PhysX names and types from the PhysxSchema documentation.
"""

from __future__ import annotations

from functools import lru_cache

from pxr import Usd

BODY = {"PhysicsRigidBodyAPI": "physics", "PhysicsMassAPI": "physics", "PhysxRigidBodyAPI": "physxRigidBody"}
COLLIDER = {"PhysicsCollisionAPI": "physics", "PhysxCollisionAPI": "physxCollision"}
SCENE = {"PhysicsScene": "physics", "PhysxSceneAPI": "physxScene"}
PHYSX: dict[str, dict[str, str]] = {
    "PhysxRigidBodyAPI": {
        "angularDamping": "float",
        "cfmScale": "float",
        "contactSlopCoefficient": "float",
        "disableGravity": "bool",
        "enableCCD": "bool",
        "enableGyroscopicForces": "bool",
        "enableSpeculativeCCD": "bool",
        "linearDamping": "float",
        "lockedPosAxis": "int",
        "lockedRotAxis": "int",
        "maxAngularVelocity": "float",
        "maxContactImpulse": "float",
        "maxDepenetrationVelocity": "float",
        "maxLinearVelocity": "float",
        "retainAccelerations": "bool",
        "sleepThreshold": "float",
        "solveContact": "bool",
        "solverPositionIterationCount": "int",
        "solverVelocityIterationCount": "int",
        "stabilizationThreshold": "float",
    },
    "PhysxCollisionAPI": {
        "contactOffset": "float",
        "minTorsionalPatchRadius": "float",
        "restOffset": "float",
        "torsionalPatchRadius": "float",
    },
    "PhysxSceneAPI": {
        "bounceThreshold": "float",
        "broadphaseType": "token",
        "collisionSystem": "token",
        "enableCCD": "bool",
        "enableEnhancedDeterminism": "bool",
        "enableGPUDynamics": "bool",
        "enableSceneQuerySupport": "bool",
        "enableStabilization": "bool",
        "frictionCorrelationDistance": "float",
        "frictionOffsetThreshold": "float",
        "frictionType": "token",
        "maxBiasCoefficient": "float",
        "maxPositionIterationCount": "uint",
        "maxVelocityIterationCount": "uint",
        "minPositionIterationCount": "uint",
        "minVelocityIterationCount": "uint",
        "solverType": "token",
        "timeStepsPerSecond": "uint",
        "updateType": "token",
    },
}


def attribute_table(schemas: dict[str, str]) -> dict[str, tuple[str, str, str]]:
    """Return short name to (attribute name, USD type, schema that has it).

    Args:
        schemas: schema name to the prefix of its attributes.
    """
    return _table(tuple(schemas.items()))


@lru_cache(maxsize=8)
def _table(schemas: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, str, str]]:
    table: dict[str, tuple[str, str, str]] = {}
    for schema, prefix in schemas:
        kinds = PHYSX[schema] if schema in PHYSX else _registered(schema)
        table |= {name: (f"{prefix}:{name}", kind, schema) for name, kind in kinds.items()}
    return table


def _registered(schema: str) -> dict[str, str]:
    """Return the attributes of a schema that this OpenUSD has."""
    registry = Usd.SchemaRegistry()
    definition = registry.FindAppliedAPIPrimDefinition(schema) or registry.FindConcretePrimDefinition(schema)
    specs = {name: definition.GetSchemaAttributeSpec(name) for name in definition.GetPropertyNames()}
    return {
        name.removeprefix("physics:"): str(spec.typeName)
        for name, spec in specs.items()
        if spec and name.startswith("physics:")
    }
