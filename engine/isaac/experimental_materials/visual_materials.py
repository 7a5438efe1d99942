"""Materials to look at; their inputs are in the table of `views.looks`."""

from __future__ import annotations

from typing import Any, ClassVar

from pxr import UsdShade

from ..arrays import to_device
from ..core_utils.stage import get_current_stage
from ..experimental_objects.typed_prim import prims_of
from ..experimental_prims.prim import Prim
from ..views import looks
from ..views.fields import Field
from ..views.values import selected

WIDTHS = {"color3f": 3, "float3": 3, "normal3f": 3, "float2": 2}


class VisualMaterial(Prim):
    """Materials of one kind."""

    kind: ClassVar[str] = ""

    def __init__(self, paths: str | list[str], *, resolve_paths: bool = True) -> None:
        """Find the materials or define them.

        Raises:
            TypeError: if a prim at one of the paths is another kind of material, or none.
        """
        existing, missing = self.resolve_paths(paths)
        for path in existing:
            found = looks.kind_of(get_current_stage().GetPrimAtPath(path))
            if found != self.kind:
                raise TypeError(f"The wrapped prim at path {path} is not a {self.kind} material (found {found})")
        for path in missing:
            looks.define(get_current_stage(), path, self.kind)
        super().__init__(existing or missing, resolve_paths=False)

    @property
    def materials(self) -> list[UsdShade.Material]:
        """The materials as USD schema objects."""
        return [UsdShade.Material(prim) for prim in self.prims]

    @property
    def shaders(self) -> list[UsdShade.Shader]:
        """Their surface shaders."""
        return [looks.shader_of(material) for material in self.materials]  # type: ignore[misc]

    def set_input_values(self, name: str, values: Any, *, indices: Any = None) -> None:
        """Set an input of the shaders: one value for all, or one each.

        Raises:
            ValueError: if this kind of material has no such input.
        """
        prims = self._shader_prims(indices)
        self._field(name).write(prims, values)

    def get_input_values(self, name: str, *, indices: Any = None) -> Any:
        """Return an input of the shaders: numbers (n, width) or a list of files.

        Raises:
            ValueError: if this kind of material has no such input.
            RuntimeError: if an input has not been set.
        """
        field, prims = self._field(name), self._shader_prims(indices)
        for prim in prims:
            if prim.GetAttribute(field.attribute).Get() is None:
                raise RuntimeError(f"The attribute {name} is not initialized on {prim.GetPath()}")
        found = field.read(prims)
        return to_device(found, found.dtype.type) if hasattr(found, "dtype") else found

    def _shader_prims(self, indices: Any) -> list[Any]:
        shaders = self.shaders
        return [shaders[index].GetPrim() for index in selected(indices, len(shaders))]

    def _field(self, name: str) -> Field:
        inputs = looks.INPUTS[self.kind]
        if name not in inputs:
            raise ValueError(f"Invalid input name: {name}. Supported inputs: {', '.join(inputs)}")
        kind = inputs[name]
        return Field(name, f"inputs:{name}", width=WIDTHS.get(str(kind), 1), kind=kind)

    @classmethod
    def are_of_type(cls, paths: Any) -> Any:
        """Tell which prims are materials of this kind (n, 1)."""
        return to_device([[looks.kind_of(prim) == cls.kind] for prim in prims_of(paths)], bool)

    @staticmethod
    def fetch_instances(paths: Any) -> list[Any]:
        """Return an object of the fitting class for each material, None for others."""
        classes = {cls.kind: cls for cls in (OmniGlassMaterial, OmniPbrMaterial, PreviewSurfaceMaterial)}
        kinds = [(prim, looks.kind_of(prim)) for prim in prims_of(paths)]
        return [classes[kind](str(prim.GetPath())) if kind else None for prim, kind in kinds]


class OmniPbrMaterial(VisualMaterial):
    """Materials of OmniPBR.mdl."""

    kind = "OmniPBR"


class OmniGlassMaterial(VisualMaterial):
    """Materials of OmniGlass.mdl."""

    kind = "OmniGlass"


class PreviewSurfaceMaterial(VisualMaterial):
    """UsdPreviewSurface materials."""

    kind = "UsdPreviewSurface"
