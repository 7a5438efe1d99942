"""What a Skeleton prim and its SkelAnimation say: joints, rest and bind poses, and the pose at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64, Int32
from pxr import Usd, UsdSkel

from engine.stage.complaints import Complaints
from engine.stage.skinning import Matrices, chained, joint_matrices

POSE_NAMES = ("translations", "rotations", "scales")


@dataclass(frozen=True, eq=False)
class Bones:
    """The part of a skeleton that does not move.

    Attributes:
        joints: joint paths, parents before children.
        parents: number of each joint's parent, -1 for roots.
        rest_local: (j, 4, 4) joint to parent at rest.
        rest: (j, 4, 4) joint to skeleton at rest.
        unbind: (j, 4, 4) bind pose back to the joints.
    """

    joints: tuple[str, ...]
    parents: Int32[np.ndarray, "j"]
    rest_local: Matrices
    rest: Matrices
    unbind: Matrices


def columns(matrices: Any) -> Matrices:
    """Turn an array of USD's row-vector matrices into ones that act on columns."""
    return np.array(matrices, dtype=np.float64).reshape(-1, 4, 4).transpose(0, 2, 1).copy()


def read_bones(prim: Usd.Prim, complaints: Complaints) -> Bones | None:
    """Read a Skeleton; None, with a warning, if its joints are no tree or its poses do not fit them.

    Without a rest pose the bind pose is the rest pose, and the other way round.
    """
    skeleton = UsdSkel.Skeleton(prim)
    joints = skeleton.GetJointsAttr().Get() or ()
    names = tuple(str(joint) for joint in joints)
    topology = UsdSkel.Topology(joints)
    valid, reason = topology.Validate()
    bind = columns(skeleton.GetBindTransformsAttr().Get() or ())
    rest = columns(skeleton.GetRestTransformsAttr().Get() or ())
    if not names or not valid:
        complaints.warn(f"{prim.GetPath()}: the skeleton moves nothing: {reason or 'it has no joints'}")
        return None
    parents = np.array(topology.GetParentIndices(), np.int32)
    if not len(bind) and len(rest) == len(names):
        bind = chained(rest, parents)
    if not len(rest) and len(bind) == len(names):
        rest = unchained(bind, parents)
    for name, found in (("bindTransforms", bind), ("restTransforms", rest)):
        if len(found) != len(names) or not np.isfinite(found).all():
            complaints.warn(
                f"{prim.GetPath()}: the skeleton moves nothing: it has {len(found)} {name} for {len(names)} joints; "
                "expected one finite matrix a joint"
            )
            return None
    if not (np.abs(np.linalg.det(bind)) > 0).all():
        complaints.warn(
            f"{prim.GetPath()}: the skeleton moves nothing: a matrix of its bindTransforms is flat; "
            "expected matrices that can be inverted"
        )
        return None
    return Bones(names, parents, rest, chained(rest, parents), np.linalg.inv(bind))


def unchained(posed: Matrices, parents: Int32[np.ndarray, "j"]) -> Matrices:
    """Take joints from the skeleton's frame to their parents'."""
    result = posed.copy()
    inner = parents >= 0
    result[inner] = np.linalg.inv(posed[parents[inner]]) @ posed[inner]
    return result


def local_pose(bones: Bones, animation: Usd.Prim | None, time: Usd.TimeCode, complaints: Complaints) -> Matrices:
    """Return the joints' matrices to their parents; joints that the animation leaves out are at rest.

    Args:
        bones: of the skeleton.
        animation: SkelAnimation prim.
        time: when.
        complaints: where a warning goes if the animation's arrays do not fit, which leaves all at rest.
    """
    if animation is None:
        return bones.rest_local
    order = [str(joint) for joint in animation.GetAttribute("joints").Get(time) or ()]
    place = {name: number for number, name in enumerate(bones.joints)}
    chosen = [number for number, name in enumerate(order) if name in place]
    if not chosen:
        return bones.rest_local
    values = [np.asarray(animation.GetAttribute(name).Get(time) or (), np.float64) for name in POSE_NAMES]
    if any(len(value) != len(order) or not np.isfinite(value).all() for value in values):
        sizes = ", ".join(f"{len(value)} {name}" for value, name in zip(values, POSE_NAMES, strict=True))
        complaints.warn(
            f"{animation.GetPath()}: the animation moves nothing: it has {sizes} for {len(order)} joints; "
            "expected one finite value of each a joint"
        )
        return bones.rest_local
    translations, rotations, scales = (value[chosen] for value in values)
    result = bones.rest_local.copy()
    result[[place[order[number]] for number in chosen]] = joint_matrices(translations, unit_wxyz(rotations), scales)
    return result


def unit_wxyz(quaternions: Float64[np.ndarray, "j 4"]) -> Float64[np.ndarray, "j 4"]:
    """Turn USD's quaternion memory (x y z w) into unit quaternions w x y z; zero ones become no rotation."""
    length = np.linalg.norm(quaternions, axis=1, keepdims=True)
    turned = np.roll(quaternions, 1, axis=1) / np.where(length > 0, length, 1.0)
    return np.where(length > 0, turned, [1.0, 0.0, 0.0, 0.0])


def blend_weights(animation: Usd.Prim | None, time: Usd.TimeCode) -> dict[str, float]:
    """Return the weight of each blend shape that an animation names."""
    if animation is None:
        return {}
    names = animation.GetAttribute("blendShapes").Get(time) or ()
    weights = animation.GetAttribute("blendShapeWeights").Get(time) or ()
    if len(names) != len(weights):
        return {}
    return {str(name): float(weight) for name, weight in zip(names, weights, strict=True)}


def might_vary(animation: Usd.Prim | None) -> bool:
    """Tell whether an animation may vary over time."""
    if animation is None:
        return False
    names = (*POSE_NAMES, "joints", "blendShapes", "blendShapeWeights")
    return any(animation.GetAttribute(name).ValueMightBeTimeVarying() for name in names)
