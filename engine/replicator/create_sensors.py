"""rep.create.camera, stereo_camera, render_product and render_product_tiled."""

from __future__ import annotations

import importlib
from typing import Any

from pxr import Gf, Sdf, Usd, UsdGeom

from engine.graph.authoring import shared
from engine.graph.graph import current_stage
from engine.graph.node import resolve_paths
from engine.graph.pose import camera_prim
from engine.replicator import arguments as check
from engine.replicator import modify
from engine.replicator.placing import item_of, new_xforms, place
from engine.replicator.spelled import spelled_out
from engine.replicator.utils.items import ReplicatorWrapper

Z_UP_CAMERA = (90.0, 0.0, 90.0)
PROJECTIONS = (
    "pinhole",
    "pinholeOpenCV",
    "fisheyePolynomial",
    "fisheyeSpherical",
    "fisheyeKannalaBrandtK3",
    "fisheyeOpenCV",
    "fisheyeRadTanThinPrism",
    "omniDirectionalStereo",
    "generalizedProjection",
)
LENS = {
    "focal_length": ("focalLength", 24.0),
    "focus_distance": ("focusDistance", 400.0),
    "f_stop": ("fStop", 0.0),
    "horizontal_aperture": ("horizontalAperture", 20.955),
    "horizontal_aperture_offset": ("horizontalApertureOffset", 0.0),
    "vertical_aperture_offset": ("verticalApertureOffset", 0.0),
}
MODEL = {
    "fisheye_nominal_width": ("fthetaWidth", 1936.0),
    "fisheye_nominal_height": ("fthetaHeight", 1216.0),
    "fisheye_optical_centre_x": ("fthetaCx", 970.94244),
    "fisheye_optical_centre_y": ("fthetaCy", 600.37482),
    "openCV_focal_x": ("openCVFx", 731.78788),
    "openCV_focal_y": ("openCVFy", 731.78789),
    "fisheye_max_fov": ("fthetaMaxFov", 200.0),
    "fisheye_polynomial_a": ("fthetaPolyA", 0.0),
    "fisheye_polynomial_b": ("fthetaPolyB", 0.00245),
    "fisheye_polynomial_c": ("fthetaPolyC", 0.0),
    "fisheye_polynomial_d": ("fthetaPolyD", 0.0),
    "fisheye_polynomial_e": ("fthetaPolyE", 0.0),
    "fisheye_polynomial_f": ("fthetaPolyF", 0.0),
    "fisheye_p0": ("p0", -0.00037),
    "fisheye_p1": ("p1", -0.00074),
    "fisheye_s0": ("s0", -0.00058),
    "fisheye_s1": ("s1", -0.00022),
    "fisheye_s2": ("s2", 0.00019),
    "fisheye_s3": ("s3", -0.0002),
}
LENS_DEFAULTS = {name: default for name, (_, default) in LENS.items()}
MODEL_DEFAULTS = {name: default for name, (_, default) in MODEL.items()}


def projection_name(where: str, value: str) -> str:
    """Return a projection's USD name from that name or its snake_case.

    Raises:
        ValueError: if it is unknown.
    """
    folded = {name.lower(): name for name in PROJECTIONS}
    key = str(value).replace("_", "").lower()
    if key not in folded:
        raise check.fail(where, "projection_type", value, f"one of: {', '.join(PROJECTIONS)}")
    return folded[key]


def _author_lens(where: str, prims: list[Usd.Prim], options: dict[str, Any]) -> None:
    """Write constant optics, schedule actions for those that are distributions."""
    table = {**LENS, **MODEL}
    unknown = sorted(set(options) - set(table))
    if unknown:
        known = ", ".join(table)
        raise TypeError(f"{where}: unknown argument {unknown[0]}={options[unknown[0]]!r}; expected one of: {known}")
    for key, (attribute, default) in table.items():
        value = check.vector(where, key, options.get(key, default), (1,))
        for prim in prims:
            target = prim.CreateAttribute(attribute, Sdf.ValueTypeNames.Float, key in MODEL)
            if not check.is_item(value):
                target.Set(float(value))
        if check.is_item(value):
            modify.attribute(attribute, value, input_prims=[str(prim.GetPath()) for prim in prims])


