"""isaacsim.core.experimental.prims: many prims behind one object; robots are not there, deformable bodies rest."""

from __future__ import annotations

from .deformable_prim import DeformablePrim
from .geom_prim import GeomPrim
from .prim import Prim
from .rigid_prim import RigidPrim
from .unsupported import Articulation
from .xform_prim import XformPrim

__all__ = ["Articulation", "DeformablePrim", "GeomPrim", "Prim", "RigidPrim", "XformPrim"]
