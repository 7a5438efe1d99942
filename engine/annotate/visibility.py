"""How much of each labelled prim is seen: visible over whole pixels, prims of several meshes taken as one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

from engine.annotate.labelling import Labelling
from engine.render.buffers import Aov, FrameBuffers

NEEDED = frozenset({Aov.INSTANCE, Aov.HIDDEN})


@dataclass(frozen=True, eq=False)
class Visibility:
    """Pixel counts of each labelled prim.

    Attributes:
        visible: pixels that show it.
        whole: pixels that would show it if nothing were in front.
    """

    visible: Int64[np.ndarray, "p"]
    whole: Int64[np.ndarray, "p"]

    @property
    def occlusion(self) -> Float64[np.ndarray, "p"]:
        """1 - visible / whole; nan where no pixel's ray meets the prim."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.whole > 0, 1.0 - self.visible / self.whole, np.nan)


def visibility(buffers: FrameBuffers, labels: Labelling) -> Visibility:
    """Count the pixels of each labelled prim; a pixel that several of its meshes cover counts once.

    Source: Replicator documentation, occlusion: 1 - visible pixels / pixels of the prim alone.
    """
    count = len(labels.paths)
    instances = len(labels.innermost) - 1
    shown, hidden = buffers[Aov.INSTANCE].ravel(), buffers[Aov.HIDDEN]
    seen = np.bincount(shown + 1, minlength=instances + 1)[1:]
    met = seen + np.bincount(hidden[:, 1], minlength=instances)
    visible, whole = np.zeros(count, np.int64), np.zeros(count, np.int64)
    several = np.array([len(listed) > 1 for listed in labels.members] + [False])
    for level in labels.levels:
        prim = level[:-1]
        np.add.at(visible, prim[prim >= 0], seen[prim >= 0])
        alone = (prim >= 0) & ~several[prim]
        np.add.at(whole, prim[alone], met[alone])
    if several.any():
        more = _hidden_pixels_of_several(shown, hidden, labels, several)
        whole += np.where(several[:-1], visible + more, 0)
    return Visibility(visible, whole)


def _hidden_pixels_of_several(
    shown: np.ndarray, hidden: np.ndarray, labels: Labelling, several: np.ndarray
) -> Int64[np.ndarray, "p"]:
    """Count the pixels where some mesh of a prim of several is hidden and none of them is shown."""
    count = len(labels.paths)
    found = []
    for level in labels.levels:
        prim = level[hidden[:, 1]]
        chosen = several[prim]
        found.append(hidden[chosen, 0].astype(np.int64) * count + prim[chosen])
    codes = np.sort(np.concatenate(found))
    codes = codes[np.diff(codes, prepend=-1) > 0]  # np.unique hashes, which is slow for many different numbers
    pixels, prims = codes // count, codes % count
    for level in labels.levels:
        apart = level[shown[pixels]] != prims
        pixels, prims = pixels[apart], prims[apart]
    return np.bincount(prims, minlength=count)
