"""The types that OmniGraph gives its attributes: their names, empty values, and values brought into them.

Source: OmniGraph documentation, Attribute Type Definition and Attribute Data Types (names in .ogn files).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np


class BaseDataType(IntEnum):
    """What one number, or one word, of an attribute is."""

    UNKNOWN = 0
    BOOL = 1
    UCHAR = 2
    INT = 3
    UINT = 4
    INT64 = 5
    UINT64 = 6
    HALF = 7
    FLOAT = 8
    DOUBLE = 9
    TOKEN = 10
    RELATIONSHIP = 11
    ASSET = 12
    PRIM = 13
    CONNECTION = 14
    TAG = 15


class AttributeRole(IntEnum):
    """What the numbers of an attribute mean."""

    NONE = 0
    VECTOR = 1
    NORMAL = 2
    POSITION = 3
    COLOR = 4
    TEXCOORD = 5
    QUATERNION = 6
    TRANSFORM = 7
    FRAME = 8
    TIMECODE = 9
    TEXT = 10
    APPLIED_SCHEMA = 11
    PRIM_TYPE_NAME = 12
    EXECUTION = 13
    MATRIX = 14
    OBJECT_ID = 15
    BUNDLE = 16
    PATH = 17
    TARGET = 20
    UNKNOWN = 21


@dataclass(frozen=True)
class Type:
    """The type of an attribute.

    Attributes:
        base_type: of one number.
        tuple_count: numbers in one value; 1 is a plain number.
        array_depth: 0 is one value, 1 an array of values, 2 an array of arrays.
        role: what the numbers mean.
    """

    base_type: BaseDataType = BaseDataType.UNKNOWN
    tuple_count: int = 1
    array_depth: int = 0
    role: AttributeRole = AttributeRole.NONE

    def get_type_name(self) -> str:
        """Return the type as .ogn files name it, roles left out: `float[3][]`."""
        width = f"[{self.tuple_count}]" if self.tuple_count > 1 else ""
        return self.base_type.name.lower() + width + "[]" * self.array_depth

    get_ogn_type_name = get_type_name


DTYPES = {
    BaseDataType.BOOL: bool,
    BaseDataType.UCHAR: np.uint8,
    BaseDataType.INT: np.int32,
    BaseDataType.UINT: np.uint32,
    BaseDataType.INT64: np.int64,
    BaseDataType.UINT64: np.uint64,
    BaseDataType.HALF: np.float16,
    BaseDataType.FLOAT: np.float32,
    BaseDataType.DOUBLE: np.float64,
}
ROLES = {
    "vector": AttributeRole.VECTOR,
    "normal": AttributeRole.NORMAL,
    "point": AttributeRole.POSITION,
    "color": AttributeRole.COLOR,
    "texcoord": AttributeRole.TEXCOORD,
    "quat": AttributeRole.QUATERNION,
    "matrix": AttributeRole.MATRIX,
}
WORDS = {
    "string": Type(BaseDataType.UCHAR, 1, 1, AttributeRole.TEXT),
    "path": Type(BaseDataType.UCHAR, 1, 1, AttributeRole.PATH),
    "token": Type(BaseDataType.TOKEN),
    "asset": Type(BaseDataType.ASSET),
    "execution": Type(BaseDataType.UINT, role=AttributeRole.EXECUTION),
    "target": Type(BaseDataType.RELATIONSHIP, role=AttributeRole.TARGET),
    "bundle": Type(BaseDataType.RELATIONSHIP, role=AttributeRole.BUNDLE),
    "objectId": Type(BaseDataType.UINT64, role=AttributeRole.OBJECT_ID),
    "timecode": Type(BaseDataType.DOUBLE, role=AttributeRole.TIMECODE),
    "frame": Type(BaseDataType.DOUBLE, 16, role=AttributeRole.FRAME),
}
ENDINGS = {"h": BaseDataType.HALF, "f": BaseDataType.FLOAT, "d": BaseDataType.DOUBLE}
NAME = re.compile(r"([A-Za-z]\w*?)(64)?(?:\[(\d+)\])?((?:\[\])*)")
UNKNOWN = Type()


def parse(name: Any) -> Type:
    """Return the type that a .ogn file names, `Type()` where any type, or one of several, is allowed."""
    if not isinstance(name, str):
        return UNKNOWN
    word, width, depth = _split(name)
    if word in WORDS:
        known = WORDS[word]
        return Type(known.base_type, known.tuple_count, known.array_depth + depth, known.role)
    if word.upper() in BaseDataType.__members__:
        return Type(BaseDataType[word.upper()], width, depth)
    role = next((role for start, role in ROLES.items() if word[:-1] == start), None)
    if role is None or word[-1] not in ENDINGS:
        return UNKNOWN
    return Type(ENDINGS[word[-1]], width * width if role == AttributeRole.MATRIX else width, depth, role)


def _split(name: str) -> tuple[str, int, int]:
    found = NAME.fullmatch(name.strip())
    if found is None:
        return "", 1, 0
    return found[1] + (found[2] or ""), int(found[3] or 1), len(found[4]) // 2


def is_execution(kind: Type) -> bool:
    """Tell whether attributes of a type say when a node runs."""
    return kind.role == AttributeRole.EXECUTION


def empty(kind: Type) -> Any:
    """Return the value of an attribute that nobody has set: 0, "", no path, or no values."""
    if kind.role in (AttributeRole.TEXT, AttributeRole.PATH):
        return "" if kind.array_depth <= 1 else []
    if kind.base_type in (BaseDataType.TOKEN, BaseDataType.ASSET):
        return [] if kind.array_depth else ""
    if kind.role in (AttributeRole.TARGET, AttributeRole.BUNDLE):
        return []
    if kind.base_type not in DTYPES:
        return None
    dtype, width = DTYPES[kind.base_type], kind.tuple_count
    if kind.array_depth:
        return np.zeros((0, width) if width > 1 else (0,), dtype)
    return np.zeros(width, dtype) if width > 1 else dtype(0)


def brought(value: Any, kind: Type) -> Any:
    """Return a value in an attribute's type: numbers in arrays of its kind, single ones plain; others as they are."""
    if value is None or kind.base_type not in DTYPES or kind.role in (AttributeRole.TEXT, AttributeRole.PATH):
        return value
    if kind.role == AttributeRole.EXECUTION or isinstance(value, str):
        return value
    try:
        array = np.asarray(value, dtype=DTYPES[kind.base_type])
    except (TypeError, ValueError):
        return value  # ragged, or objects: the node says what it needs
    if kind.array_depth == 1:
        return array.reshape(-1, kind.tuple_count) if _divides(array, kind) else array.ravel()
    if kind.array_depth == 0 and array.size == 1 and kind.tuple_count == 1:
        return array.reshape(-1)[0].item()
    return array.ravel() if kind.array_depth == 0 and array.size == kind.tuple_count else array


def _divides(array: np.ndarray, kind: Type) -> bool:
    return kind.tuple_count > 1 and array.size % kind.tuple_count == 0


def types_of(declared: Mapping[str, Mapping[str, Any]]) -> dict[str, Type]:
    """Return the types of the attributes that a .ogn file declares."""
    return {name: parse(entry.get("type")) for name, entry in declared.items()}
