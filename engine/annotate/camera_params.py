"""camera_params: the camera in Replicator's words and matrices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float64

from engine.annotate.output import Annotator, AnnotatorOutput
from engine.render.buffers import FrameBuffers
from engine.render.lenses import POLYNOMIAL
from engine.stage.scene import Camera, Matrix, SceneSnapshot

NAMES = ("openCV", "cameraOpenCV")  # core 1.12.25 names them the first way, Isaac Sim 6 writers read the second
THIN_PRISM = ("s0", "s1", "s2", "s3")


def row_projection(camera: Camera, unit: float) -> Matrix:
    """Return the camera-to-clip matrix for row vectors, depth reversed: near at 1, far at 0.

    Args:
        camera: whose fx, fy, cx, cy (pixels) count; a lens model of its own does not.
        unit: metres in the unit of the points.

    Source: recorded output of Isaac Sim 6.2 (PoseWriter golden data).
    """
    result, near, far = np.zeros((4, 4)), camera.near / unit, camera.far / unit
    shift_x, shift_y = 1 - 2 * camera.cx / camera.width, 2 * camera.cy / camera.height - 1
    if camera.orthographic:
        result[0, 0], result[1, 1] = 2 * unit / camera.ortho_size[0], 2 * unit / camera.ortho_size[1]
        result[2, 2], result[3, 2] = 1 / (far - near), far / (far - near)
        result[3, :2], result[3, 3] = (-shift_x, -shift_y), 1
        return result
    result[0, 0], result[1, 1] = 2 * camera.fx / camera.width, 2 * camera.fy / camera.height
    result[2, :2] = shift_x, shift_y
    result[2, 2], result[2, 3], result[3, 2] = near / (far - near), -1, near * far / (far - near)
    return result


def row_view(camera: Camera, meters_per_unit: float) -> Matrix:
    """Return the world-to-camera matrix for row vectors, stage units."""
    matrix = camera.camera_from_world.copy()
    matrix[:3, 3] /= meters_per_unit
    return matrix.T


def compute(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]) -> AnnotatorOutput:
    """Return a dict of the camera: stage units, matrices flattened for row vectors."""
    raw, unit = camera.attributes, scene.meters_per_unit
    aperture = float(raw.get("horizontalAperture", 20.955))
    focal = float(raw.get("focalLength", camera.fx * aperture / camera.width))
    info: dict[str, Any] = {
        "cameraAperture": _floats(aperture, raw.get("verticalAperture", 15.2908)),
        "cameraApertureOffset": _floats(
            raw.get("horizontalApertureOffset", 0.0), raw.get("verticalApertureOffset", 0.0)
        ),
        "cameraFStop": float(raw.get("fStop", camera.f_stop)),
        "cameraFocalLength": focal,
        "cameraFocusDistance": float(raw.get("focusDistance", camera.focus_distance / unit)),
        "cameraModel": str(camera.model),
        "cameraNearFar": _floats(camera.near / unit, camera.far / unit),
        "cameraProjection": _flat(row_projection(camera, unit)),
        "cameraViewTransform": _flat(row_view(camera, unit)),
        "metersPerSceneUnit": float(unit),
        "renderProductResolution": np.array([camera.width, camera.height], np.int32),
        **_lens(raw),
    }
    return AnnotatorOutput(None, dict(sorted(info.items())))


def _lens(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what describes lenses that are not pinholes; zeros where the prim says nothing."""
    return {
        "cameraFisheyeLensP": _floats(raw.get("p0", 0.0), raw.get("p1", 0.0)),
        "cameraFisheyeLensS": _floats(*(raw.get(name, 0.0) for name in THIN_PRISM)),
        "cameraFisheyeMaxFOV": float(raw.get("fthetaMaxFov", 0.0)),
        "cameraFisheyeNominalHeight": int(raw.get("fthetaHeight", 0)),
        "cameraFisheyeNominalWidth": int(raw.get("fthetaWidth", 0)),
        "cameraFisheyeOpticalCentre": _floats(raw.get("fthetaCx", 0.0), raw.get("fthetaCy", 0.0)),
        "cameraFisheyePolynomial": _floats(*(raw.get(name, 0.0) for name in POLYNOMIAL)),
        **{f"{prefix}{axis}": float(raw.get(f"openCV{axis}", 0.0)) for prefix in NAMES for axis in ("Fx", "Fy")},
    }


def _floats(*values: Any) -> np.ndarray:
    return np.array([float(value or 0.0) for value in values], np.float32)


def _flat(matrix: Float64[np.ndarray, "4 4"]) -> np.ndarray:
    return matrix.astype(np.float32).ravel()


ANNOTATORS = tuple(
    Annotator(name, frozenset(), compute, documentation="The camera: lens, matrices for row vectors, resolution.")
    for name in ("camera_params", "CameraParams")
)
