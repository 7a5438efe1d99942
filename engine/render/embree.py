"""Embree's own C interface, as far as labels need it: triangle trees, instances of them, packets of rays.

The library is the one that the `embreex` wheel brings; its Python binding has neither instances nor packets.
Source: Intel Embree 4 API reference (rtcNewGeometry, rtcSetGeometryInstancedScene, rtcIntersect8), rtcore_common.h.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64, Int32

TRIANGLE, INSTANCE = 0, 121  # RTCGeometryType
INDEX_BUFFER, VERTEX_BUFFER = 0, 1  # RTCBufferType
UINT3, FLOAT3, FLOAT3X4_ROWS = 0x5003, 0x9003, 0x9134  # RTCFormat
ROBUST = 4  # RTC_SCENE_FLAG_ROBUST: no ray slips through between two triangles
INVALID = np.uint32(0xFFFFFFFF)
WIDTH = 8  # rays in a packet
FIELDS = 21  # 4-byte fields of RTCRayHit8: 12 of the ray, 9 of the hit
ORIGIN, NEAR, DIRECTION, FAR, MASK = 0, 3, 4, 8, 9
U, V, PRIMITIVE, GEOMETRY, INSTANCE_ID = 15, 16, 17, 18, 19
ALIGNMENT = 64


@lru_cache(maxsize=1)
def library() -> ctypes.PyDLL:
    """Load the library of the installed embreex wheel.

    Raises:
        ImportError: if the wheel has no Embree library where wheels keep theirs.
    """
    import embreex.rtcore

    package = Path(embreex.rtcore.__file__).parent
    places = (package.parent / "embreex.libs", package / ".dylibs", package)
    found = sorted(path for place in places for path in place.glob("*embree4*") if path.suffix != ".py")
    if not found:
        raise ImportError(
            f"there is no Embree library in {', '.join(map(str, places))}; expected the wheel of embreex 4: "
            "reinstall it with pip install --force-reinstall embreex"
        )
    loaded = ctypes.PyDLL(str(found[0]))
    pointer = ctypes.c_void_p
    for name, result, arguments in (
        ("rtcNewDevice", pointer, [ctypes.c_char_p]),
        ("rtcNewScene", pointer, [pointer]),
        ("rtcSetSceneFlags", None, [pointer, ctypes.c_int]),
        ("rtcReleaseScene", None, [pointer]),
        ("rtcCommitScene", None, [pointer]),
        ("rtcNewGeometry", pointer, [pointer, ctypes.c_int]),
        ("rtcReleaseGeometry", None, [pointer]),
        ("rtcCommitGeometry", None, [pointer]),
        ("rtcAttachGeometry", ctypes.c_uint, [pointer, pointer]),
        (
            "rtcSetNewGeometryBuffer",
            pointer,
            [pointer, ctypes.c_int, ctypes.c_uint, ctypes.c_int, *[ctypes.c_size_t] * 2],
        ),
        ("rtcSetGeometryInstancedScene", None, [pointer, pointer]),
        ("rtcSetGeometryTransform", None, [pointer, ctypes.c_uint, ctypes.c_int, pointer]),
        ("rtcIntersect8", None, [pointer] * 4),
    ):
        function = getattr(loaded, name)
        function.restype, function.argtypes = result, arguments
    return loaded


@lru_cache(maxsize=1)
def device() -> int:
    """Return the process's one device: Embree crashes with some hundred of them."""
    return int(library().rtcNewDevice(None))


class Tree:
    """Something rays can hit."""

    def __init__(self) -> None:
        self.handle = library().rtcNewScene(device())
        library().rtcSetSceneFlags(self.handle, ROBUST)

    def attach(self, geometry: int) -> None:
        """Add a geometry; its number is how many were added before."""
        library().rtcCommitGeometry(geometry)
        library().rtcAttachGeometry(self.handle, geometry)
        library().rtcReleaseGeometry(geometry)

    def commit(self) -> None:
        """Build the tree."""
        library().rtcCommitScene(self.handle)

    def __del__(self) -> None:
        if not sys.is_finalizing():  # the process gives everything back, and `library` may be gone
            library().rtcReleaseScene(self.handle)


