"""Directions of reflected radiation: a Lambertian lobe and one about the mirror direction.

Both are normalised over the hemisphere, so that what a surface reflects is exactly its reflectance whatever its
roughness: Kirchhoff's law closes. The price is that the mirror lobe is not reciprocal for rough surfaces.

Vectors are columns here: NumPy is slow where the last axis has three elements.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32

SMOOTHEST = np.float32(0.02)  # of what answers lamps and the sun: a mirror would answer none
ONE, TWO, TURN = np.float32(1), np.float32(2), np.float32(2 * np.pi)
Vectors = Float32[np.ndarray, "3 n"]
Numbers = Float32[np.ndarray, "n"]


def dot(one: Vectors, other: Vectors) -> Numbers:
    """Return scalar products."""
    found = one[0] * other[0]
    found += one[1] * other[1]
    found += one[2] * other[2]
    return found


def basis(normals: Vectors) -> tuple[Vectors, Vectors]:
    """Return two unit vectors across each unit normal, and across one another.

    Source: Duff et al., "Building an Orthonormal Basis, Revisited", JCGT 6(1), 2017.
    """
    x, y, z = normals
    sign = np.copysign(ONE, z)
    a = -1 / (sign + z)
    b = x * y * a
    sx = sign * x
    return np.stack([ONE + sx * x * a, sign * b, -sx]), np.stack([b, sign + y * y * a, -y])


def tilts(cosine: Numbers, turn: Numbers) -> tuple[Numbers, Numbers]:
    """Return the parts along the two vectors of a basis of unit vectors tilted by an angle and turned."""
    sine = np.sqrt(np.maximum(ONE - cosine * cosine, 0))
    angle = turn * TURN
    return sine * np.cos(angle), sine * np.sin(angle)


def about(normals: Vectors, cosine: Numbers, turn: Numbers) -> Vectors:
    """Return unit vectors at an angle from unit normals.

    Args:
        normals: (3, n) unit.
        cosine: of the angle from the normal.
        turn: 0..1 of a turn about it.
    """
    (one, other), (u, v) = basis(normals), tilts(cosine, turn)
    one *= u
    other *= v
    one += other
    one += normals * cosine
    return one


def diffuse(normals: Vectors, first: Numbers, second: Numbers) -> Vectors:
    """Draw directions with density cos(theta)/pi from uniform numbers."""
    return about(normals, np.sqrt(ONE - first), second)


def mirrored(directions: Vectors, normals: Vectors) -> Vectors:
    """Return mirror directions."""
    return directions - (TWO * dot(directions, normals)) * normals


def tilt_of_facets(alpha: Numbers, first: Numbers) -> Numbers:
    """Draw the cosine between normals and the facets of GGX that mirror.

    Source: Walter et al., "Microfacet Models for Refraction through Rough Surfaces", EGSR 2007, eq. 35, 36.
    """
    return np.sqrt((ONE - first) / (ONE + (alpha * alpha - ONE) * first))


def glossy(directions: Vectors, normals: Vectors, alpha: Numbers, first: Numbers, second: Numbers) -> Vectors:
    """Draw mirror directions about normals tilted as GGX says; what would go below the surface is turned up."""
    result = mirrored(directions, about(normals, tilt_of_facets(alpha, first), second))
    below = np.minimum(dot(result, normals), 0)
    return result - (TWO * below) * normals


def glossy_density(directions: Vectors, normals: Vectors, alpha: Numbers, towards: Vectors) -> Numbers:
    """Return the density per steradian with which `glossy` draws a direction, what is turned up included."""
    turned = towards - (TWO * dot(towards, normals)) * normals
    return _density(directions, normals, alpha, towards) + _density(directions, normals, alpha, turned)


def _density(directions: Vectors, normals: Vectors, alpha: Numbers, towards: Vectors) -> Numbers:
    half = towards - directions
    half /= np.maximum(np.sqrt(dot(half, half)), np.float32(1e-12))
    squared = np.maximum(alpha, SMOOTHEST) ** 2
    cosine = np.maximum(dot(half, normals), 0)
    spread = squared / (np.float32(np.pi) * ((squared - ONE) * cosine * cosine + ONE) ** 2)
    return spread * cosine / np.maximum(4 * np.abs(dot(half, directions)), np.float32(1e-6))
