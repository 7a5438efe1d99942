"""Videos that video_encoding writes, read back with OpenCV."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.kit.video_encoding import get_video_encoding_interface


def shades(path: Path) -> list[int]:
    video, found = cv2.VideoCapture(str(path)), []
    while True:
        there, picture = video.read()
        if not there:
            return found
        found.append(round(float(picture.mean())))


def test_buffers_and_files_become_a_video(tmp_path: Path) -> None:
    encoder, path = get_video_encoding_interface(), tmp_path / "clip" / "a.mp4"
    assert encoder.start_encoding(video_filename=str(path), framerate=10.0, nframes=2, overwrite_video=True)
    encoder.encode_next_frame_from_buffer(np.full((32, 48, 4), 40, np.uint8).tobytes(), width=48, height=32)
    cv2.imwrite(str(tmp_path / "f.png"), np.full((32, 48, 3), 200, np.uint8))
    encoder.encode_next_frame_from_file(str(tmp_path / "f.png"))
    encoder.finalize_encoding()
    assert np.allclose(shades(path), [40, 200], atol=4)
    assert not encoder.start_encoding(str(path), 10.0, 0, overwrite_video=False)


def test_a_windows_path_is_a_folder_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    encoder = get_video_encoding_interface()
    encoder.start_encoding("C:/folder/a.mp4", 10.0)
    encoder.encode_next_frame_from_buffer(bytes(48 * 32 * 3), 48, 32)
    encoder.finalize_encoding()
    assert shades(tmp_path / "C:" / "folder" / "a.mp4") == [0]


def test_mistakes_are_named(tmp_path: Path) -> None:
    encoder = get_video_encoding_interface()
    with pytest.raises(RuntimeError, match=r"video_encoding: no video was begun; call start_encoding"):
        encoder.encode_next_frame_from_buffer(bytes(12), 2, 2)
    encoder.start_encoding(str(tmp_path / "a.mp4"))
    with pytest.raises(ValueError, match=r"7 bytes were given for 2x2; expected 3 or 4 bytes a pixel"):
        encoder.encode_next_frame_from_buffer(bytes(7), 2, 2)
    encoder.start_encoding(str(tmp_path / "a.nothing"))
    with pytest.raises(RuntimeError, match=r"a.nothing' cannot be encoded \(2x2\); expected a path that ends in .mp4"):
        encoder.encode_next_frame_from_buffer(bytes(12), 2, 2)
    with pytest.raises(FileNotFoundError, match=r"frame_filename='no.png' was given; expected an image file"):
        encoder.encode_next_frame_from_file("no.png")
