"""omni.kit.asset_converter: OBJ, STL and glTF files of this machine written as USD.

The converter of Kit reads many more formats. Lengths are kept as they are in the file; OBJ and STL files do not say
their unit, and glTF files are in metres.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from . import gltf, obj, stl
from .model import Model
from .write import write_usd

__all__ = ["AssetConverterContext", "AssetConverterTask", "OmniAssetConverterError", "get_instance"]

READERS: dict[str, Callable[[str], Model]] = {
    ".obj": obj.read,
    ".stl": stl.read,
    ".gltf": gltf.read,
    ".glb": gltf.read,
}
USD = (".usd", ".usda", ".usdc")


class AssetConverterContext:
    """What to convert: `ignore_materials`, `use_meter_as_world_unit` and `merge_all_meshes` are heeded.

    Every other attribute is accepted, as Kit has some twenty of them.
    """

    def __init__(self, **options: Any) -> None:
        self.ignore_materials = False
        self.merge_all_meshes = False
        self.use_meter_as_world_unit = False
        self.convert_stage_up_z = False
        self.convert_stage_up_y = False
        vars(self).update(options)


class OmniAssetConverterError(RuntimeError):
    """A file that cannot be converted."""


class AssetConverterTask:
    """One conversion; it runs when it is waited for."""

    def __init__(self, source: str, target: str, progress: Any, context: AssetConverterContext) -> None:
        self._source, self._target, self._progress, self._context = source, target, progress, context
        self._error = ""

    async def wait_until_finished(self) -> bool:
        """Convert and tell whether it went well; `get_error_message` says why not."""
        try:
            convert(self._source, self._target, self._context)
        except (OSError, ValueError, OmniAssetConverterError) as error:
            self._error = str(error)
        if self._progress is not None:
            self._progress(1, 1)
        return not self._error

    def get_error_message(self) -> str:
        """Return why the conversion failed, or nothing."""
        return self._error

    get_detailed_error = get_error_message

    def get_status(self) -> int:
        """Return 0 for success, 1 for failure."""
        return int(bool(self._error))

    def cancel(self) -> None:
        """Accept: a conversion runs to its end."""


class _Converter:
    """The one converter."""

    def create_converter_task(
        self,
        import_path: str,
        output_path: str,
        progress_callback: Any = None,
        asset_converter_context: AssetConverterContext | None = None,
        *accepted: Any,
        **named: Any,
    ) -> AssetConverterTask:
        """Return a conversion to wait for."""
        context = asset_converter_context or AssetConverterContext()
        return AssetConverterTask(import_path, output_path, progress_callback, context)


_converter = _Converter()


def get_instance() -> _Converter:
    """Return the one converter."""
    return _converter


def convert(source: str, target: str, context: AssetConverterContext) -> None:
    """Read a model and write it as USD.

    Raises:
        OmniAssetConverterError: if the format of either file is none the engine knows.
        OSError: if a file cannot be read or written.
        ValueError: if the model is damaged.
    """
    kind, made = (os.path.splitext(path)[1].lower() for path in (source, target))
    if kind not in READERS:
        known = ", ".join(READERS)
        raise OmniAssetConverterError(f"{source}: the embedded engine converts {known}; convert it in Isaac Sim")
    if made not in USD:
        raise OmniAssetConverterError(f"{target}: expected a name that ends with {', '.join(USD)}")
    os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
    write_usd(READERS[kind](source), target, context)
