"""Stand-ins for assets that are not on this machine: labelled boxes of plausible size, plain pictures, lit floors.

A stand-in is a small USD file (or picture) in a folder of its own, made when it is first asked for, in the units and
with the up axis of the open stage. Its size and its label come from words in the asset's name; one line of output says
so. The label is on the default prim, so that labels a script sets on the reference replace it.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pxr import Gf, Sdf, Tf, Usd, UsdGeom, UsdLux, UsdPhysics, UsdSemantics

from .assets import IMAGES, STAGES, tree_path
from .usd_context import get_context

# metres: width, depth, height of usual things, the first word that the name holds counts
SIZES: tuple[tuple[str, tuple[float, float, float]], ...] = (
    ("forklift", (1.2, 2.4, 1.6)),  # scripts look from the driver's seat, 1.65 to 2.15 m up: not out of a closed box
    ("palletjack|pallet_?jack", (0.6, 1.6, 1.2)),
    ("pallet|palette", (1.2, 1.0, 0.15)),  # Isaac Sim's pallets are called SM_PaletteA_01
    ("card_?box|cardboard", (0.22, 0.18, 0.15)),
    ("klt|(?<![a-z])bin|crate|tote|basket", (0.6, 0.4, 0.3)),
    ("barrel|drum", (0.6, 0.6, 0.9)),
    ("cone", (0.35, 0.35, 0.7)),
    ("wet_?floor|sign", (0.3, 0.3, 0.6)),
    ("cracker", (0.16, 0.06, 0.21)),
    ("sugar", (0.09, 0.045, 0.175)),
    ("mustard|bleach|bottle", (0.1, 0.065, 0.2)),
    ("soup|tuna|(?<![a-z])can|mug|(?<![a-z])cup", (0.08, 0.08, 0.1)),
    ("drill", (0.18, 0.06, 0.19)),
    ("banana", (0.19, 0.05, 0.04)),
    ("apple|orange|lemon|lime|peach|pear|plum|onion|avocado|fruit|strawberry|vegetable", (0.08, 0.08, 0.08)),
    ("plate|dish(?!washer)", (0.25, 0.25, 0.03)),
    ("spoon|fork|knife|spatula", (0.03, 0.2, 0.02)),
    ("bowl", (0.12, 0.12, 0.06)),
    ("pomegranate|melon|pumpkin", (0.15, 0.15, 0.15)),
    ("ladder", (0.6, 0.8, 2.0)),
    ("rack|shelf|shelves|cabinet", (2.5, 1.0, 2.5)),
    ("table|desk|bench", (1.4, 0.8, 0.75)),
    ("chair|stool|wheelchair", (0.55, 0.55, 0.9)),
    ("(?<![a-z])bed|gurney|stretcher", (0.9, 2.0, 0.8)),
    ("trolley|cart", (0.6, 0.9, 1.0)),
    ("human|person|people|worker|female|male|character|biped|nurse|doctor", (0.5, 0.35, 1.75)),
    ("(?<![a-z])car|truck|vehicle|sedan|suv", (1.8, 4.5, 1.5)),
    ("carter|(?<![a-z])amr|robot|jetbot|franka|ur10", (0.6, 0.7, 0.9)),
    ("wall", (3.0, 0.2, 2.5)),
    ("door", (0.9, 0.1, 2.0)),
    ("monitor|screen|(?<![a-z])tv", (0.8, 0.15, 0.5)),
    ("plant|tree", (0.6, 0.6, 1.5)),
    ("dex_?cube|block|cube", (0.06, 0.06, 0.06)),
    ("box", (0.4, 0.3, 0.3)),
)
WITH_PHYSICS = re.compile("physics|simready", re.I)
YCB = (0.1, 0.1, 0.12)
USUAL = (0.5, 0.5, 0.5)
FLOOR = (30.0, 30.0, 0.05)
PLACES = re.compile(
    r"/(environments?|stages?|worlds?|scenes/templates)/(?!.*(props/|riser))|(warehouse|hospital|office|grid)[^/]*\.usd",
    re.I,
)
ROOM = re.compile(r"(?<!sh)room[^/]*\.usd", re.I)
LUMEN = 500.0  # intensity of the dome over a stand-in floor


@lru_cache(maxsize=1)
def folder() -> str:
    """Return the folder of this process's stand-ins; it goes when the process ends."""
    path = tempfile.mkdtemp(prefix="replicant_stand_ins_")
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def make(address: str) -> str:
    """Make the stand-in of an address, once, say so, and return its path (a folder's holds three boxes)."""
    suffix = os.path.splitext(address)[1].lower()
    relative = re.sub(r"[^\w./-]", "_", tree_path(address)).lstrip("/")
    if suffix in STAGES:
        path = Path(folder()) / _units_name() / (os.path.splitext(relative)[0] + ".usda")
        return _once(path, lambda: _write_stage(address, path), address)
    path = Path(folder()) / relative
    if suffix in IMAGES:
        path = path.with_suffix(".hdr" if suffix in (".hdr", ".exr") else ".png")
        return _once(path, lambda: _write_picture(address, path), address)
    return address


