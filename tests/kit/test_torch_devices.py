"""Where torch finds no CUDA, "cuda" is the CPU; with a small torch of our own, and with the real one where it is."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

FAKE = """
from types import SimpleNamespace
class device:
    def __init__(self, name):
        self.type = name.partition(":")[0]
    def __eq__(self, other):
        return self.type == other.type
class Tensor:
    def __init__(self, where="cpu"):
        self.where = where
    def to(self, where):
        return through(Tensor.to, (self, where), {}, lambda s, w: Tensor(w))
    def cuda(self):
        return through(Tensor.cuda, (self,), {}, lambda s: Tensor("cuda"))
cuda = SimpleNamespace(is_available=lambda: CUDA)
modes = []
def through(function, args, kwargs, plain):
    if not modes:
        return plain(*args, **kwargs)
    def call(*a, **k):
        return plain(*a, **k)
    call.__name__ = function.__name__
    return modes[-1].__torch_function__(function if function is Tensor.cuda else call, (), args, kwargs)
def zeros(n, device="cpu"):
    return through(zeros, (n,), {"device": device}, lambda n, device: Tensor(device))
"""
OVERRIDES = """
import torch
class TorchFunctionMode:
    def __enter__(self):
        torch.modes.append(self)
"""
SCRIPT = """
from isaacsim import SimulationApp
import sys
{before}
app = SimulationApp({{"headless": True}})
import torch
kind = lambda tensor: getattr(tensor.where, "type", tensor.where)
first = torch.zeros(3, device="cuda:0")
print(kind(first), kind(torch.zeros(3, device="cpu")), kind(torch.zeros(3, device=torch.device("cuda"))))
print(kind(first.to("cuda")), kind(first.to("meta")), kind(first.cuda()), torch.__spec__.loader.__class__.__name__)
"""


def run(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    (folder / "script.py").write_text(code)
    path = os.pathsep.join((str(folder), os.environ.get("PYTHONPATH", str(Path.cwd()))))
    words = [sys.executable, "-m", "engine", str(folder / "script.py")]
    environment = {**os.environ, "PYTHONPATH": path + os.pathsep + str(Path.cwd())}
    return subprocess.run(words, capture_output=True, text=True, env=environment, cwd=folder, check=True)


def fake_torch(folder: Path, cuda: bool) -> None:
    (folder / "torch").mkdir()
    (folder / "torch" / "__init__.py").write_text(f"CUDA = {cuda}\n{FAKE}")
    (folder / "torch" / "overrides.py").write_text(OVERRIDES)


@pytest.mark.parametrize("before", ["", "import torch"])
def test_without_cuda_its_devices_are_the_cpu_and_one_warning_says_so(tmp_path, before):
    fake_torch(tmp_path, cuda=False)
    done = run(tmp_path, SCRIPT.format(before=before))
    assert done.stdout.splitlines()[:2] == ["cpu cpu cpu", "cpu meta cpu SourceFileLoader"]
    assert done.stderr.count("torch finds no CUDA here") == 1


def test_with_cuda_nothing_is_changed(tmp_path):
    fake_torch(tmp_path, cuda=True)
    done = run(tmp_path, SCRIPT.format(before=""))
    assert done.stdout.splitlines()[:2] == ["cuda:0 cpu cuda", "cuda meta cuda SourceFileLoader"]
    assert "no CUDA" not in done.stderr


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")
def test_the_real_torch(tmp_path):
    code = """
from isaacsim import SimulationApp
app = SimulationApp({"headless": True})
import torch
tensor = torch.zeros(2, device="cuda") + torch.ones(2).to("cuda") + torch.tensor([1.0, 2.0], device="cuda:0")
print(tensor.device.type, tensor.tolist(), torch.nn.Linear(2, 1).to("cuda").weight.cuda().device.type)
"""
    assert run(tmp_path, code).stdout.splitlines()[0] in ("cpu [2.0, 3.0] cpu", "cuda [2.0, 3.0] cuda")


@pytest.mark.parametrize("before", ["", "import warp"])
def test_warp_has_the_names_that_isaac_sims_releases_have(tmp_path, before):
    pytest.importorskip("warp")
    code = f"""
from isaacsim import SimulationApp
{before}
app = SimulationApp({{"headless": True}})
import warp as wp
print(isinstance(wp.zeros(3, dtype=wp.float32, device="cpu"), wp.types.array), wp.types.array is wp.array)
print(wp.empty(shape=(2, 3), dtype=wp.uint8, device="cpu", owner=False, requires_grad=False).shape)
"""
    assert "True True\n(2, 3)" in run(tmp_path, code).stdout
