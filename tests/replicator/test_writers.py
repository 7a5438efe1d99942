"""The writer's life: attaching, triggers, three payload layouts, final frame, registry, and every error text."""

from __future__ import annotations

from typing import Any

import pytest
from pxr import Usd, UsdGeom

import engine.replicator as rep
from engine.app import get_app
from engine.kit.syntheticdata import NodeConnectionTemplate
from engine.replicator.writer import WriterError
from engine.replicator.writers import InvalidWriterError, WriterRegistryError
from engine.usd_context import get_context
from tests.replicator.recording import Recorder, product

COMMON = {"swhFrameNumber", "reference_time", "trigger_outputs", "distribution_outputs", "named_outputs"}
TIME = {"referenceTimeNumerator": 0, "referenceTimeDenominator": 1}


def _step(stage: Usd.Stage, structure: str, *names: str) -> dict[str, Any]:
    recorder = Recorder(structure=structure)
    recorder.attach([product(stage, name) for name in names])
    rep.orchestrator.step()
    (frame,) = recorder.frames
    return frame


def test_legacy_layout_of_one_and_of_several_products(stage: Usd.Stage) -> None:
    one = _step(stage, "legacy", "a")
    assert set(one) == COMMON | {"rp_a", "ReferenceTime"}
    assert one["ReferenceTime"] == TIME
    assert one["rp_a"]["camera"] == "/Camera"
    assert list(one["rp_a"]["resolution"]) == [64, 48]


def test_legacy_layout_of_several_products(stage: Usd.Stage) -> None:
    two = _step(stage, "legacy", "a", "b")
    assert set(two) == COMMON | {"rp_a", "rp_b", "ReferenceTime-a", "ReferenceTime-b"}


def test_annotator_layout(stage: Usd.Stage) -> None:
    data = _step(stage, "annotator", "a", "b")
    assert set(data) == COMMON | {"annotators"}
    assert data["annotators"]["ReferenceTime"] == {"a": TIME, "b": TIME}
    assert data["annotators"]["camera"] == {"a": "/Camera", "b": "/Camera"}


def test_render_product_layout(stage: Usd.Stage) -> None:
    data = _step(stage, "renderProduct", "a", "b")
    assert set(data["renderProducts"]) == {"a", "b"}
    assert set(data["renderProducts"]["b"]) == {"camera", "resolution", "ReferenceTime"}


def test_registry_gives_writers_whose_init_has_not_run(stage: Usd.Stage) -> None:
    rep.WriterRegistry.register(Recorder, category="test")
    writer = rep.writers.get("Recorder")
    assert not hasattr(writer, "frames")
    assert (writer.num_written, writer.annotators, writer.data_structure) == (0, [], "legacy")
    writer.initialize(structure="annotator")
    assert writer.data_structure == "annotator"
    assert list(rep.WriterRegistry.get_writers(category="test")) == ["Recorder"]
    attached = rep.WriterRegistry.get("Recorder", {}, product(stage))
    assert rep.WriterRegistry.get_attached_writer("Recorder") is attached
    rep.WriterRegistry.detach("Recorder")
    assert rep.WriterRegistry.get_attached_writers() == {}
    rep.writers.unregister_writer("Recorder")


def test_triggers_none_condition_and_item(stage: Usd.Stage) -> None:
    manual, condition, followed = Recorder(), Recorder(), Recorder()
    manual.attach(product(stage), trigger=None)
    answers = iter([True, False, True])
    condition.attach(product(stage), trigger=lambda: next(answers))
    followed.attach(product(stage), trigger=rep.trigger.on_custom_event("save"))
    for number in range(3):
        if number == 1:
            manual.schedule_write()
            rep.utils.send_og_event("save")
        rep.orchestrator.step()
    numbers = [[frame["swhFrameNumber"] for frame in w.frames] for w in (manual, condition, followed)]
    assert numbers == [[1], [0, 2], [1]]


def test_augmented_and_replaced_annotators_keep_their_names(stage: Usd.Stage) -> None:
    recorder = Recorder(annotators=[])
    recorder.add_annotator("ReferenceTime")
    recorder.add_annotator(rep.annotators.get("ReferenceTime"))
    recorder.add_annotator(NodeConnectionTemplate("primPaths"))
    assert [annotator.get_name() for annotator in recorder.get_annotators()] == ["ReferenceTime", "primPaths"]
    recorder.attach(product(stage))
    assert len(recorder.get_attached_annotators()) == 2
    assert recorder.get_annotator("primPaths").is_attached


def test_attaching_again_moves_the_writer_and_detach_ends_it(stage: Usd.Stage) -> None:
    recorder = Recorder(structure="renderProduct")
    recorder.attach(product(stage, "a"))
    recorder.attach(product(stage, "b"))
    rep.orchestrator.step()
    recorder.detach()
    rep.orchestrator.step()
    assert [list(frame["renderProducts"]) for frame in recorder.frames] == [["b"]]


def test_a_render_product_that_is_gone_is_left_out_of_what_is_written(stage: Usd.Stage) -> None:
    recorder = Recorder(structure="renderProduct")
    stays, goes = product(stage, "a"), product(stage, "b")
    recorder.attach([stays, goes])
    rep.orchestrator.step()
    goes.destroy()
    rep.orchestrator.step()
    assert [list(frame["renderProducts"]) for frame in recorder.frames] == [["a", "b"], ["a"]]
    recorder.detach()


