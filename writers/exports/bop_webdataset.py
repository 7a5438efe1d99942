"""BOP-webdataset: `shard-000000.tar` of `<scene>_<image>.rgb.jpg, depth.png, camera.json, gt.json, gt_info.json,
mask_visib.json`, and `key_to_shard.json`.

At most 1000 images a shard, in the dataset's order: its frames are random already, so nothing is shuffled. See
`writers.exports.bop_labels` for what the entries say. `mask.json` (amodal masks) is left out: the shards have none.

Source: BOP toolkit, bop_toolkit_lib/dataset/bop_webdataset.py.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from writers.encode import json_bytes
from writers.exports.bop import SCENE_IMAGES
from writers.exports.bop_labels import Models, annotated, camera_entry, depth_of, info_entry, notes, pose_entry
from writers.exports.masks import mask_of, run_lengths
from writers.exports.views import RGB, Source, View, number_classes, views
from writers.exports.whole import JsonTable
from writers.shards.formats.webdataset import pack
from writers.shards.sample import Sample
from writers.shards.ustar import TRAILER


def write(
    dataset: Source,
    folder: Path,
    *,
    classes: list[str] | None = None,
    images: str = "copy",
    objects: str = "class",
    shard_images: int = 1000,
) -> dict[str, int]:
    """Write the dataset as BOP-webdataset.

    Args:
        dataset: an open dataset.
        folder: to fill.
        classes: which classes, in the order of their numbers; None is all.
        images: "copy", or "none" for labels and depth without colour.
        objects: what an object id stands for: "class" or "model".
        shard_images: most images in a shard, from 1 to 1000.

    Returns:
        Counts of shards, images, objects and models.

    Raises:
        ValueError: for a shard size that BOP does not allow.
    """
    if not 1 <= shard_images <= 1000:
        raise ValueError(f"shard_images is {shard_images}; expected 1 to 1000")
    numbers, models = number_classes(dataset, classes), Models(objects)
    counts = {"shards": 0, "images": 0, "objects": 0}
    keys = JsonTable(folder / "key_to_shard.json")
    with ExitStack() as opened:
        tar: BinaryIO | None = None
        for view in views(dataset, {"depth.png", *(RGB if images == "copy" else ())}):
            if tar is None or counts["images"] % shard_images == 0:
                if tar is not None:
                    tar.write(TRAILER)
                opened.close()
                tar = opened.enter_context(open(folder / f"shard-{counts['shards']:06d}.tar", "wb"))
                counts["shards"] += 1
            key = f"{view.index // SCENE_IMAGES:06d}_{view.index % SCENE_IMAGES:06d}"
            members, number = sample_of(view, numbers, models)
            if images == "copy":
                members.update([view.picture()])
            tar.write(pack(Sample(key, members)))
            keys.add(key, counts["shards"] - 1)
            counts["images"] += 1
            counts["objects"] += number
        if tar is not None:
            tar.write(TRAILER)
    keys.close()
    (folder / "models_info.json").write_bytes(json_bytes(models.info()))
    (folder / "dataset_info.md").write_text(notes(numbers, objects))
    return {**counts, "models": len(models.info())}


def sample_of(view: View, numbers: dict[str, int], models: Models) -> tuple[dict[str, bytes], int]:
    """Return the members of one image besides colour, and its number of objects."""
    found, depth = annotated(view, numbers), depth_of(view)
    poses, infos, masks = [], [], {}
    for place, (item, solid) in enumerate(found):
        mask = mask_of(view.key, item)
        poses.append(pose_entry(models.number(item["class"], numbers[item["class"]], solid), solid))
        infos.append(info_entry(item, mask, depth))
        masks[str(place)] = run_lengths(mask)
    members = {
        "camera.json": json_bytes(camera_entry(view)),
        "gt.json": json_bytes(poses),
        "gt_info.json": json_bytes(infos),
        "mask_visib.json": json_bytes(masks),
    }
    if "depth.png" in view.members:
        members["depth.png"] = view.members["depth.png"]
    return members, len(found)
