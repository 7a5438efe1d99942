"""COCO run lengths of every instance of a label image at once, with NumPy alone.

One pass finds the runs of the whole image; each instance is a selection of them, so the cost does not grow with
the number of instances.

Source: COCO's "Data format" (cocodataset.org): column-major runs, the first of background. Compressed counts as
pycocotools' `rleToString` writes them: from the fourth count on the difference to the count two before, as 5-bit groups
from the lowest, 32 added to a group that another one follows (two's complement decides), 48 added to all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST_ID = 65535
Ints = NDArray[np.int64]


def encode_instances(labels: NDArray[np.integer[Any]], first: int = 1) -> dict[int, dict[str, Any]]:
    """Encode the mask of each id of a label image.

    Args:
        labels: (h, w) ids from 0 to 65535.
        first: ids below this one are left out (0 is background).

    Returns:
        For each id that is in the image, in order: {"size": [h, w], "counts": compressed string}.

    Raises:
        ValueError: if `labels` is no image of such ids.
    """
    return {identifier: runs for identifier, (runs, _) in measure_instances(labels, first).items()}


def measure_instances(labels: NDArray[np.integer[Any]], first: int = 1) -> dict[int, tuple[dict[str, Any], int]]:
    """Encode the mask of each id of a label image, as `encode_instances` does, and count its pixels."""
    if labels.ndim != 2 or labels.dtype.kind not in "iu":
        raise ValueError(f"labels are {labels.dtype} of shape {labels.shape}; expected whole numbers of shape (h, w)")
    if labels.size and not 0 <= int(labels.min()) <= int(labels.max()) <= LARGEST_ID:
        raise ValueError(f"labels go from {labels.min()} to {labels.max()}; expected ids from 0 to {LARGEST_ID}")
    ids, starts, ends = _runs(labels.T.astype(np.uint16, order="C").ravel(), first)
    if not len(ids):
        return {}
    heads = np.flatnonzero(np.diff(ids, prepend=ids[0] + 1))  # the first run of each id
    counts, offsets = _counts(starts, ends, heads, labels.size)
    text, ends_of_counts = _compress(_differences(counts, offsets))
    size = [int(n) for n in labels.shape]
    stops = ends_of_counts[np.append(offsets[1:], len(counts)) - 1].tolist()
    areas = np.add.reduceat(ends - starts, heads).tolist()
    found, begin = {}, 0
    for identifier, stop, area in zip(ids[heads].tolist(), stops, areas, strict=True):
        found[identifier] = ({"size": list(size), "counts": text[begin:stop]}, area)
        begin = stop
    return found


def _runs(flat: NDArray[np.uint16], first: int) -> tuple[Ints, Ints, Ints]:
    """Return id, start and end (one past the last pixel) of each run, ordered by id, then start."""
    starts = np.concatenate([np.zeros(min(1, flat.size), np.int64), np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    ends = np.append(starts[1:], flat.size)
    ids = flat[starts]
    kept = np.flatnonzero(ids >= first)
    order = kept[np.argsort(ids[kept], kind="stable")]
    return ids[order].astype(np.int64), starts[order], ends[order]


def _counts(starts: Ints, ends: Ints, heads: Ints, pixels: int) -> tuple[Ints, Ints]:
    """Return the run lengths of all ids, background and instance in turn, and where each id's begin."""
    number = len(starts)
    before = np.concatenate([[0], ends[:-1]])
    before[heads] = 0
    last = np.append(heads[1:], number) - 1
    tails = pixels - ends[last]
    has_tail = tails > 0
    shift = np.cumsum(has_tail) - has_tail  # tails of the ids before this one
    offsets = 2 * heads + shift
    at = 2 * np.arange(number) + np.repeat(shift, np.diff(np.append(heads, number)))
    counts = np.empty(2 * number + int(has_tail.sum()), np.int64)
    counts[at] = starts - before
    counts[at + 1] = ends - starts
    counts[(at[last] + 2)[has_tail]] = tails[has_tail]
    return counts, offsets


def _differences(counts: Ints, offsets: Ints) -> Ints:
    """Subtract from each count the one two before, except from the first three of an id."""
    earlier = np.zeros_like(counts)
    earlier[2:] = counts[:-2]
    lengths = np.diff(np.append(offsets, len(counts)))
    for place in range(3):
        earlier[offsets[lengths > place] + place] = 0
    return counts - earlier


def _compress(values: Ints) -> tuple[str, Ints]:
    """Write values as groups of 5 bits; returns the text of all and where each value's ends."""
    groups = np.ones(len(values), np.int64)
    magnitude = np.where(values < 0, ~values, values)  # bits besides the sign
    widest = 1 + int(magnitude.max(initial=0)).bit_length() // 5
    for bits in range(4, 5 * widest, 5):
        groups += magnitude >> bits != 0
    ends = np.cumsum(groups)
    begins = ends - groups
    text = np.empty(int(ends[-1]), np.uint8)
    for place in range(widest):
        chosen = groups > place
        group = (values[chosen] >> (5 * place)) & 31
        more = groups[chosen] > place + 1
        text[begins[chosen] + place] = group + 32 * more + 48
    return text.tobytes().decode("ascii"), ends
