"""What simulation time a frame shows, asked by the frame's reference time."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pxr import Usd

from engine.app import get_app
from engine.isaac.simulation_manager import SimulationManager
from engine.physics import if_running
from engine.replicator import AnnotatorRegistry, create, orchestrator
from engine.timeline import get_timeline_interface

from .bodies import ball

pytest.importorskip("ovphysx")
samples = SimulationManager._simulation_manager_interface


def test_frames_are_found_by_their_reference_time(stage: Usd.Stage) -> None:
    ball(stage, "/Ball", (0, 0, 10))
    samples.reset()
    assert (samples.get_sample_count(), samples.get_sample_range()) == (0, None)
    assert samples.get_simulation_time_at_time((1, 60)) == 0.0
    get_timeline_interface().play()
    for _ in range(6):
        get_app().update()
    assert samples.get_sample_range() == (Fraction(0), Fraction(1, 10)) and samples.get_sample_count() == 7
    assert samples.get_simulation_time_at_time((2, 60)) == pytest.approx(2 / 60)
    assert samples.get_simulation_time_at_time((5, 120)) == pytest.approx(5 / 120)  # between two frames
    for unknown in ((1, 0), (99, 60)):
        assert samples.get_simulation_time_at_time(unknown) == SimulationManager.get_simulation_time()
    assert samples.get_num_physics_steps() == 6 and samples.is_simulating()
    assert [entry.data.sim_time for entry in samples.get_all_samples()] == pytest.approx([n / 60 for n in range(7)])


def test_only_the_last_frames_are_kept_and_monotonic_time_goes_on(stage: Usd.Stage) -> None:
    ball(stage, "/Ball", (0, 0, 10))
    samples.reset()
    timeline = get_timeline_interface()
    timeline.play()
    for _ in range(60):
        get_app().update()
    assert samples.get_sample_count() == samples.get_buffer_capacity() == 31
    assert samples.get_sample_range() == (Fraction(1, 2), Fraction(1))
    assert (
        samples.get_system_time_at_time((1, 2)) <= samples.get_system_time_at_time((1, 1)) <= samples.get_system_time()
    )
    samples.log_statistics()
    timeline.stop()
    assert samples.get_sample_count() == 0 and samples.get_simulation_time() == 0.0
    timeline.play()
    get_app().update()
    assert samples.get_current_time() == Fraction(1, 60)
    assert samples.get_simulation_time_monotonic_at_time((1, 60)) == pytest.approx(61 / 60)
    assert samples.get_simulation_time_monotonic() == pytest.approx(61 / 60)


def test_a_frame_captured_on_play_shows_the_present_simulation_time(stage: Usd.Stage) -> None:
    """NVIDIA's test_frame_delay.py: no frame may lag behind."""
    ball(stage, "/Ball", (0, 0, 10))
    reference = AnnotatorRegistry.get_annotator("ReferenceTime")
    reference.attach(create.render_product(create.camera(), (4, 4)))
    get_timeline_interface().play()
    orchestrator.set_capture_on_play(True)
    try:
        for _ in range(3):
            get_app().update()
            time = reference.get_data()
            pair = time["referenceTimeNumerator"], time["referenceTimeDenominator"]
            running = if_running(stage)
            assert running is not None
            assert samples.get_simulation_time_at_time(pair) == running.time == SimulationManager.get_simulation_time()
    finally:
        orchestrator.set_capture_on_play(False)
