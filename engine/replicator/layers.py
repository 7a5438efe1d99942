"""Layers, opening a stage, and the global seed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pxr import Sdf, Usd

from engine.carb.settings import get_settings
from engine.graph.graph import current_stage, get_graph, reset_graph
from engine.graph.sampling import GLOBAL_SEED_KEY, global_seed
from engine.replicator import viewport_manager
from engine.replicator.arguments import fail, number
from engine.usd_context import get_context

log = logging.getLogger("omni.replicator.core")
_products: dict[str, list[viewport_manager.HydraTexture]] = {}  # by the layer they were made in


@contextmanager
def new_layer(name: str | None = None) -> Iterator[Sdf.Layer]:
    """Author what is made inside in a sublayer of its own; a layer of that name is emptied first.

    Render products made inside go with the layer when it is emptied.
    As in Replicator, an error raised inside is logged and goes no further.

    Args:
        name: name of the layer; None is "Replicator".
    """
    stage, title = current_stage(), name or "Replicator"
    layer = _named_layer(stage, title)
    if layer is None:
        layer = Sdf.Layer.CreateAnonymous(title)
        stage.GetRootLayer().subLayerPaths.append(layer.identifier)
    else:
        layer.Clear()
        for other in (stage.GetSessionLayer(), stage.GetRootLayer()):
            if other.GetPrimAtPath("/Replicator"):
                with Usd.EditContext(stage, other):
                    stage.RemovePrim("/Replicator")
        reset_graph()
        for product in _products.pop(title, ()):
            if product in viewport_manager.render_products():
                product.destroy()
    before, others = stage.GetEditTarget(), viewport_manager.render_products()
    stage.SetEditTarget(layer)
    get_graph()
    try:
        yield layer
    except (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError) as error:
        log.warning("new_layer(%r): %s: %s", title, type(error).__name__, error)
    finally:
        stage.SetEditTarget(before)
        made = [product for product in viewport_manager.render_products() if product not in others]
        _products.setdefault(title, []).extend(made)


def _named_layer(stage: Usd.Stage, title: str) -> Sdf.Layer | None:
    layers = [layer for layer in stage.GetLayerStack(False) if layer != stage.GetRootLayer()]
    return next((layer for layer in layers if layer.GetDisplayName() == title), None)


def open_stage(url: Any) -> Usd.Stage:
    """Open a USD file as the stage, and return it."""
    if not isinstance(url, str | Path | Sdf.Path) or not str(url):
        raise fail("open_stage", "url", url, "the path of a USD file", TypeError)
    get_context().open_stage(str(url))
    return current_stage()


def set_global_seed(seed: int) -> None:
    """Set the seed all streams without one of their own follow (a whole number, at least 0)."""
    get_settings().set(GLOBAL_SEED_KEY, int(number("set_global_seed", "seed", seed, 0, whole=True)))


def get_global_seed() -> int:
    """Return the global seed; a random one is chosen and kept where none was set."""
    return global_seed()
