"""The files that an asset stands on: layers, textures and materials, as far as they lie on a disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from os.path import normpath
from pathlib import Path, PurePath

from pxr import Sdf, Tf, UsdUtils

from scenes.infrared.openmaterial import KINDS, files_named_by

_PART = "]"  # "mug.usdz[textures/a.png]" is a part of a file that is hashed whole


def dependencies(asset: str) -> list[Path]:
    """List the files that an asset names, directly or through others, without itself.

    Sublayers, references and payloads are followed, and those of every variant, whichever is chosen; textures (every
    time sample, every UDIM tile), OpenMATERIAL 3D files and what they name. URLs are not, nor are names that only a
    search path finds: those belong to the runtime. A layer that cannot be read is listed and not followed; whoever
    opens it complains.

    Args:
        asset: absolute path of a USD file.

    Returns:
        Absolute paths in order, those of files that are named but are not there too.
    """
    named: set[str] = set()

    def note(layer: Sdf.Layer, found: UsdUtils.DependencyInfo) -> UsdUtils.DependencyInfo:
        for name in found.dependencies or [found.assetPath]:
            named.add(Sdf.ComputeAssetPathRelativeToLayer(layer, name))
        return found

    quiet = UsdUtils.CoalescingDiagnosticDelegate()  # warnings of what is not there come again where it is opened
    with suppress(Tf.ErrorException):  # raised at the end, for each layer that could not be read
        UsdUtils.ComputeAllDependencies(asset, note)
    quiet.TakeCoalescedDiagnostics()
    files = {Path(normpath(name)) for name in named if Path(name).is_absolute() and not name.endswith(_PART)}
    files |= {file for path in files if path.suffix in KINDS for file in files_named_by(path)}
    return sorted(files - {Path(asset)})


def short_names(paths: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """Name each path by as much of its end as no other path ends with: nothing of the machine, unless it takes that.

    Args:
        paths: absolute paths, each once.

    Yields:
        Name with slashes, and path: "a.png", or "red/a.png" where there is "blue/a.png" as well.
    """
    left, length = sorted(paths), 1
    while left:
        ends = [PurePath(*path.parts[-length:]).as_posix() for path in left]
        yield from ((end, path) for end, path in zip(ends, left, strict=True) if ends.count(end) == 1)
        left = [path for end, path in zip(ends, left, strict=True) if ends.count(end) > 1]
        length += 1
