"""Run lengths: the strings that pycocotools writes, for every instance, on masks chosen to break them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from pycocotools import mask as coco

from writers.rle import encode_instances


def reference(labels: NDArray, first: int = 1) -> dict[int, dict]:
    """Encode each instance by itself with pycocotools."""
    found = {}
    for identifier in sorted(set(labels.ravel().tolist())):
        if identifier >= first:
            run = coco.encode(np.asfortranarray(labels == identifier, np.uint8))
            found[identifier] = {"size": list(run["size"]), "counts": run["counts"].decode()}
    return found


def adversarial() -> dict[str, NDArray]:
    stripes = np.indices((9, 14))
    edge = np.zeros((50, 40), np.uint16)
    edge[0, 0] = edge[-1, -1] = 3
    edge[-1, 0] = edge[0, -1] = 65535
    wide = np.zeros((700, 900), np.uint16)  # counts that need 4 and 5 groups, rising and falling
    wide[1, 0], wide[5, 1], wide[6, 1], wide[3, 600], wide[699, 899] = 7, 7, 7, 7, 7
    wide[:, 100:400], wide[8, 450] = 8, 8
    return {
        "one pixel": np.array([[5]], np.uint16),
        "one pixel of background": np.array([[0]], np.uint16),
        "whole": np.full((31, 33), 2, np.uint16),
        "rows": (stripes[0] % 3).astype(np.uint16),
        "columns": (stripes[1] % 3).astype(np.uint16),
        "chessboard": (stripes.sum(0) % 2 + 1).astype(np.uint16),
        "corners": edge,
        "far apart": wide,
        "every pixel another": np.arange(256 * 256, dtype=np.uint16).reshape(256, 256),
        "one row": np.array([[0, 0, 1, 1, 2, 0, 1]], np.int64),
        "one column": np.array([[1], [0], [1], [2], [2], [0], [0], [1]], np.int32),
        "transposed memory": np.asfortranarray(edge),
        "a view": edge[::2, ::-1],
    }


@pytest.mark.parametrize("name", adversarial())
def test_hard_masks_give_the_strings_of_pycocotools(name: str) -> None:
    labels = adversarial()[name]
    found = encode_instances(labels)
    if name == "every pixel another":
        assert list(found) == list(range(1, 65536))
        chosen = [1, 2, 31, 32, 255, 256, 257, 32768, 65535]
        assert {k: found[k] for k in chosen} == reference(np.where(np.isin(labels, chosen), labels, 0))
    else:
        assert found == reference(labels)


def test_random_masks_give_the_strings_of_pycocotools() -> None:
    rng = np.random.default_rng(11)
    instances = 0
    for _ in range(300):
        height, width = (int(n) for n in rng.integers(1, 60, 2))
        block = int(rng.integers(1, 12))
        coarse = rng.integers(0, rng.integers(2, 40), (height // block + 1, width // block + 1))
        labels = np.kron(coarse, np.ones((block, block), np.int64))[:height, :width].astype(np.uint32)
        labels[rng.random(labels.shape) < rng.choice([0, 0.02, 0.5])] = 1
        found = encode_instances(labels)
        assert found == reference(labels)
        assert list(found) == sorted(found)
        instances += len(found)
    assert instances > 2000


@pytest.mark.parametrize("bits", [4, 5, 9, 10, 14, 15, 19, 20])
def test_counts_at_the_edges_of_groups(bits: int) -> None:
    for run in ((1 << bits) - 1, 1 << bits, (1 << bits) + 1):
        labels = np.zeros((2 * run + 40, 1), np.uint16)
        labels[3:4], labels[7 : 7 + run], labels[7 + 2 * run : 9 + 2 * run] = 1, 1, 1  # up to `run`, down from it
        assert encode_instances(labels) == reference(labels)


def test_low_ids_can_be_left_out() -> None:
    labels = np.array([[0, 1, 2], [3, 2, 1]])
    assert encode_instances(labels, first=2) == reference(labels, first=2)
    assert list(encode_instances(labels, first=2)) == [2, 3]
    assert encode_instances(labels, first=4) == {}
    assert encode_instances(np.zeros((0, 4), np.uint16)) == {}


def test_images_without_ids_are_refused() -> None:
    with pytest.raises(ValueError, match=r"labels are float64 of shape \(2, 2\); expected whole numbers"):
        encode_instances(np.zeros((2, 2)))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"of shape \(2, 2, 1\); expected whole numbers of shape \(h, w\)"):
        encode_instances(np.zeros((2, 2, 1), np.uint8))
    with pytest.raises(ValueError, match="labels go from 0 to 65536; expected ids from 0 to 65535"):
        encode_instances(np.array([[0, 65536]]))
    with pytest.raises(ValueError, match="labels go from -1 to 3; expected ids"):
        encode_instances(np.array([[-1, 3]]))
