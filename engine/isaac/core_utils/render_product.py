"""isaacsim.core.utils.render_product: camera and resolution of a render product prim."""

from __future__ import annotations

from typing import Any

from pxr import Gf, Sdf, Usd, UsdRender

from .stage import get_current_stage


def _product(render_product_path: str) -> UsdRender.Product:
    product = UsdRender.Product(get_current_stage().GetPrimAtPath(str(render_product_path)))
    if not product:
        raise RuntimeError(f"no render product at '{render_product_path}'; expected the path of a RenderProduct prim")
    return product


def create_hydra_texture(resolution: tuple[int, int], camera_prim_path: str) -> tuple[Any, str]:
    """Return a new render product and its path."""
    from ...replicator.create_sensors import render_product

    product = render_product(camera_prim_path, resolution=resolution, force_new=True)
    return product, product.path


def add_aov(render_product_path: str, aov_name: str) -> None:
    """Accept: annotators attached to a render product ask for what they need."""
    _product(render_product_path)


def get_camera_prim_path(render_product_path: str) -> str:
    """Return the camera of a render product."""
    return str(_product(render_product_path).GetCameraRel().GetTargets()[0])


def set_camera_prim_path(render_product_path: str, camera_prim_path: str) -> None:
    """Set the camera of a render product."""
    product = _product(render_product_path)
    with Usd.EditContext(get_current_stage(), get_current_stage().GetSessionLayer()):
        product.GetCameraRel().SetTargets([Sdf.Path(str(camera_prim_path))])


def get_resolution(render_product_path: str) -> Gf.Vec2i:
    """Return (width, height) of a render product, pixels."""
    return _product(render_product_path).GetResolutionAttr().Get()


def set_resolution(render_product_path: str, resolution: tuple[int, int]) -> None:
    """Set (width, height) of a render product, pixels."""
    product = _product(render_product_path)
    with Usd.EditContext(get_current_stage(), get_current_stage().GetSessionLayer()):
        product.GetResolutionAttr().Set(Gf.Vec2i(int(resolution[0]), int(resolution[1])))
