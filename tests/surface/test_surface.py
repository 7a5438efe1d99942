from __future__ import annotations

from pathlib import Path

import pytest

from engine.conformance import parity
from engine.conformance.record import functions_of, parse_names, versions_of
from engine.conformance.surface import check_folders, check_source, load_surface

ROOT = Path(__file__).parent.parent.parent
ROOMS = ["replicator_scripts", "scenes", "randomizers", "sensors", "writers"]


def messages(source: str) -> list[str]:
    return [finding.message for finding in check_source(source, "x.py")]


def test_our_rooms_call_only_what_every_isaac_sim_has():
    findings, files = check_folders(ROOT, ROOMS)
    assert files > 20
    assert not findings, "\n".join(str(finding) for finding in findings)


def test_the_record_is_the_one_its_table_makes():
    surface = load_surface()
    table = parse_names((parity.NOTES.parent / "surface_names.txt").read_text())
    assert len(table) > 350 and len(surface) > 700
    assert {name: surface[name] for name in table} == table


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "import omni.replicator.core as rep\nrep.create.qube()",
            "'omni.replicator.core.create.qube' is not in the recorded",
        ),
        ("import omni.replicator.core as rep\nrep.create.cube(siz=1)", "takes no 'siz'; it takes position"),
        ("import omni.replicator.core as rep\nrep.functional.create.cube()", "is missing in Isaac Sim 4.5; guard it"),
        (
            "from omni.replicator.core import orchestrator as o\no.step(wait_for_render=True)",
            "(wait_for_render=) is missing",
        ),
        ("import omni.usd\nc = omni.usd.get_context()\nc.get_stag()", "'omni.usd.UsdContext.get_stag' is not in"),
        ("from omni.isaac.kit import SimulationApp", "is missing in Isaac Sim 6.0"),
        ("import omni.nothing", "'omni.nothing' is in no recorded module"),
        ("from isaacsim.core.utils.semantics import add_labels", "is missing in Isaac Sim 4.5"),
        ("import carb.settings\ncarb.settings.get_settings().get_as_boole('/a')", "get_as_boole' is not in"),
    ],
)
def test_what_some_version_lacks_is_found(source, text):
    assert any(text in message for message in messages(source)), messages(source)


@pytest.mark.parametrize(
    "source",
    [
        "import omni.replicator.core as rep\ntry:\n    rep.functional.create.cube()\nexcept AttributeError:\n    rep.create.cube()",
        "import omni.replicator.core as rep\nif hasattr(rep.functional, 'create'):\n    rep.functional.create.cube()",
        "import omni.usd\nstage = omni.usd.get_context().get_stage()\nstage.GetPrimAtPath('/x').Anything()",
        "import omni.replicator.core as rep\nwith rep.trigger.on_frame(max_execs=3):\n    rep.modify.pose(position=(0, 0, 0))",
        "rep = 3\nrep.create.qube()",
    ],
)
def test_guarded_or_known_use_is_accepted(source):
    assert messages(source) == []


def test_the_table_reads_marks():
    assert versions_of("@5.1") == ["5.1", "6.0"] and versions_of(" <6.0") == ["4.5", "5.1"]
    entry = parse_names("[a]\nb.c(x, y@6.0, ...) @5.1 -> a.D\n")["a.b.c"]
    assert entry["parameters"] == {"x": ["4.5", "5.1", "6.0"], "y": ["6.0"]}
    assert entry["open"] and entry["returns"] == "a.D" and entry["versions"] == ["5.1", "6.0"]
    with pytest.raises(ValueError, match=r"line 2: cannot read 'b c'"):
        parse_names("[a]\nb c\n")
    assert functions_of("def f(a, *, b=1, **c): pass\ndef _g(): pass") == {"f": (["a", "b"], True)}


def test_the_parity_page_is_up_to_date():
    assert parity.PAGE.read_text(encoding="utf-8") == parity.page(), "run python -m engine.conformance.parity"


def test_parity_tells_missing_names_and_parameters():
    entry = {"versions": ["6.0"], "parameters": {"url": [], "nothing": []}}
    assert parity.status("omni.usd.nothing_such", {"versions": []}, {}) == ("not yet", "")
    assert parity.status("isaacsim.core.utils.stage.open_stage", entry, {}) == ("partly", "without url, nothing")
    assert parity.status("omni.usd.get_context", {"versions": []}, {"omni.usd.get_context": "n"}) == ("partly", "n")
    with pytest.raises(AttributeError, match=r"the engine has no module for 'nowhere\.at\.all'"):
        parity.look_up("nowhere.at.all")
    with pytest.raises(AttributeError, match="'__class__' is not a public name"):
        parity.look_up("omni.usd.__class__")


def test_every_note_is_about_a_recorded_name():
    assert set(parity.read_notes()) <= set(load_surface())
