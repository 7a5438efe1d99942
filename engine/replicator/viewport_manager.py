"""Render products: a camera at an image size, authored as RenderProduct prims under /Render.

`create_render_product` is what `rep.create.render_product` calls; `rep.vp_manager` is this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pxr import Gf, Sdf, Usd, UsdGeom

from engine.carb.settings import get_settings
from engine.graph.graph import current_stage
from engine.replicator.missing import refuse
from engine.usd_context import get_context

PREFIX_SETTING = "/exts/omni.kit.hydra_texture/renderProduct/path/prefix"
DEFAULT_PREFIX = "OmniverseKit/HydraTextures/"  # validation.py of isaacsim.benchmark.services looks there
DEFAULT_NAME = "Replicator"
get_settings().set_default(PREFIX_SETTING, DEFAULT_PREFIX)  # scripts take names out of paths by it


class HydraTextureInterface:
    """What `HydraTexture.hydra_texture` answers."""

    def __init__(self, product: HydraTexture) -> None:
        self._product = product
        self._enabled = True

    @property
    def width(self) -> int:
        """Image width, pixels."""
        return self._product.resolution[0]

    @width.setter
    def width(self, value: int) -> None:
        self._product.set_resolution((int(value), self.height))

    @property
    def height(self) -> int:
        """Image height, pixels."""
        return self._product.resolution[1]

    @height.setter
    def height(self, value: int) -> None:
        self._product.set_resolution((self.width, int(value)))

    @property
    def updates_enabled(self) -> bool:
        """True when captures render this product."""
        return self._enabled

    @updates_enabled.setter
    def updates_enabled(self, enabled: bool) -> None:
        self._enabled = bool(enabled)

    def set_updates_enabled(self, enabled: bool = True) -> None:
        """Choose whether captures render this product."""
        self._enabled = bool(enabled)

    def get_updates_enabled(self) -> bool:
        """Tell whether captures render this product."""
        return self._enabled

    def get_render_product_path(self) -> str:
        """Return the path of the RenderProduct prim."""
        return self._product.path

    def get_camera_path(self) -> str:
        """Return the camera's prim path."""
        return self._product.camera_path

    def set_camera_path(self, path: str) -> None:
        """Look through another camera."""
        self._product.set_camera(str(path))


class HydraTexture:
    """A render product.

    Attributes:
        path: prim path, e.g. "/Render/OmniverseKit/HydraTextures/Replicator".
        name: the last part of the path without a prefix; the key in writer payloads and folder names.
        tile: (width, height) of one camera's part of a tiled product, pixels; None for the product of one camera.
        hydra_texture: switch, size and camera as Kit's interface names them.
    """

    def __init__(self, path: str, name: str, tile: tuple[int, int] | None = None) -> None:
        self.path = path
        self.name = name
        self.tile = tile
        self.hydra_texture = HydraTextureInterface(self)

    def __str__(self) -> str:
        return self.path

    def __repr__(self) -> str:
        return f"HydraTexture('{self.path}')"

    @property
    def prim(self) -> Usd.Prim:
        """The RenderProduct prim."""
        return current_stage().GetPrimAtPath(self.path)

    @property
    def camera_path(self) -> str:
        """Path of the camera, "" where the relationship is empty."""
        return next(iter(self.camera_paths), "")

    @property
    def camera_paths(self) -> list[str]:
        """Paths of all cameras: several where the product is tiled."""
        return [str(path) for path in self.prim.GetRelationship("camera").GetTargets()]

    @property
    def resolution(self) -> tuple[int, int]:
        """Width and height, pixels."""
        width, height = self.prim.GetAttribute("resolution").Get()
        return int(width), int(height)

    def set_camera(self, path: str) -> None:
        """Look through another camera."""
        with _session():
            self.prim.GetRelationship("camera").SetTargets([Sdf.Path(path)])

    def set_resolution(self, resolution: tuple[int, int]) -> None:
        """Change the image size, pixels."""
        with _session():
            self.prim.GetAttribute("resolution").Set(Gf.Vec2i(*resolution))

    @property
    def enabled(self) -> bool:
        """True when captures render this product: it is switched on and its prim is there."""
        return self.hydra_texture.updates_enabled and bool(self.prim)

    def destroy(self) -> None:
        """Switch the product off and remove its prim from every layer."""
        self.hydra_texture.set_updates_enabled(False)
        if _products.pop(self.path, None) is None:
            return
        for callback in list(on_destroyed):
            callback(self.path)
        for layer in current_stage().GetLayerStack():
            _remove_spec(layer, Sdf.Path(self.path))


_products: dict[str, HydraTexture] = {}
on_destroyed: list[Callable[[str], None]] = []


def create_render_product(
    camera_path: str,
    resolution: tuple[int, int],
    force_new: bool = False,
    name: str | None = None,
    render_vars: list[str] | None = None,
) -> HydraTexture:
    """Create a render product, or return the one there is for this camera and size.

    Args:
        camera_path: camera prim path.
        resolution: (width, height), pixels.
        force_new: make another one even if there is one.
        name: its name; a name always makes a new product. Default "Replicator", then "Replicator_01" ...
        render_vars: render variables to declare, e.g. ["LdrColor"].
    """
    _watch_stage()
    existing = None if force_new or name else _find(camera_path, resolution)
    if existing is not None:
        return existing
    stage = current_stage()
    prefix = get_settings().get(PREFIX_SETTING) or DEFAULT_PREFIX
    label = _free_name(stage, str(prefix), Sdf.Path(name).name if name and "/" in name else name or DEFAULT_NAME)
    product = HydraTexture(f"/Render/{prefix}{label}", label)
    with _session():
        _author(stage, product.path, camera_path, resolution, render_vars or ["LdrColor"])
    _products[product.path] = product
    return product


