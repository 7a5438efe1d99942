"""The scene as numbers: what `engine/stage` reads from USD and everything below it works from.

Frames and units: world space is metres, right handed, in the stage's own up axis. Matrices act on column vectors and
are named `world_from_local`. `Mesh` arrays stay in the prim's local stage units; `world_from_local` takes them to
world metres (it contains metersPerUnit). Angles are radians.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from jaxtyping import Float, Float32, Float64, Int32

from engine.stage.band_data import NO_SURFACES, Band, BandLight, Surfaces, Warmth
from engine.stage.skeleton import Skeleton

Matrix = Float64[np.ndarray, "4 4"]
Rgb = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles in local stage units.

    Attributes:
        key: equal keys mean equal content; renderers cache by it.
        points: (n, 3) vertices, local stage units.
        triangles: (m, 3) indices into points, counter-clockwise seen from outside (right handed).
        corner_normals: (m, 3, 3) unit shading normals per triangle corner, local; None means flat.
        corner_uvs: (m, 3, 2) texture coordinates per corner, USD's convention (v up); None where there are none.
        corner_colors: (m, 3, 3) linear displayColor per corner where it varies; None otherwise.
        double_sided: back faces are shaded like front faces.
    """

    key: str
    points: Float32[np.ndarray, "n 3"]
    triangles: Int32[np.ndarray, "m 3"]
    corner_normals: Float32[np.ndarray, "m 3 3"] | None = None
    corner_uvs: Float32[np.ndarray, "m 3 2"] | None = None
    corner_colors: Float32[np.ndarray, "m 3 3"] | None = None
    double_sided: bool = False

    @cached_property
    def extent(self) -> Float32[np.ndarray, "2 3"]:
        """Lower and upper corner of the points, local stage units."""
        return np.stack([self.points.min(axis=0), self.points.max(axis=0)])


@dataclass(frozen=True)
class Texture:
    """An image file as a material or light input.

    Attributes:
        path: absolute path of an image file readable by OpenCV.
        color_space: "sRGB" (decode to linear), "raw" (data), or "auto" (8-bit RGB is sRGB, everything else raw).
        channel: "rgb", "r", "g", "b" or "a".
        scale, bias: value = texel * scale + bias.
        wrap: (u, v), each "repeat", "mirror", "clamp" or "black".
        uv_scale, uv_rotation, uv_translation: st' = rotate(st * scale) + translation; rotation in radians.
        project_size: None uses the mesh's UVs; a number projects from world/object space (OmniPBR project_uvw),
            metres a tile.
    """

    path: str
    color_space: Literal["sRGB", "raw", "auto"] = "auto"
    channel: str = "rgb"
    scale: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    bias: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    wrap: tuple[str, str] = ("repeat", "repeat")
    uv_scale: tuple[float, float] = (1.0, 1.0)
    uv_rotation: float = 0.0
    uv_translation: tuple[float, float] = (0.0, 0.0)
    project_size: float | None = None


ColorInput = Rgb | Texture
ScalarInput = float | Texture


@dataclass(frozen=True)
class Material:
    """A surface, in the parameters UsdPreviewSurface and OmniPBR share. Hashable: equal materials are one material.

    Attributes:
        path: material prim path, "" for the default material.
        model: where the parameters came from; renderers may give each its own lobes.
        base_color: linear RGB or texture; None uses displayColor, or default grey where there is none.
        emission: linear emitted radiance, W/(m^2 sr) relative units, already multiplied by intensity.
        opacity_threshold: 0 blends; above 0 the surface is cut out where opacity is below it.
        normal_map: tangent-space normal texture; texel * scale + bias is the normal stored as 0..1, so the normal is
            twice that minus 1. Maps used as they are have scale 1 and bias 0.
        attributes: what the fields above cannot say, e.g. ("transmission", 1.0) for glass.
    """

    path: str = ""
    model: Literal["default", "preview_surface", "omni_pbr"] = "default"
    base_color: ColorInput | None = None
    roughness: ScalarInput = 0.5
    metallic: ScalarInput = 0.0
    specular: ScalarInput = 0.5
    ior: float = 1.5
    opacity: ScalarInput = 1.0
    opacity_threshold: float = 0.0
    emission: ColorInput | None = None
    normal_map: Texture | None = None
    clearcoat: float = 0.0
    clearcoat_roughness: float = 0.01
    attributes: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, eq=False)
class LabelledPrim:
    """A prim that carries semantic labels itself.

    Attributes:
        path: prim path.
        labels: type to labels, in authored order, e.g. {"class": ("cow", "animal")}.
        world_from_local: local stage units to world metres.
    """

    path: str
    labels: Mapping[str, tuple[str, ...]]
    world_from_local: Matrix


