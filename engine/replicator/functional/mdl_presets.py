"""MDL files that set the parameters of a known material, as the materials NVIDIA publishes do.

Source: NVIDIA Material Definition Language specification 1.7, material definitions by a call:
`export material Name(*) [[ annotations ]] = Base(parameter: value, ...);`
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pxr import Sdf

HEAD = re.compile(
    r"export\s+material\s+(\w+)\s*\(\s*\*\s*\)\s*(?:\[\[.*?\]\]\s*)?=\s*((?:::)?(?:\w+::)*\w+)\s*\(", re.S
)
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?[fFdD]?")
CALL = re.compile(r"(\w+)\s*\((.*)\)", re.S)
VECTORS = ("color", "float2", "float3", "float4")


@dataclass(frozen=True)
class Preset:
    """What an MDL file says.

    Attributes:
        name: of its material.
        base: name of the material it calls, e.g. "OmniPBR".
        inputs: parameters by name: numbers, truth values, tuples, files.
    """

    name: str
    base: str
    inputs: dict[str, Any]


def read_preset(file: str, material: str | None = None) -> Preset | None:
    """Read a local MDL file; None if there is none, or it defines its material in another way.

    Args:
        file: path.
        material: name of the material in it; None is the one of the file's name, else the first.
    """
    path = Path(file)
    if path.suffix != ".mdl" or not path.is_file():
        return None
    text = COMMENT.sub(" ", path.read_text(encoding="utf-8", errors="replace"))
    heads = {head.group(1): head for head in HEAD.finditer(text)}
    head = heads.get(material or path.stem) or (next(iter(heads.values()), None) if material is None else None)
    if head is None:
        return None
    inputs = {}
    for argument in _split(text[head.end() :]):
        name, colon, value = argument.partition(":")
        parsed = _value(value.strip(), path.parent) if colon and not value.startswith(":") else None
        if parsed is not None:
            inputs[name.strip()] = parsed
    return Preset(head.group(1), head.group(2).rsplit("::", 1)[-1], inputs)


def _split(text: str) -> list[str]:
    """Return the arguments of a call whose opening bracket is just before `text`."""
    parts, depth, start, quoted = [], 0, 0, False
    for place, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif letter in "([":
            depth += 1
        elif letter in ")]" and depth:
            depth -= 1
        elif letter == ")" or (letter == "," and not depth):
            parts.append(text[start:place].strip())
            start = place + 1
            if letter == ")":
                break
    return [part for part in parts if part]


def _value(text: str, folder: Path) -> Any:
    """Return a literal; None for what is none (enumerations, other calls, empty textures)."""
    if text in ("true", "false"):
        return text == "true"
    if NUMBER.fullmatch(text):
        return float(text.rstrip("fFdD"))
    call = CALL.fullmatch(text)
    if call and call.group(1) in VECTORS:
        numbers = [_value(part, folder) for part in _split(call.group(2) + ")")]
        if not all(isinstance(number, float) for number in numbers):
            return None
        return tuple(numbers * 3 if call.group(1) == "color" and len(numbers) == 1 else numbers)
    if call and call.group(1) == "texture_2d":
        file = re.match(r'\s*"([^"]+)"', call.group(2))
        return Sdf.AssetPath(str((folder / file.group(1).lstrip("/")).resolve())) if file else None
    return None
