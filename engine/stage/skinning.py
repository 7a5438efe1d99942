"""Skinning and blend shapes on arrays: the maths of UsdSkel.

Matrices act on columns. Source: OpenUSD documentation, UsdSkel "Schemas" and "API": linear blend and dual quaternion
skinning, blend shapes with inbetweens.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Int32

Matrices = Float64[np.ndarray, "j 4 4"]


@dataclass(frozen=True, eq=False)
class Influences:
    """Which joints move which points.

    Attributes:
        joints: (n, k) joint numbers; (1, k) where one set moves all points alike.
        weights: (n, k) or (1, k), used as authored.
        dual: by dual quaternions instead of linearly.
    """

    joints: Int32[np.ndarray, "n k"]
    weights: Float64[np.ndarray, "n k"]
    dual: bool = False


@dataclass(frozen=True, eq=False)
class Target:
    """One shape of a blend shape: all of it, or an inbetween.

    Attributes:
        weight: at which it holds in full.
        offsets: (k, 3) of points, local units.
        normals: (k, 3) of normals, or None.
        points: (k,) which points; None for all, in order.
    """

    weight: float
    offsets: Float64[np.ndarray, "k 3"]
    normals: Float64[np.ndarray, "k 3"] | None
    points: Int32[np.ndarray, "k"] | None


def joint_matrices(
    translations: Float[np.ndarray, "j 3"], rotations: Float[np.ndarray, "j 4"], scales: Float[np.ndarray, "j 3"]
) -> Matrices:
    """Return translation after rotation after scale.

    Args:
        translations: joint units.
        rotations: unit quaternions, w x y z.
        scales: factors.
    """
    w, x, y, z = np.moveaxis(np.asarray(rotations, np.float64), 1, 0)
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
    result = np.zeros((len(translations), 4, 4))
    result[:, :3, :3] = np.moveaxis(turn, 2, 0) * np.asarray(scales, np.float64)[:, None]
    result[:, :3, 3] = translations
    result[:, 3, 3] = 1.0
    return result


def chained(local: Matrices, parents: Int32[np.ndarray, "j"]) -> Matrices:
    """Take joints from their parents' frames to the skeleton's; parents come before children."""
    result = local.copy()
    for joint, parent in enumerate(parents.tolist()):
        if parent >= 0:
            result[joint] = result[parent] @ local[joint]
    return result


def skinned(points: Float[np.ndarray, "n 3"], matrices: Matrices, influences: Influences) -> Float64[np.ndarray, "n 3"]:
    """Move points by the joints that influence them.

    Args:
        points: (n, 3) in the frame the matrices start from.
        matrices: (j, 4, 4) of each joint.
        influences: of the points.
    """
    if influences.dual:
        return _by_dual_quaternions(points, matrices, influences)
    blended = _blended(matrices[:, :3].reshape(-1, 12), influences).reshape(-1, 3, 4)
    return np.einsum("nij,nj->ni", np.broadcast_to(blended[..., :3], (len(points), 3, 3)), points) + blended[..., 3]


def skinned_normals(
    normals: Float[np.ndarray, "m 3 3"],
    corners: Int32[np.ndarray, "m 3"],
    matrices: Matrices,
    influences: Influences,
) -> Float64[np.ndarray, "m 3 3"]:
    """Turn corner normals by the joints that influence their points; not scaled to length 1.

    Args:
        normals: (m, 3, 3) of triangle corners.
        corners: (m, 3) points of the corners.
        matrices, influences: as for the points.
    """
    linear = matrices[:, :3, :3]
    if influences.dual:
        linear = _polar(linear)[0]
    inverse = np.linalg.inv(linear).transpose(0, 2, 1)
    blended = _blended(inverse.reshape(-1, 9), influences).reshape(-1, 3, 3)
    chosen = blended[corners] if len(blended) > 1 else np.broadcast_to(blended[0], (*corners.shape, 3, 3))
    return np.einsum("mcij,mcj->mci", chosen, normals)


def _blended(rows: Float64[np.ndarray, "j c"], influences: Influences) -> Float64[np.ndarray, "n c"]:
    """Return the weighted sum of the rows of each point's joints. A hot kernel."""
    total = np.zeros((len(influences.joints), rows.shape[1]))
    for joints, weights in zip(influences.joints.T, influences.weights.T, strict=True):
        used = np.flatnonzero(weights)
        if len(used) == len(weights):
            total += rows[joints] * weights[:, None]
        elif len(used):
            total[used] += rows[joints[used]] * weights[used, None]
    return total


def _polar(linear: Float64[np.ndarray, "j 3 3"]) -> tuple[Float64[np.ndarray, "j 3 3"], Float64[np.ndarray, "j 3 3"]]:
    """Split matrices into a rotation after a symmetric stretch."""
    left, size, right = np.linalg.svd(linear)
    turn = left @ right
    flip = np.linalg.det(turn) < 0
    if flip.any():
        left[flip, :, 2] *= -1
        size[flip, 2] *= -1
        turn = left @ right
    return turn, right.transpose(0, 2, 1) @ (size[..., None] * right)


