"""isaacsim.core.prims: the prim classes of 4.5 and 5.x, many (`XFormPrim`) and single (`SingleXFormPrim`)."""

from __future__ import annotations

from ..experimental_prims.unsupported import Articulation
from .geometry_prim import GeometryPrim
from .rigid_prim import RigidPrim
from .single_geometry_prim import SingleGeometryPrim
from .single_rigid_prim import SingleRigidPrim
from .single_xform_prim import SingleXFormPrim
from .unsupported import (
    ClothPrim,
    DeformablePrim,
    ParticleSystem,
    SdfShapePrim,
    SingleArticulation,
    SingleClothPrim,
    SingleDeformablePrim,
    SingleParticleSystem,
)
from .xform_prim import XFormPrim

__all__ = [
    "Articulation",
    "ClothPrim",
    "DeformablePrim",
    "GeometryPrim",
    "ParticleSystem",
    "RigidPrim",
    "SdfShapePrim",
    "SingleArticulation",
    "SingleClothPrim",
    "SingleDeformablePrim",
    "SingleGeometryPrim",
    "SingleParticleSystem",
    "SingleRigidPrim",
    "SingleXFormPrim",
    "XFormPrim",
]