def label_of(address: str) -> str:
    """Return the label of an asset: its name in lower case without prefixes `SM_`, numbers and file ending."""
    stem = re.sub(r"^(sm|s|nv|p|l)_", "", Path(address).stem, flags=re.I)
    words = [word for word in re.split(r"[^A-Za-z]+", stem) if len(word) > 1]
    return "_".join(words).lower() or "asset"


def size_of(address: str) -> tuple[float, float, float]:
    """Return width, depth and height of an asset, metres, from the words in its name."""
    path = Path(address)
    return _named(path.stem) or _named(path.parent.name) or (YCB if "ycb" in address.lower() else USUAL)


def is_place(address: str) -> bool:
    """Tell whether an address is that of an environment: a floor stands in for it, not a box."""
    if PLACES.search(address):
        return True
    return bool(ROOM.search(address)) and _named(Path(address).stem) is None  # Room_Essentials_Mug.usd is a mug


def _named(name: str) -> tuple[float, float, float] | None:
    """Return the size of the thing that a name holds a word for, None where it holds none."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)  # TrashBin: a bin, as a cabinet is not
    return next((size for words, size in SIZES if re.search(words, text, re.I)), None)


def _once(path: Path, write: Callable[[], str], address: str) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        shown = tree_path(address) if address.startswith(folder()) else address
        print(f"stand-in: '{shown}' is {write()}", file=sys.stderr)
    return str(path)


def _units() -> tuple[str, float]:
    """Return up axis and metres a unit of the open stage (Z and 1 without one)."""
    stage = get_context().get_stage()
    return (UsdGeom.GetStageUpAxis(stage), UsdGeom.GetStageMetersPerUnit(stage)) if stage else ("Z", 1.0)


def _units_name() -> str:
    axis, metres = _units()
    return f"{axis}_{metres:g}"


def _write_stage(address: str, path: Path) -> str:
    """Write a stand-in stage and return the words that describe it."""
    axis, metres = _units()
    stage = Usd.Stage.CreateNew(str(path))
    UsdGeom.SetStageUpAxis(stage, axis)
    UsdGeom.SetStageMetersPerUnit(stage, metres)
    top = UsdGeom.Xform.Define(stage, "/StandIn").GetPrim()
    stage.SetDefaultPrim(top)
    place = is_place(address)
    size = FLOOR if place else size_of(address)
    label = "floor" if place else label_of(address)
    _label(top, label)
    sunk = size[2] if place else 0.5 * size[2] if max(size) < 0.25 else 0.0
    _box(stage, mesh_name(address), size, axis, metres, sunk, seed=address)
    if place:
        _dome(stage)
    elif WITH_PHYSICS.search(address):
        _rigid_body(top)
    if "simready" in address.lower():
        _ops(top)
    stage.GetRootLayer().Save()
    extent = " x ".join(f"{side:g}" for side in size)
    return f"a {'lit floor' if place else 'box'} of {extent} m labelled '{label}'"


def _label(prim: Usd.Prim, label: str) -> None:
    UsdSemantics.LabelsAPI.Apply(prim, "class").CreateLabelsAttr([label])


def mesh_name(address: str) -> str:
    """Return the name of the one mesh of a stand-in: in YCB's assets that of the file (`_03_cracker_box`)."""
    return Tf.MakeValidIdentifier(Path(address).stem) if "/ycb/" in address.lower() else "Box"


