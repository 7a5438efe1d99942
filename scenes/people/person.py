"""People as USD files: head, hair, hands, clothes and shoes, each a closed mesh with a substance of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from scenes.animals.atlas import Atlas
from scenes.animals.field import Field
from scenes.animals.noise import value_noise
from scenes.animals.shapes import Array, Shape
from scenes.animals.skin import Skin, make_skin
from scenes.animals.solids import Solid
from scenes.asset_cache import asset_file
from scenes.landscape.paint import to_srgb
from scenes.parts import Look, Part, write_parts
from scenes.people import clothes, head, wear
from scenes.people.figure import POSES, Build, Joints, joints_of, pose_of


@dataclass(frozen=True)
class Dress:
    """What a person wears and how they look.

    Args:
        top, bottom: kinds of garments.
        hair: a cut or headgear.
        bag: whether they carry a rucksack.
        skin, hair_tone, top_tone, leg_tone, shoe_tone, hat_tone: linear colours (3,).
        stubble: density of a beard, 0 to 1.
    """

    top: str
    bottom: str
    hair: str
    bag: bool
    skin: Array = field(compare=False)
    hair_tone: Array = field(compare=False)
    top_tone: Array = field(compare=False)
    leg_tone: Array = field(compare=False)
    shoe_tone: Array = field(compare=False)
    hat_tone: Array = field(compare=False)
    stubble: float = 0.0


def draw_person(rng: np.random.Generator) -> tuple[Build, Dress, bool]:
    """Draw somebody: build, dress and whether the build is a woman's."""
    female = bool(rng.random() < 0.5)
    height = float(np.clip(rng.normal(1.64 if female else 1.77, 0.06), 1.5, 1.95))
    girth = float(np.clip(rng.normal(1.0, 0.09), 0.88, 1.25))
    shoulder, hip = (0.094, 0.051) if female else (0.103, 0.047)
    build = Build(height, shoulder, hip, girth, 0.022 if female else 0.0)
    tops = ("shirt", "jumper", "jacket", "parka", "coat")
    top = str(rng.choice(tops, p=[0.18, 0.2, 0.27, 0.2, 0.15]))
    bottom = str(rng.choice(["skirt", "jeans", "trousers"] if female else ["jeans", "trousers", "trousers"]))
    cuts = ["bob", "long", "bun", "beanie", "short"] if female else ["short", "short", "bald", "beanie", "cap"]
    dark = float(rng.random())
    tones = wear.SKIN if dark < 0.5 else wear.SKIN[:3]
    hair = wear.HAIR[:4] if dark < 0.75 else wear.HAIR
    return build, Dress(
        top, bottom, str(rng.choice(cuts)), bool(rng.random() < 0.22 and top != "coat"), wear.pick(rng, tones),
        wear.pick(rng, hair), wear.pick(rng, wear.CLOTH), wear.pick(rng, wear.LEGS),
        wear.pick(rng, np.array([[0.02, 0.018, 0.016], [0.07, 0.035, 0.018], [0.5, 0.48, 0.46]])),
        wear.pick(rng, wear.CLOTH), 0.0 if female else float(rng.choice([0.0, 0.25, 0.8]))), female  # fmt: skip


def polygonise(shapes: Sequence[Shape], step: float, relief: Callable[[Array], Array] | None = None,
               ground: bool = False) -> Skin:  # fmt: skip
    """Return the skin of shapes, with quads of about `step` metres."""
    body = Field(shapes, relief, ground)
    low, high = body.bounds()
    axes = [np.arange(a - 3 * step, b + 3.5 * step, step) for a, b in zip(low, high, strict=True)]
    return make_skin(body.on_grid(axes), body.at, axes)


def _part(name: str, skins: Sequence[Skin], look: Look, painter: Callable[[Array], Array] | None,
          warmth: Callable[[Array], Array] | None = None) -> Part:  # fmt: skip
    """Join skins to a part, painted in space."""
    starts = np.cumsum([0] + [len(s.points) for s in skins[:-1]])
    skin = Skin(
        np.concatenate([s.points for s in skins]),
        np.concatenate([s.quads + start for s, start in zip(skins, starts, strict=True)]),
        np.concatenate([s.normals for s in skins]),
    )
    st = None
    if painter is not None:
        atlas = Atlas.of(skin)
        colours = to_srgb(painter(atlas.texels(skin.quads, skin.points).astype(float)))
        image = atlas.image(np.asarray(colours, float)).astype(np.uint8)
        look = Look(look.token, look.coating, look.attributes, image=image, roughness=look.roughness)
        st = atlas.texture_coordinates()
    return Part(name, skin.points, skin.quads, skin.normals, look, st, None if warmth is None else warmth(skin.points))


def _solid(name: str, solid: Solid, look: Look) -> Part:
    return Part(name, solid.points, solid.triangles, solid.normals, look)


def _folds(depth: float, seed: int) -> Callable[[Array], Array]:
    """Return the relief of creased cloth, metres."""

    def relief(points: Array) -> Array:
        rng = np.random.default_rng(seed)
        slanted = points @ np.array([[1.0, 0.2, 0.35], [-0.2, 1.0, 0.3], [-0.3, -0.25, 1.0]])
        return depth * (
            value_noise(slanted, (7.0, 7.0, 15.0), rng) + 0.5 * value_noise(slanted, (16.0, 16.0, 30.0), rng)
        )

    return relief


