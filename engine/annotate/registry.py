"""Every annotator by name: a module of this folder that has an `ANNOTATORS` tuple is found by being here."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

import engine.annotate as folder
from engine.annotate.output import Annotator


@lru_cache(maxsize=1)
def annotators() -> dict[str, Annotator]:
    """Return every annotator by name, sorted.

    Raises:
        ValueError: if two modules give the same name.
    """
    found: dict[str, tuple[str, Annotator]] = {}
    for info in pkgutil.iter_modules(folder.__path__):
        if info.name == "registry":
            continue
        module = importlib.import_module(f"{folder.__name__}.{info.name}")
        for annotator in getattr(module, "ANNOTATORS", ()):
            add(found, info.name, annotator)
    return {name: found[name][1] for name in sorted(found)}


def add(found: dict[str, tuple[str, Annotator]], module: str, annotator: Annotator) -> None:
    """Take one annotator in.

    Raises:
        ValueError: if the name is taken.
    """
    if annotator.name in found:
        raise ValueError(
            f"annotator '{annotator.name}' is in engine/annotate/{found[annotator.name][0]}.py and in "
            f"engine/annotate/{module}.py; expected one annotator a name: rename one of them"
        )
    found[annotator.name] = (module, annotator)


def annotator_names() -> tuple[str, ...]:
    """Return the names of all annotators, sorted."""
    return tuple(annotators())


def get_annotator(name: str) -> Annotator:
    """Return an annotator.

    Raises:
        KeyError: if there is none of that name.
    """
    if name not in annotators():
        raise KeyError(f"annotator '{name}' is unknown; expected one of: {', '.join(annotators())}")
    return annotators()[name]
