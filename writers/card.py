"""README.md: the dataset card, as Hugging Face reads it.

Source: Hugging Face Hub documentation, "Dataset Cards" (YAML front matter: license, task_categories, size_categories,
tags, configs with data_files).
"""

from __future__ import annotations

import json
from typing import Any

from writers.infrared.naming import row_of

MEMBERS: dict[str, tuple[str, str, str]] = {  # extension -> type and shape, unit, meaning
    "rgb.jpg": ("uint8 (h, w, 3)", "sRGB", "colour, JPEG quality 95, 4:4:4"),
    "rgb.png": ("uint8 (h, w, 3)", "sRGB", "colour, lossless"),
    "depth.png": ("uint16 (h, w)", "`depth_scale` metres", "distance along the optical axis; 0 is nothing, or too far"),
    "normals.png": ("uint8 (h, w, 3)", "(n + 1) / 2 * 255", "surface normals, world space"),
    "flow.npy": ("float32 (h, w, 2)", "as Replicator's motion_vectors", "motion since the frame before"),
    "semantic.png": ("uint16 (h, w)", "class number", "n-th class from 1; 0 is everything else"),
    "instance.png": ("uint16 (h, w)", "instance id", "`id` of the JSON's objects; 0 background, 1 unlabelled"),
    "json": ("JSON", "pixels, metres", "frame, seed, what was drawn, camera, objects with boxes and masks, counts"),
}
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10**7, "1M<n<10M"))
TASKS = {"boxes": "object-detection", "semantic": "image-segmentation", "depth": "depth-estimation"}
PATTERNS = {"webdataset": "shards/*.tar", "parquet": "shards/*.parquet"}

LOADING = {
    "parquet": """## Loading

```python
import json
from datasets import load_dataset

rows = load_dataset("parquet", data_files="shards/*.parquet", split="train")
for row in rows:
    print(row["frame"], row["MEMBER"], json.loads(row["json"])["counts"])  # pictures keep their 16 bits
```
""",
    "mds": """## Loading

```python
from streaming import StreamingDataset

for sample in StreamingDataset(local="shards", batch_size=1, shuffle=False):
    print(sample["__key__"], sample["MEMBER"], sample["json"]["counts"])  # pictures keep their 16 bits
```
""",
}


def make_card(manifest: dict[str, Any], members: list[str], has_preview: bool) -> str:
    """Write the dataset card.

    Args:
        manifest: of the dataset.
        members: extensions of every sample.
        has_preview: there is a contact sheet.
    """
    parts = [
        _front_matter(manifest),
        _summary(manifest, has_preview),
        _members(members, manifest),
        _loading(manifest, members),
        _making(manifest),
    ]
    return "\n".join(parts)


def _front_matter(manifest: dict[str, Any]) -> str:
    size = next((name for limit, name in SIZES if manifest["samples"] < limit), "n>10M")
    tasks = [task for output, task in TASKS.items() if output in manifest["outputs"]]
    lines = ["---", f"license: {json.dumps(manifest['license'])}", f"pretty_name: {json.dumps(manifest['name'])}"]
    if tasks:
        lines += ["task_categories:", *(f"- {task}" for task in tasks)]
    lines += ["size_categories:", f"- {size}", "tags:", "- synthetic", "- replicator"]
    if manifest["format"] in PATTERNS:
        pattern = PATTERNS[manifest["format"]]
        lines += ["configs:", "- config_name: default", "  data_files:", "  - split: train", f"    path: {pattern}"]
    return "\n".join([*lines, "---", ""])


def _summary(manifest: dict[str, Any], has_preview: bool) -> str:
    description = manifest["scenario"].get("description", "")
    counts = ", ".join(f"{count} {name}" for name, count in manifest["objects"].items()) or "none"
    rows = [
        ("samples", f"{manifest['samples']} in {len(manifest['shards'])} shards ({manifest['format']})"),
        ("frames", f"{manifest['frames']['count']} from {manifest['frames']['start']}, {manifest['views']} views each"),
        ("resolution", "x".join(map(str, manifest["resolution"] or ["?"]))),
        ("classes", ", ".join(manifest["classes"]) or "none"),
        ("labelled objects", counts),
        ("frames left out", str(len(manifest["skipped"]))),
        ("licence", manifest["license"]),
    ]
    lines = [f"# {manifest['name']}", "", *([description, ""] if description else [])]
    lines += ["Synthetic images with exact labels, made by Replicant.", ""]
    lines += ["![the first samples](preview.png)", ""] if has_preview else []
    return "\n".join([*lines, "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows), ""])


def _members(members: list[str], manifest: dict[str, Any]) -> str:
    lines = ["## A sample", "", "| member | type | unit | content |", "|---|---|---|---|"]
    for name in members:
        kind, unit, meaning = MEMBERS.get(name) or row_of(name) or ("bytes", "", "")
        lines.append(f"| `{name}` | {kind} | {unit} | {meaning} |")
    scale = manifest["scenario"].get("writer", {}).get("depth_scale")
    if "depth.png" in members and scale:
        lines += ["", f"`depth_scale` is {scale} here: metres = value * {scale}."]
    return "\n".join([*lines, "", "Arrays are rows from the top; boxes are [x, y, width, height] in pixels.", ""])


def units(members: list[str]) -> dict[str, str]:
    """Return the unit of each member that has one, for the manifest."""
    rows = {name: MEMBERS.get(name) or row_of(name) for name in members}
    return {name: row[1] for name, row in rows.items() if row is not None}


def _loading(manifest: dict[str, Any], members: list[str]) -> str:
    if manifest["format"] in LOADING:
        image = next((name for name in members if name.endswith((".png", ".jpg"))), "json")
        return LOADING[manifest["format"]].replace("MEMBER", image)
    names = [f"shards/{shard['name']}" for shard in manifest["shards"] if shard["name"]]
    last = names[-1].rpartition("-")[2].removesuffix(".tar") if names else "000000"
    image = next((name for name in members if name.endswith((".jpg", ".png"))), "json")
    return f"""## Loading

Most decoders of WebDataset reduce 16-bit PNG to 8 bits; OpenCV keeps them.

```python
import json
import cv2
import numpy as np
import webdataset

def decode(sample):
    images = {{k: cv2.imdecode(np.frombuffer(v, np.uint8), cv2.IMREAD_UNCHANGED)
              for k, v in sample.items() if k.endswith((".png", ".jpg"))}}
    return {{**sample, **images, "json": json.loads(sample["json"])}}

url = "shards/shard-{{000000..{last}}}.tar"
for sample in webdataset.WebDataset(url, shardshuffle=False).map(decode):
    print(sample["__key__"], sample["{image}"].shape)
```
"""


def _making(manifest: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in sorted(manifest["versions"].items()))
    return (
        f"## Making it again\n\n```bash\n{manifest['command']}\n```\n\nwith {versions}.\n"
        "`plan.json` holds all that shapes the bytes, `manifest.json` the hash of every file.\n"
    )
