"""Set pictures of a dataset side by side: a row a sample, a column a member.

Usage: python docs/pictures/make.py DATASET OUT.jpg --members rgb.jpg,thermal_lwir.agc.png --samples 0,3 [--width 480]
"""

from __future__ import annotations

import argparse
import tarfile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

GAP = 4  # pixels between pictures


def read_members(dataset: Path, names: list[str]) -> dict[str, bytes]:
    """Return members of a WebDataset's shards by name.

    Raises:
        FileNotFoundError: naming one that is in no shard.
    """
    found = {}
    for shard in sorted((dataset / "shards").glob("*.tar")):
        with tarfile.open(shard) as archive:
            for member in archive.getmembers():
                if member.name in names and (file := archive.extractfile(member)):
                    found[member.name] = file.read()
    for name in names:
        if name not in found:
            raise FileNotFoundError(
                f"{dataset} has no member {name}; give numbers of its samples and names of its members"
            )
    return found


def shown(data: bytes, width: int) -> NDArray[np.uint8]:
    """Decode a picture to (h, width, 3); depth of 16 bits is scaled from its 2nd to its 98th percentile."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if image.dtype == np.uint16:
        low, high = np.percentile(image[image > 0], [2, 98])
        scaled = np.where(image > 0, 255.0 - 215.0 * np.clip((image - low) / (high - low), 0, 1), 0)
        image = cv2.applyColorMap(scaled.astype(np.uint8), cv2.COLORMAP_TURBO) * (image > 0)[..., None].astype(np.uint8)
    image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image[..., :3]
    size = (width, round(width * image.shape[0] / image.shape[1]))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def main() -> None:
    """Read, arrange, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("dataset", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--members", default="rgb.jpg,thermal_lwir.agc.png")
    parser.add_argument("--samples", default="0")
    parser.add_argument("--width", type=int, default=480)
    options = parser.parse_args()
    rows = [[f"{int(n):09d}.{member}" for member in options.members.split(",")] for n in options.samples.split(",")]
    data = read_members(options.dataset, [name for row in rows for name in row])
    height = max(shown(data[name], options.width).shape[0] for row in rows for name in row)
    sheet = np.full((len(rows) * (height + GAP) - GAP, len(rows[0]) * (options.width + GAP) - GAP, 3), 255, np.uint8)
    for r, row in enumerate(rows):
        for c, name in enumerate(row):
            image = shown(data[name], options.width)
            top, left = r * (height + GAP), c * (options.width + GAP)
            sheet[top : top + image.shape[0], left : left + options.width] = image
    cv2.imwrite(str(options.out), sheet, [cv2.IMWRITE_JPEG_QUALITY, 86])


if __name__ == "__main__":
    main()
