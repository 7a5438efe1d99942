"""PytorchWriter and PytorchListener: colour of all render products as one batch of torch, frame by frame.

Source: documentation of isaacsim.replicator.writers ("Pytorch Online Writer and Listener", usage and API); how the
pictures are named is what its public test expects.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from engine.replicator import functional
from engine.replicator.annotator_registry import AnnotatorRegistry
from engine.replicator.writer import Writer
from engine.replicator.writers_default.destination import backend_for

COLOUR = "LdrColor"
BATCH = "pytorch_rgb"


class PytorchListener:
    """Keeps what a PytorchWriter sent last."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.data: dict[str, Any] = {}

    def write_data(self, data: dict[str, Any]) -> None:
        """Take what a writer has made of a frame: `pytorch_rgb` and `device`."""
        self.data.update(data)

    def get_rgb_data(self) -> Any:
        """Return colour of the last frame, a uint8 tensor (render products, 3, h, w); None before the first."""
        batch = self.data.get(BATCH)
        return None if batch is None else batch[..., :3].permute(0, 3, 1, 2)


class PytorchWriter(Writer):
    """Send each frame's colour to a listener as a uint8 tensor (render products, h, w, 4); with a folder, write it."""

    def __init__(
        self,
        listener: PytorchListener,
        output_dir: str | None = None,
        tiled_sensor: bool = False,
        device: str = "cuda",
    ) -> None:
        """Choose who listens.

        Args:
            listener: has `write_data`, as PytorchListener.
            output_dir: folder for PNG pictures; without it none are written.
            tiled_sensor: whether the render product is tiled; its picture is one of the batch, as any other.
            device: where the tensors shall be; "cuda" is the CPU where torch finds no CUDA.

        Raises:
            ImportError: if torch is not installed.
            TypeError: if the listener cannot listen.
        """
        if not callable(getattr(listener, "write_data", None)):
            raise TypeError(f"PytorchWriter: listener is {listener!r}; expected a PytorchListener")
        self.backend: Any = backend_for("PytorchWriter", output_dir, None, None) if output_dir else None
        self.version, self.listener, self.device, self._frame_id = "0.0.1", listener, device, 0
        self.annotators = [AnnotatorRegistry.get_annotator(COLOUR)]
        self._torch = _torch()

    def write(self, data: dict[str, Any]) -> None:
        """Send one frame; write its pictures as `rgb_<frame>_<render product>.png`."""
        pictures = {name: _pixels(found) for name, found in data.items() if name.split("-")[0] == COLOUR}
        if self.backend is not None:
            for name, picture in pictures.items():
                path = f"rgb_{self._frame_id}_{name.rpartition('-')[2]}.png"
                self.backend.schedule(functional.write_image, path=path, data=picture)
        batch = self._torch.from_numpy(np.stack(list(pictures.values()))).to(self._place())
        self.listener.write_data({BATCH: batch, "device": self.device})
        self._frame_id += 1

    def _place(self) -> str:
        return "cpu" if self.device.startswith("cuda") and not self._torch.cuda.is_available() else self.device


def _pixels(found: Any) -> Any:
    value = found["data"] if isinstance(found, dict) else found
    return np.asarray(value.numpy() if hasattr(value, "numpy") else value)


def _torch() -> Any:
    try:
        return importlib.import_module("torch")
    except ImportError as error:
        raise ImportError("PytorchWriter needs torch, which is not installed; pip install torch") from error
