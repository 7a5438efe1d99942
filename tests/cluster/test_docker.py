"""The files in docker/, held to what a cluster asks of an image; podman_pod.sh builds the engine's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).resolve().parents[2] / "docker"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())
INSTRUCTIONS = {"ARG", "FROM", "USER", "WORKDIR", "COPY", "RUN", "ENV", "ENTRYPOINT", "CMD", "VOLUME"}


def instructions(name: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile, continued lines joined."""
    text = re.sub(r"\\\n", " ", (FOLDER / name).read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


@pytest.mark.parametrize("name", ["Dockerfile", "engine.Dockerfile"])
def test_dockerfiles(name: str) -> None:
    found = instructions(name)
    assert {word for word, _ in found} <= INSTRUCTIONS
    assert next(word for word, _ in found if word != "ARG") == "FROM"
    users = [value for word, value in found if word == "USER"]
    assert re.fullmatch(r"\d+:\d+", users[-1])
    assert not users[-1].startswith("0:")
    assert not re.search(r"(ACCEPT_EULA|OMNI_KIT_ACCEPT_EULA)\s*=", str(found))  # nobody's licence is accepted here
    base = next(value for word, value in found if word == "FROM")
    assert ":" in base
    assert not base.endswith(":latest")


def test_isaac_sims_user_and_launcher() -> None:
    found = dict(instructions("Dockerfile"))
    assert found["USER"] == "1234:1234"
    assert "/isaac-sim/python.sh -m pip" in found["RUN"]
    assert "nvcr.io/nvidia/isaac-sim:${ISAAC_SIM_VERSION}" in found["FROM"]


def test_compose() -> None:
    isaac, engine = COMPOSE["services"]["isaac"], COMPOSE["services"]["engine"]
    assert isaac["environment"]["ACCEPT_EULA"].startswith("${ACCEPT_EULA:?")
    assert isaac["user"] == "1234:1234"
    assert engine["user"].split(":")[0] != "0"
    for service in (isaac, engine):
        assert (FOLDER.parent / service["build"]["dockerfile"]).is_file()
        named = [volume.split(":")[0] for volume in service["volumes"] if not volume.startswith((".", "/"))]
        assert set(named) <= set(COMPOSE["volumes"])
    targets = [volume.split(":")[1] for volume in isaac["volumes"]]
    assert len(targets) == len(set(targets))
    assert {"/isaac-sim/.cache", "/isaac-sim/.nv/ComputeCache", "/isaac-sim/.local/share/ov/data"} <= set(targets)


def test_the_images_commands_exist() -> None:
    launch = (FOLDER.parent / "launch.sh").read_text()
    for command in ("setup-run)", "help |"):
        assert command in launch
    for shell in [value for word, value in instructions("engine.Dockerfile") if word == "RUN"]:
        assert "sudo" not in shell
