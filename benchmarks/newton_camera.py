"""The benchmark scene through Newton's SensorCamera on the CPU: run by the Python of its own environment.

Modes: `labels` is depth, normals and shape ids; `realtime` adds colour with one shadowed directional light, which is
what Newton has. `--save` uses triangle meshes like the other engines; when timed, Newton has its own exact shapes,
which are faster.
"""

from __future__ import annotations

import numpy as np
import warp as wp
from measure import Frames, options
from scene import (
    FIELD_OF_VIEW,
    FLOOR,
    FLOOR_COLOR,
    LIGHT,
    SIDE,
    TARGET,
    camera_position,
    look_at,
    primitives,
    rotation_matrix,
    unit_mesh,
)

wp.config.quiet = True
import newton  # noqa: E402
from newton.sensors import SensorCamera  # noqa: E402


def transform(position: tuple[float, float, float], rotation: np.ndarray) -> wp.transformf:
    """Return a Warp transform of a position and a rotation matrix (3, 3)."""
    quaternion = wp.quat_from_matrix(wp.mat33f(*(float(v) for v in rotation.ravel())))
    return wp.transformf(wp.vec3f(*position), quaternion)


def build(meshes: bool) -> newton.Model:
    """Return the model: item n of the scene is shape n."""
    builder = newton.ModelBuilder()
    half = SIDE / 2
    if meshes:
        _add_mesh(builder, "plane", FLOOR, wp.transformf(), FLOOR_COLOR)
    else:
        builder.add_shape_plane(xform=wp.transformf(), width=FLOOR, length=FLOOR, color=FLOOR_COLOR)
    for item in primitives():
        place = transform(item.position, rotation_matrix(item.rotation))
        if meshes:
            _add_mesh(builder, item.kind, SIDE, place, item.color)
        elif item.kind == "cube":
            builder.add_shape_box(-1, xform=place, hx=half, hy=half, hz=half, color=item.color)
        elif item.kind == "sphere":
            builder.add_shape_sphere(-1, xform=place, radius=half, color=item.color)
        elif item.kind == "cylinder":
            builder.add_shape_cylinder(-1, xform=place, radius=half, half_height=half, color=item.color)
        else:
            builder.add_shape_cone(-1, xform=place, radius=half, half_height=half, color=item.color)
    return builder.finalize(device="cpu")


def _add_mesh(builder: newton.ModelBuilder, kind: str, size: float, place: wp.transformf, color: tuple) -> None:
    points, triangles = unit_mesh(kind)
    mesh = newton.Mesh((points * size).astype(np.float32), triangles.astype(np.int32).ravel(), compute_inertia=False)
    builder.add_shape_mesh(-1, xform=place, mesh=mesh, color=color)


class Sensor:
    """A camera and its buffers."""

    def __init__(self, model: newton.Model, width: int, height: int, color: bool) -> None:
        self._state = model.state()
        self._sensor = SensorCamera(model)
        away = np.subtract(TARGET, LIGHT)
        self._sensor.create_default_light(direction=wp.vec3f(*(float(v) for v in away / np.linalg.norm(away))))
        self._sensor.default_render_config.enable_shadows = True
        vertical = 2 * np.arctan(np.tan(np.radians(FIELD_OF_VIEW / 2)) * height / width)
        self._rays = SensorCamera.compute_camera_rays_pinhole(
            width, height, camera_fov=float(vertical), device=model.device
        )
        size = (1, width, height)
        self._images = {
            "forward_depth_image": self._sensor.allocate_image_depth_forward(*size),
            "normal_image": self._sensor.allocate_image_normal(*size),
            "shape_index_image": self._sensor.allocate_image_shape_index(*size),
        }
        if color:
            self._images["color_image"] = self._sensor.allocate_image_color(*size)

    def view(self, number: int) -> dict[str, np.ndarray]:
        """Render view `number` and read every buffer back."""
        position = camera_position(number)
        pose = wp.array([transform(position, look_at(position, TARGET)[:3, :3])], dtype=wp.transformf, device="cpu")
        self._sensor.update(self._state, pose, self._rays, **self._images)
        return {name: image.numpy()[0].copy() for name, image in self._images.items()}


def main() -> None:
    """Render the orbit and print what it cost, or save view 0."""
    chosen = options(("labels", "realtime"), __doc__)
    sensor = Sensor(build(bool(chosen.save)), chosen.width, chosen.height, chosen.mode == "realtime")
    if chosen.save:
        seen = sensor.view(0)
        index = seen["shape_index_image"].astype(np.int64)
        known = index <= len(primitives())
        depth = np.where(known, seen["forward_depth_image"], np.inf)
        np.savez_compressed(chosen.save, depth=depth, item=np.where(known, index, -1), normal=seen["normal_image"])
        return
    frames = Frames()
    sensor.view(0)
    frames.mark_first()
    seen = {}
    for view in range(1, chosen.frames + 1):
        seen = frames.add(lambda view=view: sensor.view(view))  # type: ignore[misc]
    if chosen.picture:
        from PIL import Image

        rgba = seen["color_image"].view(np.uint8).reshape(chosen.height, chosen.width, 4)
        Image.fromarray(rgba[..., :3]).save(chosen.picture)
    frames.report(version=newton.__version__)


main()
