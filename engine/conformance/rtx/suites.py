"""Which of NVIDIA's tests and scripts have golden images that need no remote assets, and what they are used for.

The tests and images lie in the wheels `isaacsim-replicator` and `isaacsim-test`, which hold NVIDIA's terms: a user
fetches them, nothing of them is part of this repository.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Use = Literal["fit", "check"]
Kind = Literal["colour", "classes", "levels"]


@dataclass(frozen=True)
class Golden:
    """One folder of golden images and where a run writes its own.

    Args:
        name: name in the report.
        folder: folder below a `golden` folder of the wheels.
        output: glob of the folder that the run writes, below its folder of temporary files.
        pattern: glob of the images in both folders.
        tolerance: NVIDIA's limit of the mean absolute difference, levels of 255.
        use: whether a constant of ours was fitted to it.
        kind: "colour", "classes" (areas of one colour each, held by intersection over union) or "levels" (grey values
            that mean something else: depth).
    """

    name: str
    folder: str
    output: str
    pattern: str
    tolerance: float
    use: Use
    kind: Kind = "colour"


@dataclass(frozen=True)
class Suite:
    """One test of a module, or one script, and its golden images.

    Args:
        name: short name, part of file names.
        target: module of AsyncTestCase tests, or path of a script in the IsaacSim repository.
        tests: part of the names of the tests to run ("" for scripts).
        goldens: what it is compared with.
        frames: of a script: how many frames to make in place of the number it names.
    """

    name: str
    target: str
    tests: str
    goldens: tuple[Golden, ...]
    frames: int = 0

    @property
    def is_script(self) -> bool:
        """Whether it is a script of the IsaacSim repository."""
        return self.target.endswith(".py")


POSE = "isaacsim.replicator.writers.tests.test_pose_writer"
EXAMPLES = "isaacsim.replicator.examples.tests"
COSMOS = "source/standalone_examples/api/isaacsim.replicator.examples/cosmos_writer_simple.py"
COSMOS_CLIP = "_out_cosmos_simple/clip_0000"


def _pose(model: str, test: str, use: Use) -> Suite:
    views = tuple(
        Golden(
            f"PoseWriter, {model}, camera {number}",
            f"_out_test_pose_writer_{model}/rp{number}",
            f"test_pose_writer_{model}_*/rp{number}",
            "*.png",
            10.0,
            use,
        )
        for number in (1, 2)
    )
    return Suite(f"pose_{model}", POSE, test, views)


def _augmented(kind: str, use: Use) -> Suite:
    """Describe a test of augmentations, which writes one folder with NumPy's and one with Warp's."""
    names = {"annot": ("annot_rgb_*.png", "annot_depth_*.png", 5.0), "writer": ("rgb_*.png", "distance_*.png", 30.0)}
    colour, depth, tolerance = names[kind]
    goldens = []
    for mode in ("numpy", "warp"):
        folder, output = f"_out_augm_{kind}_{mode}", f"test_augm_{kind}_*/{mode}"
        goldens.append(Golden(f"augmented {kind}, {mode}, colour", folder, output, colour, tolerance, use))
        goldens.append(Golden(f"augmented {kind}, {mode}, depth", folder, output, depth, 30.0, "check", "levels"))
    test = {"annot": "test_data_augmentation_annotator", "writer": "test_data_augmentation_writer"}[kind]
    return Suite(f"augm_{kind}", f"{EXAMPLES}.test_data_augmentation", test, tuple(goldens))


def _cosmos(modality: str, kind: Kind) -> Golden:
    use: Use = "fit" if modality == "rgb" else "check"  # the mirror at grazing angles was chosen on it too
    return Golden(
        f"Cosmos, {modality}", f"{COSMOS_CLIP}/{modality}", f"{COSMOS_CLIP}/{modality}", "*.png", 5.0, use, kind
    )


SUITES = (
    Suite(
        "rand_lights",
        f"{EXAMPLES}.test_sdg_randomizer_snippets",
        "test_sdg_randomizer_light_sources",
        (Golden("ten random sphere lights", "_out_rand_lights", "test_rand_lights_*", "rgb_*.png", 5.0, "fit"),),
    ),
    _augmented("annot", "fit"),
    _pose("pinhole", "test_pose_writer_with_pinhole_camera", "fit"),
    _pose("pinholeOpenCV", "test_pose_writer_with_pinhole_opencv_camera", "check"),
    _pose("fisheyePolynomial", "test_pose_writer_with_fisheye_camera", "check"),
    _pose("generalizedProjection", "test_pose_writer_with_generalized_projection_camera", "check"),
    _augmented("writer", "check"),
    Suite(
        "cosmos_simple",
        COSMOS,
        "",
        (
            _cosmos("rgb", "colour"),
            _cosmos("shaded_seg", "colour"),
            _cosmos("segmentation", "classes"),
            _cosmos("depth", "levels"),
            _cosmos("edges", "levels"),
        ),
        frames=3,
    ),
)


def choose(names: str) -> list[Suite]:
    """Return the suites with these names (separated by commas; "" is all).

    Raises:
        ValueError: if there is no such suite.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    known = {suite.name: suite for suite in SUITES}
    for name in wanted:
        if name not in known:
            raise ValueError(f"--only '{names}': no suite '{name}'; choose from {', '.join(known)}")
    return [known[name] for name in wanted] if wanted else list(SUITES)
