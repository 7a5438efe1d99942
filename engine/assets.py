"""Where the assets of a script are: local folders only. Nothing is downloaded.

An address of a server (`omniverse://`, `https://`) or below the assets root is looked for in the folder that
REPLICANT_ASSETS names, by its path from `/Isaac/` or `/NVIDIA/` on. What is not there is a clear error, or, with
`--stand-ins` (REPLICANT_STAND_INS=1), a labelled box of plausible size.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

VARIABLE = "REPLICANT_ASSETS"
STAND_INS = "REPLICANT_STAND_INS"
STAGES = (".usd", ".usda", ".usdc", ".usdz")
IMAGES = (".png", ".jpg", ".jpeg", ".hdr", ".exr", ".tga", ".bmp", ".tif", ".tiff", ".dds")
_REMOTE = re.compile(r"^(?!file:)[a-z][a-z0-9+.-]+://[^/]*", re.I)
YCB = re.compile(r"/YCB/Axis_Aligned(?:_Physics)?/?$", re.I)
# Source: the YCB-Video objects (Xiang et al. 2018, PoseCNN), which Isaac's folder is named after
YCB_NAMES = (
    "002_master_chef_can",
    "003_cracker_box",
    "004_sugar_box",
    "005_tomato_soup_can",
    "006_mustard_bottle",
    "007_tuna_fish_can",
    "008_pudding_box",
    "009_gelatin_box",
    "010_potted_meat_can",
    "011_banana",
    "019_pitcher_base",
    "021_bleach_cleanser",
    "024_bowl",
    "025_mug",
    "035_power_drill",
    "036_wood_block",
    "037_scissors",
    "040_large_marker",
    "051_large_clamp",
    "052_extra_large_clamp",
    "061_foam_brick",
)
_DRIVE = re.compile(r"^[a-z]:[\\/]", re.I)
_TREE = re.compile(r"/(?:Isaac|NVIDIA)/(?!Assets/|\d)")
_RELEASE = re.compile(r"^.*?/(?:Assets/)?Isaac/\d+(?:\.\d+)+(?=/)")


class MissingAssetError(FileNotFoundError):
    """An asset that is not on this machine."""


def root() -> str | None:
    """Return the folder of assets the user named, or that of the stand-ins, or None."""
    named = os.environ.get(VARIABLE)
    if named:
        return named.rstrip("/") or "/"
    if stand_ins_allowed():
        from . import stand_ins

        return stand_ins.folder()
    return None


def stand_ins_allowed() -> bool:
    """Tell whether boxes may take the place of missing assets."""
    return os.environ.get(STAND_INS, "") not in ("", "0")


def is_remote(address: str) -> bool:
    """Tell whether an address is one of a server, or of the tree of assets."""
    base = root()
    return bool(_REMOTE.match(address)) or (base is not None and address.startswith(base.rstrip("/") + "/"))


def tree_path(address: str) -> str:
    """Return the path of an address in the tree of assets: from `/Isaac/` or `/NVIDIA/` on.

    `https://host/Assets/Isaac/5.1/Isaac/Props/x.usd` and `omniverse://host/NVIDIA/Assets/Isaac/5.1/Isaac/Props/x.usd`
    are both `/Isaac/Props/x.usd`.
    """
    base = root()
    if base is not None and address.startswith(base.rstrip("/") + "/"):
        return address[len(base.rstrip("/")) :]
    path = _RELEASE.sub("", _REMOTE.sub("", address))
    start = _TREE.search(path)
    return path[start.start() :] if start else path


def find(address: str) -> str:
    """Return the local file or folder behind an address, or the address as it is if there is none."""
    if not is_remote(address) or os.path.exists(address):
        return address
    named = os.environ.get(VARIABLE)
    found = named.rstrip("/") + tree_path(address) if named else ""
    return found if found and os.path.exists(found) else address


def offer(address: str) -> str:
    """Return the local file of an address, or its stand-in if those are allowed, or the address as it is."""
    found = find(address)
    if found != address or not address or os.path.exists(address) or not stand_ins_allowed():
        return found
    if not is_remote(address) and not (is_absolute(address) and address.lower().endswith(STAGES + IMAGES)):
        return address
    return stand_in_for(address)


def is_absolute(address: str) -> bool:
    """Tell whether a path is absolute on this machine or on one with drive letters (`C:/...`, `C:\\...`)."""
    return os.path.isabs(address) or bool(_DRIVE.match(address))


def stand_in_for(address: str) -> str:
    """Return the stand-in of an address that is not here, if those are allowed, else the address as it is."""
    if not stand_ins_allowed():
        return address
    from . import stand_ins

    return stand_ins.make(address.replace("\\", "/"))


def need(address: str, what: str = "") -> str:
    """Return the local file of an address of a server, or its stand-in; other addresses are returned as they are.

    Args:
        address: what a script asks for.
        what: who wants it, for the error.

    Raises:
        MissingAssetError: if it is not on this machine and stand-ins are not allowed.
    """
    found = offer(address)
    if found == address and is_remote(address) and not os.path.exists(address):
        raise MissingAssetError(missing(address, what))
    return found


def list_folder(address: str) -> list[str]:
    """Return the sorted names in a folder of assets; with stand-ins one that is not here holds three boxes, or YCB's.

    Raises:
        MissingAssetError: if it is not on this machine and stand-ins are not allowed.
    """
    found = find(address)
    if os.path.isdir(found):
        return sorted(os.listdir(found))
    if not stand_ins_allowed():
        raise MissingAssetError(missing(address, "folder"))
    if YCB.search(address):
        return [f"{name}.usd" for name in YCB_NAMES]
    name = os.path.basename(address.rstrip("/")).lower() or "asset"
    return [f"{name}_{letter}.usd" for letter in "abc"]


def missing(address: str, what: str = "") -> str:
    """Return the text of the error for an asset that is not here."""
    folder = os.environ.get(VARIABLE)
    looked = f"; {folder}{tree_path(address)} is not there" if folder else ""
    return (
        f"{what + ': ' if what else ''}asset '{address}' is not on this machine{looked}. The embedded engine downloads "
        f"none: set {VARIABLE} to a folder that holds {tree_path(address)}, or give --stand-ins (or {STAND_INS}=1) for "
        "labelled boxes in place of missing assets"
    )


def unlabel_stand_in(prim: Any) -> None:
    """Take its own label from a prim that refers to a stand-in, for its parent has one; other prims keep theirs."""
    attribute = prim.GetAttribute("semantics:labels:class") if stand_ins_allowed() else None
    if attribute and attribute.GetPropertyStack()[0].layer.identifier.startswith(root_of_stand_ins()):
        attribute.Set([])


def root_of_stand_ins() -> str:
    """Return the folder of this process's stand-ins."""
    from . import stand_ins

    return stand_ins.folder()