@dataclass(frozen=True, eq=False)
class Instance:
    """One drawable: a mesh with one material at one place.

    A UsdGeomMesh with material GeomSubsets becomes one Instance a subset (same `prim_path`, own `subset_path`).

    Attributes:
        prim_path: leaf gprim path (what instance_id_segmentation reports); unique per instance-proxy or point instance.
        subset_path: GeomSubset path or "".
        labels: the labelled prims that cover this drawable, nearest first (itself, then ancestors).
        world_from_local, previous_world_from_local: local stage units to world metres, now and at the last captured
            frame.
        display_color: constant linear displayColor or None.
        purpose: always "default" or "render" here; guide and proxy never arrive.
        primary_visible: seen by the camera directly.
        surfaces: how it behaves beyond the visible, by band.
        warmth: its temperature; None on stages without bands.
        previous_mesh: its shape at the last captured frame, with the same triangles, where it was another one; None
            where it keeps its shape.
    """

    prim_path: str
    mesh: Mesh
    material: Material
    world_from_local: Matrix
    previous_world_from_local: Matrix
    labels: tuple[LabelledPrim, ...] = ()
    subset_path: str = ""
    display_color: Rgb | None = None
    primary_visible: bool = True
    surfaces: Surfaces = field(default_factory=lambda: NO_SURFACES)
    warmth: Warmth | None = None
    previous_mesh: Mesh | None = None


@dataclass(frozen=True, eq=False)
class Light:
    """A UsdLux light, its units as authored except where said.

    Attributes:
        color: linear RGB, colour temperature included (normalised as UsdLux blackbody).
        intensity: intensity * 2**exposure.
        normalize: UsdLux `normalize`.
        radius, width, height, length: local stage units (world_from_light scales them).
        angle: angular diameter of a distant light, radians.
        cone_angle: half angle of shaping, radians; pi means unshaped.
        texture: image of a dome or rect light.
        texture_format: "latlong", "angular", "mirroredBall", "cubeMapVerticalCross" or "automatic".
        camera_visible: the light's shape is seen by the camera (False for all but dome, as in RTX).
        pointlike: a hint that a sphere light may be drawn as a point or a cylinder light as a line (treatAsPoint,
            treatAsLine); its power is still that of its radius.
        bands: what it radiates beyond the visible, by band; a light that has some and no intensity is unseen by colour.
    """

    prim_path: str
    kind: Literal["distant", "dome", "sphere", "rect", "disk", "cylinder"]
    world_from_light: Matrix
    color: Rgb = (1.0, 1.0, 1.0)
    intensity: float = 1.0
    normalize: bool = False
    diffuse: float = 1.0
    specular: float = 1.0
    radius: float = 0.5
    width: float = 1.0
    height: float = 1.0
    length: float = 1.0
    angle: float = 0.0
    cone_angle: float = float(np.pi)
    cone_softness: float = 0.0
    focus: float = 0.0
    texture: Texture | None = None
    texture_format: str = "automatic"
    camera_visible: bool = False
    pointlike: bool = False
    bands: Mapping[str, BandLight] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Camera:
    """A camera at one image size. It looks along -Z with +Y up in its own frame.

    Attributes:
        width, height: image size in pixels; pixel (0, 0) is top left and its centre is (0.5, 0.5).
        world_from_camera, previous_world_from_camera: rigid, metres.
        fx, fy: focal length in pixels (equal: pixels are square, fx = focalLength * width / horizontalAperture).
        cx, cy: principal point in pixels, aperture offsets included.
        near, far: clipping range, metres.
        f_stop: 0 means no depth of field.
        focus_distance: metres.
        focal_length: metres (real lens, for depth of field).
        model: cameraProjectionType or lens-distortion model as Replicator names it ("pinhole", "fisheyePolynomial",
            ...).
        orthographic: UsdGeom projection token is orthographic; then `ortho_size` is (width, height) in metres.
        attributes: raw USD values for `camera_params` and lens models (focalLength, horizontalAperture, fthetaPolyA,
            ...).
    """

    prim_path: str
    width: int
    height: int
    world_from_camera: Matrix
    previous_world_from_camera: Matrix
    fx: float
    fy: float
    cx: float
    cy: float
    near: float
    far: float
    f_stop: float = 0.0
    focus_distance: float = 0.0
    focal_length: float = 0.0
    model: str = "pinhole"
    orthographic: bool = False
    ortho_size: tuple[float, float] = (0.0, 0.0)
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def camera_from_world(self) -> Matrix:
        """World metres to camera metres (rigid inverse)."""
        return np.linalg.inv(self.world_from_camera)


@dataclass(frozen=True, eq=False)
class SceneSnapshot:
    """Everything a renderer or annotator may know about the stage at one time.

    Attributes:
        instances: drawables in stage traversal order; buffers refer to them by index.
        labelled: every labelled prim in traversal order, whether or not it draws anything.
        meters_per_unit: metres in one stage unit.
        up_axis: "Y" or "Z".
        time: seconds on the timeline.
        bands: bands of radiation beyond the visible, in order of name.
        skeletons: visible skeletons, in order of traversal of what they move.
    """

    instances: tuple[Instance, ...]
    lights: tuple[Light, ...] = ()
    labelled: tuple[LabelledPrim, ...] = ()
    meters_per_unit: float = 1.0
    up_axis: Literal["Y", "Z"] = "Z"
    time: float = 0.0
    bands: tuple[Band, ...] = ()
    skeletons: tuple[Skeleton, ...] = ()


__all__ = [
    "Band",
    "BandLight",
    "Camera",
    "ColorInput",
    "Float",
    "Instance",
    "LabelledPrim",
    "Light",
    "Material",
    "Matrix",
    "Mesh",
    "Rgb",
    "ScalarInput",
    "SceneSnapshot",
    "Skeleton",
    "Surfaces",
    "Texture",
    "Warmth",
]
