"""video_encoding: pictures into MP4 files, as the extension omni.videoencoding offers it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..carb.logging import log_warn


class VideoEncoding:
    """One encoder; a video has the size of its first picture."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._rate = 24.0
        self._video: Any = None
        self._size = (0, 0)

    def start_encoding(
        self, video_filename: str, framerate: float = 24.0, nframes: int = 0, overwrite_video: bool = True
    ) -> bool:
        """Begin a video.

        Args:
            video_filename: its path; folders are made.
            framerate: pictures a second.
            nframes: accepted; the video has as many as it is given.
            overwrite_video: False leaves a file that is there alone and returns False.
        """
        path = Path(video_filename).absolute()  # a relative "C:/..." would be a protocol to the encoder
        if path.exists() and not overwrite_video:
            log_warn(f"video_encoding: '{path}' is there and overwrite_video is False; expected a new name")
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._rate, self._video = path, float(framerate), None
        return True

    def encode_next_frame_from_file(self, frame_filename: str) -> None:
        """Add an image file.

        Raises:
            FileNotFoundError: if it cannot be read.
        """
        import cv2

        picture = cv2.imread(str(frame_filename), cv2.IMREAD_COLOR)
        if picture is None:
            raise FileNotFoundError(
                f"video_encoding: frame_filename='{frame_filename}' was given; expected an image file that can be read"
            )
        self._add(picture)

    def encode_next_frame_from_buffer(self, buffer: bytes, width: int = 0, height: int = 0) -> None:
        """Add a picture of RGBA or RGB bytes, row by row.

        Raises:
            ValueError: if there are not 3 or 4 bytes a pixel.
        """
        data = np.frombuffer(bytes(buffer), np.uint8)
        channels = len(data) // max(1, width * height)
        if channels not in (3, 4) or len(data) != width * height * channels:
            raise ValueError(
                f"video_encoding: {len(data)} bytes were given for {width}x{height}; expected 3 or 4 bytes a pixel"
            )
        self._add(np.ascontiguousarray(data.reshape(height, width, channels)[..., 2::-1]))

    def finalize_encoding(self) -> None:
        """Complete the file."""
        if self._video is not None:
            self._video.release()
        self._path = self._video = None

    def _add(self, picture: np.ndarray) -> None:
        import cv2

        if self._path is None:
            raise RuntimeError("video_encoding: no video was begun; call start_encoding(video_filename, ...) first")
        if self._video is None:
            self._size = (picture.shape[1], picture.shape[0])
            self._video = cv2.VideoWriter(str(self._path), cv2.VideoWriter.fourcc(*"mp4v"), self._rate, self._size)
            if not self._video.isOpened():
                raise RuntimeError(
                    f"video_encoding: '{self._path}' cannot be encoded ({self._size[0]}x{self._size[1]}); expected a "
                    "path that ends in .mp4, and an OpenCV with FFmpeg"
                )
        if (picture.shape[1], picture.shape[0]) != self._size:
            picture = cv2.resize(picture, self._size)
        self._video.write(picture)


def get_video_encoding_interface() -> VideoEncoding:
    """Return an encoder."""
    return VideoEncoding()
