"""isaacsim.core.experimental.prims: many prims behind one object; robots and deformable bodies are not simulated."""

from __future__ import annotations

from .geom_prim import GeomPrim
from .prim import Prim
from .rigid_prim import RigidPrim
from .unsupported import Articulation, DeformablePrim
from .xform_prim import XformPrim

__all__ = ["Articulation", "DeformablePrim", "GeomPrim", "Prim", "RigidPrim", "XformPrim"]
