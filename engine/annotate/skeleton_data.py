"""skeleton_data: the joints of each skeleton, at rest and now, in the world and in the image."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64

from engine.annotate.labelling import BACKGROUND, UNLABELLED, merge
from engine.annotate.output import Annotator, AnnotatorOutput
from engine.render.buffers import Aov, FrameBuffers
from engine.render.lenses import lens_of
from engine.stage.scene import Camera, SceneSnapshot, Skeleton
from engine.stage.skinning import rotations_of

NOWHERE = -1.0  # pixel coordinates of a joint that the lens does not image
VISIBLE, OUTSIDE, NOTHING = "None", "OUT_OF_VIEW", "None"
Record = dict[str, Any]
JOINT_ARRAYS = {
    "skeletonParents": ("skeleton_parents", np.int32, ()),
    "restGlobalTranslations": ("rest_global_translations", np.float32, (3,)),
    "restLocalTranslations": ("rest_local_translations", np.float32, (3,)),
    "restLocalRotations": ("rest_local_rotations", np.float32, (4,)),
    "globalTranslations": ("global_translations", np.float32, (3,)),
    "localRotations": ("local_rotations", np.float32, (4,)),
    "translations2d": ("translations_2d", np.float32, (2,)),
    "jointOcclusions": ("joint_occlusions", np.bool_, ()),
}
WORDS = {"skelName": "skel_name", "skelPath": "skel_path", "assetPath": "asset_path"}


def compute(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]) -> AnnotatorOutput:
    """Return what is known of every skeleton, the joints of all one after the other.

    Lists of text hold one entry a skeleton, that of joints as Python writes a list. Arrays hold the joints of all
    skeletons; the key with `Sizes` says how many belong to each. Translations are stage units, rotations w x y z,
    `translations2d` pixels (-1 where the lens does not image the joint). A joint is occluded where its pixel shows
    anything but the skeleton's own drawables; `occlusionTypes` names what: a label, UNLABELLED, BACKGROUND,
    OUT_OF_VIEW, or None where it is not. Source: Replicator documentation, skeleton_data (names and shapes).
    """
    found = [_record(skeleton, buffers, scene, camera) for skeleton in scene.skeletons]
    info: dict[str, Any] = {"numSkeletons": len(found), "animationVariant": [r["animation_variant"] for r in found]}
    for key, name in WORDS.items():
        info[key] = [record[name] for record in found]
    for key, (name, kind, shape) in JOINT_ARRAYS.items():
        rows: list[np.ndarray] = [np.asarray(record[name], kind).reshape(-1, *shape) for record in found]
        info[key] = np.concatenate([np.empty((0, *shape), kind), *rows])
        info[f"{key}Sizes"] = np.array([len(row) for row in rows], np.int32)
    info["skeletonJoints"] = [str(record["skeleton_joints"]) for record in found]
    info["occlusionTypes"] = [str(record["occlusion_types"]) for record in found]
    info["occlusionTypesSizes"] = np.array([len(record["occlusion_types"]) for record in found], np.int32)
    info["inView"] = np.array([record["in_view"] for record in found], np.bool_)
    info["skeletonData"] = json.dumps({f"skeleton_{number}": record for number, record in enumerate(found)})
    return AnnotatorOutput(None, info)


def _record(skeleton: Skeleton, buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera) -> Record:
    """Describe one skeleton in plain lists."""
    posed = positions(skeleton, skeleton.posed)
    pixels, valid = lens_of(camera).pixels(camera, _in_camera(posed, camera))
    pixels = np.where(valid[:, None], pixels, NOWHERE)
    size = np.array([camera.width, camera.height])
    inside = valid & (pixels >= 0).all(axis=1) & (pixels < size).all(axis=1)
    types = [
        _covered_by(skeleton, buffers, scene, xy) if seen else OUTSIDE for xy, seen in zip(pixels, inside, strict=True)
    ]
    unit = scene.meters_per_unit
    return {
        "skel_name": skeleton.prim_path.rpartition("/")[2],
        "skel_path": skeleton.prim_path,
        "asset_path": skeleton.asset_path or NOTHING,
        "animation_variant": skeleton.variant or NOTHING,
        "skeleton_parents": skeleton.parents.tolist(),
        "rest_global_translations": _floats(positions(skeleton, skeleton.rest) / unit),
        "rest_local_translations": _floats(skeleton.rest_local[:, :3, 3]),
        "rest_local_rotations": _floats(rotations_of(skeleton.rest_local)),
        "global_translations": _floats(posed / unit),
        "local_rotations": _floats(rotations_of(skeleton.local)),
        "translations_2d": _floats(pixels),
        "skeleton_joints": list(skeleton.joints),
        "joint_occlusions": [kind != VISIBLE for kind in types],
        "occlusion_types": types,
        "in_view": bool(inside.any()),
    }


def positions(skeleton: Skeleton, matrices: Float64[np.ndarray, "j 4 4"]) -> Float64[np.ndarray, "j 3"]:
    """Return where joints are in the world, metres.

    Args:
        skeleton: whose joints.
        matrices: joint to skeleton.
    """
    world = skeleton.world_from_skeleton
    return matrices[:, :3, 3] @ world[:3, :3].T + world[:3, 3]


def _in_camera(points: Float64[np.ndarray, "n 3"], camera: Camera) -> Float64[np.ndarray, "n 3"]:
    return points @ camera.camera_from_world[:3, :3].T + camera.camera_from_world[:3, 3]


def _covered_by(
    skeleton: Skeleton, buffers: FrameBuffers, scene: SceneSnapshot, pixel: Float64[np.ndarray, "2"]
) -> str:
    """Name what a pixel shows in front of a joint; "None" for the skeleton's own drawables."""
    column, row = np.floor(pixel).astype(int)
    number = int(buffers[Aov.INSTANCE][row, column])
    if number < 0:
        return BACKGROUND
    item = scene.instances[number]
    if item.prim_path in skeleton.drawn:
        return VISIBLE
    labels = merge([dict(prim.labels) for prim in item.labels])
    return labels.get("class") or next(iter(labels.values()), UNLABELLED)


def _floats(values: Float64[np.ndarray, "..."]) -> list[Any]:
    """Return numbers as lists, rounded to single precision as the arrays are."""
    rounded: Float32[np.ndarray, "..."] = values.astype(np.float32)
    return rounded.astype(np.float64).tolist()


ANNOTATORS = (
    Annotator(
        "skeleton_data",
        frozenset({Aov.INSTANCE}),
        compute,
        {"useSkelJoints": False},
        "Joints of every skeleton, at rest and now, in the world and in the image; a dictionary, see its keys.",
    ),
)
