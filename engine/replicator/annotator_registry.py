"""Which annotators and augmentations there are, by name."""

from __future__ import annotations

from typing import Any

from engine.replicator import capture
from engine.replicator.annotator import Annotator
from engine.replicator.annotator_nodes import NodeSource
from engine.replicator.annotators_default import HOST_ANNOTATORS, EngineSource
from engine.replicator.augmentations import Augmentation
from engine.replicator.missing import PARITY

AOV_ANNOTATORS = {  # omni.syntheticdata's names of render variables
    "DistanceToCameraSD": "distance_to_camera",
    "DistanceToImagePlaneSD": "distance_to_image_plane",
    "NormalSD": "normals",
    "TargetMotionSD": "motion_vectors",
    "InstanceSegmentationSD": "instance_id_segmentation_fast",
    "SemanticSegmentationSD": "semantic_segmentation",
    "OcclusionSD": "occlusion",
}


class AnnotatorRegistryError(Exception):
    """A name that the registry does not know, or knows already."""


class AnnotatorRegistry:
    """The process-wide registry."""

    _default_annotators: list[str] = []
    _custom: dict[str, Annotator] = {}
    _augmentations: dict[str, Augmentation] = {}

    @classmethod
    def get_annotator(
        cls,
        name: str,
        init_params: dict[str, Any] | None = None,
        render_product_idxs: list[int] | None = None,
        device: str | None = None,
        do_array_copy: bool = True,
    ) -> Annotator:
        """Return a new annotator.

        Args:
            name: registered name.
            init_params: its parameters.
            render_product_idxs: accepted; an annotator reads the one render product it is attached to.
            device: "cpu" or "cuda".
            do_array_copy: keep the array apart from the renderer's.

        Raises:
            AnnotatorRegistryError: if there is no annotator of that name.
        """
        if name in cls._custom:
            found = cls._custom[name].clone().initialize(**(init_params or {}))
            found.device = device or found.device
            return found
        source = HOST_ANNOTATORS.get(name) or _engine_source(name)
        if source is None:
            known = ", ".join(sorted(cls.get_registered_annotators()))
            raise AnnotatorRegistryError(
                f"annotator '{name}' is not registered in the embedded engine (see {PARITY}); expected one of: {known}"
            )
        return Annotator(source, init_params, name, device, do_array_copy)

    @classmethod
    def get_registered_annotators(cls) -> list[str]:
        """Return every registered name."""
        return [*_engine_names(), *HOST_ANNOTATORS, *cls._custom]

    @classmethod
    def register(cls, name: str, annotator: Annotator) -> None:
        """Register an annotator, mostly an augmented one, under a name."""
        registered = annotator.clone()
        registered._name = name
        cls._custom[name] = registered

    @classmethod
    def register_annotator_from_node(
        cls, name: str, input_rendervars: Any = None, node_type_id: str = "", init_params: Any = None, **options: Any
    ) -> None:
        """Register an annotator that an OmniGraph node computes: a Python node of an extension at hand runs here.

        Args:
            name: of the annotator.
            input_rendervars: what feeds the node's inputs: names, or NodeConnectionTemplates with a mapping.
            node_type_id: the extension's package and the node's name.
            init_params: inputs that stay the same.
            options: `output_data_type` of the node's records, `output_is_2d` where they are pixels, `documentation`;
                others are accepted.
        """
        feeds = tuple(input_rendervars or ())
        text, kind = str(options.get("documentation") or ""), options.get("output_data_type")
        image = bool(options.get("output_is_2d"))
        source = NodeSource(name, node_type_id, text, feeds, kind, dict(init_params or {}), image)
        cls._custom[name] = Annotator(source)

    @classmethod
    def register_annotator_from_aov(cls, aov: str, name: str | None = None, **options: Any) -> None:
        """Register a render variable as an annotator; one that the engine does not render cannot be attached."""
        source: Any = _engine_source(AOV_ANNOTATORS.get(aov, aov))
        if source is None:
            source = NodeSource(name or aov, aov, str(options.get("documentation") or ""))
        cls._custom[name or aov] = Annotator(source, name=name or aov)

    @classmethod
    def unregister_annotator(cls, name: str) -> None:
        """Forget a registered annotator.

        Raises:
            AnnotatorRegistryError: if it is not registered, or is one of the engine's own.
        """
        if cls._custom.pop(name, None) is None:
            built_in = name in HOST_ANNOTATORS or name in _engine_names()
            own = "is built in" if built_in else "is not registered"
            raise AnnotatorRegistryError(f"annotator '{name}' cannot be unregistered: it {own}")
        if name in cls._default_annotators:
            cls._default_annotators.remove(name)

    @classmethod
    def register_augmentation(cls, name: str, augmentation: Augmentation) -> None:
        """Register an augmentation under a name."""
        cls._augmentations[name] = augmentation

    @classmethod
    def get_augmentation(cls, name: str) -> Augmentation:
        """Return a registered augmentation.

        Raises:
            AnnotatorRegistryError: if there is none of that name.
        """
        from engine.replicator.augmentations_default import DEFAULT_AUGMENTATIONS

        found = cls._augmentations.get(name) or DEFAULT_AUGMENTATIONS.get(name)
        if found is None:
            known = ", ".join(sorted({*cls._augmentations, *DEFAULT_AUGMENTATIONS}))
            raise AnnotatorRegistryError(f"augmentation '{name}' is not registered; expected one of: {known}")
        return found

    @classmethod
    def unregister_augmentation(cls, name: str) -> None:
        """Forget a registered augmentation; one that is not there is fine."""
        cls._augmentations.pop(name, None)

    @classmethod
    def augmentation_of(cls, value: Any) -> Augmentation:
        """Return the Augmentation behind an Augmentation, a function, a kernel, a name or the type of a node."""
        if isinstance(value, Augmentation):
            return value
        if isinstance(value, str) and value not in cls._augmentations and "." in value:
            return Augmentation.from_node(value)
        return cls.get_augmentation(value) if isinstance(value, str) else Augmentation.from_function(value)

    @classmethod
    def detach(cls, annotator: Annotator, render_products: Any = None) -> None:
        """Detach an annotator."""
        annotator.detach(render_products)


class AnnotatorCache:
    """What annotators share within one frame."""

    @staticmethod
    def clear(render_products: Any = None) -> None:
        """Drop the shared outputs."""
        capture.forget_outputs()


def _engine_names() -> list[str]:
    from engine.annotate.registry import annotator_names

    return list(annotator_names())


def _engine_source(name: str) -> EngineSource | None:
    from engine.annotate.registry import annotator_names, get_annotator

    return EngineSource(get_annotator(name)) if name in annotator_names() else None