def rotations_of(matrices: Matrices) -> Float64[np.ndarray, "j 4"]:
    """Return the rotations in matrices as unit quaternions, w x y z with w not negative."""
    found = _quaternions(_polar(matrices[:, :3, :3])[0])
    return np.where(found[:, :1] < 0, -found, found)


def _quaternions(turns: Float64[np.ndarray, "j 3 3"]) -> Float64[np.ndarray, "j 4"]:
    """Return unit quaternions, w x y z, of rotations: the largest component first, so that none is lost."""
    trace = np.trace(turns, axis1=1, axis2=2)
    squares = np.stack([1 + trace, *(1 + 2 * turns[:, i, i] - trace for i in range(3))], axis=1)
    m = turns
    rows = np.stack(
        [
            np.stack([squares[:, 0], m[:, 2, 1] - m[:, 1, 2], m[:, 0, 2] - m[:, 2, 0], m[:, 1, 0] - m[:, 0, 1]], 1),
            np.stack([m[:, 2, 1] - m[:, 1, 2], squares[:, 1], m[:, 0, 1] + m[:, 1, 0], m[:, 0, 2] + m[:, 2, 0]], 1),
            np.stack([m[:, 0, 2] - m[:, 2, 0], m[:, 0, 1] + m[:, 1, 0], squares[:, 2], m[:, 1, 2] + m[:, 2, 1]], 1),
            np.stack([m[:, 1, 0] - m[:, 0, 1], m[:, 0, 2] + m[:, 2, 0], m[:, 1, 2] + m[:, 2, 1], squares[:, 3]], 1),
        ],
        axis=1,
    )
    chosen = rows[np.arange(len(rows)), squares.argmax(axis=1)]
    return chosen / np.linalg.norm(chosen, axis=1, keepdims=True)


def quaternion_product(
    one: Float64[np.ndarray, "j 4"], other: Float64[np.ndarray, "j 4"]
) -> Float64[np.ndarray, "j 4"]:
    """Multiply quaternions w x y z."""
    scalar = one[:, :1] * other[:, :1] - (one[:, 1:] * other[:, 1:]).sum(axis=1, keepdims=True)
    vector = one[:, :1] * other[:, 1:] + other[:, :1] * one[:, 1:] + np.cross(one[:, 1:], other[:, 1:])
    return np.concatenate([scalar, vector], axis=1)


def _by_dual_quaternions(
    points: Float[np.ndarray, "n 3"], matrices: Matrices, influences: Influences
) -> Float64[np.ndarray, "n 3"]:
    """Blend the joints' stretches linearly and their rigid motions as dual quaternions.

    Source: Kavan et al., "Geometric Skinning with Approximate Dual Quaternion Blending", 2008; each point's quaternions
    are taken on the side of its strongest joint's.
    """
    turns, stretches = _polar(matrices[:, :3, :3])
    real = _quaternions(turns)
    shift = np.concatenate([np.zeros((len(real), 1)), matrices[:, :3, 3]], axis=1)
    both = np.concatenate([real, 0.5 * quaternion_product(shift, real)], axis=1)
    pivot = np.take_along_axis(influences.joints, influences.weights.argmax(axis=1)[:, None], axis=1)[:, 0]
    side = np.einsum("nkc,nc->nk", real[influences.joints], real[pivot])
    signed = Influences(influences.joints, np.where(side < 0, -influences.weights, influences.weights))
    dual = np.broadcast_to(_blended(both, signed), (len(points), 8))
    stretch = _blended(stretches.reshape(-1, 9), influences).reshape(-1, 3, 3)
    moved = np.einsum("nij,nj->ni", np.broadcast_to(stretch, (len(points), 3, 3)), points)
    dual = dual / np.linalg.norm(dual[:, :4], axis=1, keepdims=True)
    w, axis = dual[:, :1], dual[:, 1:4]
    turned = moved + 2 * np.cross(axis, np.cross(axis, moved) + w * moved)
    return turned + 2 * (w * dual[:, 5:] - dual[:, 4:5] * axis + np.cross(axis, dual[:, 5:]))


def shape_weights(weight: float, targets: tuple[Target, ...]) -> list[tuple[Target, float]]:
    """Spread the weight of a blend shape over its targets: linear between neighbours, the undeformed shape at 0.

    Args:
        weight: of the blend shape; beyond the outermost targets the line through the last two goes on.
        targets: by weight, the whole shape (weight 1) among them.
    """
    places = sorted([0.0, *(target.weight for target in targets)])
    above = min(max(int(np.searchsorted(places, weight, side="right")), 1), len(places) - 1)
    low, high = places[above - 1], places[above]
    share = (weight - low) / (high - low)
    by_weight = {target.weight: target for target in targets}
    found = [(by_weight.get(low), 1.0 - share), (by_weight.get(high), share)]
    return [(target, amount) for target, amount in found if target is not None and amount]


def add_offsets(
    points: Float64[np.ndarray, "n 3"], shapes: list[tuple[Target, float]], normals: bool = False
) -> Float64[np.ndarray, "n 3"]:
    """Return points (or point normals) with the offsets of weighted targets added."""
    result = points.copy()
    for target, amount in shapes:
        offsets = target.normals if normals else target.offsets
        if offsets is None:
            continue
        if target.points is None:
            result += amount * offsets
        else:
            np.add.at(result, target.points, amount * offsets)
    return result
