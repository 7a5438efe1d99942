"""What both BOP exports say of a view: camera, poses, visibility, masks.

How a dataset's objects map to BOP:

- Camera frame as OpenCV's, millimetres. cam_K is the intrinsics, cam_R_w2c and cam_t_w2c the extrinsics, depth_scale
  turns stored depth into millimetres.
- A model's frame has its origin in the middle of the object's 3D box and the axes of the object's prim.
- obj_id: number of the class, from 1 (`objects="class"`); or, with `objects="model"`, 1000 * that number + which of the
  class's box sizes it is, in the order they appear: two cans of different sizes are two models.
- bbox_obj: the loose box, of the whole object, beyond the image where it reaches beyond it. bbox_visib: visible pixels.
  Width and height are last pixel less first, as BOP's toolkit computes them.
- px_count_visib: visible pixels. px_count_all: those divided by the visible fraction; pixels that would lie outside the
  image are not counted (BOP's toolkit counts them), so visib_fract is of the part inside the image.
  px_count_valid: px_count_all less the visible pixels without depth.
- Amodal masks (`mask`) are left out: the shards have none. So are mesh files; models_info.json has the boxes.

Source: BOP toolkit, docs/bop_datasets_format.md; scripts/calc_gt_info.py for the meaning of the counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from writers.exports.masks import decode_png
from writers.exports.solids import Solid, camera_from_world, intrinsics, solid_of
from writers.exports.views import View

VARIANTS = 1000  # most sizes of one class
MILLIMETRES = 1000.0
STEP = 1e-4  # metres: sizes nearer than this are one model


def check_choice(objects: str) -> None:
    """Raise unless `objects` says what an object id stands for.

    Raises:
        ValueError: if it is neither "class" nor "model".
    """
    if objects not in ("class", "model"):
        raise ValueError(f"objects is '{objects}'; expected class or model")


class Models:
    """Number the models and remember their boxes.

    Args:
        objects: "class" or "model".
    """

    def __init__(self, objects: str) -> None:
        check_choice(objects)
        self._by_class = objects == "class"
        self._sizes: dict[int, list[Solid]] = {}

    def number(self, name: str, class_number: int, solid: Solid) -> int:
        """Return the obj_id of an object.

        Raises:
            ValueError: if a class has more sizes than can be numbered.
        """
        sizes = self._sizes.setdefault(class_number, [])
        variant = next((n for n, known in enumerate(sizes) if np.abs(known.size - solid.size).max() < STEP), len(sizes))
        if variant == len(sizes) and not (self._by_class and len(sizes) > 1):
            if len(sizes) == VARIANTS:
                raise ValueError(f"class '{name}' has more than {VARIANTS} sizes; export with --objects class")
            sizes.append(solid)
        return class_number if self._by_class else class_number * VARIANTS + variant

    def info(self) -> dict[str, dict[str, float]]:
        """Return models_info: the box of each model, millimetres; classes of several sizes have none."""
        if self._by_class:
            return {str(number): _box(sizes[0]) for number, sizes in sorted(self._sizes.items()) if len(sizes) == 1}
        return {
            str(number * VARIANTS + variant): _box(solid)
            for number, sizes in sorted(self._sizes.items())
            for variant, solid in enumerate(sizes)
        }


def _box(solid: Solid) -> dict[str, float]:
    size = np.round(solid.size * MILLIMETRES, 4)
    low = {f"min_{axis}": -float(length) / 2 for axis, length in zip("xyz", size, strict=True)}
    lengths = {f"size_{axis}": float(length) for axis, length in zip("xyz", size, strict=True)}
    return {**low, **lengths, "diameter": float(np.linalg.norm(size))}


def camera_entry(view: View) -> dict[str, Any]:
    """Return an entry of scene_camera.json."""
    camera = view.about["camera"]
    rotation, translation = camera_from_world(camera)
    entry = {
        "cam_K": intrinsics(view.key, camera).ravel().tolist(),
        "cam_R_w2c": rotation.ravel().tolist(),
        "cam_t_w2c": (translation * MILLIMETRES).tolist(),
    }
    if view.about["depth_scale"] is not None:
        entry["depth_scale"] = view.about["depth_scale"] * MILLIMETRES
    return entry


def annotated(view: View, numbers: dict[str, int]) -> list[tuple[dict[str, Any], Solid]]:
    """List the view's objects that have a pose."""
    camera = view.about["camera"]
    return [(item, solid_of(item["box_3d"], camera)) for item in view.objects(numbers) if item["box_3d"] is not None]


def pose_entry(obj_id: int, solid: Solid) -> dict[str, Any]:
    """Return an entry of scene_gt.json."""
    return {
        "obj_id": obj_id,
        "cam_R_m2c": solid.rotation.ravel().tolist(),
        "cam_t_m2c": (solid.center * MILLIMETRES).tolist(),
    }


def depth_of(view: View) -> NDArray[Any] | None:
    """Return the stored depth, None where the dataset has none."""
    if "depth.png" not in view.members:
        return None
    return decode_png(view.key, "depth.png", view.members["depth.png"])


def info_entry(item: dict[str, Any], mask: NDArray[np.uint8], depth: NDArray[Any] | None) -> dict[str, Any]:
    """Return an entry of scene_gt_info.json."""
    visible = int(item["area"])
    share = item["visible_fraction"]
    whole = max(visible, round(visible / share)) if share else visible
    without = 0 if depth is None else int(((depth == 0) & (mask > 0)).sum())
    return {
        "bbox_obj": _last_less_first(item["loose_box"] or item["box"]),
        "bbox_visib": _last_less_first(item["box"]),
        "px_count_all": whole,
        "px_count_valid": whole - without,
        "px_count_visib": visible,
        "visib_fract": visible / whole,
    }


def _last_less_first(box: list[int]) -> list[int]:
    x, y, width, height = box
    return [x, y, width - 1, height - 1]


def notes(numbers: dict[str, int], objects: str) -> str:
    """Return dataset_info.md: what the ids mean and what differs from BOP's own datasets."""
    rows = "\n".join(f"- {number}: {name}" for name, number in numbers.items())
    ids = "obj_id" if objects == "class" else "obj_id // 1000 (the rest numbers the box sizes of the class)"
    return (
        f"# Exported dataset\n\nClasses, by {ids}:\n\n{rows}\n\n"
        "A model's origin is the middle of its 3D box, its axes are those of the object's prim. There are no meshes\n"
        "and no amodal masks. px_count_all and visib_fract count pixels inside the image only. Classes whose objects\n"
        "differ in size are not in models_info.json when obj_id is the class.\n"
    )
