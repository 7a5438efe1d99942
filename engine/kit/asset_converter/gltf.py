"""glTF 2.0 files, .gltf with what lies beside them and .glb.

Triangles, their normals, texture coordinates and metallic-roughness materials are read; animations, skins and
compressed meshes are not.

Source: Khronos, glTF 2.0 specification (2021), sections 3.5 (nodes), 3.6 (buffers), 3.7 (meshes), 3.9 (materials) and
4.4 (GLB).
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from scipy.spatial.transform import Rotation

from .model import Look, Model, Part

GLB, JSON_CHUNK = b"glTF", 0x4E4F534A
TYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
TRIANGLES = 4
SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg"}


def read(path: str) -> Model:
    """Read the meshes of the scene, each where its node puts it.

    Raises:
        ValueError: if the file is none of glTF 2.0, or holds no triangle.
    """
    document = _Document(Path(path))
    model = Model(up="Y", metres=1.0)
    model.looks = {
        _named(look, f"Material_{i}", i): document.look(look, i) for i, look in enumerate(document.all("materials"))
    }
    scenes = document.all("scenes")
    roots = scenes[document.json.get("scene", 0)].get("nodes", []) if scenes else range(len(document.all("nodes")))
    for root in roots:
        _place(document, root, np.eye(4), model)
    if not model.parts:
        raise ValueError(f"{path}: no triangle found; expected a glTF file with meshes")
    return model


class _Document:
    """The JSON part of a file and its buffers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        data = path.read_bytes()
        self.glb = b""
        if data[:4] == GLB:
            length = int.from_bytes(data[12:16], "little")
            text, rest = data[20 : 20 + length], data[20 + length :]
            self.glb = rest[8 : 8 + int.from_bytes(rest[:4], "little")] if rest else b""
        else:
            text = data
        try:
            self.json: dict[str, Any] = json.loads(text)
        except ValueError as error:
            raise ValueError(f"{path}: not a glTF 2.0 file: {error}") from error
        compressed = set(self.json.get("extensionsRequired", [])) & {
            "KHR_draco_mesh_compression",
            "EXT_meshopt_compression",
        }
        if compressed:
            raise ValueError(f"{path}: its meshes need {', '.join(sorted(compressed))}; write it without compression")

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Return the objects of a kind."""
        return self.json.get(kind, [])  # type: ignore[no-any-return]

    def bytes(self, uri: str | None) -> bytes:
        """Return what an address names: the file's own chunk, words in place, or a file beside it."""
        if uri is None:
            return self.glb
        if uri.startswith("data:"):
            return base64.b64decode(uri.partition(",")[2])
        return (self.path.parent / unquote(uri)).read_bytes()

    def view(self, index: int) -> tuple[bytes, int]:
        """Return the bytes of a buffer view and the distance of its elements, 0 for close together."""
        view = self.all("bufferViews")[index]
        start = view.get("byteOffset", 0)
        data = self.bytes(self.all("buffers")[view["buffer"]].get("uri"))
        return data[start : start + view["byteLength"]], view.get("byteStride", 0)

    def array(self, index: int) -> np.ndarray:
        """Return an accessor as (n, width), integers that stand for fractions as such."""
        accessor = self.all("accessors")[index]
        kind, width, count = np.dtype(TYPES[accessor["componentType"]]), WIDTHS[accessor["type"]], accessor["count"]
        if "bufferView" not in accessor:
            return np.zeros((count, width), kind)
        data, stride = self.view(accessor["bufferView"])
        tight = width * kind.itemsize
        rows = np.ndarray((count, width), kind, data, accessor.get("byteOffset", 0), (stride or tight, kind.itemsize))
        return rows / np.iinfo(kind).max if accessor.get("normalized") else rows.copy()

    def look(self, material: dict[str, Any], index: int) -> Look:
        """Return a material of the metallic-roughness model."""
        base = material.get("pbrMetallicRoughness", {})
        red, green, blue, alpha = base.get("baseColorFactor", (1.0, 1.0, 1.0, 1.0))
        look = Look(_named(material, f"Material_{index}", index), (red, green, blue))
        look.opacity = alpha if material.get("alphaMode", "OPAQUE") == "BLEND" else 1.0
        look.roughness, look.metallic = base.get("roughnessFactor", 1.0), base.get("metallicFactor", 1.0)
        red, green, blue = material.get("emissiveFactor", (0.0, 0.0, 0.0))
        look.emission = (red, green, blue)
        if "baseColorTexture" in base:
            self._picture(look, self.all("textures")[base["baseColorTexture"]["index"]]["source"])
        return look

    def _picture(self, look: Look, index: int) -> None:
        """Note where a material's picture is: beside the file, or in it."""
        image = self.all("images")[index]
        uri = image.get("uri", "")
        if uri and not uri.startswith("data:"):
            look.texture = str((self.path.parent / unquote(uri)).resolve())
            return
        suffix = SUFFIXES.get(image.get("mimeType", uri[5:].partition(";")[0]), ".png")
        look.texture = f"{self.path.stem}_{index}{suffix}"
        look.picture = self.bytes(uri) if uri else self.view(image["bufferView"])[0]


def _named(thing: dict[str, Any], otherwise: str, index: int) -> str:
    name = thing.get("name")
    return f"{name}_{index}" if name else otherwise


def _place(document: _Document, index: int, above: np.ndarray, model: Model) -> None:
    """Add the meshes of a node and of those below it, in world axes."""
    node = document.all("nodes")[index]
    world = above @ _matrix(node)
    if "mesh" in node:
        mesh = document.all("meshes")[node["mesh"]]
        name = node.get("name") or mesh.get("name") or f"Mesh_{index}"
        for primitive in mesh["primitives"]:
            if primitive.get("mode", TRIANGLES) == TRIANGLES:
                model.parts.append(_part(document, primitive, name, world))
    for child in node.get("children", []):
        _place(document, child, world, model)


def _matrix(node: dict[str, Any]) -> np.ndarray:
    """Return a node's matrix (4, 4) of column vectors."""
    if "matrix" in node:
        return np.array(node["matrix"], dtype=float).reshape(4, 4).T
    matrix = np.eye(4)
    turn = Rotation.from_quat(node.get("rotation", (0.0, 0.0, 0.0, 1.0))).as_matrix()
    matrix[:3, :3] = turn * np.array(node.get("scale", (1.0, 1.0, 1.0)))
    matrix[:3, 3] = node.get("translation", (0.0, 0.0, 0.0))
    return matrix


def _part(document: _Document, primitive: dict[str, Any], name: str, world: np.ndarray) -> Part:
    attributes = primitive["attributes"]
    points = document.array(attributes["POSITION"]).astype(float)
    given = primitive.get("indices")
    indices = document.array(given)[:, 0].astype(int) if given is not None else np.arange(len(points))
    if np.linalg.det(world[:3, :3]) < 0:
        indices = indices.reshape(-1, 3)[:, ::-1].reshape(-1)
    part = Part(name, points @ world[:3, :3].T + world[:3, 3], np.full(len(indices) // 3, 3), indices)
    if "NORMAL" in attributes:
        normals = document.array(attributes["NORMAL"]).astype(float)[indices] @ np.linalg.inv(world[:3, :3])
        part.normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    if "TEXCOORD_0" in attributes:
        part.uvs = document.array(attributes["TEXCOORD_0"]).astype(float)[indices] * (1.0, -1.0) + (0.0, 1.0)
    if "material" in primitive:
        look = primitive["material"]
        part.look = _named(document.all("materials")[look], f"Material_{look}", look)
    return part
