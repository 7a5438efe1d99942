"""BaseSensor: a prim that measures."""

from __future__ import annotations

from ..core_prims.single_xform_prim import SingleXFormPrim

__all__ = ["BaseSensor"]


class BaseSensor(SingleXFormPrim):
    """A prim that measures; the measuring is its subclasses'."""
