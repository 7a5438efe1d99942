"""Annotators of colour split by the way of its light: which buffers each gives, in RTX's types."""

from __future__ import annotations

import numpy as np
import pytest

from engine.annotate.registry import get_annotator
from engine.render.buffers import LIGHT_AOVS, Aov
from tests.annotate.building import annotate, buffers, camera, moved, quad, scene, thing

VIEW = camera(size=(4, 3), focal=4)
WORLD = scene(thing("/wall", quad(9, 9), moved(z=-3)))

GIVEN = {
    "DirectDiffuse": (Aov.DIRECT_DIFFUSE,),
    "IndirectDiffuse": (Aov.INDIRECT_DIFFUSE,),
    "DirectSpecular": (Aov.DIRECT_SPECULAR,),
    "Reflections": (Aov.INDIRECT_SPECULAR,),
    "PtDirectIllumation": (Aov.DIRECT_DIFFUSE,),
    "PtGlobalIllumination": (Aov.INDIRECT_DIFFUSE,),
    "PtReflections": (Aov.DIRECT_SPECULAR, Aov.INDIRECT_SPECULAR),
    "PtSelfIllumination": (Aov.EMITTED,),
    "PtBackground": (Aov.BACKGROUND,),
}


@pytest.mark.parametrize("name", GIVEN)
def test_each_gives_its_buffers_and_asks_for_no_others(name: str) -> None:
    found = buffers(WORLD, VIEW)
    expected = sum(found[aov] for aov in GIVEN[name])
    data = annotate(name, WORLD, VIEW, found).data
    assert data is not None and data.dtype == (np.float32 if name == "Reflections" else np.float16)
    np.testing.assert_allclose(data[..., :3], expected, rtol=1e-3)
    assert not data[..., 3].any() and get_annotator(name).aovs == set(GIVEN[name])


def test_the_path_tracers_passes_hold_each_way_of_light_once() -> None:
    names = ("PtDirectIllumation", "PtGlobalIllumination", "PtReflections", "PtSelfIllumination", "PtBackground")
    ways = [aov for name in names for aov in get_annotator(name).aovs]
    assert len(ways) == len(set(ways)) and set(ways) == LIGHT_AOVS - {Aov.OPENNESS}


def test_occlusion_fills_every_channel() -> None:
    found = buffers(WORLD, VIEW)
    data = annotate("AmbientOcclusion", WORLD, VIEW, found).data
    np.testing.assert_allclose(data, np.repeat(found[Aov.OPENNESS][..., None], 4, 2), rtol=1e-3)  # type: ignore[arg-type]


def test_what_the_engine_has_not_is_nothing_and_costs_nothing() -> None:
    for name in ("PtRefractions", "PtVolumes", "PtRefractionFilter", "PtMultiMatte0", "PtMultiMatte7"):
        data = annotate(name, WORLD, VIEW).data
        assert data is not None and not data.any() and get_annotator(name).aovs == frozenset()
    assert get_annotator("PtReflectionFilter").aovs.isdisjoint(LIGHT_AOVS)
    filtered, albedo = (annotate(name, WORLD, VIEW).data for name in ("PtReflectionFilter", "SpecularAlbedo"))
    np.testing.assert_array_equal(filtered, albedo)  # type: ignore[arg-type]
