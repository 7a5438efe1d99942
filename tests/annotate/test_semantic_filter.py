"""Which labels a predicate lets through."""

from __future__ import annotations

import pytest

from engine.annotate.semantic_filter import filter_of, parse

COW = {"class": ("cow", "animal"), "color": ("black",)}


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        ("class:*", {"class": ("cow", "animal")}),
        ("*:*", COW),
        ("class:cow", {"class": ("cow",)}),
        ("class: cow | sheep", {"class": ("cow",)}),
        ("class:sheep|goat", {}),
        ("class:animal & !sheep", {"class": ("animal",)}),
        ("class:animal & !cow", {}),
        ("class:!sheep", {"class": ("cow", "animal")}),
        ("class:!cow", {}),
        ("class:cow & animal", {"class": ("cow", "animal")}),
        ("class:(cow)", {"class": ("cow",)}),
        ("*:black", {"color": ("black",)}),
        ("class:cow , color:black", {"class": ("cow",), "color": ("black",)}),
        ("class:cow , color:white", {}),
        ("class:sheep ; color:black", {"color": ("black",)}),
        ("class:cow , color:white ; class:animal", {"class": ("animal",)}),
        ("shape:*", {}),
        ("class:* ;", {"class": ("cow", "animal")}),
    ],
)
def test_predicates(predicate: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert parse(predicate).matching(COW) == expected


def test_types_come_before_the_predicate() -> None:
    assert filter_of({"semanticTypes": ["color"], "semanticFilter": "class:*"}).matching(COW) == {"color": ("black",)}
    assert filter_of({"semanticTypes": "color"}).matching(COW) == {"color": ("black",)}
    assert filter_of({"semanticTypes": []}).matching(COW) == {}
    assert filter_of({}).matching(COW) == COW


def test_predicates_that_make_no_sense_are_named() -> None:
    with pytest.raises(ValueError, match=r"semanticFilter ' ; ' is empty; expected for instance 'class:\*'"):
        parse(" ; ")
    with pytest.raises(ValueError, match=r"'class:a, cow': 'cow' is no term; expected type:labels"):
        parse("class:a, cow")
    with pytest.raises(ValueError, match=r"':cow': ':cow' is no term"):
        parse(":cow")
    with pytest.raises(ValueError, match=r"'class:cow \|': a label is missing around '\|', '&' or '!'"):
        parse("class:cow |")
    with pytest.raises(ValueError, match=r"a label is missing"):
        parse("class:!")