def _box(
    stage: Usd.Stage, name: str, size: tuple[float, ...], axis: str, metres: float, sunk: float, seed: str
) -> None:
    """Define a box that stands on the ground, sunk by a length, in a colour of its own."""
    order = [0, 1, 2] if axis == "Z" else [0, 2, 1]
    low = np.array([-0.5 * size[0], -0.5 * size[1], -sunk])
    high = low + np.array(size)
    low, high = (np.array(corner)[order] / metres for corner in (low, high))
    mesh = UsdGeom.Mesh.Define(stage, f"/StandIn/{name}")
    corners = [Gf.Vec3f(*(float((low, high)[bit][i]) for i, bit in enumerate(bits))) for bits in np.ndindex(2, 2, 2)]
    mesh.CreatePointsAttr(corners)
    mesh.CreateFaceVertexCountsAttr([4] * 6)
    faces = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    mesh.CreateFaceVertexIndicesAttr([corner for face in faces for corner in face])
    mesh.CreateExtentAttr([corners[0], corners[7]])
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    mesh.CreateDisplayColorAttr([Gf.Vec3f(*(float(part) for part in _colour(seed)))])
    UsdPhysics.CollisionAPI.Apply(mesh.GetPrim())
    UsdPhysics.MeshCollisionAPI.Apply(mesh.GetPrim()).CreateApproximationAttr(UsdPhysics.Tokens.convexHull)


def _rigid_body(prim: Usd.Prim) -> None:
    """Make a rigid body of a stand-in for an asset with physics, with the attributes that scripts set on those."""
    UsdPhysics.RigidBodyAPI.Apply(prim).CreateVelocityAttr()
    UsdPhysics.RigidBodyAPI(prim).CreateAngularVelocityAttr()
    UsdPhysics.MassAPI.Apply(prim).CreateMassAttr(1.0)
    prim.AddAppliedSchema("PhysxRigidBodyAPI")
    prim.CreateAttribute("physxRigidBody:disableGravity", Sdf.ValueTypeNames.Bool, custom=False).Set(False)
    for name, value in (("angularDamping", 0.05), ("linearDamping", 0.0)):
        prim.CreateAttribute(f"physxRigidBody:{name}", Sdf.ValueTypeNames.Float, custom=False).Set(value)


def _ops(prim: Usd.Prim) -> None:
    """Author the operations that SimReady assets have, which scripts set without adding them."""
    xform = UsdGeom.XformCommonAPI(prim)
    xform.SetTranslate((0.0, 0.0, 0.0))
    xform.SetRotate((0.0, 0.0, 0.0))
    xform.SetScale((1.0, 1.0, 1.0))


def _dome(stage: Usd.Stage) -> None:
    UsdLux.DomeLight.Define(stage, "/StandIn/Light").CreateIntensityAttr(LUMEN)


def _write_picture(address: str, path: Path) -> str:
    """Write a stand-in picture: a sky for HDR, else a chequered pattern in two shades of a colour of its own."""
    import cv2

    if path.suffix == ".hdr":
        sky = np.linspace(1.0, 0.2, 64, dtype=np.float32)[:, None, None] * _colour(address)[::-1] / 0.6
        cv2.imwrite(str(path), np.broadcast_to(sky, (64, 128, 3)).astype(np.float32))
        return "a plain sky of 128 x 64"
    cells = (np.indices((64, 64)) // 8).sum(axis=0) % 2
    shades = np.where(cells[..., None], 255.0, 170.0) * _colour(address)
    cv2.imwrite(str(path), shades[..., ::-1].astype(np.uint8))
    return "a chequered picture of 64 x 64"


def _colour(address: str) -> NDArray[np.float64]:
    """Return a colour that depends on the name alone, between 0.35 and 0.85."""
    digest = hashlib.sha256(tree_path(address).encode()).digest()
    return 0.35 + 0.5 * np.frombuffer(digest[:3], dtype=np.uint8).astype(np.float64) / 255.0
