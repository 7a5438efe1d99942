"""A writer that keeps its payloads in memory, and a camera to look through."""

from __future__ import annotations

from typing import Any

from pxr import Usd, UsdGeom

from engine.replicator.viewport_manager import HydraTexture, create_render_product
from engine.replicator.writer import Writer


class Recorder(Writer):
    def __init__(self, annotators: list[Any] | None = None, structure: str = "legacy") -> None:
        self.annotators = ["ReferenceTime"] if annotators is None else annotators
        self.data_structure = structure
        self.frames: list[dict[str, Any]] = []
        self.finals = 0

    def write(self, data: dict[str, Any]) -> None:
        self.frames.append(data)

    def on_final_frame(self) -> None:
        self.finals += 1


def product(stage: Usd.Stage, name: str | None = None, size: tuple[int, int] = (64, 48)) -> HydraTexture:
    UsdGeom.Camera.Define(stage, "/Camera")
    return create_render_product("/Camera", size, name=name)