class TriangleTree(Tree):
    """A tree over triangles in their own frame.

    Raises:
        MemoryError: if Embree has no room for them.
    """

    def __init__(self, points: Float32[np.ndarray, "n 3"], triangles: Int32[np.ndarray, "m 3"]) -> None:
        super().__init__()
        geometry = library().rtcNewGeometry(device(), TRIANGLE)
        for kind, form, values in (
            (VERTEX_BUFFER, FLOAT3, np.ascontiguousarray(points, np.float32)),
            (INDEX_BUFFER, UINT3, np.ascontiguousarray(triangles, np.uint32)),
        ):
            target = library().rtcSetNewGeometryBuffer(geometry, kind, 0, form, 12, len(values))
            if not target:
                raise MemoryError(
                    f"Embree has no room for a mesh of {len(triangles)} triangles; expected enough memory: "
                    "make the mesh or the number of different meshes smaller"
                )
            ctypes.memmove(target, values.ctypes.data, values.nbytes)
        self.attach(geometry)
        self.commit()


class InstanceTree(Tree):
    """A tree over instances of triangle trees; the n-th instance has number n."""

    def __init__(self, trees: Sequence[TriangleTree], matrices: Sequence[Float64[np.ndarray, "4 4"]]) -> None:
        super().__init__()
        self._trees = tuple(trees)
        for tree, matrix in zip(trees, matrices, strict=True):
            geometry = library().rtcNewGeometry(device(), INSTANCE)
            rows = np.ascontiguousarray(matrix[:3], np.float32)
            library().rtcSetGeometryInstancedScene(geometry, tree.handle)
            library().rtcSetGeometryTransform(geometry, 0, FLOAT3X4_ROWS, rows.ctypes.data)
            self.attach(geometry)
        self.commit()


@dataclass(frozen=True, eq=False)
class Found:
    """First hits: instance and triangle (-1 for none), ray parameter (inf), weights of the 2nd and 3rd vertex."""

    instance: Int32[np.ndarray, "n"]
    triangle: Int32[np.ndarray, "n"]
    parameter: Float32[np.ndarray, "n"]
    u: Float32[np.ndarray, "n"]
    v: Float32[np.ndarray, "n"]


def aligned_zeros(size: int) -> Float32[np.ndarray, "size"]:
    """Return zeros that start where a packet may start."""
    memory = np.zeros(size + ALIGNMENT // 4, np.float32)
    skip = (-memory.ctypes.data % ALIGNMENT) // 4
    return memory[skip : skip + size]


def intersect(
    tree: Tree, origins: Float32[np.ndarray, "n 3"], directions: Float32[np.ndarray, "n 3"], far: float = np.inf
) -> Found:
    """Find the first hit of each ray between ray parameters 0 and far. A hot kernel: one call a packet of rays."""
    count = len(origins)
    packets = -(-count // WIDTH)
    memory, valid = aligned_zeros(packets * FIELDS * WIDTH), aligned_zeros(WIDTH)
    fields = memory.reshape(packets, FIELDS, WIDTH)
    bits = fields.view(np.uint32)
    for place, values in ((ORIGIN, origins), (DIRECTION, directions)):
        for axis in range(3):
            column = fields[:, place + axis]
            whole = count // WIDTH
            column[:whole] = values[: whole * WIDTH, axis].reshape(whole, WIDTH)
            column[whole:, : count - whole * WIDTH] = values[whole * WIDTH :, axis]
    fields[:, FAR] = far
    bits[:, MASK] = INVALID
    bits[:, PRIMITIVE : INSTANCE_ID + 2] = INVALID
    if count % WIDTH:
        fields[-1, FAR, count % WIDTH :] = -np.inf
    valid.view(np.int32)[:] = -1
    call, scene, mask, start = library().rtcIntersect8, tree.handle, valid.ctypes.data, memory.ctypes.data
    for address in range(start, start + packets * FIELDS * WIDTH * 4, FIELDS * WIDTH * 4):
        call(mask, scene, address, None)

    def out(values: np.ndarray, place: int) -> np.ndarray:
        return values[:, place].reshape(-1)[:count]

    number = out(bits, INSTANCE_ID if isinstance(tree, InstanceTree) else GEOMETRY).view(np.int32)
    triangle = out(bits, PRIMITIVE).view(np.int32)
    parameter = out(fields, FAR)
    parameter[number < 0] = np.inf
    return Found(number, triangle, parameter, out(fields, U), out(fields, V))
