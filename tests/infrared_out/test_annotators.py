"""Infrared annotators asked for by name, by scripts and by any writer; and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import omni.replicator.core as rep
import pytest

from engine.kit.graph_core.python_types import PythonType, TypeDeclaration
from scenes.infrared import annotators
from scenes.infrared.buffer_nodes import InfraredBuffers, buffers_of
from scenes.infrared.buffer_path import directions
from sensors.checks import SensorError
from sensors.registry import find_camera

from .test_paths import SIZE, captured

NAMES = ("thermal_lwir", "thermal_mwir", "nir850", "nir940", "nir")


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    annotators.register()
    yield


def test_names_are_in_the_registry_and_registering_again_is_fine() -> None:
    known = rep.AnnotatorRegistry.get_registered_annotators()
    assert set(NAMES) <= set(known) and "thermal_lwir_agc" in known and "nir850_agc" not in known
    annotators.register()
    assert len(rep.AnnotatorRegistry.get_registered_annotators()) == len(known)
    for product in annotators.PRODUCTS:
        assert rep.AnnotatorRegistry.get_augmentation(f"infrared_{product}") is not None


def test_products_of_one_frame_belong_together() -> None:
    def listed() -> list[Any]:
        named = [rep.annotators.get(f"thermal_lwir_{each}") for each in ("radiance", "counts", "agc")]
        own = rep.annotators.augment(
            annotators.traced("lwir"), rep.AnnotatorRegistry.get_augmentation("infrared_counts"), camera="boson640"
        )
        return [rep.annotators.get("thermal_lwir"), *named, own]

    kelvin, radiance, counts, grey, again, *_ = captured(("skin", "concrete"), listed)
    camera = find_camera("boson640")
    np.testing.assert_array_equal(kelvin, camera.spectrum.temperature_image(radiance))
    np.testing.assert_array_equal(counts, camera.scale.encode(radiance))
    np.testing.assert_array_equal(counts, again)
    assert (kelvin.dtype, radiance.dtype, counts.dtype, grey.dtype) == ("float32", "float32", "uint16", "uint8")
    order = np.argsort(counts.ravel(), kind="stable")
    assert (np.diff(grey.ravel()[order].astype(int)) >= 0).all() and np.ptp(grey) > 200


def test_any_writer_can_ask_for_what_buffers_give_by_name() -> None:
    """The node that Replicator's registry knows gives the images of the annotators that are read together."""
    asked = {f"thermal_lwir{each}_buffers": each.removeprefix("_") for each in ("", "_radiance", "_counts", "_agc")}
    asked |= {"thermal_mwir_buffers": "", "nir850_buffers": "", "nir_buffers": ""}

    def listed() -> list[Any]:
        own = [annotators.get(name.split("_buffers")[0].removesuffix(f"_{product}"), "buffers", product=product or None)
               for name, product in asked.items()]  # fmt: skip
        return [*(rep.AnnotatorRegistry.get_annotator(name) for name in asked), *own]

    images = captured(("skin", "concrete"), listed)[: 2 * len(asked)]
    assert len(images) == 2 * len(asked)
    for name, by_name, together in zip(asked, images[: len(asked)], images[len(asked) :], strict=True):
        assert by_name.dtype == together.dtype and by_name.shape == together.shape == SIZE[::-1], name
        np.testing.assert_array_equal(by_name, together, err_msg=name)
        assert name.startswith("nir") or np.ptp(by_name.astype(float)) > 0  # nothing shines at night


def test_where_nothing_traces_the_plain_names_are_those_of_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = [name for name in rep.AnnotatorRegistry.get_registered_annotators() if name.startswith(NAMES)]
    for name in plain:
        rep.AnnotatorRegistry.unregister_annotator(name)
    monkeypatch.setattr(annotators, "can_trace", lambda: False)
    annotators.register()
    kelvin, buffers, together, *_ = captured(
        ("skin", "concrete"),
        lambda: [
            rep.AnnotatorRegistry.get_annotator("thermal_lwir"),
            rep.AnnotatorRegistry.get_annotator("thermal_lwir_buffers"),
            annotators.get("thermal_lwir", "buffers"),
        ],
    )
    np.testing.assert_array_equal(kelvin, together)
    np.testing.assert_array_equal(buffers, together)
    for name in plain:
        rep.AnnotatorRegistry.unregister_annotator(name)


