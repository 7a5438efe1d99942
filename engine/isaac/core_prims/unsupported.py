"""What the engine does not simulate: making one says so."""

from __future__ import annotations

from ..experimental_prims.unsupported import Articulation, _Unsupported


class SingleArticulation(Articulation):
    """A robot: not simulated."""


class DeformablePrim(_Unsupported):
    """A soft body: not simulated."""

    what = "deformable bodies"


class SingleDeformablePrim(DeformablePrim):
    """A soft body: not simulated."""


class ClothPrim(_Unsupported):
    """Cloth: not simulated."""

    what = "cloth"


class SingleClothPrim(ClothPrim):
    """Cloth: not simulated."""


class ParticleSystem(_Unsupported):
    """Particles: not simulated."""

    what = "particles"


class SingleParticleSystem(ParticleSystem):
    """Particles: not simulated."""


class SdfShapePrim(_Unsupported):
    """Signed distances of a collider: not computed."""

    what = "signed distance fields"


class RigidContactView(_Unsupported):
    """Forces of touch: not measured."""

    what = "contact sensors"
