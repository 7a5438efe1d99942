"""The modules that stand under Isaac Sim's names."""

from __future__ import annotations

import importlib
from unittest import mock

import engine.carb
from engine import import_names


def test_a_patched_name_is_the_old_one_again_afterwards():
    import_names.install()
    carb = importlib.import_module("carb")
    before = engine.carb.log_warn
    with mock.patch("carb.log_warn") as patched:
        engine.carb.log_warn("seen")
        patched.assert_called_once_with("seen")
    assert engine.carb.log_warn is before and carb.log_warn is before


def test_the_timeline_stops_when_another_stage_takes_the_place():
    from engine.timeline import get_timeline_interface
    from engine.usd_context import get_context

    timeline = get_timeline_interface()
    get_context().new_stage()
    timeline.play()
    timeline.forward_one_frame()
    get_context().new_stage()
    assert timeline.is_stopped() and timeline.get_current_time() == timeline.get_start_time()
