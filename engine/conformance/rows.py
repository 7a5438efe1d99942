"""The published scripts that the engine is held against, one row each.

Tier A: `isaac-sim/IsaacSim` v6.0.1 (Apache-2.0), with their own checks.
Tier A51: the v5.1.0 versions of five of them, written on `rep.create`; judged by the files they write.
Tier B: `NVIDIA-Omniverse/synthetic-data-examples` (BSD-3), written for a Y-up stage in centimetres; judged by the files
they write.
Tiers C and CB: scripts of either repository that want remote assets, run with stand-ins for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import rows_yaml

EXAMPLES = "source/standalone_examples/api/isaacsim.replicator.examples"
WRITERS = "source/extensions/isaacsim.replicator.writers"
RECORDER = "source/extensions/isaacsim.replicator.synthetic_recorder"
BEHAVIOR = "source/extensions/isaacsim.replicator.behavior"
EXTENSIONS = (
    WRITERS,
    RECORDER,
    BEHAVIOR,
    "source/extensions/isaacsim.test.utils",
)
BENCHMARKS = "source/standalone_examples/benchmarks"
REPLICATOR = "source/standalone_examples/replicator"
ISAAC_PATHS = (*EXTENSIONS, EXAMPLES, REPLICATOR, f"{BENCHMARKS}/benchmark_sdg.py", f"{BENCHMARKS}/workflows")
SNIPPETS = "omni.replicator/snippets"


LAST_A, LAST_A51, LAST_B = 16, 24, 44


@dataclass(frozen=True)
class Row:
    """One script or test module.

    Args:
        number: row number.
        title: what it shows.
        target: path in its repository, or a module name for tests.
        arguments: arguments of the script.
        options: options of `python -m engine`; {repo} stands for the checkout, {here} for this folder.
        files: (pattern, exact number) of files it must write (tiers A51 and B).
        seconds: time limit.
        variant: letter of a second run of the same script with other arguments.
        needs: Python package it imports that the engine does not bring; without it the row is left out.
        alone: run without the checkout's extensions, on the engine's own.
    """

    number: int
    title: str
    target: str
    arguments: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    files: tuple[tuple[str, int], ...] = ()
    seconds: float = 1800.0
    variant: str = ""
    alone: bool = False
    needs: str = ""

    @property
    def label(self) -> str:
        """Number and variant."""
        return f"{self.number:02d}{self.variant}"

    @property
    def sources(self) -> list[str]:
        """Files of the checkout that the row needs: its script and those that its options name."""
        return [self.target, *(word.removeprefix("{repo}/") for word in self.options if word.startswith("{repo}/"))]

    @property
    def is_test(self) -> bool:
        """Whether the row is a module of AsyncTestCase tests."""
        return not self.target.endswith((".py", ".yaml"))

    @property
    def tier(self) -> str:
        """A for IsaacSim 6.0.1, A51 for IsaacSim 5.1.0, B for synthetic-data-examples, C and CB with stand-ins."""
        if self.number >= rows_yaml.FIRST:
            return "B"
        if self.number > LAST_B:
            return "CB" if self.number in (51, 52) else "C"
        return "A" if self.number <= LAST_A else "A51" if self.number <= LAST_A51 else "B"


def _example(number: int, name: str, title: str) -> Row:
    return Row(number, title, f"{EXAMPLES}/{name}.py", ("--test",))


_BENCHMARK = ("--num-frames", "3", "--resolution", "320", "180", "--asset-count", "10", "--annotators", "all")
POSE = "isaacsim.replicator.writers.tests.test_pose_writer"
TIER_A = (
    Row(1, "PoseWriter goldens, four camera models", POSE),
    Row(1, "the same with the engine's own PoseWriter", POSE, variant="b", alone=True),
    _example(2, "sdg_getting_started_01", "BasicWriter, rgb and boxes"),
    _example(3, "sdg_getting_started_02", "PoseWriter and a custom writer"),
    _example(4, "sdg_getting_started_03", "custom event, two cameras"),
    _example(5, "sdg_getting_started_05", "batches of prims, wait_for_render"),
    _example(6, "multi_camera", "custom writer, three cameras"),
    _example(7, "custom_event_and_write", "events and writes"),
    _example(8, "sdg_geomsubset", "labels of meshes with GeomSubsets"),
    Row(
        8,
        "labels of GeomSubsets themselves",
        f"{EXAMPLES}/sdg_geomsubset.py",
        ("--test", "--/syntheticdata/sensors/perSubsetSegmentation=true"),
        variant="b",
    ),
    Row(
        9,
        "recorder: every output of BasicWriter",
        "isaacsim.replicator.synthetic_recorder.tests.test_recorder_outputs",
        options=("-k", "empty_stage,no_semantics,with_semantics,multiple_iterations,multiple_renders_products"),
    ),
    Row(
        10,
        "benchmark, all annotators",
        "source/standalone_examples/benchmarks/benchmark_sdg.py",
        (*_BENCHMARK, "--print-results"),
    ),
    _example(11, "custom_fps_writer_annotator", "rates of writer and timeline, falling cube"),
    _example(12, "simulation_get_data", "cubes drop, data when they rest"),
    _example(13, "sdg_getting_started_04", "a drop captured as the timeline plays"),
    _example(14, "cosmos_writer_simple", "CosmosWriter, rolling things"),
    Row(
        15,
        "PytorchWriter on the CPU (needs torch)",
        "isaacsim.replicator.writers.tests.test_pytorch_writer",
        options=("-k", "with_backend,without_backend"),
        needs="torch",
    ),
    Row(
        16,
        "benchmark with physics, all annotators",
        f"{BENCHMARKS}/workflows/benchmark_workflow_sdg_physics_randomization.py",
        (*_BENCHMARK, "--print-results"),
    ),
)
TUTORIALS = "omni.replicator/tutorials"
_SCRATCHES = "omni.replicator/snippets/surface_scratches/scratches_randomization.usda"
_QUICK = rows_yaml.QUICK
_IN_AISLE = (*_QUICK, "--open-stage", "{here}/scenes/aisle.usda", "--save-stage", "stage.usda")
_COSMOS = ("rgb", "shaded_seg", "segmentation", "depth", "edges")
_OLD = ("--up-axis", "Y", "--meters-per-unit", "0.01", "--save-stage", "stage.usda")
_RGB, _MASK = "rgb_*.png", "semantic_segmentation_[0-9]*.png"


def _snippet(number: int, name: str, title: str, run: int | None = None, **files: int) -> Row:
    """Describe a snippet; `files` is the number of pictures and masks, `run` the frames to start where it does not."""
    options = _OLD if run is None else (*_OLD, "--run", str(run))
    patterns = {"rgb": _RGB, "masks": _MASK, "own_masks": "seg_*.png"}
    wanted = tuple((patterns[kind], count) for kind, count in files.items())
    return Row(number, title, f"{SNIPPETS}/{name}.py", (), options, wanted)


TIER_B = (
    Row(
        25,
        "the first tutorial",
        "omni.replicator/tutorials/fall_2022_DLI/01_hello_replicator.py",
        (),
        _OLD,
        ((_RGB, 10), (_MASK, 10), ("bounding_box_2d_tight_[0-9]*.npy", 10)),
    ),
    _snippet(26, "replicator_trigger_intervals", "two frame intervals", run=0, rgb=50),
    _snippet(27, "replicator_time_intervals", "time intervals", run=5, rgb=5),
    _snippet(28, "replicator_filter_semantics", "semantic filter", rgb=10, masks=10),
    _snippet(29, "replicator_multiple_semantic_classes", "several semantic types", rgb=2, masks=2),
    _snippet(30, "replicator_remove_semantics", "removal of labels"),
    _snippet(31, "replicator_annotator_segmentation", "annotator data in a coroutine"),
    _snippet(32, "replicator_writer_segmentation_colors", "writer with its own palette", rgb=10, own_masks=10),
    _snippet(33, "replicator_light_modification", "attributes of lights", run=0),
    _snippet(34, "replicator_multi_object_visibility_toggle", "visibility in turn", rgb=40, masks=40),
    _snippet(35, "replicator_scatter_multi_trigger", "two triggers and scatter", rgb=10),
    _snippet(36, "scattering/scatter2D_basic", "scatter on a surface"),
    _snippet(37, "scattering/scatter2D_avoid_objects", "scatter around objects"),
    _snippet(38, "scattering/scatter2D_multi_surface", "scatter on several surfaces"),
    Row(
        39,
        "scatter within limits (uses `og` without importing it: given)",
        f"{SNIPPETS}/scattering/scatter2D_with_limits.py",
        (),
        (*_OLD, "--given", "og=omni.graph.core"),
    ),
    _snippet(40, "scattering/scattering", "scatter again and again"),
    Row(
        41,
        "primvars of a scratched box, drawn for each frame",
        f"{SNIPPETS}/surface_scratches/scratches_randomization.py",
        (),
        (*_QUICK, "--open-stage", f"{{repo}}/{_SCRATCHES}", "--run", "0", "--save-stage", "stage.usda"),
        ((_RGB, 10), (_MASK, 10), ("bounding_box_2d_tight_[0-9]*.npy", 10), ("distance_to_image_plane_*.npy", 10)),
    ),
    Row(
        43,
        "camera on an orbit, kernels and Sequential in a writer",
        f"{TUTORIALS}/siggraph_2024_GENAI/replicator_augmentation_example.py",
        (),
        _IN_AISLE,
        tuple((f"{kind}_[0-9].png", 8) for kind in ("ldr_color", "normals", "depth", "semantic")),
    ),
    Row(
        44,
        "shaded masks as a video",
        f"{TUTORIALS}/GTC_2025_GENAI/replicator_cosmos_example.py",
        (),
        _IN_AISLE,
        (("shaded_segmentation.mp4", 1),),
    ),
    Row(
        44,
        "CosmosWriter while a forklift drives",
        f"{TUTORIALS}/CPTX_2025_GENAI/cosmos_writer_example_IS5.py",
        (),
        _IN_AISLE,
        (*((f"{kind}_[0-9]*.png", 121) for kind in _COSMOS), *((f"{kind}.mp4", 1) for kind in _COSMOS)),
        3600.0,
        "b",
    ),
)
_BOXES = ("bounding_box_2d_tight_[0-9]*.npy", 3)
TIER_A51 = (
    Row(17, "5.1: BasicWriter, rgb and boxes", f"{EXAMPLES}/sdg_getting_started_01.py", files=((_RGB, 3), _BOXES)),
    Row(18, "5.1: custom event, two cameras", f"{EXAMPLES}/sdg_getting_started_03.py", files=((_RGB, 3), (_MASK, 3))),
    Row(19, "5.1: custom writer, three cameras", f"{EXAMPLES}/multi_camera.py", files=(("*.png", 30),)),
    Row(20, "5.1: events and writes", f"{EXAMPLES}/custom_event_and_write.py", files=((_RGB, 4),)),
    Row(21, "5.1: World and DynamicCuboid drop", f"{EXAMPLES}/simulation_get_data.py"),
)
_STANDS = ("--stand-ins",)
_FRUIT = "end-to-end-workflows/object_detection_fruit/data_generation/code"


def _with_boxes(number: int, path: str, title: str, *arguments: str, variant: str = "", **kept: Any) -> Row:
    """Describe a script that gets stand-ins for its assets."""
    return Row(number, title, path, arguments, _STANDS, variant=variant, **kept)


TIER_C = (
    _with_boxes(45, f"{REPLICATOR}/augmentation/annotator_augmentation.py", "augmented annotators"),
    _with_boxes(45, f"{REPLICATOR}/augmentation/writer_augmentation.py", "augmented writer", variant="b"),
    _with_boxes(46, f"{REPLICATOR}/scene_based_sdg/scene_based_sdg.py", "forklift, pallet, boxes, cone: four writers"),
    _with_boxes(47, f"{EXAMPLES}/sdg_workflow_01.py", "a first workflow", "--test"),
    _with_boxes(47, f"{EXAMPLES}/sdg_workflow_02.py", "a second workflow", "--test", variant="b"),
    _with_boxes(48, f"{EXAMPLES}/motion_blur.py", "motion blur, animated and simulated", "--test"),
    _with_boxes(
        49, f"{REPLICATOR}/object_based_sdg/object_based_sdg.py", "floating things, overlap queries, PoseWriter"
    ),
    _with_boxes(
        51,
        "end-to-end-workflows/palletjack_with_tao/palletjack_sdg/standalone_palletjack_sdg.py",
        "pallet jacks among distractors, KittiWriter",
        *("--num_frames", "2", "--height", "90", "--width", "160"),
    ),
    Row(52, "fruit falls into a crate", f"{_FRUIT}/generate_data_headless.py", (), (*_STANDS, *_OLD)),
    Row(
        53,
        "behaviours attached to prims",
        "isaacsim.replicator.behavior.tests.test_behaviors_basic",
        options=("-k", "exposed_variables", *_STANDS),
    ),
)
TIER_Y = tuple(
    Row(number, title, f"{rows_yaml.FOLDER}/{name}.yaml", (), (*rows_yaml.QUICK, *(_STANDS if remote else ())), files)
    for number, name, title, files, remote in rows_yaml.YAML_FILES
)
ROWS = TIER_A + TIER_A51 + TIER_B + TIER_C + TIER_Y


def choose(text: str) -> list[Row]:
    """Return the rows of a choice such as "1-10,25".

    Raises:
        ValueError: if the choice cannot be read or names no row.
    """
    numbers: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdigit() or (dash and not last.isdigit()):
            raise ValueError(f"--rows '{text}': expected numbers and ranges such as 1-10,25-40")
        numbers |= set(range(int(first), int(last or first) + 1))
    rows = [row for row in ROWS if row.number in numbers]
    if not rows:
        raise ValueError(
            f"--rows '{text}': no such row; there are {', '.join(str(n) for n in sorted({row.number for row in ROWS}))}"
        )
    return rows
