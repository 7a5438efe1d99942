"""Small rigs: an arm of two bones with closed-form poses, and random rigs of any kind."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, UsdSkel, Vt

ARM = ("Shoulder", "Shoulder/Elbow")


def translation(x: float, y: float, z: float) -> Gf.Matrix4d:
    return Gf.Matrix4d(1).SetTranslate((x, y, z))


def quaternion(axis: Any, degrees: float) -> Gf.Quatf:
    return Gf.Quatf(Gf.Rotation(Gf.Vec3d(*map(float, axis)), degrees).GetQuat())


def skeleton(stage: Usd.Stage, path: str, joints: Any, bind: Any, rest: Any) -> UsdSkel.Skeleton:
    made = UsdSkel.Skeleton.Define(stage, path)
    made.CreateJointsAttr(list(joints))
    made.CreateBindTransformsAttr(Vt.Matrix4dArray(list(bind)))
    made.CreateRestTransformsAttr(Vt.Matrix4dArray(list(rest)))
    return made


def animation(stage: Usd.Stage, path: str, joints: Any) -> UsdSkel.Animation:
    """An animation at the arm's rest pose."""
    made = UsdSkel.Animation.Define(stage, path)
    made.CreateJointsAttr(list(joints))
    made.CreateTranslationsAttr([(0, 0, 0), (1, 0, 0)][: len(joints)])
    made.CreateRotationsAttr([Gf.Quatf(1)] * len(joints))
    made.CreateScalesAttr([(1, 1, 1)] * len(joints))
    return made


def bind(prim: Any, path: str, indices: Any, weights: Any, each: int, constant: bool = False) -> UsdSkel.BindingAPI:
    api = UsdSkel.BindingAPI.Apply(prim.GetPrim())
    api.CreateSkeletonRel().SetTargets([path])
    api.CreateJointIndicesPrimvar(constant, each).Set(Vt.IntArray([int(i) for i in np.ravel(indices)]))
    api.CreateJointWeightsPrimvar(constant, each).Set(Vt.FloatArray([float(w) for w in np.ravel(weights)]))
    return api


def beam(stage: Usd.Stage, path: str) -> UsdGeom.Mesh:
    """A beam from x = 0 to 2, 0.2 thick, with a ring of points every half unit."""
    rings = [(x, y, z) for x in np.linspace(0, 2, 5) for y, z in ((-0.1, -0.1), (0.1, -0.1), (0.1, 0.1), (-0.1, 0.1))]
    faces = [(0, 3, 2, 1), (16, 17, 18, 19)]
    for ring in range(4):
        for k in range(4):
            a, b = 4 * ring + k, 4 * ring + (k + 1) % 4
            faces.append((a, b, b + 4, a + 4))
    triangles = [corner for a, b, c, d in faces for corner in (a, b, c, a, c, d)]
    made = UsdGeom.Mesh.Define(stage, path)
    made.CreatePointsAttr([tuple(map(float, p)) for p in rings])
    made.CreateFaceVertexCountsAttr([3] * (2 * len(faces)))
    made.CreateFaceVertexIndicesAttr(triangles)
    made.CreateSubdivisionSchemeAttr("none")
    return made


def arm(stage: Usd.Stage, root: str = "/Arm") -> UsdSkel.Animation:
    """A beam whose first half follows the shoulder at x = 0 and whose rest follows the elbow at x = 1."""
    UsdSkel.Root.Define(stage, root)
    bones = skeleton(stage, f"{root}/Bones", ARM, [translation(0, 0, 0), translation(1, 0, 0)],
                     [translation(0, 0, 0), translation(1, 0, 0)])  # fmt: skip
    moves = animation(stage, f"{root}/Moves", ARM)
    UsdSkel.BindingAPI.Apply(bones.GetPrim()).CreateAnimationSourceRel().SetTargets([moves.GetPath()])
    mesh = beam(stage, f"{root}/Beam")
    x = np.array(mesh.GetPointsAttr().Get())[:, 0]
    bind(mesh, f"{root}/Bones", x > 1, np.ones(len(x)), 1)
    return moves


def bend(moves: UsdSkel.Animation, shoulder: float, elbow: float, time: Any = None) -> None:
    """Turn the joints about z, degrees."""
    turns = Vt.QuatfArray([quaternion((0, 0, 1), shoulder), quaternion((0, 0, 1), elbow)])
    moves.GetRotationsAttr().Set(turns, Usd.TimeCode.Default() if time is None else time)


def bent(points: Any, shoulder: float, elbow: float) -> np.ndarray:
    """Where points of the arm are: closed form."""

    def turn(p: np.ndarray, degrees: float) -> np.ndarray:
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        return p @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]).T

    points = np.array(points, np.float64)
    lower = turn(points - [1, 0, 0], elbow) + [1, 0, 0]
    return turn(np.where(points[:, :1] > 1, lower, points), shoulder)