def test_final_frame_comes_once_a_run_and_a_new_stage_ends_the_run(stage: Usd.Stage) -> None:
    recorder = Recorder()
    recorder.attach(product(stage))
    rep.orchestrator.step()
    rep.orchestrator.stop()
    rep.orchestrator.stop()
    assert recorder.finals == 1
    rep.orchestrator.step()
    get_context().new_stage()
    assert (recorder.finals, rep.orchestrator.get_is_stopped()) == (2, True)
    assert rep.WriterRegistry.get_attached_writers() == {}


def test_metadata_is_written_once_before_the_first_frame(stage: Usd.Stage) -> None:
    class Memory:
        def __init__(self) -> None:
            self.files: list[tuple[str, bytes]] = []

        def write_blob(self, path: str, data: bytes) -> None:
            self.files.append((path, data))

    recorder = Recorder()
    recorder.backend = Memory()
    recorder.attach(product(stage))
    rep.orchestrator.step()
    rep.orchestrator.step()
    ((path, text),) = recorder._backend.files
    assert path == "metadata.txt"
    golden = b'{"name": "BasicWriter", "version": "0.0.2", "replicator_global_seed:": 11}'  # of benchmark_sdg, 6.0.1
    assert text == golden.replace(b"BasicWriter", b"Recorder").replace(b"0.0.2", b"0.0.0").replace(b"11", b"42")


def test_attach_async(stage: Usd.Stage) -> None:
    recorder = Recorder()
    get_app().run_coroutine(recorder.attach_async(product(stage)))
    rep.orchestrator.step()
    assert len(recorder.frames) == recorder.num_written == 1
    assert recorder.get_data()["swhFrameNumber"] == 0
    recorder.reset()
    assert recorder.num_written == 0


def test_node_writers_can_be_registered_and_say_why_they_cannot_run(stage: Usd.Stage) -> None:
    rep.writers.register_node_writer(name="RosPublish", node_type_id="isaacsim.ros2.PublishImage", annotators=["rgb"])
    writer = rep.writers.get("RosPublish", init_params={"topicName": "x"})
    with pytest.raises(WriterError, match=r"'RosPublish' needs 'isaacsim.ros2.PublishImage', which the embedded"):
        writer.attach(product(stage))
    rep.writers.unregister_writer("RosPublish")


def test_wrong_uses_are_named(stage: Usd.Stage) -> None:
    recorder = Recorder()
    with pytest.raises(WriterError, match=r"writer 'Recorder' was given no render products; expected at least one"):
        recorder.attach([])
    with pytest.raises(WriterError, match=r"was given trigger 'never'; expected None, a function or a trigger"):
        recorder.attach(product(stage), trigger="never")
    with pytest.raises(WriterError, match=r"has no annotator 'rgb' to augment; expected one of: ReferenceTime"):
        recorder.augment_annotator("rgb", lambda data_in: data_in)
    with pytest.raises(WriterError, match=r"has no annotator 'rgb'; expected one of: ReferenceTime"):
        recorder.get_annotator("rgb")
    with pytest.raises(WriterError, match=r"annotators holds 5; expected a name, an Annotator or a NodeConnection"):
        Recorder(annotators=[5]).attach(product(stage))
    recorder.data_structure = "flat"
    recorder.attach(product(stage))
    with pytest.raises(ValueError, match=r"data_structure='flat' was given; expected one of: legacy, annotator"):
        rep.orchestrator.step()
    with pytest.raises(WriterError, match=r"writer 'Empty' has no write\(data\) method"):
        type("Empty", (rep.Writer,), {})().write({})


def test_wrong_names_in_the_registry_are_named() -> None:
    with pytest.raises(WriterRegistryError, match=r"writer 'SoundWriter' is not registered \(see docs/parity.md"):
        rep.WriterRegistry.get("SoundWriter")
    with pytest.raises(WriterRegistryError, match=r"'BasicWriter' cannot be unregistered: it is built in"):
        rep.WriterRegistry.unregister_writer("BasicWriter")
    with pytest.raises(InvalidWriterError, match=r"WriterRegistry.register: .*int.* was given; expected a subclass of"):
        rep.WriterRegistry.register(int)


def test_missing_names_point_to_the_parity_page() -> None:
    text = r"omni.replicator.core has no 'MagicWriter' in the embedded engine: .* see docs/parity.md"
    with pytest.raises(AttributeError, match=text):
        _ = rep.MagicWriter
    with pytest.raises(AttributeError, match=r"omni.replicator.core.orchestrator has no 'rewind' in the embedded"):
        _ = rep.orchestrator.rewind
    with pytest.raises(AttributeError, match=r"omni.replicator.core.writers_default has no 'Nope' in the embedded"):
        _ = rep.writers_default.Nope


def test_data_before_any_capture_is_that_of_the_present(stage: Usd.Stage) -> None:
    UsdGeom.Cube.Define(stage, "/Box")
    recorder = Recorder(["distance_to_camera", "ReferenceTime"])
    recorder.attach(product(stage, size=(8, 6)))
    data = recorder.get_data()
    assert data["distance_to_camera"].shape == (6, 8) and "referenceTimeNumerator" in data["ReferenceTime"]
    assert recorder.frames == []