def _define_camera(path: str, projection: str, clipping_range: Any) -> Usd.Prim:
    stage = current_stage()
    prim = shared().define_camera(stage, path)
    camera_schema = UsdGeom.Camera(prim)
    camera_schema.CreateClippingRangeAttr(Gf.Vec2f(*[float(v) for v in clipping_range]))
    prim.CreateAttribute("cameraProjectionType", Sdf.ValueTypeNames.Token, False).Set(projection)
    if UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.z:
        xform = UsdGeom.Xformable(prim)
        xform.ClearXformOpOrder()
        xform.AddRotateXYZOp().Set(Gf.Vec3f(*Z_UP_CAMERA))
    return prim


@ReplicatorWrapper
@spelled_out(projection_type=MODEL_DEFAULTS)
def camera(
    position: Any = None,
    rotation: Any = None,
    look_at: Any = None,
    look_at_up_axis: Any = None,
    focal_length: Any = 24.0,
    focus_distance: Any = 400.0,
    f_stop: Any = 0.0,
    horizontal_aperture: Any = 20.955,
    horizontal_aperture_offset: Any = 0.0,
    vertical_aperture_offset: Any = 0.0,
    clipping_range: Any = (1.0, 1000000.0),
    projection_type: str = "pinhole",
    cross_camera_reference_name: str | None = None,
    count: int = 1,
    parent: Any = None,
    name: str | None = None,
    tick_rate: float = 0.0,
    **model: Any,
) -> Any:
    """Create cameras, each below an Xform; on a Z-up stage the inner camera is turned to look along -X.

    Args:
        position, rotation, look_at, look_at_up_axis: as for `rep.modify.pose`.
        focal_length, horizontal_aperture, horizontal_aperture_offset, vertical_aperture_offset: tenths of stage units.
        focus_distance: stage units.
        f_stop: 0 switches depth of field off.
        clipping_range: near and far, stage units.
        projection_type: lens model.
        cross_camera_reference_name: name shared by the cameras of one rig.
        count: cameras to make.
        parent: prim to make them under.
        name: name of the cameras.
        tick_rate: accepted; a camera here captures every frame that is asked for.
        **model: parameters of the lens model (`fisheye_...`, `openCV_...`).
    """
    where = "create.camera"
    near_far = check.vector(where, "clipping_range", clipping_range, (2,))
    projection = projection_name(where, projection_type)
    title = name or "Camera"
    xforms = new_xforms(where, f"{title}_Xform", count, parent)
    cameras = [_define_camera(f"{x.GetPath()}/{title}", projection, near_far) for x in xforms]
    lens = {"focal_length": focal_length, "focus_distance": focus_distance, "f_stop": f_stop}
    lens |= {"horizontal_aperture": horizontal_aperture, "horizontal_aperture_offset": horizontal_aperture_offset}
    _author_lens(where, cameras, {**lens, "vertical_aperture_offset": vertical_aperture_offset, **model})
    for prim in cameras if cross_camera_reference_name else ():
        attribute = prim.CreateAttribute("crossCameraReferenceName", Sdf.ValueTypeNames.String, False)
        attribute.Set(str(cross_camera_reference_name))
    place(where, xforms, position=position, rotation=rotation, look_at=look_at, look_at_up_axis=look_at_up_axis)
    return item_of(xforms)


@ReplicatorWrapper
@spelled_out(look_at_up_axis=LENS_DEFAULTS, projection_type=MODEL_DEFAULTS)
def stereo_camera(
    stereo_baseline: float,
    position: Any = None,
    rotation: Any = None,
    look_at: Any = None,
    look_at_up_axis: Any = None,
    clipping_range: Any = (1.0, 1000000.0),
    projection_type: str = "pinhole",
    count: int = 1,
    parent: Any = None,
    name: str | None = None,
    **optics: Any,
) -> Any:
    """Create pairs of cameras side by side (other arguments as for `camera`).

    Args:
        stereo_baseline: distance between the two cameras, stage units.
    """
    where = "create.stereo_camera"
    baseline = float(number_above_zero(where, "stereo_baseline", stereo_baseline))
    near_far = check.vector(where, "clipping_range", clipping_range, (2,))
    projection = projection_name(where, projection_type)
    xforms = new_xforms(where, name or "StereoCam", count, parent)
    z_up = UsdGeom.GetStageUpAxis(current_stage()) == UsdGeom.Tokens.z
    cameras = []
    for rig in xforms:
        for side, sign in (("L", -1.0), ("R", 1.0)):
            prim = _define_camera(f"{rig.GetPath()}/{rig.GetName()}_{side}", projection, near_far)
            offset = (0.0, sign * baseline / 2, 0.0) if z_up else (sign * baseline / 2, 0.0, 0.0)
            xform = UsdGeom.Xformable(prim)
            ops = xform.GetOrderedXformOps()
            move = xform.AddTranslateOp()
            move.Set(Gf.Vec3d(*offset))
            xform.SetXformOpOrder([move, *[op for op in ops if op.GetOpName() != move.GetOpName()]])
            cameras.append(prim)
    _author_lens(where, cameras, optics)
    place(where, xforms, position=position, rotation=rotation, look_at=look_at, look_at_up_axis=look_at_up_axis)
    return item_of(xforms)


