"""omni.isaac.core.prims: the names of 4.x, where `XFormPrim` is one prim and `XFormPrimView` many."""

from __future__ import annotations

from ..core_prims import Articulation as ArticulationView
from ..core_prims import ClothPrim as ClothPrimView
from ..core_prims import DeformablePrim as DeformablePrimView
from ..core_prims import GeometryPrim as GeometryPrimView
from ..core_prims import ParticleSystem as ParticleSystemView
from ..core_prims import RigidPrim as RigidPrimView
from ..core_prims import SdfShapePrim as SdfShapeView
from ..core_prims import SingleClothPrim as ClothPrim
from ..core_prims import SingleDeformablePrim as DeformablePrim
from ..core_prims import SingleGeometryPrim as GeometryPrim
from ..core_prims import SingleParticleSystem as ParticleSystem
from ..core_prims import SingleRigidPrim as RigidPrim
from ..core_prims import SingleXFormPrim as XFormPrim
from ..core_prims import XFormPrim as XFormPrimView
from ..core_prims.prim import Prim as BasePrimView
from ..core_prims.unsupported import RigidContactView

__all__ = [
    "ArticulationView",
    "BasePrimView",
    "ClothPrim",
    "ClothPrimView",
    "DeformablePrim",
    "DeformablePrimView",
    "GeometryPrim",
    "GeometryPrimView",
    "ParticleSystem",
    "ParticleSystemView",
    "RigidContactView",
    "RigidPrim",
    "RigidPrimView",
    "SdfShapeView",
    "XFormPrim",
    "XFormPrimView",
]
