"""Annotators that need no picture, augmentations, the registry, and every error text."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from pxr import Sdf, Usd, UsdGeom

import engine.replicator as rep
from engine.annotate.output import AnnotatorOutput
from engine.app import get_app
from engine.replicator import capture, viewport_manager
from engine.replicator.annotator import Annotator, AnnotatorError, structured
from engine.replicator.annotators import AnnotatorRegistryError
from engine.replicator.annotators_default import HOST_ANNOTATORS
from engine.replicator.augmentations import Augmentation, AugmentationError, frame_seed, warp_module
from tests.replicator.recording import product
from tests.stage.rigs import arm


def _attribute(stage: Usd.Stage) -> Annotator:
    prim = UsdGeom.Xform.Define(stage, "/World").GetPrim()
    prim.CreateAttribute("weight", Sdf.ValueTypeNames.Float3).Set((1.0, 2.0, 3.0))
    source = HOST_ANNOTATORS["Attribute"]
    return Annotator(source, {"prims": ["/World"], "attribute": "weight"})


def test_get_data_before_and_after_captures(stage: Usd.Stage) -> None:
    annotator = _attribute(stage).attach(product(stage))
    np.testing.assert_array_equal(annotator.get_data(), [1, 2, 3])
    stage.GetAttributeAtPath("/World.weight").Set((4.0, 5.0, 6.0))
    np.testing.assert_array_equal(annotator.get_data(), [1, 2, 3])
    rep.orchestrator.step()
    np.testing.assert_array_equal(annotator.get_data(do_array_copy=True), [4, 5, 6])
    assert annotator.get_data(use_legacy_structure=False)["data"].shape == (3,)
    annotator.detach()
    assert not annotator.is_attached


def test_reference_time_is_a_fraction_of_seconds(stage: Usd.Stage) -> None:
    annotator = rep.annotators.get("ReferenceTime")
    annotator.attach([product(stage)])
    rep.orchestrator.step()
    rep.orchestrator.step(delta_time=0.25)
    assert annotator.get_data() == {"referenceTimeNumerator": 1, "referenceTimeDenominator": 4}


def test_simulation_time_is_seconds_on_the_timeline(stage: Usd.Stage) -> None:
    annotator = rep.annotators.get("IsaacReadSimulationTime", init_params={"resetOnStop": True})
    annotator.attach(product(stage))
    rep.orchestrator.step()
    rep.orchestrator.step(delta_time=0.25)
    assert annotator.get_data() == {"simulationTime": 0.25}


def test_the_three_structures_of_data() -> None:
    array, info = np.arange(3), {"idToLabels": {}}
    assert structured(AnnotatorOutput(array), True) is array
    assert structured(AnnotatorOutput(None, info), True) == info
    assert structured(AnnotatorOutput(array, info), True) == {"data": array, "info": info}
    assert structured(AnnotatorOutput(array, info), False) == {"data": array, **info}


def test_augmentations_run_in_order_on_a_copy(stage: Usd.Stage) -> None:
    def scale(data_in: np.ndarray, factor: float) -> np.ndarray:
        data_in *= factor
        return data_in

    shared = _attribute(stage).attach(product(stage))
    annotator = (
        _attribute(stage).augment(scale, factor=10.0).augment(Augmentation.from_function(lambda data_in: data_in + 1))
    )
    annotator.attach(product(stage))
    rep.orchestrator.step()
    np.testing.assert_array_equal(annotator.get_data(), [11, 21, 31])
    np.testing.assert_array_equal(shared.get_data(), [1, 2, 3])


def test_a_given_seed_starts_the_stream_of_isaac_sims_golden_images() -> None:
    """Noise of `_out_augm_annot_numpy/annot_depth_1_*.png`, 32 subframes, is numpy.random.seed of these numbers."""
    assert [frame_seed(42, frame, "depth", 32) for frame in (0, 1)] == [1190961760, 795556160]


def test_a_seed_whose_default_is_negative_is_drawn_too(stage: Usd.Stage) -> None:
    seeds: list[int] = []

    def note(data_in: np.ndarray, seed: int = -1) -> np.ndarray:
        seeds.append(seed)
        return data_in

    _attribute(stage).augment(note).attach(product(stage))
    rep.orchestrator.step()
    rep.orchestrator.step()
    assert len(set(seeds)) == 2 and min(seeds) >= 0


def test_a_negative_seed_is_drawn_for_every_frame_and_repeats_with_the_global_seed(stage: Usd.Stage) -> None:
    seeds: list[int] = []

    def note(data_in: np.ndarray, seed: int) -> np.ndarray:
        seeds.append(seed)
        return data_in

    annotator = _attribute(stage).augment(note, seed=-1)
    annotator.attach(product(stage))
    for _ in range(2):
        rep.orchestrator.step()
        rep.orchestrator.step()
        rep.orchestrator.stop()
    assert seeds[:2] == seeds[2:]
    assert seeds[0] != seeds[1]


def test_registered_annotators_and_augmentations_come_back_by_name(stage: Usd.Stage) -> None:
    rep.annotators.register_augmentation("double", Augmentation.from_function(lambda data_in: data_in * 2))
    rep.annotators.register("doubled", rep.annotators.augment(_attribute(stage), "double"))
    annotator = rep.AnnotatorRegistry.get_annotator("doubled")
    assert (annotator.get_name(), annotator.template_name) == ("doubled", "Attribute")
    annotator.attach(product(stage))
    rep.orchestrator.step()
    np.testing.assert_array_equal(annotator.get_data(), [2, 4, 6])
    rep.AnnotatorRegistry.unregister_annotator("doubled")
    rep.annotators.unregister_augmentation("double")
    with pytest.raises(
        AnnotatorRegistryError, match=r"augmentation 'double' is not registered; expected one of: Adjust"
    ):
        rep.annotators.get_augmentation("double")


def test_node_annotators_can_be_registered_and_say_why_they_cannot_run(stage: Usd.Stage) -> None:
    rep.AnnotatorRegistry.register_annotator_from_node(
        name="PoseSync", input_rendervars=[], node_type_id="omni.graph.action.Somersault"
    )
    with pytest.raises(AnnotatorError, match=r"'PoseSync' needs 'omni.graph.action.Somersault', which the embedded"):
        rep.annotators.get("PoseSync").attach(product(stage))
    rep.AnnotatorRegistry.unregister_annotator("PoseSync")


def test_an_annotator_of_several_products_answers_with_the_last_ones(stage: Usd.Stage) -> None:
    """NVIDIA's benchmark_sdg_validation.py attaches one annotator to each of its cameras."""
    first, second = (rep.create.render_product(rep.create.camera(name=name), (8, 4 + i)) for i, name in enumerate("ab"))
    depth = rep.annotators.get("distance_to_camera")
    depth.attach(first)
    depth.attach(second)
    rep.orchestrator.step()
    assert depth.get_data().shape == (5, 8)
    depth.detach(second)
    rep.orchestrator.step()
    assert depth.is_attached and depth.get_data().shape == (4, 8)
    first.destroy()
    assert not depth.is_attached