def install() -> None:
    """Let USD's own doors (references, payloads, layers, stages) look assets up; does so once."""
    from pxr import Sdf, Usd

    if getattr(Usd.References.AddReference, "finds_assets", False):
        return
    for owner in (Usd.References, Usd.Payloads):
        for name in ("AddReference", "AddPayload", "SetReferences", "SetPayloads"):
            if hasattr(owner, name):
                setattr(owner, name, _looking_up(getattr(owner, name)))
    for owner, name in ((Sdf.Layer, "FindOrOpen"), (Usd.Stage, "Open")):
        setattr(owner, name, staticmethod(_looking_up(getattr(owner, name), first=0)))


def _looking_up(function: Callable[..., Any], first: int = 1) -> Callable[..., Any]:
    """Wrap one of USD's functions so that its address argument is looked up."""

    @wraps(function)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        given = list(arguments)
        if len(given) > first:
            given[first] = _found(given[first], given[0] if first else None)
        for name in ("assetPath", "filePath", "identifier", "reference", "ref"):
            if name in named:
                named[name] = _found(named[name], given[0] if first and given else None)
        return function(*given, **named)

    wrapped.finds_assets = True  # type: ignore[attr-defined]
    return wrapped


def _found(value: Any, owner: Any) -> Any:
    """Return an argument with its address looked up: text, or a reference or payload, or a list of them."""
    from pxr import Sdf

    prim = owner.GetPrim().GetPath() if hasattr(owner, "GetPrim") else ""
    if isinstance(value, str):
        return need(value, str(prim))
    if isinstance(value, Sdf.Reference):
        path = need(value.assetPath, str(prim))
        return value if path == value.assetPath else Sdf.Reference(path, value.primPath, value.layerOffset)
    if isinstance(value, Sdf.Payload):
        path = need(value.assetPath, str(prim))
        return value if path == value.assetPath else Sdf.Payload(path, value.primPath, value.layerOffset)
    if isinstance(value, list | tuple):
        return [_found(item, owner) for item in value]
    return value
