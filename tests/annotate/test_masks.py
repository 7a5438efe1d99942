"""Segmentation: ids, dictionaries, colours, mappings, nested labels, subsets."""

from __future__ import annotations

import numpy as np
import pytest

from engine.annotate.id_table import IdTable, other_form
from engine.annotate.masks import parse_mapping
from engine.annotate.palette import colours_of_ids
from engine.stage.scene import Instance
from tests.annotate.building import annotate, box, camera, labelled, moved, quad, scene, thing

VIEW = camera(size=(40, 10), focal=10)
BACKGROUND, UNLABELLED = {"class": "BACKGROUND"}, {"class": "UNLABELLED"}


def column(path: str, place: int, labels: object = None, **more: object) -> Instance:
    """A square that fills columns 10 * place to 10 * place + 9 of VIEW and nothing else."""
    return thing(path, quad(10, 10), moved(10 * place - 15, 0, -10), labels, **more)  # type: ignore[arg-type]


def row(name: str, *things: Instance, **params: object) -> tuple[list[int], dict[object, object]]:
    """Ids of the four columns, each uniform, and idToLabels."""
    out = annotate(name, scene(*things), VIEW, **params)
    assert out.data is not None
    blocks = out.data.reshape(10, 4, 10)
    assert (blocks == blocks[:1, :, :1]).all()
    return blocks[0, :, 0].tolist(), out.info["idToLabels"]


def test_ids_count_classes_in_stage_order_and_stay_when_the_camera_turns() -> None:
    things = [column("/a", 1, "cow"), column("/b", 3, "sheep"), column("/c", 0, "cow"), column("/d", 2)]
    ids, names = row("semantic_segmentation", *things)
    assert ids == [2, 2, 1, 3]
    assert names == {"0": BACKGROUND, "1": UNLABELLED, "2": {"class": "cow"}, "3": {"class": "sheep"}}
    only = annotate("semantic_segmentation", scene(*things), camera(moved(x=15), size=(10, 10), focal=10))
    assert np.unique(only.data).tolist() == [3]
    assert only.info["idToLabels"] == {"0": BACKGROUND, "1": UNLABELLED, "3": {"class": "sheep"}}


def test_empty_pixels_are_background_and_hidden_classes_are_not_named() -> None:
    hidden = thing("/h", quad(2, 2), moved(-15, 0, -12), "hidden")
    ids, names = row("semantic_segmentation", column("/a", 0, "cow"), hidden)
    assert ids == [2, 0, 0, 0] and "3" not in names and len(names) == 3


def test_instances_are_labelled_prims_and_take_their_descendants_in() -> None:
    herd = labelled("/herd", np.eye(4), **{"class": "herd"})
    cow = labelled("/herd/cow", np.eye(4), **{"class": "cow"})
    things = [column("/herd/cow/head", 0, (cow, herd)), column("/herd/cow/tail", 1, (cow, herd)),
              column("/herd/dog", 2, (herd,)), column("/tree", 3)]  # fmt: skip
    ids, names = row("instance_segmentation_fast", *things)
    assert ids == [3, 3, 2, 1]
    assert names == {0: "BACKGROUND", 1: "UNLABELLED", 2: "/herd", 3: "/herd/cow"}
    out = annotate("instance_segmentation_fast", scene(*things), VIEW)
    assert out.info["idToSemantics"] == {0: BACKGROUND, 1: UNLABELLED, 2: {"class": "herd"}, 3: {"class": "cow,herd"}}
    legacy = annotate("instance_segmentation", scene(*things), VIEW).info
    assert list(legacy["idToLabels"]) == ["0", "1", "2", "3"] and list(legacy["idToSemantics"]) == ["0", "1", "2", "3"]
    assert row("semantic_segmentation", *things)[0] == [2, 2, 3, 1]


def test_drawn_prims_have_ids_whether_labelled_or_not() -> None:
    things = [column("/a/x", 0, "cow"), column("/a/y", 1), column("/a/y", 2, subset_path="/a/y/s")]
    ids, names = row("instance_id_segmentation_fast", *things)
    assert ids == [2, 3, 3, 0]
    assert names == {0: "BACKGROUND", 1: "UNLABELLED", 2: "/a/x", 3: "/a/y"}
    assert row("instance_id_segmentation", things[1], things[2]) == (
        [0, 2, 2, 0],
        {"0": "BACKGROUND", "1": "UNLABELLED", "2": "/a/y"},
    )


def test_several_labels_and_types_join_nearest_first() -> None:
    outer = labelled("/a", np.eye(4), **{"class": ("cube", "prop"), "color": "red"})
    inner = labelled("/a/b", np.eye(4), **{"class": ("rectangle", "cube")})
    names = row("semantic_segmentation", column("/a/b", 0, (inner, outer)), semanticTypes=["class", "color"])[1]
    assert names["2"] == {"class": "rectangle,cube,prop", "color": "red"}
    names = row("semantic_segmentation", column("/a/b", 0, (inner, outer)), semanticFilter="color:*")[1]
    assert names["2"] == {"color": "red"}


def test_filtered_prims_are_unlabelled_and_their_parents_take_over() -> None:
    outer, inner = labelled("/a", np.eye(4), **{"class": "cube"}), labelled("/a/b", np.eye(4), shape="round")
    ids, names = row(
        "instance_segmentation_fast",
        column("/a/b", 0, (inner, outer)),
        column("/c", 1, (labelled("/c", np.eye(4), shape="flat"),)),
        semanticTypes=["class"],
    )
    assert ids == [2, 1, 0, 0] and names[2] == "/a"


