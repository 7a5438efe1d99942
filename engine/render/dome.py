"""Dome lights as latitude-longitude maps: their radiance along any direction, several domes added into one map.

Frame of a map: pole +Y, image centre +Z, left half +X (OpenEXR latlong, as UsdLuxDomeLight asks). RTX turns the pole to
the stage's up axis, as UsdLuxDomeLight_1 does with poleAxis "scene".
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float32, Float64

from engine.render.cache import BoundedCache
from engine.render.photometry import emitted, rigid
from engine.render.rays import primary_rays
from engine.render.textures import file_stamp, is_srgb, load_rgba, srgb_to_linear
from engine.stage.scene import Camera, Light, SceneSnapshot

Y_POLE_TO_Z = np.array([[1.0, 0, 0, 0], [0, 0, -1.0, 0], [0, 1.0, 0, 0], [0, 0, 0, 1.0]])
MAX_HEIGHT = 2048
CONVERTED_HEIGHT = 512

_maps: BoundedCache[np.ndarray] = BoundedCache(256 << 20)


def active_domes(scene: SceneSnapshot) -> list[Light]:
    """Return the domes that emit, in stage order."""
    return [light for light in scene.lights if light.kind == "dome" and light.intensity > 0 and max(light.color) > 0]


def dome_matrix(light: Light, up_axis: str) -> Float64[np.ndarray, "4 4"]:
    """Turn the map's frame to world: the pole follows the stage's up axis, then the light's own rotation."""
    rotation = rigid(light)
    rotation[:3, 3] = 0.0
    return rotation @ Y_POLE_TO_Z if up_axis == "Z" else rotation


def latlong(light: Light) -> Float32[np.ndarray, "h w 3"]:
    """Return a textured dome's linear map in its own frame, before colour and intensity.

    Raises:
        FileNotFoundError: if its texture cannot be read.
    """
    texture = light.texture
    assert texture is not None
    key = (texture.path, file_stamp(texture.path), texture.color_space, light.texture_format)

    def build() -> tuple[np.ndarray, int]:
        image = load_rgba(texture.path)[..., :3]
        values = image.astype(np.float32) / np.float32(255.0 if image.dtype == np.uint8 else 1.0)
        linear = (srgb_to_linear(values) if is_srgb(texture) else values).astype(np.float32)
        linear = np.ascontiguousarray(np.nan_to_num(np.maximum(linear, 0.0), posinf=65504.0))
        convert = _CONVERSIONS.get(light.texture_format)
        linear = linear if convert is None else convert(linear)
        return linear, linear.nbytes

    _maps.begin_frame()
    return _maps.get(key, build)


def environment(scene: SceneSnapshot) -> tuple[Float32[np.ndarray, "h w 3"], Float64[np.ndarray, "4 4"]]:
    """Add all domes into one map.

    Returns:
        The map (one pixel where no dome has a texture), thousands of nits, and world from the map's frame.
    """
    domes = active_domes(scene)
    base = sum((emitted(light) for light in domes if light.texture is None), np.zeros(3))
    textured = [light for light in domes if light.texture is not None]
    if not textured:
        return np.broadcast_to(base, (1, 1, 3)).astype(np.float32), np.eye(4)
    first, matrix = textured[0], dome_matrix(textured[0], scene.up_axis)
    image = latlong(first) * emitted(first).astype(np.float32)
    for other in textured[1:]:
        world = map_directions(*image.shape[:2]) @ matrix[:3, :3].T
        added = sample_map(latlong(other), world @ dome_matrix(other, scene.up_axis)[:3, :3])
        image = image + added.reshape(image.shape) * emitted(other).astype(np.float32)
    return (image + base).astype(np.float32), matrix


