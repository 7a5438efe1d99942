"""What the box annotators share: which prims have a row, and the `info` dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.annotate.id_table import IdTable
from engine.annotate.labelling import Labelling


def box_info(labels: Labelling, rows: Sequence[int], legacy: bool) -> dict[str, Any]:
    """Return `idToLabels` of the classes that have a row, `bboxIds` and `primPaths`.

    Args:
        labels: who is labelled what.
        rows: labelled prims that have a row, in order.
        legacy: keys are strings, as the annotators without `_fast` have them.
    """
    classes = sorted({int(labels.class_of[prim]) for prim in rows})
    names = IdTable((str(c) if legacy else c, dict(labels.classes[c])) for c in classes)
    return {
        "idToLabels": names,
        "bboxIds": np.array(rows, np.uint32),
        "primPaths": [labels.paths[prim] for prim in rows],
    }
