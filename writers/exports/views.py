"""What the export formats read: one view after another, in order, with its camera, objects and members."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

RGB = frozenset({"rgb.jpg", "rgb.png"})
KINDS = ("jpg", "png", "agc.png", "tlinear.png", "raw16.png")  # of an output's members, the first that is there


class _Sample(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def members(self) -> dict[str, bytes]: ...


class _Plan(Protocol):
    @property
    def spec(self) -> dict[str, Any]: ...
    @property
    def start(self) -> int: ...
    @property
    def views(self) -> int: ...


class Source(Protocol):
    """The part of `writers.reader.Dataset` that exports use."""

    @property
    def classes(self) -> list[str]:
        """Class names; the n-th (from 1) is pixel value n of `semantic.png`."""
        ...

    @property
    def plan(self) -> _Plan:
        """What the dataset is to hold."""
        ...

    def samples(self, members: set[str] | None = None) -> Iterable[_Sample]:
        """Give the samples in order, with those of the members asked for that they have."""
        ...


@dataclass(frozen=True)
class View:
    """One picture of a dataset.

    Attributes:
        key: of its sample.
        index: its place among all views that the plan has, from 0; a skipped frame leaves a gap.
        image_id: from frame and view alone, from 1.
        about: the parsed `json` member.
        members: the other members that were asked for.
    """

    key: str
    index: int
    image_id: int
    about: dict[str, Any]
    members: dict[str, bytes]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels."""
        return self.about["camera"]["width"], self.about["camera"]["height"]

    def objects(self, numbers: Mapping[str, int]) -> list[dict[str, Any]]:
        """List the objects whose class has a number."""
        return [item for item in self.about["objects"] if item["class"] in numbers]

    def picture(self, image: str = "rgb") -> tuple[str, bytes]:
        """Return a picture: member name (`rgb.jpg`, `thermal_lwir.agc.png`) and bytes.

        Args:
            image: output, or output and kind, e.g. "rgb", "thermal_lwir", "thermal_lwir.tlinear".

        Raises:
            ValueError: if there is none.
        """
        for name in pictures_of(image):
            if name in self.members:
                return name, self.members[name]
        raise ValueError(
            f"sample '{self.key}' has no {image}; make the dataset with output {image.partition('.')[0]}, or export "
            "with --images none"
        )

    def through(self, image: str) -> View:
        """Return the view of the camera that an output looks through: another one where it has a view of its own."""
        said = (self.about.get("infrared") or {}).get(image.partition(".")[0]) or {}
        if "view" not in said:
            return self
        members = {name: data for name, data in self.members.items() if name != "depth.png"}  # of the other camera
        return replace(self, about={**self.about, "camera": said["view"], "objects": said["objects"]}, members=members)


def pictures_of(image: str) -> tuple[str, ...]:
    """Name the members that can be the picture of an output, the best first.

    Args:
        image: output, or output and kind, as `View.picture` takes it.
    """
    output, _, kind = image.partition(".")
    return tuple(f"{output}.{each}" for each in KINDS) if not kind else (image, f"{image}.png")


def views(dataset: Source, members: Iterable[str] = ()) -> Iterator[View]:
    """Give the views of a dataset in order, in one pass.

    Args:
        dataset: an open dataset.
        members: what is needed besides `json`; what a sample lacks is not in its view.

    Raises:
        ValueError: if a sample has no `json`.
    """
    frame, number = -1, 0
    for sample in dataset.samples({"json", *members}):
        if "json" not in sample.members:
            raise ValueError(f"sample '{sample.key}' has no json member; only datasets of this project can be exported")
        about = json.loads(sample.members["json"])
        number = number + 1 if about["frame"] == frame else 0
        frame = about["frame"]
        place = frame * dataset.plan.views + number
        rest = {name: data for name, data in sample.members.items() if name != "json"}
        yield View(sample.key, place - dataset.plan.start * dataset.plan.views, place + 1, about, rest)


def picture_member(dataset: Source, image: str = "rgb") -> str:
    """Tell how the pictures of an output are called in the samples (all have the same members), e.g. `rgb.jpg`.

    Raises:
        ValueError: if there are none.
    """
    names = pictures_of(image)
    for sample in dataset.samples(set(names)):
        for name in names:
            if name in sample.members:
                return name
        raise ValueError(
            f"the dataset has no {image}, and this format names an image a sample; make it with output "
            f"{image.partition('.')[0]}"
        )
    return names[0]  # no samples, so no image is named


def number_classes(dataset: Source, chosen: list[str] | None = None) -> dict[str, int]:
    """Number the classes from 1: those of the dataset, or the chosen ones in the order given.

    Raises:
        ValueError: for a class that the dataset does not have or that is given twice.
    """
    for name in chosen or []:
        if name not in dataset.classes:
            raise ValueError(f"class '{name}' is not in the dataset; it has {', '.join(dataset.classes)}")
    names = dataset.classes if chosen is None else chosen
    if len(set(names)) < len(names):
        raise ValueError(f"classes are {', '.join(names)}; expected each once")
    return {name: position + 1 for position, name in enumerate(names)}
