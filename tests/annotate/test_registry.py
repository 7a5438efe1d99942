"""Every annotator is found, and every one has Replicator's shape and type, on empty stages too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import engine.annotate
from engine.annotate.bounding_box_2d import BOX_2D
from engine.annotate.bounding_box_3d import BOX_3D
from engine.annotate.occlusion import OCCLUSION
from engine.annotate.output import Annotator, AnnotatorOutput
from engine.annotate.registry import add, annotator_names, annotators, get_annotator
from engine.render.buffers import Aov
from tests.annotate.building import annotate, box, camera, moved, scene, thing

W, H = 32, 24
IMAGE = {"rgb": ("u1", 4), "LdrColor": ("u1", 4), "HdrColor": ("f2", 4), "normals": ("f4", 4), "SmoothNormal": ("f4", 4),
         "motion_vectors": ("f4", 4), "MotionVectors": ("f4", 4), "Motion2d": ("f4", 4), "DiffuseAlbedo": ("u1", 4),
         "PtWorldNormal": ("f2", 4), "PtWorldPos": ("f2", 4), "PtZDepth": ("f2", 4), "PtBackground": ("f2", 4),
         "PtSelfIllumination": ("f2", 4), "PtDiffuseFilter": ("f2", 4), "SpecularAlbedo": ("f2", 4),
         "Roughness": ("u1", 4), "EmissionAndForegroundMask": ("f2", 1), "BumpNormal": ("f4", 4),
         "distance_to_camera": ("f4", 0), "distance_to_image_plane": ("f4", 0), "DepthLinearized": ("f4", 0),
         "shaded_semantic_segmentation": ("u1", 3), "shaded_instance_segmentation": ("u1", 3),
         "shaded_instance_id_segmentation": ("u1", 3), "Reflections": ("f4", 4),
         **dict.fromkeys(("DirectDiffuse", "IndirectDiffuse", "DirectSpecular", "AmbientOcclusion"), ("f2", 4)),
         **{f"Pt{name}": ("f2", 4) for name in (
             "DirectIllumation", "GlobalIllumination", "Reflections", "ReflectionFilter", "Refractions",
             "RefractionFilter", "Volumes", *(f"MultiMatte{n}" for n in range(8)))}}  # fmt: skip
MASKS = [f"{n}{f}" for n in ("instance_segmentation", "instance_id_segmentation") for f in ("", "_fast")] + [
    "semantic_segmentation"
]
BOXES = {f"bounding_box_2d_{k}{f}": BOX_2D for k in ("tight", "loose") for f in ("", "_fast")} | {
    f"bounding_box_3d{f}": BOX_3D for f in ("", "_fast", "_360")
}
BANDS = ["band_radiance", "band_emissivity", "band_transmission", "surface_temperature"]  # tests/bands
OTHER = ["occlusion", "Occlusion", "camera_params", "CameraParams", "pointcloud", "skeleton_data"]
SCENES = {"empty": scene(), "unlabelled": scene(thing("/a", box(), moved(z=-3)), thing("/b", box(), moved(x=1, z=-3)))}


def test_every_annotator_is_listed_here() -> None:
    assert set(annotator_names()) == {*IMAGE, *MASKS, *BOXES, *BANDS, *OTHER}


def test_structured_types_field_by_field() -> None:
    ends = [(f"{a}_{e}", "<i4") for e in ("min", "max") for a in "xy"]
    assert BOX_2D.descr == [("semanticId", "<u4"), *ends, ("occlusionRatio", "<f4")]
    ends = [(f"{a}_{e}", "<f4") for e in ("min", "max") for a in "xyz"]
    assert BOX_3D.descr == [("semanticId", "<u4"), *ends, ("transform", "<f4", (4, 4)), ("occlusionRatio", "<f4")]
    assert OCCLUSION.descr == [("instanceId", "<u4"), ("semanticId", "<u4"), ("occlusionRatio", "<f4")]


@pytest.mark.parametrize("stage", SCENES)
def test_stages_without_labels(stage: str) -> None:
    view = camera(size=(W, H), focal=30)
    for name, (kind, channels) in IMAGE.items():
        data = annotate(name, SCENES[stage], view).data
        assert data is not None and data.dtype == kind and data.shape == ((H, W, channels) if channels else (H, W)), (
            name
        )
    for name in MASKS:
        out = annotate(name, SCENES[stage], view)
        assert out.data is not None and (out.data.dtype, out.data.shape) == (np.uint32, (H, W))
        if "instance_id" not in name:  # drawn prims are told apart whether or not they have labels
            assert set(np.unique(out.data)) <= {0, 1} and len(out.info["idToLabels"]) == 2
        coloured = annotate(name, SCENES[stage], view, colorize=True)
        assert coloured.data is not None and (coloured.data.dtype, coloured.data.shape) == (np.uint8, (H, W, 4))
    for name, kind in {**BOXES, "occlusion": OCCLUSION}.items():
        out = annotate(name, SCENES[stage], view)
        assert out.data is not None and (out.data.dtype, out.data.shape) == (kind, (0,))
    assert annotate("bounding_box_3d", SCENES[stage], view).info["primPaths"] == []
    cloud = annotate("pointcloud", SCENES[stage], view)
    shapes = {key: value.shape for key, value in cloud.info.items()}
    assert cloud.data is not None and (cloud.data.dtype, cloud.data.shape) == (np.float32, (0, 3))
    assert shapes == {"pointRgb": (0, 4), "pointNormals": (0, 4), "pointSemantic": (0,), "pointInstance": (0,)}


def test_buffers_are_declared_and_texts_written() -> None:
    for name, annotator in annotators().items():
        assert annotator.name == name and annotator.documentation and annotator.aovs <= frozenset(Aov)
    assert get_annotator("camera_params").aovs == frozenset()
    assert get_annotator("occlusion").aovs == {Aov.INSTANCE, Aov.HIDDEN}


def test_only_pictures_and_points_need_colour() -> None:
    coloured = {name for name, a in annotators().items() if a.aovs & {Aov.COLOR, Aov.RADIANCE}}
    assert coloured == {"rgb", "LdrColor", "HdrColor", "pointcloud"}


def test_unknown_and_repeated_names_are_told() -> None:
    with pytest.raises(
        KeyError, match=r"annotator 'depth' is unknown; expected one of: AmbientOcclusion, BumpNormal, CameraParams, "
    ):
        get_annotator("depth")
    twin = Annotator("rgb", frozenset(), lambda *_: AnnotatorOutput())
    found = {"rgb": ("colour", twin)}
    with pytest.raises(
        ValueError, match=r"'rgb' is in engine/annotate/colour.py and in engine/annotate/new.py; expected"
    ):
        add(found, "new", twin)


def test_annotators_open_no_files() -> None:
    folder = Path(engine.annotate.__file__).parent
    assert [p.name for p in folder.glob("*.py") if "open(" in p.read_text()] == []
