"""inspect: one sample in words and as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from writers.encode import png
from writers.infrared.pictures import paint as paint_infrared
from writers.infrared.readings import quantity
from writers.preview import TILE_WIDTH, color_depth, draw_boxes, id_color, paint_masks, resized, write
from writers.reader import Dataset, decode
from writers.shards.sample import Sample

COLUMNS = 3
CAPTION = 22  # pixels
Image = NDArray[np.uint8]


def first_key(dataset: Dataset) -> str:
    """Return the key of the first sample.

    Raises:
        ValueError: if there is none.
    """
    key = next(dataset.keys(), None)
    if key is None:
        raise ValueError(f"dataset '{dataset.storage.url}' has no samples yet")
    return key


def describe(dataset: Dataset, sample: Sample) -> Iterator[str]:
    """Say what a sample holds, line by line: members with shape, type and range, camera, objects."""
    decoded = decode(sample)
    about = decoded.get("json", {})
    yield f"dataset   {dataset.storage.url} ({dataset.plan.format}, {len(dataset)} samples)"
    yield f"sample    {sample.key}: frame {about.get('frame')}, seed {about.get('seed')}"
    yield ""
    width = max(14, *map(len, decoded))
    yield f"{'member':{width}} {'bytes':>9}  {'type':8} {'shape':16} range"
    for name in sorted(decoded):
        yield f"{name:{width}} {_member(name, decoded[name], len(sample.members[name]), about)}"
    if "camera" in about:
        camera = about["camera"]
        (fx, _, cx), (_, fy, cy), _ = camera["intrinsics"]
        yield ""
        yield f"camera    {camera['prim']} ({camera['model']}) fx {fx:.1f} fy {fy:.1f} cx {cx:.1f} cy {cy:.1f} px"
    for name, said in sorted((about.get("infrared") or {}).items()):
        yield f"infrared  {name}: {_short(_seen_by(said))}"
    if about.get("weather"):
        yield f"weather   {', '.join(f'{name} {value:g}' for name, value in about['weather'].items())}"
    for name, value in sorted((about.get("drawn") or {}).items()):
        yield f"drawn     {name} = {_short(value)}"
    yield ""
    yield from _objects(about.get("objects", []))


def _member(name: str, value: Any, size: int, about: dict[str, Any]) -> str:
    if not isinstance(value, np.ndarray):
        kind = "json" if isinstance(value, dict | list) else "bytes"
        return f"{size:9}  {kind:8} {'':16} {len(value)} {'keys' if kind == 'json' else 'bytes'}"
    shape = "x".join(map(str, value.shape))
    finite = value[np.isfinite(value)] if value.dtype.kind == "f" else value
    low, high = (finite.min(), finite.max()) if finite.size else (0, 0)
    text = f"{low:g} to {high:g}"
    if name == "depth.png" and about.get("depth_scale"):
        seen = value[value > 0] * about["depth_scale"]
        text += f" ({seen.min():.3f} to {seen.max():.3f} m)" if seen.size else " (nothing seen)"
    if found := quantity(name, value, about):
        seen, unit = found
        text += f" ({seen.min():.3f} to {seen.max():.3f} {unit})" if seen.size else f" (no {unit})"
    return f"{size:9}  {value.dtype!s:8} {shape:16} {text}"


def _objects(objects: list[dict[str, Any]]) -> Iterator[str]:
    yield f"{len(objects)} object(s)"
    if objects:
        yield f"{'id':>5}  {'class':14} {'x, y, w, h':22} {'area':>7} {'visible':>7}  prim"
    for item in objects:
        box = ", ".join(map(str, item["box"]))
        share = item["visible_fraction"]
        seen = "" if share is None else f"{share:.0%}"
        yield f"{item['id']:5}  {item['class']:14} {box:22} {item['area']:7} {seen:>7}  {item['prim']}"


def _seen_by(said: dict[str, Any]) -> str:
    """Name the camera of an infrared output, how its radiance was found, and whether it looks for itself."""
    parts = [str(said[key]) for key in ("camera", "band", "path") if key in said]
    if "view" in said:
        view = said["view"]
        parts.append(f"own view {view['prim']} {view['width']}x{view['height']}, {len(said['objects'])} object(s)")
    return ", ".join(parts)


def _short(value: Any, limit: int = 90) -> str:
    text = str(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def picture(sample: Sample) -> Image:
    """Draw all members that are pictures side by side, boxes on the first of them.

    Raises:
        ValueError: if none is.
    """
    decoded = decode(sample)
    about = decoded.get("json", {})
    objects = about.get("objects", [])
    tiles: list[Image] = []
    for name in sorted(decoded, key=lambda name: (not name.startswith("rgb"), name)):
        value = decoded[name]
        if isinstance(value, np.ndarray) and value.ndim in (2, 3) and value.size:
            tile = resized(paint(name, value, about, decoded))
            tiles.append(_titled(tile, name))
            if len(tiles) == 1 and objects:
                tiles.append(_titled(draw_boxes(tile, objects, TILE_WIDTH / value.shape[1]), "boxes"))
    if not tiles:
        raise ValueError(f"sample '{sample.key}' has no member that is a picture; it has {', '.join(sorted(decoded))}")
    blank = np.zeros_like(tiles[0])
    tiles = [t if t.shape == blank.shape else np.asarray(cv2.resize(t, blank.shape[1::-1]), np.uint8) for t in tiles]
    width = min(COLUMNS, len(tiles))
    tiles += [blank] * (-len(tiles) % width)
    return np.vstack([np.hstack(tiles[start : start + width]) for start in range(0, len(tiles), width)])


def paint(name: str, value: NDArray[Any], about: dict[str, Any], decoded: dict[str, Any]) -> Image:
    """Turn one member into (h, w, 3) RGB to look at.

    Args:
        name: of the member; what it is called before its first dot says how it is shown.
        value: decoded.
        about: the sample's json.
        decoded: all members: masks are laid over the colour image if there is one.
    """
    infrared = paint_infrared(name, value, about)
    if infrared is not None:
        return infrared
    kind = name.partition(".")[0]
    if kind == "depth" and value.ndim == 2:
        return color_depth(value.astype(np.float32) * (about.get("depth_scale") or 1.0))
    if kind == "instance" and value.ndim == 2:
        colors = (decoded[each] for each in ("rgb.jpg", "rgb.png") if each in decoded)
        under = next(colors, np.zeros((*value.shape, 3), np.uint8))
        return paint_masks(under[..., :3], value, about.get("objects", []))
    if kind == "semantic" and value.ndim == 2:
        table = np.array([(0, 0, 0)] + [id_color(n) for n in range(1, int(value.max()) + 1)], np.uint8)
        return table[value]
    if kind == "flow" and value.ndim == 3:
        return _flow(value)
    if value.dtype == np.uint8 and value.ndim == 3 and value.shape[2] >= 3:
        return np.ascontiguousarray(value[..., :3])
    return _grey(value)


def _flow(flow: NDArray[Any]) -> Image:
    """Direction as hue, length as brightness."""
    across, down = (np.ascontiguousarray(flow[..., n], np.float32) for n in (0, 1))
    length, angle = cv2.cartToPolar(across, down)
    top = max(float(length.max()), 1e-6)
    hsv = np.stack([angle * 90 / np.pi, np.full_like(angle, 255), length / top * 255], axis=-1)
    return np.asarray(cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB), np.uint8)


def _grey(value: NDArray[Any]) -> Image:
    """Spread the values of one channel from black to white."""
    one = (value[..., 0] if value.ndim == 3 else value).astype(np.float64)
    seen = one[np.isfinite(one)]
    low, high = np.percentile(seen, [1, 99]) if seen.size else (0.0, 1.0)
    level = np.clip((np.nan_to_num(one) - low) / max(high - low, 1e-9), 0, 1)
    return np.repeat((level * 255).astype(np.uint8)[..., None], 3, axis=2)


def _titled(tile: Image, title: str) -> Image:
    caption = np.zeros((CAPTION, tile.shape[1], 3), np.uint8)
    write(caption, title, (6, 15), (255, 255, 255))
    return np.vstack([caption, tile])


def save_picture(sample: Sample, path: Path) -> None:
    """Write the picture of a sample as PNG."""
    path.write_bytes(png(picture(sample)))