def model_person(pose: str, seed: int, detail: float = 1.0) -> tuple[list[Part], dict[str, str | float]]:
    """Return the parts of a person and facts about them.

    Args:
        pose: one of POSES.
        seed: which individual.
        detail: size of the quads, 1 for the street, less for close-ups.
    """
    rng = np.random.default_rng([seed, *b"person"])
    build, dress, female = draw_person(rng)
    joints = joints_of(build, pose_of(pose, rng))
    return dressed(build, dress, joints, female, rng, detail, 0.0), {
        "pose": pose, "height": build.height, "top": dress.top, "bottom": dress.bottom, "hair": dress.hair,
        "seed": float(seed)}  # fmt: skip


def dressed(build: Build, dress: Dress, joints: Joints, female: bool, rng: np.random.Generator, detail: float,
            curl: float) -> list[Part]:  # fmt: skip
    """Return the parts of a person in clothes."""
    parts = head_parts(build, dress, joints, female, rng, detail)
    hands = [polygonise(head.hand_shapes(build, joints, s, curl or 24.0), 0.0052 * detail) for s in "lr"]
    skin = Look("skin", roughness=0.5)
    parts.append(_part("Hands", hands, skin, partial(wear.paint_skin, tone=dress.skin, rng=rng)))
    step, seed = 0.0135 * detail, int(rng.integers(1 << 31))
    top = [*clothes.top_shapes(build, joints, dress.top), clothes.neck_hole(build, joints)]
    thick = 0.0055 if dress.top in ("parka", "jacket", "coat") else 0.004
    cloth = Look("fabric", roughness=0.9)
    paint = wear.cloth_painter(dress.top, dress.top_tone, build, joints, rng)
    parts.append(_part("ClothingTop", [polygonise(top, step, _folds(thick, seed))], cloth, paint))
    legs = clothes.bottom_shapes(build, joints, dress.bottom)
    paint = wear.leg_painter(dress.bottom, dress.leg_tone, joints, rng)
    parts.append(_part("ClothingLegs", [polygonise(legs, step, _folds(0.0035, seed + 1))], cloth, paint))
    shoes = [polygonise(clothes.shoe_shapes(build, joints, s), 0.0085 * detail, None, True) for s in "lr"]
    look = Look("leather", color=tuple(dress.shoe_tone.tolist()), roughness=0.45)
    parts.append(_part("Shoes", shoes, look, None))
    if dress.bag:
        bag = polygonise(clothes.bag_shapes(build, joints, clothes.LOOSE[dress.top]), step)
        paint = wear.leg_painter("bag", dress.hat_tone, joints, rng)
        parts.append(_part("Bag", [bag], Look("polyester", roughness=0.8), paint))
    return parts


def head_parts(build: Build, dress: Dress, joints: Joints, female: bool, rng: np.random.Generator,
               detail: float) -> list[Part]:  # fmt: skip
    """Return face, eyes and hair."""
    face = head.face_of(build, joints, rng, female)
    skin = polygonise(head.head_shapes(face, build, joints), 0.0058 * detail)
    scalp = partial(wear.paint_head, face=face, tone=dress.skin, hair=dress.hair_tone, stubble=dress.stubble, rng=rng)
    parts = [_part("Face", [skin], Look("skin", roughness=0.48), scalp)]
    whites, irises, pupils = head.eyeballs(face)
    parts.append(_solid("FaceEyes", whites, Look("skin", color=(0.62, 0.58, 0.55), roughness=0.12)))
    iris = (0.05, 0.03, 0.015) if rng.random() < 0.6 else (0.06, 0.09, 0.11)
    parts.append(_solid("FaceIrises", irises, Look("skin", color=iris, roughness=0.08)))
    dark = Look("water", color=(0.004, 0.004, 0.004), roughness=0.06)  # light that goes in stays in
    parts.append(_solid("FacePupils", pupils, dark))
    if dress.hair == "bald":
        return parts
    hat = dress.hair in ("beanie", "cap")
    seed = int(rng.integers(1 << 31))
    relief = _folds(0.0025, seed) if hat else partial(_strands, face=face, seed=seed)
    shell = polygonise(head.hair_shapes(face, dress.hair), 0.0085 * detail, relief)
    if hat:
        paint = wear.leg_painter("hat", dress.hat_tone, joints, rng)
        return [*parts, _part("ClothingHat", [shell], Look("fabric", roughness=0.95), paint)]
    paint = partial(wear.paint_hair, face=face, tone=dress.hair_tone, rng=rng)
    return [*parts, _part("Hair", [shell], Look("fur_hair", roughness=0.42), paint)]


def _strands(points: Array, face: head.Face, seed: int) -> Array:
    """Return the relief of hair, metres."""
    rng = np.random.default_rng(seed)
    p = face.local(points)
    around = np.arctan2(p[:, 1], p[:, 0] + 0.15)
    flat = np.column_stack([around * 3.0, p[:, 2] * 0.5, 0 * around])
    return 0.004 * (value_noise(flat, (4.0, 2.0, 1.0), rng) + 0.6 * value_noise(flat, (11.0, 3.0, 1.0), rng))


def _write(path: Path, pose: str, seed: int) -> None:
    parts, facts = model_person(pose, seed)
    write_parts(path, "Person", parts, facts)


def person_asset(pose: str, seed: int) -> Path:
    """Return the USD file of a person, made on first use: metres, z up, facing +x, soles on z = 0.

    Raises:
        ValueError: for an unknown pose.
    """
    if pose not in POSES:
        raise ValueError(f"pose '{pose}' is unknown; choose from {', '.join(POSES)}")
    return asset_file("person", {"pose": pose, "seed": int(seed)}, partial(_write, pose=pose, seed=int(seed)))
