"""CameraView: many cameras of one resolution, and their images side by side or stacked."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..arrays import fill, to_tensor
from ..core_prims.prim import out as to_backend
from ..core_prims.xform_prim import XFormPrim
from ..views.fields import Field, number, word
from .axes import from_usd, to_usd
from .camera import Camera

ANNOTATORS = {"depth": "distance_to_image_plane"}
CHANNELS = {"rgb": 3, "rgba": 4, "depth": 1, "distance_to_image_plane": 1, "distance_to_camera": 1, "normals": 4}
FIELDS: dict[str, Field] = {
    "focal_lengths": number("values", "focalLength", factor=10.0),
    "focus_distances": number("values", "focusDistance"),
    "lens_apertures": number("values", "fStop"),
    "horizontal_apertures": number("values", "horizontalAperture", factor=10.0),
    "vertical_apertures": number("values", "verticalAperture", factor=10.0),
    "projection_types": word("values", "cameraProjectionType", default="pinhole"),
    "projection_modes": word("values", "projection", default="perspective"),
    "stereo_roles": word("values", "stereoRole", default="mono"),
}


class CameraView(XFormPrim):
    """Cameras that match an expression."""

    def __init__(
        self,
        prim_paths_expr: str | list[str],
        name: str = "camera_prim_view",
        camera_resolution: tuple[int, int] = (256, 256),
        output_annotators: list[str] | None = None,
        **placing: Any,
    ) -> None:
        """Find the cameras and make a render product for each.

        Args:
            prim_paths_expr: path, pattern or a list of them.
            name: of the view.
            camera_resolution: width and height of each image, pixels.
            output_annotators: names of annotators, "depth" for the distance to the image plane (default rgb, depth).
            placing: as of `XFormPrim`.
        """
        super().__init__(prim_paths_expr, name, **placing)
        self.camera_resolution = (int(camera_resolution[0]), int(camera_resolution[1]))
        self._names = list(output_annotators or ["rgb", "depth"])
        self._cameras = [Camera(path, resolution=self.camera_resolution) for path in self.prim_paths]
        for camera in self._cameras:
            camera.initialize(attach_rgb_annotator=False)
            for kind in self._names:
                camera.attach_annotator(ANNOTATORS.get(kind, "rgb" if kind == "rgba" else kind))

    @property
    def tiled_resolution(self) -> tuple[int, int]:
        """Width and height of the images side by side, pixels."""
        columns, rows = self._tiles()
        return columns * self.camera_resolution[0], rows * self.camera_resolution[1]

    def _tiles(self) -> tuple[int, int]:
        columns = math.ceil(math.sqrt(self.count))
        return columns, math.ceil(self.count / columns)

    def destroy(self) -> None:
        """Let go of the render products."""
        for camera in self._cameras:
            camera.destroy()
        self._cameras = []

    def get_render_product_path(self) -> str | None:
        """Return the render product of the first camera."""
        return self._cameras[0].get_render_product_path()

    def get_resolutions(self) -> tuple[int, int]:
        """Return width and height of each image, pixels."""
        return self.camera_resolution

    def set_resolutions(self, resolution: tuple[int, int]) -> None:
        """Set width and height of each image, pixels."""
        self.camera_resolution = (int(resolution[0]), int(resolution[1]))
        for camera in self._cameras:
            camera.set_resolution(self.camera_resolution)

    def get_aspect_ratios(self) -> float:
        """Return width over height of the images."""
        return self.camera_resolution[0] / self.camera_resolution[1]

    def get_world_poses(self, indices: Any = None, camera_axes: str = "world", usd: bool = True) -> tuple[Any, Any]:  # type: ignore[override]
        """Return positions (n, 3) and orientations (n, 4) of the named axes."""
        positions, orientations = super().get_world_poses(indices)
        return positions, to_backend(from_usd(orientations, camera_axes))

    def set_world_poses(  # type: ignore[override]
        self,
        positions: Any = None,
        orientations: Any = None,
        indices: Any = None,
        camera_axes: str = "world",
        usd: bool = True,
    ) -> None:
        """Put the cameras in the world; orientations are of the named axes."""
        super().set_world_poses(positions, None if orientations is None else to_usd(orientations, camera_axes), indices)

    def get_local_poses(self, indices: Any = None, camera_axes: str = "world") -> tuple[Any, Any]:
        """Return translations (n, 3) and orientations (n, 4) of the named axes, in the parents' frames."""
        translations, orientations = super().get_local_poses(indices)
        return translations, to_backend(from_usd(orientations, camera_axes))

    def set_local_poses(
        self, translations: Any = None, orientations: Any = None, indices: Any = None, camera_axes: str = "world"
    ) -> None:
        """Put the cameras in their parents' frames; orientations are of the named axes."""
        super().set_local_poses(
            translations, None if orientations is None else to_usd(orientations, camera_axes), indices
        )

    def get_data(self, annotator_type: str, *, tiled: bool = False, out: Any = None) -> tuple[Any, dict[str, Any]]:
        """Return the images (n, h, w, channels), or side by side with `tiled`, and an empty dict.

        Raises:
            ValueError: if the annotator is not one of the view's.
        """
        batch = self._batch(annotator_type, tiled)
        if out is not None:
            fill(out, batch)
        return to_backend(batch), {}

    def _batch(self, annotator_type: str, tiled: bool) -> np.ndarray:
        if annotator_type not in self._names:
            raise ValueError(f"CameraView.get_data('{annotator_type}'): expected one of: {', '.join(self._names)}")
        name = ANNOTATORS.get(annotator_type, "rgb" if annotator_type == "rgba" else annotator_type)
        images = [_plain(camera._data(name)) for camera in self._cameras]
        depth = CHANNELS.get(annotator_type, images[0].shape[2])
        batch = np.stack([image[:, :, :depth] for image in images])
        return self._side_by_side(batch) if tiled else batch

    def _side_by_side(self, batch: np.ndarray) -> np.ndarray:
        columns, rows = self._tiles()
        _, height, width, depth = batch.shape
        tiles = np.zeros((rows * columns, height, width, depth), dtype=batch.dtype)
        tiles[: len(batch)] = batch
        grid = tiles.reshape(rows, columns, height, width, depth).transpose(0, 2, 1, 3, 4)
        return grid.reshape(rows * height, columns * width, depth)

    def _image(self, kind: str, tiled: bool, out: Any, device: str) -> Any:
        image = self._batch(kind, tiled)
        if kind == "rgb":
            image = image / np.float32(255.0)
        if out is not None:
            fill(out, image)
            return out
        return to_tensor(image) if device.startswith("cuda") else image

    def get_rgb_tiled(self, out: Any = None, device: str = "cpu") -> Any:
        """Return the images side by side, (h, w, 3) in [0, 1].

        Args:
            out: array or tensor to fill and return, of as many numbers.
            device: "cpu" for NumPy, "cuda" for a tensor of torch (on the CPU), where torch is installed.
        """
        return self._image("rgb", True, out, device)

    def get_depth_tiled(self, out: Any = None, device: str = "cpu") -> Any:
        """Return the distances side by side, (h, w, 1), stage units (arguments as of `get_rgb_tiled`)."""
        return self._image("depth", True, out, device)

    def get_rgb(self, out: Any = None) -> Any:
        """Return the images (n, h, w, 3) in [0, 1]: a tensor of torch, NumPy where torch is not installed."""
        return self._image("rgb", False, out, "cuda")

    def get_depth(self, out: Any = None) -> Any:
        """Return the distances (n, h, w, 1), stage units: a tensor of torch, NumPy where torch is not installed."""
        return self._image("depth", False, out, "cuda")

    def get_shutter_properties(self, indices: Any = None) -> list[tuple[float, float]]:
        """Return when each shutter opens and closes, time codes."""
        return [
            (p.GetAttribute("shutter:open").Get(), p.GetAttribute("shutter:close").Get()) for p in self._pick(indices)
        ]

    def set_shutter_properties(self, values: list[tuple[float, float]], indices: Any = None) -> None:
        """Set when each shutter opens and closes, time codes."""
        for prim, (opens, closes) in zip(self._pick(indices), values, strict=True):
            prim.GetAttribute("shutter:open").Set(float(opens))
            prim.GetAttribute("shutter:close").Set(float(closes))


def _plain(data: Any) -> np.ndarray:
    array = np.asarray(data.numpy() if hasattr(data, "numpy") else data)
    return array[:, :, None] if array.ndim == 2 else array


def _accessors(name: str, field: Field) -> None:
    def getter(self: CameraView, indices: Any = None) -> list[Any]:
        found = field.read(self._pick(indices))
        return found if isinstance(found, list) else found[:, 0].tolist()

    def setter(self: CameraView, values: Any, indices: Any = None) -> None:
        field.write(self._pick(indices), values)

    getter.__doc__, setter.__doc__ = f"Return {field.attribute} of each.", f"Set {field.attribute} of each."
    setattr(CameraView, f"get_{name}", getter)
    setattr(CameraView, f"set_{name}", setter)


for _name, _field in FIELDS.items():
    _accessors(_name, _field)
