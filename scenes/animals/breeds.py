"""The breeds of cattle: how they are built and what they wear.

Source: height, build and colours after the breed societies' standards (Holstein Association USA, American Jersey
Cattle Association, American Angus Association, American Hereford Association, World Simmental-Fleckvieh Federation).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scenes.animals.skeleton import Build

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Coat:
    """Colours, linear albedo, and how they are laid.

    Args:
        pattern: "solid", "patches" (white with patches of `colour`), "hereford" (white face, chest, belly, feet)
            or "points" (darker towards head, legs and tail, pale ring round the muzzle).
        colour, white: of the two parts of the coat.
        muzzle, hoof, skin: of the muzzle's bare skin, the hooves, udder and inner ears.
        share: range of the trunk's share that patches cover.
        patch_size: of patches, metres.
        face: "blaze", "white" or "same" as the pattern says.
        point: colour that "points" darken to.
    """

    pattern: str
    colour: Colour
    white: Colour = (0.66, 0.62, 0.55)
    muzzle: Colour = (0.05, 0.04, 0.04)
    hoof: Colour = (0.045, 0.035, 0.028)
    skin: Colour = (0.62, 0.40, 0.33)
    share: tuple[float, float] = (0.4, 0.7)
    patch_size: float = 0.55
    face: str = "same"
    point: Colour = (0.03, 0.022, 0.018)


@dataclass(frozen=True)
class Breed:
    """A breed: the build of a grown cow, how much its members differ, its coat.

    Args:
        build: of a cow.
        coat: colours.
        horned: share of members with horns.
        horn_length: metres.
    """

    build: Build
    coat: Coat
    horned: float = 0.0
    horn_length: float = 0.25


PINK = (0.52, 0.30, 0.25)
BREEDS: dict[str, Breed] = {
    "holstein": Breed(
        Build(1.46, bone=1.1, muscle=0.95, udder=1.1),
        Coat("patches", (0.028, 0.025, 0.023), muzzle=(0.10, 0.07, 0.065), share=(0.35, 0.75), face="blaze"),
    ),
    "jersey": Breed(
        Build(1.26, length=0.98, width=0.93, limb=0.9, muscle=0.86, bone=1.2, udder=1.1, head=0.95),
        Coat("points", (0.31, 0.185, 0.10), point=(0.045, 0.028, 0.02), skin=(0.5, 0.33, 0.24)),
        horned=0.3,
        horn_length=0.18,
    ),
    "angus": Breed(
        Build(1.34, 0.47, length=1.03, width=1.14, muscle=1.2, bone=0.55, belly=1.1, udder=0.55, dewlap=1.3, limb=1.08),
        Coat("solid", (0.038, 0.033, 0.030), skin=(0.10, 0.07, 0.06), muzzle=(0.035, 0.03, 0.03)),
    ),
    "hereford": Breed(
        Build(1.33, 0.47, length=1.03, width=1.13, muscle=1.17, bone=0.6, belly=1.1, udder=0.55, dewlap=1.4, limb=1.08),
        Coat("hereford", (0.175, 0.068, 0.036), muzzle=PINK, face="white"),
        horned=0.5,
        horn_length=0.24,
    ),
    "simmental": Breed(
        Build(1.41, 0.49, width=1.07, muscle=1.1, bone=0.8, udder=0.85, dewlap=1.2, limb=1.05),
        Coat(
            "patches",
            (0.32, 0.145, 0.062),
            (0.66, 0.60, 0.50),
            muzzle=PINK,
            share=(0.5, 0.8),
            patch_size=0.7,
            face="white",
        ),
        horned=0.3,
        horn_length=0.24,
    ),
    "brown_swiss": Breed(
        Build(1.45, muscle=1.0, bone=0.95, udder=1.0, dewlap=1.1, limb=1.03),
        Coat("points", (0.24, 0.17, 0.11), point=(0.09, 0.062, 0.045), skin=(0.45, 0.36, 0.3)),
        horned=0.2,
        horn_length=0.2,
    ),
    "charolais": Breed(
        Build(1.40, 0.48, length=1.02, width=1.14, muscle=1.25, bone=0.55, udder=0.6, dewlap=1.2, limb=1.1),
        Coat("solid", (0.57, 0.49, 0.37), muzzle=PINK, hoof=(0.2, 0.14, 0.09), skin=(0.6, 0.42, 0.33)),
        horned=0.2,
    ),
    "highland": Breed(
        Build(
            1.15, 0.45, length=1.0, width=1.12, muscle=1.1, bone=0.4, udder=0.5, dewlap=1.3, limb=1.25, coat_depth=0.03
        ),
        Coat("solid", (0.29, 0.125, 0.052), muzzle=(0.3, 0.19, 0.15), skin=(0.4, 0.24, 0.16)),
        horned=1.0,
        horn_length=0.55,
    ),
}


def individual(breed: Breed, age: str, rng: np.random.Generator) -> Build:
    """Return the build of one member of a breed.

    Args:
        breed: what it is a member of.
        age: "cow", "bull" or "calf".
        rng: draws its differences from the breed's cow.
    """
    b = breed.build
    draw = {
        k: float(rng.normal(1.0, s))
        for k, s in (("height", 0.025), ("length", 0.02), ("width", 0.035), ("belly", 0.06))
    }
    horned = bool(rng.random() < breed.horned) and age != "calf"
    build = replace(
        b,
        height=b.height * float(np.clip(draw["height"], 0.94, 1.06)),
        length=b.length * draw["length"],
        width=b.width * draw["width"],
        belly=b.belly * draw["belly"],
        udder=b.udder * float(rng.uniform(0.75, 1.05)),
        horns=breed.horn_length * float(rng.uniform(0.8, 1.15)) if horned else 0.0,
    )
    if age == "bull":
        return replace(
            build, height=build.height * 1.06, width=build.width * 1.1, muscle=build.muscle * 1.14, udder=0.0, hump=1.0,
            head=build.head * 1.06, limb=build.limb * 1.1, bone=build.bone * 0.5, dewlap=build.dewlap * 1.25,
        )  # fmt: skip
    if age == "calf":
        return replace(
            build, height=build.height * float(rng.uniform(0.56, 0.68)), leg_share=build.leg_share + 0.075, udder=0.0,
            length=build.length * 0.80, width=build.width * 0.80, head=build.head * 1.20,
            limb=min(build.limb, 1.12) * 1.15, neck=build.neck * 0.95, muscle=min(build.muscle, 1.0) * 0.78,
            bone=0.5, dewlap=build.dewlap * 0.55, belly=build.belly * 0.86, coat_depth=build.coat_depth * 0.45,
        )  # fmt: skip
    return build
