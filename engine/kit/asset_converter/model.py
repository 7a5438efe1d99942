"""What the readers give and the USD writer takes: meshes with normals, texture coordinates and materials."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Int


@dataclass
class Look:
    """A material.

    Attributes:
        color: linear RGB.
        texture: path of a colour picture, its name where it is in the model's own file, or nothing.
        picture: bytes of a picture that is in the model's own file.
    """

    name: str
    color: tuple[float, float, float] = (0.8, 0.8, 0.8)
    opacity: float = 1.0
    roughness: float = 0.5
    metallic: float = 0.0
    emission: tuple[float, float, float] = (0.0, 0.0, 0.0)
    texture: str = ""
    picture: bytes = b""


@dataclass
class Part:
    """One mesh; normals and texture coordinates are given once a corner of a face.

    Attributes:
        points: in the file's unit and axes.
        counts: corners of every face.
        indices: points of the corners, face by face.
        look: name of its material, or nothing.
    """

    name: str
    points: Float[np.ndarray, "p 3"]
    counts: Int[np.ndarray, " f"]
    indices: Int[np.ndarray, " c"]
    normals: Float[np.ndarray, "c 3"] | None = None
    uvs: Float[np.ndarray, "c 2"] | None = None
    look: str = ""


@dataclass
class Model:
    """What a file holds.

    Attributes:
        up: "Y" or "Z".
        metres: length of its unit, 0 where the file does not say.
    """

    parts: list[Part] = field(default_factory=list)
    looks: dict[str, Look] = field(default_factory=dict)
    up: str = "Y"
    metres: float = 0.0
