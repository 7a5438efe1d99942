"""GeomSubsets: which faces belong together because of their material or their labels."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int64
from pxr import Usd, UsdGeom

from engine.stage.complaints import Complaints
from engine.stage.geometry import Part
from engine.stage.labels import Labels, read_labels

MATERIAL_FAMILY = "materialBind"


def read_parts(
    prim: Usd.Prim, face_count: int, time: Usd.TimeCode, complaints: Complaints
) -> tuple[tuple[Part, ...], bool]:
    """Split a mesh by its subsets of family `materialBind` and by subsets that carry labels.

    A face in two such subsets belongs to the first; faces in none form the remainder, whose path is "".

    Returns:
        The parts that have faces, and whether the split may vary over time.
    """
    subsets = [UsdGeom.Subset(child) for child in prim.GetChildren() if child.IsA(UsdGeom.Subset)]
    owner = np.full(face_count, -1, np.int64)
    claims: list[tuple[str, Labels | None]] = []
    varies = False
    for subset in subsets:
        labels, _ = read_labels(subset.GetPrim(), time)
        if subset.GetElementTypeAttr().Get(time) not in (None, "", UsdGeom.Tokens.face):
            continue
        if labels is None and subset.GetFamilyNameAttr().Get(time) != MATERIAL_FAMILY:
            continue
        varies |= subset.GetIndicesAttr().ValueMightBeTimeVarying()
        faces = _faces(subset, face_count, time, complaints)
        owner[faces[owner[faces] < 0]] = len(claims)
        claims.append((str(subset.GetPrim().GetName()), labels))
    if not claims:
        return (Part(),), varies
    parts = []
    for number, (name, labels) in enumerate(claims):
        faces = np.flatnonzero(owner == number).astype(np.int32)
        if len(faces):
            parts.append(Part(name, faces, labels))
    rest = np.flatnonzero(owner < 0).astype(np.int32)
    if len(rest):
        parts.append(Part("", rest))
    return tuple(parts), varies


def _faces(
    subset: UsdGeom.Subset, face_count: int, time: Usd.TimeCode, complaints: Complaints
) -> Int64[np.ndarray, "k"]:
    faces = np.asarray(subset.GetIndicesAttr().Get(time) or (), dtype=np.int64)
    good = (faces >= 0) & (faces < face_count)
    if not good.all():
        complaints.warn(
            f"{subset.GetPath()}: {int((~good).sum())} face indices are ignored, such as {faces[~good][0]}; "
            f"expected 0 to {face_count - 1}"
        )
    return np.unique(faces[good])