def random_matrix(rng: np.random.Generator, stretch: bool = False) -> Gf.Matrix4d:
    turn = Gf.Rotation(Gf.Vec3d(*rng.normal(size=3)), float(rng.uniform(-180, 180)))
    matrix = Gf.Matrix4d(1).SetRotate(turn)
    matrix.SetTranslateOnly(Gf.Vec3d(*rng.normal(size=3)))
    return Gf.Matrix4d(1).SetScale(Gf.Vec3d(*rng.uniform(0.7, 1.4, 3))) * matrix if stretch else matrix


def random_rig(stage: Usd.Stage, rng: np.random.Generator, root: str = "/Rig", dual: bool = False) -> UsdGeom.Mesh:
    """A skeleton of seven joints, an animation over six of them, and a mesh that knows five of them in its own order.

    Everything is moved: the root, the skeleton and the mesh below it, and the mesh in its bind pose.
    """
    joints = ["A", "A/B", "A/B/C", "A/D", "A/D/E", "A/D/E/F", "G"]
    UsdSkel.Root.Define(stage, root).AddTransformOp().Set(random_matrix(rng))
    bones = skeleton(stage, f"{root}/Bones", joints, [random_matrix(rng) for _ in joints],
                     [random_matrix(rng) for _ in joints])  # fmt: skip
    bones.AddTransformOp().Set(random_matrix(rng, not dual))
    moved = [joints[i] for i in rng.permutation(7)[:6]]
    moves = UsdSkel.Animation.Define(stage, f"{root}/Moves")
    moves.CreateJointsAttr(moved)
    for time in (0.0, 10.0):
        turns = [quaternion(rng.normal(size=3), float(rng.uniform(-180, 180))) for _ in moved]
        moves.CreateTranslationsAttr().Set(Vt.Vec3fArray([Gf.Vec3f(*rng.normal(size=3)) for _ in moved]), time)
        moves.CreateRotationsAttr().Set(Vt.QuatfArray(turns), time)
        scales = np.ones((6, 3)) if dual else rng.uniform(0.5, 1.5, (6, 3))
        moves.CreateScalesAttr().Set(Vt.Vec3hArray([Gf.Vec3h(*map(float, s)) for s in scales]), time)
    UsdSkel.BindingAPI.Apply(bones.GetPrim()).CreateAnimationSourceRel().SetTargets([moves.GetPath()])
    mesh = beam(stage, f"{root}/Beam")
    mesh.AddTransformOp().Set(random_matrix(rng, not dual))
    count, own = len(mesh.GetPointsAttr().Get()), rng.permutation(7)[:5]
    weights = rng.dirichlet(np.ones(3), count)
    api = bind(mesh, f"{root}/Bones", rng.integers(0, 5, (count, 3)), weights, 3)
    api.CreateJointsAttr([joints[i] for i in own])
    api.CreateGeomBindTransformAttr(random_matrix(rng, not dual))
    if dual:
        api.CreateSkinningMethodAttr("dualQuaternion")
    return mesh


def blend_shapes(stage: Usd.Stage, mesh: UsdGeom.Mesh, moves: UsdSkel.Animation, rng: np.random.Generator) -> None:
    """Three blend shapes, of all points, of some, and with two inbetweens, whose weights move over time."""
    count = len(mesh.GetPointsAttr().Get())

    def offsets(number: int) -> Vt.Vec3fArray:
        return Vt.Vec3fArray([Gf.Vec3f(*map(float, v)) for v in rng.normal(size=(number, 3)) * 0.3])

    paths = []
    for name in ("All", "Some", "Between"):
        shape = UsdSkel.BlendShape.Define(stage, mesh.GetPath().AppendChild(name))
        number = count
        if name == "Some":
            chosen = rng.permutation(count)[:7]
            shape.CreatePointIndicesAttr([int(i) for i in chosen])
            number = 7
        shape.CreateOffsetsAttr(offsets(number))
        shape.CreateNormalOffsetsAttr(offsets(number))
        for place in (0.3, 0.6) if name == "Between" else ():
            between = shape.CreateInbetween(f"at{int(place * 10)}")
            between.SetWeight(place)
            between.SetOffsets(offsets(number))
        paths.append(shape.GetPath())
    api = UsdSkel.BindingAPI.Apply(mesh.GetPrim())
    api.CreateBlendShapesAttr(["all", "some", "between"])
    api.CreateBlendShapeTargetsRel().SetTargets(paths)
    moves.CreateBlendShapesAttr(["between", "nobody", "all", "some"])
    for time, weights in ((0.0, (0.45, 1, 0.7, -0.4)), (10.0, (1.2, 0, 0.1, 2.0)), (20.0, (-0.3, 0, 1.0, 0.0))):
        moves.CreateBlendShapeWeightsAttr().Set(Vt.FloatArray(weights), time)


def copied(stage: Usd.Stage) -> Usd.Stage:
    """The same stage once more, to be baked."""
    layer = Sdf.Layer.CreateAnonymous(".usda")
    layer.ImportFromString(stage.Flatten().ExportToString())
    return Usd.Stage.Open(layer)
