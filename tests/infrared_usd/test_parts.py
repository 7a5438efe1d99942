"""Which part of a thing a prim is, by its name; and who is warm by what the stage says."""

from __future__ import annotations

import pytest

from scenes.infrared.parts import part_of, whole_of, words_of

CAR = ("body", "bonnet", "grille", "exhaust", "tyres", "brakes", "lamps", "windows")
PERSON = ("face", "hands", "hair", "clothing")
COW = ("coat", "head", "eyes", "nose")


@pytest.mark.parametrize(
    ("name", "parts", "part"),
    [
        ("Bonnet", CAR, "bonnet"),
        ("Tyre_0", CAR, "tyres"),
        ("FrontLeftWheel", CAR, "tyres"),
        ("Windshield", CAR, "windows"),
        ("Headlights_L", CAR, "lamps"),
        ("Mirrors", CAR, "body"),
        ("Wheels/Part_3", CAR, "tyres"),
        ("Skin", PERSON, "face"),
        ("Hand_L", PERSON, "hands"),
        ("Trousers", PERSON, "clothing"),
        ("Eyes", COW, "eyes"),
        ("Body", COW, "coat"),
        ("muzzle", COW, "nose"),
    ],
)
def test_names_speak_of_parts(name: str, parts: tuple[str, ...], part: str) -> None:
    assert part_of(f"/World/Thing_1/{name}", "/World/Thing_1", parts) == part


def test_what_stands_for_the_whole() -> None:
    assert [whole_of(parts) for parts in (CAR, PERSON, COW, ("surface",), ("left", "right"))] == [
        "body",
        "clothing",
        "coat",
        "surface",
        "left",
    ]
    assert words_of("FrontLeft_Tyre2") == ["front", "left", "tyre"]
