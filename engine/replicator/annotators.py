"""rep.annotators: the annotators of a script, their registry, and augmentations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from engine.replicator.annotator import Annotator, AnnotatorError
from engine.replicator.annotator_registry import AnnotatorCache, AnnotatorRegistry, AnnotatorRegistryError
from engine.replicator.augmentations import Augmentation, AugmentationError
from engine.replicator.missing import refuse

get: Callable[..., Annotator] = AnnotatorRegistry.get_annotator
get_annotator = AnnotatorRegistry.get_annotator
register = AnnotatorRegistry.register
register_annotator_from_node = AnnotatorRegistry.register_annotator_from_node
register_annotator_from_aov = AnnotatorRegistry.register_annotator_from_aov
register_augmentation = AnnotatorRegistry.register_augmentation
get_augmentation = AnnotatorRegistry.get_augmentation
unregister_augmentation = AnnotatorRegistry.unregister_augmentation
get_registered_annotators = AnnotatorRegistry.get_registered_annotators
unregister_annotator = AnnotatorRegistry.unregister_annotator


def augment(
    source_annotator: Annotator | str,
    augmentation: Any,
    data_out_shape: tuple[int, ...] | None = None,
    name: str | None = None,
    device: str | None = None,
    **parameters: Any,
) -> Annotator:
    """Return a copy of an annotator with an augmentation."""
    source = get(source_annotator) if isinstance(source_annotator, str) else source_annotator.clone()
    return source.augment(augmentation, data_out_shape, name, device, **parameters)


def augment_compose(
    source_annotator: Annotator | str, augmentations: Iterable[Any], name: str | None = None
) -> Annotator:
    """Return a copy of an annotator with several augmentations."""
    source = get(source_annotator) if isinstance(source_annotator, str) else source_annotator.clone()
    return source.augment_compose(augmentations, name)


Annotators = AnnotatorRegistry
__all__ = [
    "Annotator",
    "AnnotatorCache",
    "AnnotatorError",
    "AnnotatorRegistry",
    "AnnotatorRegistryError",
    "Annotators",
    "Augmentation",
    "AugmentationError",
    "augment",
    "augment_compose",
    "get",
    "get_annotator",
    "get_augmentation",
    "get_registered_annotators",
    "register",
    "register_annotator_from_aov",
    "register_annotator_from_node",
    "register_augmentation",
    "unregister_annotator",
    "unregister_augmentation",
]
__getattr__ = refuse("omni.replicator.core.annotators")