def test_a_node_of_buffers_says_why_it_gives_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    values = {"width": 2, "height": 2, "ids": np.zeros(3, np.uint8), "idToLabels": "{}"}
    with pytest.raises(SensorError, match=r"InfraredBuffers: ids has 3 bytes; expected 16 for 2 x 2 pixels"):
        buffers_of(values.__getitem__)
    assert PythonType(InfraredBuffers, TypeDeclaration()).run({"camera": "boson999"}, "thermal_lwir") == (False, {})
    assert "annotator 'thermal_lwir': " in (said := capsys.readouterr().err) and "boson999" in said


def test_nir_is_the_band_at_850_nm() -> None:
    short, long, *_ = captured(
        ("skin", "concrete"), lambda: [rep.annotators.get("nir"), rep.annotators.get("nir850"), annotators.get("nir")]
    )
    np.testing.assert_array_equal(short, long)


def test_any_writer_can_ask_for_them() -> None:
    class Kelvin(rep.Writer):
        def __init__(self) -> None:
            self.annotators = ["thermal_lwir", "rgb"]
            self.seen: list[np.ndarray] = []

        def write(self, data: dict[str, Any]) -> None:
            self.seen.append(np.array(data["thermal_lwir"]["data"]))

    writer = Kelvin()

    class Attach:
        def attach(self, product: Any) -> Any:
            writer.attach([product])
            return annotators.get("thermal_lwir").attach(product)

    found, *_ = captured(("skin",), lambda: [Attach()])
    writer.detach()
    assert len(writer.seen) == 1 and writer.seen[0].shape == SIZE[::-1]
    np.testing.assert_array_equal(writer.seen[0], found)


def test_parameters() -> None:
    def listed() -> list[Any]:
        return [
            annotators.get("thermal_lwir", camera="lepton35", product="counts"),
            annotators.get("thermal_lwir", "buffers", product="agc", gain="linear"),
            annotators.get("thermal_lwir", "buffers", camera="lepton35"),
        ]

    counts, grey, kelvin, *_ = captured(("skin",), listed)
    assert counts.max() < 2**14 and grey.dtype == np.uint8 and 200 < kelvin.min() < kelvin.max() < 320


def test_what_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SensorError, match=r"infrared annotator 'thermal' is unknown; did you mean 'thermal_.wir'"):
        annotators.get("thermal")
    with pytest.raises(SensorError, match=r"annotator 'nir850': product 'agc' is unknown .known: radiance"):
        annotators.get("nir850", product="agc")
    with pytest.raises(SensorError, match=r"gain control 'log' is unknown"):
        annotators.get("thermal_lwir", product="agc", gain="log")
    with pytest.raises(SensorError, match=r"infrared path: is 'rays'; expected one of auto, trace, buffers"):
        annotators.resolved_path("rays")
    with pytest.raises(
        SensorError, match=r"annotator 'thermal_lwir' is not attached; call attach\(render_product\) fir"
    ):
        annotators.get("thermal_lwir", "buffers").get_data()
    with pytest.raises(
        SensorError, match=r"camera model 'fisheyePolynomial': thermal images from buffers need a pinho"
    ):
        directions({"cameraModel": "fisheyePolynomial"})
    monkeypatch.setattr(annotators, "can_trace", lambda: False)
    assert annotators.resolved_path("auto") == "buffers"
    with pytest.raises(
        SensorError, match=r"infrared path: is 'trace', and this runtime has no tracer of bands; expect"
    ):
        annotators.resolved_path("trace")
    assert annotators.get("thermal_lwir").get_name() == "thermal_lwir"


def test_a_stage_without_a_state_says_what_to_call() -> None:
    import asyncio

    import omni.usd

    from engine.app import get_app

    asyncio.set_event_loop(get_app().loop)
    get_app().run_coroutine(omni.usd.get_context().new_stage_async())
    with pytest.raises(ValueError, match="author"):
        annotators.current_state()