def test_labels_of_any_type_count_unless_told_otherwise() -> None:
    shape = column("/c", 1, (labelled("/c", np.eye(4), shape="flat"),))
    ids, names = row("semantic_segmentation", column("/a", 0, "cow"), shape)
    assert ids == [2, 3, 0, 0] and names["2"] == {"class": "cow"} and names["3"] == {"shape": "flat"}


def test_subset_labels_count_only_when_asked_for() -> None:
    """As NVIDIA's sdg_geomsubset.py expects: a label on the mesh holds either way."""
    mesh = labelled("/cube", np.eye(4), **{"class": "on_mesh"})
    face = [labelled(f"/other/face_{n}", np.eye(4), **{"class": f"face_{n}"}) for n in range(2)]
    things = [column("/cube", 0, (mesh,), subset_path="/cube/face_0"),
              *(column("/other", n + 1, (face[n],), subset_path=f"/other/face_{n}") for n in range(2))]  # fmt: skip
    assert row("semantic_segmentation", *things)[0] == [2, 1, 1, 0]
    ids, names = row("semantic_segmentation", *things, perSubsetSegmentation=True)
    assert ids == [2, 3, 4, 0] and names["4"] == {"class": "face_1"}


def test_colours_and_their_keys() -> None:
    things = [column("/a", 0, "cow"), column("/b", 1, "sheep"), column("/c", 2)]
    out = annotate("semantic_segmentation", scene(*things), VIEW, colorize=True)
    assert out.data is not None and out.data.dtype == np.uint8
    np.testing.assert_array_equal(out.data[0, ::10], colours_of_ids([2, 3, 1, 0]))
    assert list(out.info["idToLabels"]) == [
        "(0, 0, 0, 0)",
        "(0, 0, 0, 255)",
        "(93, 220, 11, 255)",
        "(243, 69, 141, 255)",
    ]
    assert out.info["idToLabels"][(93, 220, 11, 255)] == {"class": "cow"}
    fast = annotate("instance_segmentation_fast", scene(*things), VIEW, colorize=True)
    assert fast.info["idToLabels"][tuple(fast.data[0, 0])] == "/a"  # type: ignore[index]
    assert fast.info["idToSemantics"]["(243, 69, 141, 255)"] == {"class": "sheep"}


def test_mappings_give_ids_or_colours() -> None:
    things = [column("/a", 0, "cow"), column("/b", 1, "sheep"), column("/c", 2, "goat"), column("/d", 3)]
    ids, names = row("semantic_segmentation", *things, mapping='{"class:Cow": 7, "sheep": 40}')
    assert ids == [7, 40, 1, 1]
    assert names == {"0": BACKGROUND, "1": UNLABELLED, "7": {"class": "cow"}, "40": {"class": "sheep"}}
    mapping = {"cow": [1, 2, 3], "class:goat": (9, 8, 7, 6), "class:background": [5, 5, 5, 5]}
    out = annotate("semantic_segmentation", scene(*things[:3]), VIEW, colorize=True, mapping=mapping)
    assert out.data is not None
    assert out.data[0, ::10].tolist() == [[1, 2, 3, 255], [0, 0, 0, 255], [9, 8, 7, 6], [5, 5, 5, 5]]
    assert out.info["idToLabels"]["(1, 2, 3, 255)"] == {"class": "cow"}


def test_mappings_that_make_no_sense_are_named() -> None:
    with pytest.raises(
        ValueError, match=r"mapping '\[1\]' was given; expected a JSON object such as '\{\"class:cow\": 5\}'"
    ):
        parse_mapping("[1]")
    with pytest.raises(ValueError, match=r"mapping '\{bad' was given"):
        parse_mapping("{bad")
    with pytest.raises(ValueError, match=r"mapping\['cow'\] = 'red' was given; expected an id or a colour"):
        parse_mapping({"cow": "red"})


def test_tables_take_both_forms_of_a_key() -> None:
    table = IdTable({2: "a", "3": "b", (1, 2, 3, 4): "c", "(5, 6, 7, 8)": "d"})
    assert [table[k] for k in ("2", 2, np.uint32(2), 3, np.int64(3))] == ["a", "a", "a", "b", "b"]
    assert table["(1, 2, 3, 4)"] == "c" and table[(5, 6, 7, 8)] == "d"
    assert table[tuple(np.array([5, 6, 7, 8], np.uint8))] == "d"
    assert "2" in table and 3 in table and 4 not in table and None not in table
    assert table.get("9") is None and table.get("9", 1) == 1 and table.get(2) == "a"
    assert [other_form(k) for k in (2, "2", (0, 1), "(0, 1)", "x", None)] == ["2", 2, "(0, 1)", (0, 1), None, None]
    with pytest.raises(KeyError):
        table["x"]


def test_shading_darkens_what_turns_away() -> None:
    flat, edge = thing("/a", quad(10, 10), moved(z=-10), "cow"), thing("/b", box(5), moved(z=-10), "cow")
    view = camera(size=(9, 9), focal=9)
    facing = annotate("shaded_semantic_segmentation", scene(flat), view).data
    assert facing is not None and facing[4, 4].tolist() == [93, 220, 11]
    inside = annotate("shaded_instance_segmentation", scene(edge), camera(moved(z=-9), size=(99, 9), focal=9)).data
    assert inside is not None and (inside[4, 0] < inside[4, 49]).all() and (inside[4, 0] > 0).all()
