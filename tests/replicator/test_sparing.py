"""A run computes nothing for a writer whose trigger has not fired; what is written stays the same."""

from __future__ import annotations

import pytest
from pxr import Usd

import engine.replicator as rep
from engine.replicator import capture
from tests.replicator.recording import Recorder, product


def rendered(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note the number of every frame for which a product is looked at."""
    frames: list[int] = []
    real = capture._render

    def render(sight, *arguments):
        frames.append(sight.frame.number)
        return real(sight, *arguments)

    monkeypatch.setattr(capture, "_render", render)
    return frames


def run(stage: Usd.Stage, structure: str = "legacy") -> Recorder:
    slow = rep.trigger.on_frame(interval=3, max_execs=2, name="slow")
    recorder = Recorder(structure=structure)
    recorder.attach(product(stage), trigger=slow)
    rep.orchestrator.run_until_complete()
    return recorder


def test_only_frames_that_are_written_are_rendered(stage: Usd.Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = rendered(monkeypatch)
    recorder = run(stage)
    assert frames == [0, 3] and len(recorder.frames) == 2
    assert [frame["trigger_outputs"]["slow"] for frame in recorder.frames] == [0, 1]


def test_a_second_writer_of_every_frame_gets_every_frame(stage: Usd.Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = rendered(monkeypatch)
    every = Recorder()
    every.attach(product(stage, "every"))
    recorder = run(stage)
    assert len(every.frames) == 6 and len(recorder.frames) == 2
    assert frames == [0, 1, 2, 3, 4, 5]  # both look at one product


def test_a_step_computes_what_a_script_may_ask_for(stage: Usd.Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = rendered(monkeypatch)
    slow = rep.trigger.on_frame(interval=3)
    recorder = Recorder()
    recorder.attach(product(stage), trigger=slow)
    rep.orchestrator.step()
    rep.orchestrator.step()
    assert frames == [0, 1] and len(recorder.frames) == 1
    assert recorder.get_data()["ReferenceTime"]["referenceTimeNumerator"] > 0