def create_render_product_tiled(
    camera_paths: list[str], tile_resolution: tuple[int, int], force_new: bool = False, name: str | None = None
) -> HydraTexture:
    """Create one product that shows several cameras side by side, or return the one there is.

    Args:
        camera_paths: camera prim paths; they fill the image row by row.
        tile_resolution: (width, height) of one camera's part, pixels.
        force_new: make another one even if there is one.
        name: its name; a name always makes a new product.
    """
    _watch_stage()
    for found in _products.values():
        same = found.tile == tuple(tile_resolution) and found.prim and found.camera_paths == camera_paths
        if same and not force_new and not name:
            return found
    columns, rows = tile_grid(len(camera_paths))
    size = (columns * tile_resolution[0], rows * tile_resolution[1])
    product = create_render_product(camera_paths[0], size, True, name)
    product.tile = (int(tile_resolution[0]), int(tile_resolution[1]))
    with _session():
        product.prim.GetRelationship("camera").SetTargets([Sdf.Path(path) for path in camera_paths])
    return product


def tile_grid(count: int) -> tuple[int, int]:
    """Return the (columns, rows) that hold `count` tiles.

    Source: isaac-sim/IsaacSim v6.0.1, isaacsim.sensors.experimental.rtx, tiled_camera_sensor.py.
    """
    rows = round(count**0.5)
    return (count + rows - 1) // rows, rows


def attach_hydra_texture(render_product: str, *_: object, **__: object) -> HydraTexture:
    """Return the render product at a path, adopting a RenderProduct prim that something else authored.

    Raises:
        ValueError: if there is no RenderProduct prim at that path.
    """
    return get_render_product(render_product)


def get_render_product(path: object) -> HydraTexture:
    """Return the render product at a path.

    Args:
        path: a HydraTexture, a prim or a path.

    Raises:
        ValueError: if there is no RenderProduct prim at that path.
    """
    if isinstance(path, HydraTexture):
        return path
    key = path_of(path)
    if key in _products:
        return _products[key]
    _watch_stage()
    prim = current_stage().GetPrimAtPath(key) if Sdf.Path.IsValidPathString(key) and key.startswith("/") else None
    if not prim or prim.GetTypeName() != "RenderProduct":
        known = ", ".join(sorted(_products)) or "none"
        raise ValueError(
            f"render product '{key}' was given; expected one made by rep.create.render_product or the path of a "
            f"RenderProduct prim (there are: {known})"
        )
    _products[key] = HydraTexture(key, prim.GetName())
    return _products[key]


def is_enabled(path: str) -> bool:
    """Tell whether there is a render product at a path, and it is rendered."""
    try:
        return get_render_product(path).enabled
    except ValueError:
        return False


def listed(products: Any) -> list[Any]:
    """Return one render product (or its path) or several, in whatever holds them, as a list."""
    several = isinstance(products, Iterable) and not isinstance(products, str)
    return list(products) if several else [products]


def path_of(product: object) -> str:
    """Return the path of a HydraTexture, a prim or a path, whether it is there or not."""
    return str(product.GetPath()) if hasattr(product, "GetPath") else str(getattr(product, "path", product))


def render_products() -> list[HydraTexture]:
    """Return every render product in creation order."""
    return list(_products.values())


def _session() -> Usd.EditContext:
    """Render products live in the session layer, as in Kit: they are not saved with the stage."""
    stage = current_stage()
    return Usd.EditContext(stage, stage.GetSessionLayer())


def _find(camera_path: str, resolution: tuple[int, int]) -> HydraTexture | None:
    for product in _products.values():
        same = product.prim and product.camera_path == camera_path and product.resolution == tuple(resolution)
        if same and product.tile is None:
            return product
    return None


def _free_name(stage: Usd.Stage, prefix: str, base: str) -> str:
    label, number = base, 0
    while stage.GetPrimAtPath(f"/Render/{prefix}{label}"):
        number += 1
        label = f"{base}_{number:02d}"
    return label


def _author(stage: Usd.Stage, path: str, camera_path: str, resolution: tuple[int, int], render_vars: list[str]) -> None:
    for folder in reversed(Sdf.Path(path).GetParentPath().GetPrefixes()):
        if not stage.GetPrimAtPath(folder):
            UsdGeom.Scope.Define(stage, folder)
    prim = stage.DefinePrim(path, "RenderProduct")
    prim.CreateRelationship("camera").SetTargets([Sdf.Path(camera_path)])
    prim.CreateAttribute("resolution", Sdf.ValueTypeNames.Int2).Set(Gf.Vec2i(*resolution))
    variables = []
    for name in render_vars:
        variable = stage.DefinePrim(f"/Render/Vars/{name}", "RenderVar")
        variable.CreateAttribute("sourceName", Sdf.ValueTypeNames.String).Set(name)
        variables.append(variable.GetPath())
    prim.CreateRelationship("orderedVars").SetTargets(variables)


def _remove_spec(layer: Sdf.Layer, path: Sdf.Path) -> None:
    spec = layer.GetPrimAtPath(path)
    if spec is not None:
        del spec.nameParent.nameChildren[spec.name]


def _watch_stage() -> None:
    callbacks = get_context().on_stage_changed
    if _products.clear not in callbacks:
        callbacks.append(_products.clear)


__getattr__ = refuse("omni.replicator.core.vp_manager")
