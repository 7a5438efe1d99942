"""CosmosWriter: clips, five modalities as RGBA pictures, and videos that OpenCV reads back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

import engine.replicator as rep
from engine.replicator.functional import modify
from engine.replicator.writers_default import cosmos
from tests.replicator.small_stage import SIZE, floor_with_boxes, from_above, names, seen_from_above

MODALITIES = ("rgb", "shaded_seg", "segmentation", "depth", "edges")
MAPPING = {"crate": [255, 0, 0, 255], "parcel": [0, 0, 255, 255]}


def picture(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        assert image.mode == "RGBA"
        return np.array(image)


def attached(folder: Path, **options: Any) -> Any:
    writer = rep.WriterRegistry.get("CosmosWriter", {"output_dir": str(folder), **options})
    writer.attach(from_above())
    return writer


def test_files_of_two_clips(tmp_path: Path) -> None:
    floor_with_boxes()
    writer = attached(tmp_path)
    for _ in range(3):
        rep.orchestrator.step(delta_time=0.0)
    writer.next_clip()
    rep.orchestrator.step(delta_time=0.0)
    writer.detach()
    rep.orchestrator.wait_until_complete()
    made = [f"clip_{c:04}/{m}/{m}_{i:04}.png" for c, n in ((0, 3), (1, 1)) for m in MODALITIES for i in range(n)]
    made += [f"clip_{c:04}/{m}.mp4" for c in (0, 1) for m in MODALITIES]
    assert names(tmp_path) == sorted(["metadata.txt", *made])


def test_videos_show_the_frames(tmp_path: Path) -> None:
    floor_with_boxes()
    writer = attached(tmp_path, segmentation_mapping=MAPPING)
    for x in (0.0, 2.0):
        modify.position("/Crate", (x, 0, 1))
        rep.orchestrator.step(delta_time=0.0)
    writer.detach()
    for name in ("segmentation", "depth"):
        video = cv2.VideoCapture(str(tmp_path / f"clip_0000/{name}.mp4"))
        assert video.get(cv2.CAP_PROP_FPS) == pytest.approx(60.0)
        frames = []
        while (read := video.read())[0]:
            frames.append(read[1][..., ::-1])
        assert len(frames) == 2 and frames[0].shape == (*SIZE[::-1], 3)
        for i, frame in enumerate(frames):
            wanted = picture(tmp_path / f"clip_0000/{name}/{name}_{i:04}.png")[..., :3]
            assert np.abs(frame.astype(int) - wanted).mean() < 8  # lossy
        assert np.abs(frames[0].astype(int) - frames[1]).mean() > 1


def test_pictures_are_those_of_the_stage(tmp_path: Path) -> None:
    floor_with_boxes()
    attached(tmp_path, segmentation_mapping=MAPPING)
    rep.orchestrator.step()
    rep.orchestrator.stop()
    seen, first = seen_from_above(), tmp_path / "clip_0000"
    segmentation = picture(first / "segmentation/segmentation_0000.png")
    for number, colour in enumerate(([0, 0, 0, 0], MAPPING["crate"], MAPPING["parcel"])):
        assert (segmentation[seen.owner == number] == colour).all()
    shaded = picture(first / "shaded_seg/shaded_seg_0000.png")[..., :3]
    light = 0.4 + 0.6 * (1 + seen.normal[..., 2]) / 2
    np.testing.assert_allclose(shaded, segmentation[..., :3] * light[..., None], atol=1)
    distance = seen.depth * seen.slant
    grey = 255 * (1 - np.log(distance / 0.1) / np.log(1000))
    np.testing.assert_allclose(picture(first / "depth/depth_0000.png")[..., 0], grey, atol=1)
    found = picture(first / "edges/edges_0000.png")
    assert set(np.unique(found)) == {0, 255} and (found[..., 3] == 255).all()
    rows, columns = np.nonzero(found[..., 0])
    border = np.zeros_like(seen.owner, bool)
    border[:, 1:] |= seen.owner[:, 1:] != seen.owner[:, :-1]
    border[1:] |= seen.owner[1:] != seen.owner[:-1]
    near = cv2.dilate(border.astype(np.uint8), np.ones((5, 5)))
    sides = cv2.dilate((seen.normal[..., 2] < 0.5).astype(np.uint8), np.ones((5, 5)))
    assert len(rows) > 20 and (near | sides)[rows, columns].all()


@pytest.mark.parametrize(("by_prim", "colours"), [(True, 3), (False, 3)])
def test_without_a_mapping_every_prim_has_its_colour(tmp_path: Path, by_prim: bool, colours: int) -> None:
    floor_with_boxes()
    attached(tmp_path, use_instance_id=by_prim)
    rep.orchestrator.step()
    rep.orchestrator.stop()
    owner = seen_from_above().owner
    segmentation = picture(tmp_path / "clip_0000/segmentation/segmentation_0000.png")
    assert len(np.unique(segmentation.reshape(-1, 4), axis=0)) == colours
    floor = np.unique(segmentation[owner == 0], axis=0)
    assert len(floor) == 1 and (floor[0, :3].any() == by_prim)  # the floor has no label


def test_mistakes_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"CosmosWriter: neither output_dir nor backend was given"):
        rep.WriterRegistry.get("CosmosWriter").initialize()
    writer = rep.WriterRegistry.get("CosmosWriter", {"output_dir": str(tmp_path)})
    with pytest.raises(ValueError, match=r"CosmosWriter: 2 render products were given; expected one, use a writer for"):
        writer.attach([from_above("left"), from_above("right")])

    class NoEncoder:
        fourcc = staticmethod(lambda *_: 0)

        def __init__(self, *_: Any) -> None:
            pass

        def isOpened(self) -> bool:  # OpenCV's name
            return False

    monkeypatch.setattr(cosmos.cv2, "VideoWriter", NoEncoder)
    with pytest.raises(RuntimeError, match=r"OpenCV opened no MP4 encoder for 4x4; expected one with FFmpeg"):
        cosmos.encode_mp4([np.zeros((4, 4, 4), np.uint8)], 30.0)