def test_writers_take_render_products_in_whatever_holds_them(stage: Usd.Stage) -> None:
    products = {rep.create.render_product(rep.create.camera(name=name), (4, 4), name=name).path: name for name in "ab"}
    writer = rep.writers.get("BasicWriter", {"output_dir": "unused", "rgb": True})
    writer.attach(products.keys())
    assert writer.attached_paths() == list(products)
    assert all(path.startswith("/Render/OmniverseKit/HydraTextures/") for path in products)
    writer.detach()


def test_wrong_uses_are_named(stage: Usd.Stage) -> None:
    annotator = _attribute(stage)
    with pytest.raises(AnnotatorError, match=r"'Attribute' is not attached; call attach\(render_product\) first"):
        annotator.get_data()
    with pytest.raises(AnnotatorError, match=r"was given 2 render products; expected exactly one"):
        annotator.attach([product(stage), product(stage, "b")])
    with pytest.raises(AnnotatorError, match=r"init_params 'colour'; expected one of: attribute, prims"):
        annotator.initialize(colour=True)
    annotator.attach(product(stage))
    with pytest.raises(AnnotatorError, match=r"is attached to /Render/OmniverseKit/HydraTextures/Replicator already"):
        annotator.attach(product(stage))
    annotator.detach()
    annotator.initialize(attribute="height").attach(product(stage))
    with pytest.raises(ValueError, match=r"there is no attribute 'height' on '/World'"):
        rep.orchestrator.step()
    with pytest.raises(AnnotatorRegistryError, match=r"'ReferenceTime' cannot be unregistered: it is built in"):
        rep.AnnotatorRegistry.unregister_annotator("ReferenceTime")


def test_wrong_augmentations_are_named(stage: Usd.Stage) -> None:
    with pytest.raises(AugmentationError, match=r"augmentation 3 was given; expected a function or a warp kernel"):
        Augmentation.from_function(3)  # type: ignore[arg-type]
    with pytest.raises(AugmentationError, match=r"augmentation node 'omni.replicator.core.OgnFog' is not one"):
        Augmentation.from_node("omni.replicator.core.OgnFog")
    without_array = rep.annotators.get("ReferenceTime").augment(lambda data_in: data_in)
    without_array.attach(product(stage))
    with pytest.raises(AugmentationError, match=r"'ReferenceTime/0': the annotator has no array"):
        rep.orchestrator.step()


def test_warp_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "warp", None)
    with pytest.raises(
        AugmentationError, match=r"device 'cuda' needs warp, which is not installed; .*replicant\[warp\]"
    ):
        warp_module("device 'cuda'")


def test_skeletons_by_name_and_their_absence(stage: Usd.Stage) -> None:
    annotator = rep.annotators.get("skeleton_data").attach(product(stage))
    rep.orchestrator.step()
    assert annotator.get_data()["numSkeletons"] == 0
    arm(stage, "/Arm")
    rep.orchestrator.step()
    found = annotator.get_data()
    assert found["numSkeletons"] == 1 and found["skelPath"] == ["/Arm/Bones"]
    assert found["globalTranslations"].tolist() == [[0, 0, 0], [1, 0, 0]]


def test_get_data_follows_what_app_updates_show(stage: Usd.Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    computed = []
    compute = capture.compute_now
    monkeypatch.setattr(capture, "compute_now", lambda *given: (computed.append(given[0]), compute(*given)))
    annotator = _attribute(stage).attach(product(stage))
    rep.orchestrator.step()
    np.testing.assert_array_equal(annotator.get_data(), [1, 2, 3])
    get_app().update()
    np.testing.assert_array_equal(annotator.get_data(), [1, 2, 3])
    assert not computed  # nothing has changed: what the step captured is still what is there
    for value in ((4.0, 5.0, 6.0), (7.0, 8.0, 9.0)):
        stage.GetAttributeAtPath("/World.weight").Set(value)
        get_app().update()
        np.testing.assert_array_equal(annotator.get_data(), value)
    assert len(computed) == 2
    viewport_manager.get_render_product(annotator._paths[0]).hydra_texture.set_updates_enabled(False)
    stage.GetAttributeAtPath("/World.weight").Set((0.0, 0.0, 0.0))
    get_app().update()
    np.testing.assert_array_equal(annotator.get_data(), [7, 8, 9])  # a render product that is off shows nothing new
