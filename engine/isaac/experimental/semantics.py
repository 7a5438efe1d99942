"""isaacsim.core.experimental.utils.semantics: labels, new schema."""

from __future__ import annotations

from pxr import Usd

from ..core_utils import semantics as _semantics
from .prim import get_prim_at_path


def _parts(prim: str | Usd.Prim, include_descendants: bool) -> list[Usd.Prim]:
    root = get_prim_at_path(prim)
    return list(Usd.PrimRange(root)) if include_descendants else [root]


def add_labels(prim: str | Usd.Prim, *, labels: str | list[str], taxonomy: str = "class") -> None:
    """Add labels of one type to those that are there."""
    wanted = [labels] if isinstance(labels, str) else labels
    _semantics.add_labels(get_prim_at_path(prim), wanted, taxonomy, overwrite=False)


def get_labels(prim: str | Usd.Prim, *, include_descendants: bool = False) -> dict[str, list[str]]:
    """Return semantic type to labels."""
    result: dict[str, list[str]] = {}
    for part in _parts(prim, include_descendants):
        for name, labels in _semantics.get_labels(part).items():
            known = result.setdefault(name, [])
            known.extend(label for label in labels if label not in known)
    return result


def remove_labels(
    prim: str | Usd.Prim,
    *,
    labels: str | list[str],
    taxonomy: str | None = None,
    include_descendants: bool = False,
) -> None:
    """Remove single labels, of one type or of all."""
    unwanted = {labels} if isinstance(labels, str) else set(labels)
    for part in _parts(prim, include_descendants):
        for name, present in _semantics.get_labels(part).items():
            if taxonomy is None or name == taxonomy:
                _semantics.add_labels(part, [label for label in present if label not in unwanted], name)


def remove_all_labels(
    prim: str | Usd.Prim, *, remove_taxonomies: bool = False, include_descendants: bool = False
) -> None:
    """Remove every label, and the types too if asked."""
    for part in _parts(prim, include_descendants):
        for name in _semantics.get_labels(part):
            if remove_taxonomies:
                _semantics.remove_labels(part, name)
            else:
                _semantics.add_labels(part, [], name)


def upgrade_prim_semantics_to_labels(prim: str | Usd.Prim, *, include_descendants: bool = False) -> list[str]:
    """Turn labels of the old schema into new ones and return the paths of the prims that had some."""
    parts = _parts(prim, include_descendants)
    return [str(part.GetPath()) for part in parts if _semantics.upgrade_prim_semantics_to_labels(part)]