def background(scene: SceneSnapshot, directions: Float[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n 3"]:
    """Return what the camera sees where it hits nothing: the visible domes' radiance along unit world directions."""
    total = np.zeros((len(directions), 3), np.float32)
    for light in active_domes(scene):
        if not light.camera_visible:
            continue
        tint = emitted(light).astype(np.float32)
        if light.texture is None:
            total += tint
        else:
            total += sample_map(latlong(light), directions @ dome_matrix(light, scene.up_axis)[:3, :3]) * tint
    return total


def behind(scene: SceneSnapshot, camera: Camera) -> Float32[np.ndarray, "h w 3"]:
    """Return what each pixel's centre would show if nothing were there: the visible domes' radiance."""
    directions = primary_rays(camera).directions
    unit = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    return background(scene, unit).reshape(camera.height, camera.width, 3)


def map_directions(height: int, width: int) -> Float64[np.ndarray, "n 3"]:
    """Return the unit direction of each pixel centre of a latlong map, row-major, in the map's frame."""
    longitude = np.pi * (1.0 - 2.0 * (np.arange(width) + 0.5) / width)
    latitude = np.pi * (0.5 - (np.arange(height) + 0.5) / height)
    across = np.cos(latitude)[:, None]
    up = np.broadcast_to(np.sin(latitude)[:, None], (height, width))
    return np.stack([across * np.sin(longitude), up, across * np.cos(longitude)], -1).reshape(-1, 3)


def sample_map(image: Float32[np.ndarray, "h w 3"], local: Float[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n 3"]:
    """Read a latlong map along unit directions of its own frame, bilinearly; longitude wraps."""
    height, width = image.shape[:2]
    x = (0.5 - np.arctan2(local[:, 0], local[:, 2]) / (2 * np.pi)) * width - 0.5
    y = np.arccos(np.clip(local[:, 1], -1, 1)) / np.pi * height - 0.5
    return bilinear(image, x, y, wrap=True)


def bilinear(
    image: Float32[np.ndarray, "h w c"], x: Float[np.ndarray, "n"], y: Float[np.ndarray, "n"], wrap: bool = False
) -> Float32[np.ndarray, "n c"]:
    """Read an image at pixel coordinates (0 is the first pixel's centre); columns wrap or clamp, rows clamp."""
    height, width = image.shape[:2]
    x0, y0 = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    fx, fy = (x - x0).astype(np.float32)[:, None], (y - y0).astype(np.float32)[:, None]
    left, right = (x0 % width, (x0 + 1) % width) if wrap else (np.clip(x0 + k, 0, width - 1) for k in (0, 1))
    top, bottom = np.clip(y0, 0, height - 1), np.clip(y0 + 1, 0, height - 1)
    upper = image[top, left] * (1 - fx) + image[top, right] * fx
    lower = image[bottom, left] * (1 - fx) + image[bottom, right] * fx
    return upper * (1 - fy) + lower * fy


def _converted_directions() -> Float64[np.ndarray, "n 3"]:
    return map_directions(CONVERTED_HEIGHT, 2 * CONVERTED_HEIGHT)


def _from_disc(
    image: np.ndarray, radius: Float64[np.ndarray, "n"], right: np.ndarray, up: np.ndarray
) -> Float32[np.ndarray, "h w 3"]:
    """Read an image whose inscribed disc holds the sphere; `right` and `up` are parts of directions across its axis."""
    height, width = image.shape[:2]
    across = np.maximum(np.hypot(right, up), 1e-12)
    x = (0.5 + 0.5 * radius * right / across) * width - 0.5
    y = (0.5 - 0.5 * radius * up / across) * height - 0.5
    return bilinear(image, x, y).reshape(CONVERTED_HEIGHT, 2 * CONVERTED_HEIGHT, 3)


def from_angular(image: Float32[np.ndarray, "h w 3"]) -> Float32[np.ndarray, "rows columns 3"]:
    """Unroll an angular map: its centre is +Z, its rim -Z, radius proportional to the angle, seen from inside."""
    local = _converted_directions()
    return _from_disc(image, np.arccos(np.clip(local[:, 2], -1, 1)) / np.pi, -local[:, 0], local[:, 1])


def from_mirrored_ball(image: Float32[np.ndarray, "h w 3"]) -> Float32[np.ndarray, "rows columns 3"]:
    """Unroll the photograph of a mirror ball taken from +Z: the centre reflects +Z, the right edge bends past +X."""
    local = _converted_directions()
    return _from_disc(image, np.sin(np.arccos(np.clip(local[:, 2], -1, 1)) / 2), local[:, 0], local[:, 1])


def from_vertical_cross(image: Float32[np.ndarray, "h w 3"]) -> Float32[np.ndarray, "rows columns 3"]:
    """Unroll a 3 by 4 cross seen from inside: +Y above; +X, +Z, -X across; -Y below; -Z last and upside down."""
    local = _converted_directions()
    size = image.shape[1] / 3.0
    x, y, z = local.T
    faces = (
        (0, 1, y, -x, z, y > 0), (1, 0, x, z, -y, x > 0), (1, 1, z, -x, -y, z > 0),
        (1, 2, -x, -z, -y, x < 0), (2, 1, -y, -x, -z, y < 0), (3, 1, -z, -x, y, z < 0),
    )  # fmt: skip
    result = np.zeros((len(local), 3), np.float32)
    largest = np.abs(local).max(axis=1)
    for row, column, depth, right, down, side in faces:
        chosen = np.flatnonzero(side & (np.abs(depth) >= largest - 1e-12))
        inset = 0.5 / size  # half a pixel inside, so that neighbouring faces do not bleed
        u = np.clip(0.5 + 0.5 * right[chosen] / np.abs(depth[chosen]), inset, 1 - inset)
        v = np.clip(0.5 + 0.5 * down[chosen] / np.abs(depth[chosen]), inset, 1 - inset)
        result[chosen] = bilinear(image, (column + u) * size - 0.5, (row + v) * size - 0.5)
    return result.reshape(CONVERTED_HEIGHT, 2 * CONVERTED_HEIGHT, 3)


_CONVERSIONS = {
    "angular": from_angular,
    "mirroredBall": from_mirrored_ball,
    "cubeMapVerticalCross": from_vertical_cross,
}
