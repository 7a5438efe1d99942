"""Camera: a camera prim that renders."""

from __future__ import annotations

from typing import Any

from pxr import UsdGeom

from ..core_prims.single_xform_prim import SingleXFormPrim
from ..core_utils import render_product as products
from ..core_utils.prims import define_prim, get_all_matching_child_prims, get_prim_at_path, is_prim_path_valid
from .axes import from_usd, to_usd
from .frames import Frames


class Camera(Frames, SingleXFormPrim):
    """One camera; poses are in "world" axes (+X forward, +Z up) unless told."""

    def __init__(
        self,
        prim_path: str,
        name: str = "camera",
        frequency: int | None = None,
        dt: float | None = None,
        resolution: tuple[int, int] | None = None,
        position: Any = None,
        orientation: Any = None,
        translation: Any = None,
        render_product_path: str | None = None,
        annotator_device: str | None = None,
    ) -> None:
        """Find or make the camera.

        Args:
            prim_path: existing camera, or a new path.
            name: of the object.
            frequency: images a second, kept; data are of the app frame in which they are asked for.
            dt: seconds between images, instead of `frequency`.
            resolution: width and height, pixels (default 128 x 128).
            position: world position (3,), stage units.
            orientation: (4,) wxyz, world axes.
            translation: (3,) in the parent's frame, instead of `position`.
            render_product_path: an existing render product to use.
            annotator_device: accepted.

        Raises:
            ValueError: if both `frequency` and `dt` are given.
            TypeError: if the prim is no camera.
        """
        if frequency is not None and dt is not None:
            raise ValueError("Frequency and dt can't be both specified; give one of them")
        self._resolution = (128, 128) if resolution is None else (int(resolution[0]), int(resolution[1]))
        self._frequency = round(1.0 / dt) if dt is not None else -1 if frequency is None else frequency
        is_new = not is_prim_path_valid(prim_path)
        if is_new:
            define_prim(prim_path, "Camera")
        elif not get_prim_at_path(prim_path).IsA(UsdGeom.Camera):
            raise TypeError(f"prim path {prim_path} does not correspond to a Camera prim")
        Frames.__init__(self)
        SingleXFormPrim.__init__(self, prim_path, name, position=position, translation=translation)
        if orientation is not None or is_new:
            turn = (1.0, 0.0, 0.0, 0.0) if orientation is None else orientation
            place = self.set_local_pose if position is None else self.set_world_pose
            place(orientation=turn)
        self.set_default_state(*super().get_world_pose())
        self._product_path = render_product_path or None  # "" is that of the viewport where there is no window
        self._square_pixels("horizontal")
        self._product: Any = None

    def initialize(self, physics_sim_view: Any = None, attach_rgb_annotator: bool = True) -> None:
        """Make the render product and (unless told) attach the annotator "rgb"."""
        from ...replicator.create_sensors import render_product

        if self._product_path is not None and self._product is None:
            products.set_camera_prim_path(self._product_path, self.prim_path)
            products.set_resolution(self._product_path, self._resolution)
        elif self._product is None:
            self._product = render_product(self.prim_path, resolution=self._resolution, force_new=True)
            self._product_path = self._product.path
        if attach_rgb_annotator and "rgb" not in self._annotators:
            self.attach_annotator("rgb")

    def destroy(self) -> None:
        """Let go of the annotators and of the render product."""
        for name in list(self._annotators):
            self.detach_annotator(name)
        if self._product is not None:
            self._product.destroy()
        self._product, self._product_path = None, None

    def get_render_product_path(self) -> str | None:
        """Return the path of the render product, None before `initialize`."""
        return self._product_path

    def set_frequency(self, value: int) -> None:
        """Keep images a second."""
        self._frequency = value

    def get_frequency(self) -> float:
        """Return images a second, -1 for every frame."""
        return self._frequency

    def set_dt(self, value: float) -> None:
        """Keep seconds between images."""
        self._frequency = round(1.0 / value)

    def get_dt(self) -> float:
        """Return seconds between images."""
        return 1.0 / self._frequency

    def set_resolution(self, value: tuple[int, int], maintain_square_pixels: bool = True) -> None:
        """Set width and height, pixels."""
        self._resolution = (int(value[0]), int(value[1]))
        if self._product_path is not None:
            products.set_resolution(self._product_path, self._resolution)
        if maintain_square_pixels:
            self._square_pixels("horizontal")

    def get_resolution(self) -> tuple[int, int]:
        """Return width and height, pixels."""
        return self._resolution

    def get_world_pose(self, camera_axes: str = "world") -> tuple[Any, Any]:
        """Return position (3,) and orientation (4,) of the named axes.

        Raises:
            ValueError: if the axes are unknown.
        """
        position, orientation = super().get_world_pose()
        return position, from_usd(orientation, camera_axes)

    def set_world_pose(self, position: Any = None, orientation: Any = None, camera_axes: str = "world") -> None:
        """Put the camera in the world; `orientation` is of the named axes.

        Raises:
            ValueError: if the axes are unknown.
        """
        super().set_world_pose(position, None if orientation is None else to_usd(orientation, camera_axes))

    def get_local_pose(self, camera_axes: str = "world") -> tuple[Any, Any]:
        """Return translation (3,) and orientation (4,) of the named axes, in the parent's frame."""
        translation, orientation = super().get_local_pose()
        return translation, from_usd(orientation, camera_axes)

    def set_local_pose(self, translation: Any = None, orientation: Any = None, camera_axes: str = "world") -> None:
        """Put the camera in its parent's frame; `orientation` is of the named axes."""
        super().set_local_pose(translation, None if orientation is None else to_usd(orientation, camera_axes))


def get_all_camera_objects(root_prim: str = "/") -> list[Camera]:
    """Return an object for every camera at or below a path, named by its prim (by its path where names repeat)."""
    found = [prim for prim in get_all_matching_child_prims(root_prim) if prim.IsA(UsdGeom.Camera)]
    names = [prim.GetName() for prim in found]
    unique = len(set(names)) == len(names)
    return [Camera(str(prim.GetPath()), prim.GetName() if unique else str(prim.GetPath())) for prim in found]
