"""BaseSensor: a prim that measures."""

from __future__ import annotations

from ..core_prims.single_xform_prim import SingleXFormPrim
from ..core_prims.unsupported import RigidContactView

__all__ = ["BaseSensor", "RigidContactView"]


class BaseSensor(SingleXFormPrim):
    """A prim that measures; the measuring is its subclasses'."""
