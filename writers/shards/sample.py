"""One sample: a key and named bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """One sample: a key without dots and its members, extension (no leading dot) to bytes."""

    key: str
    members: dict[str, bytes]


def sample_key(frame: int, view: str | None = None) -> str:
    """Name the sample of a frame; `view` is the camera where a frame has several."""
    return f"{frame:09d}" + (f"_{view}" if view else "")


def frame_of(key: str) -> int:
    """Return the frame of a sample key.

    Raises:
        ValueError: for a key that `sample_key` did not make.
    """
    digits = key.partition("_")[0]
    if not digits.isdigit():
        raise ValueError(f"sample key '{key}' does not begin with a frame number, as in 000000012 or 000000012_left")
    return int(digits)


def check_sample(sample: Sample, members: Iterable[str] | None = None) -> None:
    """Refuse a sample that readers of shards would misread.

    Args:
        sample: what is going to be written.
        members: extensions of the samples before it; all samples of a dataset have the same.

    Raises:
        ValueError: for a key or extension that readers split elsewhere, or other members than before.

    Source: WebDataset's naming rule (key = basename up to its first dot; extensions are read in lower case).
    """
    if not sample.key or "." in sample.key or "/" in sample.key:
        raise ValueError(f"sample key '{sample.key}' is empty or has a dot or slash; readers split keys there")
    for extension in sample.members:
        if not extension or extension.startswith(".") or "/" in extension or extension != extension.lower():
            raise ValueError(
                f"sample '{sample.key}' has a member '{extension}'; expected a lower-case extension without a leading "
                "dot or slashes, e.g. depth.png"
            )
    if members is not None and sorted(sample.members) != sorted(members):
        raise ValueError(
            f"sample '{sample.key}' has members {sorted(sample.members)}; the first sample had {sorted(members)}; "
            "readers want the same members in every sample"
        )
