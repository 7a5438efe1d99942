"""Augmentations that are OmniGraph nodes in Isaac Sim (omni.replicator.core.Aug...Exp), as functions.

Each draws its own numbers from a seed of its own for every frame, and tells where pixels went (`xform`).
Images are uint8 (h, w, 3 or 4) RGB(A); a fourth channel is passed through.

Source: Omniverse documentation, "Data Augmentations" (formulas) and the node library of omni.replicator.core (inputs
and defaults).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from engine.replicator.augmentations import Augmentation, AugmentationError, Warped

Image = np.ndarray
NODE_AUGMENTATIONS: dict[str, Augmentation] = {}
IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")


def _node(*names: str, **parameters: Any) -> Callable[[Callable[..., Warped]], Callable[..., Warped]]:
    def add(function: Callable[..., Warped]) -> Callable[..., Warped]:
        for name in names:
            NODE_AUGMENTATIONS[name] = Augmentation(function, parameters=parameters)
        return function

    return add


def _on_colour(image: Image, change: Callable[[Image], Image]) -> Image:
    result = image.copy()
    result[..., :3] = np.clip(np.round(change(image[..., :3].astype(np.float32))), 0, 255).astype(image.dtype)
    return result


@_node("Pixellate", kernelSize=8)
def pixellate(data_in: Image, kernelSize: int = 8) -> Warped:
    """Replace every block of `kernelSize` pixels by its mean."""
    height, width = data_in.shape[:2]
    small = (max(1, width // kernelSize), max(1, height // kernelSize))
    means = cv2.resize(np.ascontiguousarray(data_in), small, interpolation=cv2.INTER_AREA)
    return Warped(cv2.resize(means, (width, height), interpolation=cv2.INTER_NEAREST))


@_node("MotionBlur", motionAngle=45.0, strength=0.7, kernelSize=11)
def motion_blur(
    data_in: Image, motionAngle: float = 45.0, strength: float = 0.7, kernelSize: int = 11, alpha: float = 1.0
) -> Warped:
    """Smear along a line.

    Args:
        data_in: RGB(A) image.
        motionAngle: direction, degrees: 0 to the left, 90 down.
        strength: -1 to 1, how much more what is behind (or, below 0, before) counts; 0 is even.
        kernelSize: length of the line, pixels.
        alpha: share of the smeared image.
    """
    size = max(1, int(kernelSize))
    line: np.ndarray = np.zeros((size, size), np.float32)
    forward = (1.0 + float(strength)) / 2.0
    line[size // 2] = np.linspace(forward, 1.0 - forward, size) if size > 1 else 1.0
    centre = ((size - 1) / 2, (size - 1) / 2)
    line = cv2.warpAffine(line, cv2.getRotationMatrix2D(centre, float(motionAngle), 1.0), (size, size))
    line = np.asarray(line / max(float(line.sum()), 1e-6), np.float32)
    return Warped(_on_colour(data_in, lambda c: (1 - alpha) * c + alpha * cv2.filter2D(c, -1, line)))


@_node("Conv2d", alpha=0.7, kernelWidth=3, seed=-1)
def conv2d(data_in: Image, alpha: float = 0.7, kernelWidth: int = 3, kernel: Any = None, seed: int = 0) -> Warped:
    """Blend with the image convolved by a random filter of all three colours, or by a kernel given.

    Args:
        data_in: RGB(A) image.
        alpha: share of the convolved image.
        kernelWidth: width of the random filter, pixels.
        kernel: (k, k) weights for each colour, instead of the random filter.
        seed: of the filter's weights.

    Source: He et al. 2015, "Delving deep into rectifiers", equation 10 (variance of the weights).
    """
    if kernel is not None:
        weights = np.asarray(kernel, np.float32)[::-1, ::-1]
        return Warped(_on_colour(data_in, lambda c: (1 - alpha) * c + alpha * cv2.filter2D(c, -1, weights)))
    width = max(1, int(kernelWidth))
    spread = np.sqrt(2.0 / (3 * width * width))
    filters = np.random.default_rng(seed).normal(0.0, spread, (3, 3, width, width)).astype(np.float32)

    def mixed(colour: Image) -> Image:
        planes = [sum(cv2.filter2D(colour[..., i], -1, filters[o, i]) for i in range(3)) for o in range(3)]
        return (1 - alpha) * colour + alpha * np.dstack(planes)

    return Warped(_on_colour(data_in, mixed))


@_node("Contrast", contrastFactorIntervalMin=0.2, contrastFactorIntervalMax=5.0, seed=-1)
def contrast(
    data_in: Image,
    contrastFactorIntervalMin: float = 0.2,
    contrastFactorIntervalMax: float = 5.0,
    contrastFactor: float | None = None,
    seed: int = 0,
) -> Warped:
    """Change contrast: image * (1 - enhancement) + mean * enhancement, 1 - enhancement being the factor.

    Args:
        data_in: RGB(A) image.
        contrastFactorIntervalMin, contrastFactorIntervalMax: the factor is drawn between them; 1 changes nothing.
        contrastFactor: the factor itself, instead of a draw.
        seed: of the draw.
    """
    generator = np.random.default_rng(seed)
    factor = contrastFactor
    if factor is None:
        factor = float(generator.uniform(contrastFactorIntervalMin, contrastFactorIntervalMax))
    return Warped(_on_colour(data_in, lambda c: c * factor + c.mean() * (1.0 - factor)))


@_node("Rotate", rotateDegrees=45.0, seed=-1)
def rotate(data_in: Image, rotateDegrees: float = 45.0, seed: int = 0) -> Warped:
    """Turn about the centre by an angle drawn between -rotateDegrees and rotateDegrees; outside is 0."""
    angle = float(np.random.default_rng(seed).uniform(-abs(rotateDegrees), abs(rotateDegrees)))
    height, width = data_in.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
    image = cv2.warpAffine(np.ascontiguousarray(data_in), matrix, (width, height))
    return Warped(image, np.vstack([matrix, [0.0, 0.0, 1.0]]))


@_node("CropResize", minPercent=0.5, seed=-1)
def crop_resize(
    data_in: Image,
    minPercent: float = 0.5,
    xmin: int | None = None,
    xmax: int | None = None,
    ymin: int | None = None,
    ymax: int | None = None,
    seed: int = 0,
) -> Warped:
    """Cut a box out and stretch it to the size of the image.

    Args:
        data_in: RGB(A) image.
        minPercent: smallest share of width and height, in 0..1, of a box that is drawn.
        xmin, xmax, ymin, ymax: the box itself, pixels, instead of a draw.
        seed: of the draw.
    """
    height, width = data_in.shape[:2]
    generator = np.random.default_rng(seed)
    if xmin is None and xmax is None and ymin is None and ymax is None:
        shares, places = generator.uniform(min(1.0, float(minPercent)), 1.0, 2), generator.random(2)
        size = np.maximum(1, np.round(shares * (width, height))).astype(int)
        x0, y0 = (int(v) for v in np.round(places * ((width, height) - size)))
        x1, y1 = x0 + int(size[0]), y0 + int(size[1])
    else:
        x0, y0, x1, y1 = xmin or 0, ymin or 0, xmax or width, ymax or height
    box = np.ascontiguousarray(data_in[y0:y1, x0:x1])
    across, down = width / (x1 - x0), height / (y1 - y0)
    xform = np.array([[across, 0.0, -x0 * across], [0.0, down, -y0 * down], [0.0, 0.0, 1.0]])
    return Warped(cv2.resize(box, (width, height), interpolation=cv2.INTER_LINEAR), xform)


@_node("CutMix", folderpath="", seed=-1)
def cut_mix(data_in: Image, folderpath: str = "", seed: int = 0) -> Warped:
    """Lay a random rectangle of a random image of a folder over the image."""
    height, width = data_in.shape[:2]
    generator = np.random.default_rng(seed)
    other = _random_image("CutMix", folderpath, generator, (width, height))
    (x0, x1), (y0, y1) = (np.sort(generator.integers(0, side + 1, 2)) for side in (width, height))
    result = data_in.copy()
    result[y0:y1, x0:x1, :3] = other[y0:y1, x0:x1]
    return Warped(result)


@_node("ImgBlend", "ImageBlend", folderpath="", blendFactor=None, seed=-1)
def image_blend(data_in: Image, folderpath: str = "", blendFactor: float | None = None, seed: int = 0) -> Warped:
    """Blend with a random image of a folder; a factor of None is drawn between 0 and 1."""
    height, width = data_in.shape[:2]
    generator = np.random.default_rng(seed)
    other = _random_image("ImgBlend", folderpath, generator, (width, height))
    factor = float(generator.random()) if blendFactor is None else float(blendFactor)
    return Warped(_on_colour(data_in, lambda c: (1 - factor) * c + factor * other))


@_node("BackgroundRand", "BgRand", folderpath="", background=None, seed=-1)
def background_rand(data_in: Image, folderpath: str = "", background: Any = None, seed: int = 0) -> Warped:
    """Put a random image of a folder, or a colour, behind an RGBA image.

    Args:
        data_in: RGBA image; alpha 0 is background.
        folderpath: folder of images.
        background: a colour (0..255) or several to draw from, instead of a folder.
        seed: of the draw.
    """
    height, width = data_in.shape[:2]
    generator = np.random.default_rng(seed)
    if background is not None:
        choices = np.atleast_2d(np.asarray(background, np.float32))
        behind = choices[generator.integers(len(choices))][:3]
    else:
        behind = _random_image("BackgroundRand", folderpath, generator, (width, height))
    share = data_in[..., 3:4].astype(np.float32) / 255.0
    result = np.full_like(data_in, 255)
    result[..., :3] = np.round(data_in[..., :3] * share + behind * (1.0 - share)).astype(np.uint8)
    return Warped(result)


def _random_image(who: str, folder: str, generator: np.random.Generator, size: tuple[int, int]) -> Image:
    """Return one of a folder's images as float RGB at a size.

    Raises:
        AugmentationError: if the folder holds none.
    """
    files = _images_of(who, str(folder))
    return _load(files[int(generator.integers(len(files)))], size)


@lru_cache(maxsize=8)
def _images_of(who: str, folder: str) -> tuple[str, ...]:
    root = Path(folder).expanduser()
    found = sorted(str(p) for p in root.iterdir() if p.suffix.lower() in IMAGES) if folder and root.is_dir() else []
    if not found:
        raise AugmentationError(
            f"augmentation {who}: folderpath={folder!r} was given; expected a folder that holds images "
            f"({', '.join(IMAGES)})"
        )
    return tuple(found)


@lru_cache(maxsize=64)
def _load(file: str, size: tuple[int, int]) -> Image:
    image = cv2.imread(file, cv2.IMREAD_COLOR)
    if image is None:
        raise AugmentationError(f"augmentation: '{file}' cannot be read as an image; expected PNG, JPEG or the like")
    shrinks = image.shape[1] > size[0] or image.shape[0] > size[1]
    resized = cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.ascontiguousarray(resized[..., ::-1]).astype(np.float32)
