"""PytorchWriter hands on what its own PNG files show; with the real torch where it is, else with what NumPy can do of it."""

from __future__ import annotations

import importlib.util
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import engine.replicator as rep
from engine.isaac.replicator_writers import PytorchListener


class Batch(np.ndarray):
    """The three methods of torch.Tensor that are used."""

    def to(self, device):
        assert device == "cpu"  # no CUDA: where the tensors are, is where torch can put them
        return self

    def permute(self, *axes):
        return self.transpose(axes)


def plain_torch():
    cuda = SimpleNamespace(is_available=lambda: False)
    return SimpleNamespace(from_numpy=lambda array: array.view(Batch), cuda=cuda, Tensor=Batch)


@pytest.fixture
def torch(monkeypatch):
    if importlib.util.find_spec("torch") is None:
        monkeypatch.setitem(sys.modules, "torch", plain_torch())


def capture(writer, count):
    rep.orchestrator.set_capture_on_play(False)
    rep.functional.create.dome_light(intensity=500)
    rep.functional.create.cube(position=(0, 0, 0))
    cameras = [rep.functional.create.camera(position=(x, 1, 5), look_at=(0, 0, 0)) for x in range(count)]
    products = [rep.create.render_product(one, (16, 12), name=f"view_{n}") for n, one in enumerate(cameras)]
    writer.attach(products)
    for _ in range(2):
        rep.orchestrator.step()
    rep.orchestrator.wait_until_complete()
    writer.detach()


@pytest.mark.parametrize(("count", "names"), [(1, ["LdrColor"]), (2, ["view_0", "view_1"])])
def test_a_batch_of_what_the_files_show(tmp_path, fresh_stage, torch, count, names):
    listener = PytorchListener()
    assert listener.get_rgb_data() is None
    writer = rep.WriterRegistry.get("PytorchWriter")
    writer.initialize(listener=listener, output_dir=str(tmp_path), device="cuda")
    capture(writer, count)
    batch = np.asarray(listener.get_rgb_data())
    assert batch.shape == (count, 3, 12, 16) and batch.dtype == np.uint8 and np.ptp(batch) > 0
    shown = [np.asarray(Image.open(tmp_path / f"rgb_1_{name}.png"))[..., :3] for name in names]
    assert np.array_equal(batch.transpose(0, 2, 3, 1), shown)


def test_without_a_folder_nothing_is_written(tmp_path, fresh_stage, torch, monkeypatch):
    monkeypatch.chdir(tmp_path)
    listener = PytorchListener()
    writer = rep.WriterRegistry.get("PytorchWriter")
    writer.initialize(listener=listener, device="cpu")
    capture(writer, 1)
    assert listener.get_rgb_data() is not None and not list(tmp_path.rglob("*.png"))


def test_without_torch_one_clear_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match="PytorchWriter needs torch"):
        rep.WriterRegistry.get("PytorchWriter").initialize(listener=PytorchListener())


def test_somebody_who_cannot_listen():
    with pytest.raises(TypeError, match="expected a PytorchListener"):
        rep.WriterRegistry.get("PytorchWriter").initialize(listener="me")
