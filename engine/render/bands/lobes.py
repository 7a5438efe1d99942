"""Directions of reflected radiation: a Lambertian lobe and one about the mirror direction.

Both are normalised over the hemisphere, so that what a surface reflects is exactly its reflectance whatever its
roughness: Kirchhoff's law closes. The price is that the mirror lobe is not reciprocal for rough surfaces.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32

SMOOTHEST = np.float32(0.02)  # of what answers lamps and the sun: a mirror would answer none
Vectors = Float32[np.ndarray, "n 3"]
Numbers = Float32[np.ndarray, "n"]


def dot(one: Vectors, other: Vectors) -> Numbers:
    """Return scalar products."""
    return np.einsum("ij,ij->i", one, other)


def about(normals: Vectors, cosine: Numbers, turn: Numbers) -> Vectors:
    """Return unit vectors at an angle from unit normals.

    Args:
        normals: (n, 3) unit.
        cosine: of the angle from the normal.
        turn: 0..1 of a turn about it.

    Source: Duff et al., "Building an Orthonormal Basis, Revisited", JCGT 6(1), 2017.
    """
    x, y, z = normals.T
    sign = np.where(z < 0, np.float32(-1), np.float32(1))
    a = -1 / (sign + z)
    b = x * y * a
    sine = np.sqrt(np.maximum(1 - cosine * cosine, 0))
    angle = turn * np.float32(2 * np.pi)
    u, v = sine * np.cos(angle), sine * np.sin(angle)
    result = np.empty_like(normals)
    result[:, 0] = u * (1 + sign * x * x * a) + v * b + cosine * x
    result[:, 1] = u * sign * b + v * (sign + y * y * a) + cosine * y
    result[:, 2] = -u * sign * x - v * y + cosine * z
    return result


def diffuse(normals: Vectors, first: Numbers, second: Numbers) -> Vectors:
    """Draw directions with density cos(theta)/pi from uniform numbers."""
    return about(normals, np.sqrt(1 - first), second)


def mirrored(directions: Vectors, normals: Vectors) -> Vectors:
    """Return mirror directions."""
    return directions - (2 * dot(directions, normals))[:, None] * normals


def glossy(directions: Vectors, normals: Vectors, alpha: Numbers, first: Numbers, second: Numbers) -> Vectors:
    """Draw mirror directions about normals that are tilted as GGX says; what would go below the surface is turned up.

    Source: Walter et al., "Microfacet Models for Refraction through Rough Surfaces", EGSR 2007, eq. 35, 36.
    """
    squared = alpha * alpha
    cosine = np.sqrt((1 - first) / (1 + (squared - 1) * first))
    result = mirrored(directions, about(normals, cosine, second))
    below = np.minimum(dot(result, normals), 0)
    return result - (2 * below)[:, None] * normals


def glossy_density(directions: Vectors, normals: Vectors, alpha: Numbers, towards: Vectors) -> Numbers:
    """Return the density per steradian with which `glossy` draws a direction, what is turned up included."""
    turned = towards - (2 * dot(towards, normals))[:, None] * normals
    return _density(directions, normals, alpha, towards) + _density(directions, normals, alpha, turned)


def _density(directions: Vectors, normals: Vectors, alpha: Numbers, towards: Vectors) -> Numbers:
    half = towards - directions
    half /= np.maximum(np.sqrt(dot(half, half)), np.float32(1e-12))[:, None]
    squared = np.maximum(alpha, SMOOTHEST) ** 2
    cosine = np.maximum(dot(half, normals), 0)
    spread = squared / (np.pi * ((squared - 1) * cosine * cosine + 1) ** 2)
    return (spread * cosine / np.maximum(4 * np.abs(dot(half, directions)), np.float32(1e-6))).astype(np.float32)
