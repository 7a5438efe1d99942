"""GroundPlane: a square to look at and an endless plane to stand on."""

from __future__ import annotations

from typing import Any, ClassVar

from pxr import UsdGeom

from ..core_utils.stage import get_current_stage, get_stage_up_axis
from ..experimental_prims.geom_prim import GeomPrim
from ..experimental_prims.xform_prim import XformPrim
from ..views.ground import add_ground_plane
from ..views.values import rows, words
from .mesh import Mesh
from .shapes import Plane

GREY = (0.5, 0.5, 0.5)
PASSED_ON = ("offsets", "torsional_patch_radii", "enabled_collisions")


class GroundPlane(XformPrim):
    """Ground planes; below each an Xform with a mesh and a plane collider."""

    TEMPLATES: ClassVar[dict[str, tuple[float, float, float]]] = {"wireframe-blue": (0.12, 0.19, 0.31)}

    def __init__(
        self,
        paths: str | list[str],
        *,
        sizes: Any = 100.0,
        colors: Any = None,
        templates: Any = "wireframe-blue",
        reset_xform_op_properties: bool = True,
        **placing: Any,
    ) -> None:
        """Find ground planes or make them.

        Args:
            paths: existing ground planes or new paths.
            sizes: edges of the squares, stage units.
            colors: display colours.
            templates: "wireframe-blue", drawn as one blue here, or None.
            reset_xform_op_properties: replace the operations by translate, orient, scale first.
            placing: as of `XformPrim`.
        """
        existing, missing = self.resolve_paths(paths)
        for path, size in zip(missing, rows(sizes, max(1, len(missing)), 1, "sizes")[:, 0], strict=False):
            add_ground_plane(get_current_stage(), path, get_stage_up_axis(), float(size) / 2.0, (0, 0, 0), GREY)
        placing["reset_xform_op_properties"] = reset_xform_op_properties
        super().__init__(existing or missing, resolve_paths=False, **placing)
        self._planes = Plane(self._children(UsdGeom.Plane), reset_xform_op_properties=False)
        self._meshes = Mesh(self._children(UsdGeom.Mesh), reset_xform_op_properties=False)
        self._geoms = GeomPrim(self._planes.paths)
        if colors is not None:
            self._planes.set_display_colors(colors)
            self._meshes.set_display_colors(colors)
        if templates is not None:
            self.apply_visual_templates(templates)

    def _children(self, schema: Any) -> list[str]:
        paths = [str(child.GetPath()) for prim in self.prims for child in prim.GetChildren() if child.IsA(schema)]
        if len(paths) != len(self):
            raise ValueError(f"GroundPlane: {', '.join(self.paths)} should have one {schema.__name__} below each")
        return paths

    def __getattr__(self, name: str) -> Any:
        head, _, tail = name.partition("_")
        if (head in ("set", "get") and tail in PASSED_ON) or name.endswith("_physics_materials"):
            return getattr(self._geoms, name)
        raise AttributeError(f"'GroundPlane' object has no attribute '{name}'")

    @property
    def planes(self) -> Plane:
        """The planes to stand on."""
        return self._planes

    @property
    def meshes(self) -> Mesh:
        """The squares to look at."""
        return self._meshes

    def apply_visual_templates(self, templates: Any, *, indices: Any = None) -> None:
        """Give the squares a material.

        Raises:
            ValueError: if a template is unknown.
        """
        from ..experimental_materials import OmniPbrMaterial

        prims = self._pick(indices)
        for prim, template in zip(prims, words(templates, len(prims), "templates"), strict=True):
            if template not in self.TEMPLATES:
                raise ValueError(f"Unsupported template: {template}. Supported templates are {list(self.TEMPLATES)}")
            material = OmniPbrMaterial(f"{prim.GetPath()}/visualMaterial")
            material.set_input_values("diffuse_color_constant", self.TEMPLATES[template])
            self._meshes.apply_visual_materials(material, indices=[self.paths.index(str(prim.GetPath()))])