def number_above_zero(where: str, argument: str, value: Any) -> Any:
    """Check a number above 0."""
    if check.number(where, argument, value, 0) == 0:
        raise check.fail(where, argument, value, "a number above 0")
    return value


def render_product(
    camera: Any, resolution: Any, force_new: bool = False, name: Any = None, render_vars: list[str] | None = None
) -> Any:
    """Create a render product for a camera, or a list of them for several cameras.

    Args:
        camera: camera item, prim, path, or a list of these; an Xform stands for the camera below it.
        resolution: (width, height), pixels.
        force_new: make another product even if this camera has one of this size.
        name: name of the product, or one a camera.
        render_vars: render variables to declare.

    Raises:
        ValueError: if the camera or resolution makes no sense.
    """
    where = "create.render_product"
    size = check.vector(where, "resolution", resolution, (2,))
    if size is None or (size < 1).any():
        raise check.fail(where, "resolution", resolution, "(width, height), at least 1 pixel each")
    width, height = (int(v) for v in size)
    cameras = [path for source in _as_list(camera) for path in _camera_paths(where, source)]
    if not cameras:
        raise check.fail(where, "camera", camera, "a camera item, prim or path")
    names = list(name) if isinstance(name, list | tuple) else [name or _stereo_name(path) for path in cameras]
    if len(names) != len(cameras):
        raise check.fail(where, "name", name, f"one name, or {len(cameras)} names")
    manager = importlib.import_module("engine.replicator.viewport_manager")
    products = [
        manager.create_render_product(path, (width, height), force_new, label, render_vars)
        for path, label in zip(cameras, names, strict=True)
    ]
    return products if isinstance(camera, list | tuple) or len(products) > 1 else products[0]


def render_product_tiled(cameras: Any, tile_resolution: Any, force_new: bool = False, name: str | None = None) -> Any:
    """Create one render product that shows several cameras, row by row, in one image.

    Args:
        cameras: camera items, prims or paths; an Xform stands for the camera below it.
        tile_resolution: (width, height) of one camera's part, pixels.
        force_new: make another product even if these cameras have one of this size.
        name: name of the product.

    Raises:
        ValueError: if a camera or the resolution makes no sense.
    """
    where = "create.render_product_tiled"
    size = check.vector(where, "tile_resolution", tile_resolution, (2,))
    if size is None or (size < 1).any():
        raise check.fail(where, "tile_resolution", tile_resolution, "(width, height), at least 1 pixel each")
    found = [path for source in _as_list(cameras) for path in _camera_paths(where, source)]
    if not found:
        raise check.fail(where, "cameras", cameras, "camera items, prims or paths")
    manager = importlib.import_module("engine.replicator.viewport_manager")
    return manager.create_render_product_tiled(found, (int(size[0]), int(size[1])), force_new, name)


def _stereo_name(path: str) -> str | None:
    """Name the products of a stereo pair by side; others are named by default."""
    rig, _, camera_name = path.rpartition("/")
    side = camera_name.removeprefix(rig.rsplit("/", 1)[-1])
    return f"Replicator{side}" if side in ("_L", "_R") else None


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _camera_paths(where: str, source: Any) -> list[str]:
    stage, found = current_stage(), []
    for path in resolve_paths(check.source(source)):
        prim = stage.GetPrimAtPath(path) if path.startswith("/") else None
        if not prim:
            raise check.fail(where, "camera", source, f"a camera on the stage; there is no prim at '{path}'")
        rig = [child for child in prim.GetChildren() if child.IsA(UsdGeom.Camera)]
        found += [str(c.GetPath()) for c in rig] if len(rig) > 1 else [str(camera_prim(prim).GetPath())]
    return found
