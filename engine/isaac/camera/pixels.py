"""Between pixels and points: the pinhole of a camera prim."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float
from pxr import Usd, UsdGeom

from .axes import USD_FROM
from .lens import Lens


class Pinhole(Lens):
    """Projections of a camera without distortion; pixels have their centres at +0.5."""

    def get_view_matrix_ros(self, device: Any = None, backend_utils_cls: Any = None) -> Float[np.ndarray, "4 4"]:
        """Return world to camera, column vectors; the camera looks along +Z, -Y is up."""
        world = np.array(UsdGeom.Xformable(self.prim).ComputeLocalToWorldTransform(Usd.TimeCode.Default())).T
        turn = np.eye(4)
        turn[:3, :3] = USD_FROM["ros"]
        return (turn @ np.linalg.inv(world)).astype(np.float32)

    def get_intrinsics_matrix(self, device: Any = None, backend_utils_cls: Any = None) -> Float[np.ndarray, "3 3"]:
        """Return the pinhole matrix, pixels.

        Raises:
            ValueError: if the lens is no pinhole.
        """
        if "pinhole" not in self.get_lens_distortion_model().lower():
            raise ValueError(
                f"camera '{self.prim.GetPath()}': its lens is {self.get_lens_distortion_model()}; expected a pinhole"
            )
        width, height = self.get_resolution()
        fx = width * self.get_focal_length() / self.get_horizontal_aperture()
        fy = height * self.get_focal_length() / self.get_vertical_aperture()
        return np.array([[fx, 0.0, width * 0.5], [0.0, fy, height * 0.5], [0.0, 0.0, 1.0]], dtype=np.float32)

    def get_image_coords_from_world_points(self, points_3d: Any) -> Float[np.ndarray, "n 2"]:
        """Return the pixels of world points (n, 3)."""
        view = self.get_view_matrix_ros().astype(np.float64)
        seen = np.asarray(points_3d, dtype=float) @ view[:3, :3].T + view[:3, 3]
        image = seen @ self.get_intrinsics_matrix().astype(np.float64).T
        return image[:, :2] / image[:, 2:]

    def get_camera_points_from_image_coords(
        self, points_2d: Any, depth: Any, device: Any = None, backend_utils_cls: Any = None
    ) -> Float[np.ndarray, "n 3"]:
        """Return the points of pixels (n, 2) at depths (n,), in the camera's ros axes."""
        pixels = np.asarray(points_2d, dtype=float)
        rays = np.column_stack([pixels, np.ones(len(pixels))]) @ np.linalg.inv(self.get_intrinsics_matrix()).T
        return rays * np.asarray(depth, dtype=float).reshape(-1, 1)  # type: ignore[no-any-return]

    def get_world_points_from_image_coords(
        self, points_2d: Any, depth: Any, device: Any = None, backend_utils_cls: Any = None
    ) -> Float[np.ndarray, "n 3"]:
        """Return the world points of pixels (n, 2) at depths (n,)."""
        points = self.get_camera_points_from_image_coords(points_2d, depth)
        world = np.linalg.inv(self.get_view_matrix_ros().astype(np.float64))
        with np.errstate(invalid="ignore"):  # where nothing is seen the depth is infinite
            return points @ world[:3, :3].T + world[:3, 3]  # type: ignore[no-any-return]
