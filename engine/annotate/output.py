"""What an annotator is: a name, the buffers it needs, and one pure function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.render.buffers import Aov, FrameBuffers
from engine.stage.scene import Camera, SceneSnapshot


@dataclass(frozen=True, eq=False)
class AnnotatorOutput:
    """The data array (or None) and the info dictionary (maybe empty) of one annotator at one frame.

    Annotators give NumPy arrays; `data` is a warp array where an augmentation or a device asked for one.
    """

    data: Any = None
    info: dict[str, Any] = field(default_factory=dict)


Compute = Callable[[FrameBuffers, SceneSnapshot, Camera, Mapping[str, Any]], AnnotatorOutput]


@dataclass(frozen=True)
class Annotator:
    """One annotator.

    Attributes:
        name: as Replicator registers it, e.g. "bounding_box_2d_tight".
        aovs: buffers it reads.
        compute: (buffers, scene, camera, params) -> AnnotatorOutput; params are Replicator's init_params, defaults
            filled.
        defaults: init_params and their default values.
        documentation: what `.docs` returns.
    """

    name: str
    aovs: frozenset[Aov]
    compute: Compute
    defaults: Mapping[str, Any] = field(default_factory=dict)
    documentation: str = ""
