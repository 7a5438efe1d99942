"""The public examples of Replicator YAML, `omni.replicator_yaml/` of NVIDIA-Omniverse/synthetic-data-examples (BSD-3).

Each runs as it is published; those with remote assets get stand-ins. Numbers of files follow from `max_execs` of their
triggers (N executions write N frames; see `engine/replicator/orchestrator/frames.py`).
"""

from __future__ import annotations

FOLDER, FIRST = "omni.replicator_yaml", 101
QUICK = ("--set=/replicant/render/samples=2", "--set=/replicant/render/denoise=false")  # a million pixels a frame
RGB, MASKS, BOXES = "rgb_*.png", "semantic_segmentation_[0-9]*.png", "bounding_box_2d_tight_[0-9]*.npy"
ALL = (
    *((RGB, 20), (MASKS, 20), (BOXES, 20), ("instance_segmentation_[0-9]*.png", 20), ("normals_*.png", 20)),
    *(("distance_to_camera_*.npy", 20), ("distance_to_image_plane_*.npy", 20), ("bounding_box_3d_[0-9]*.npy", 20)),
    ("bounding_box_2d_loose_[0-9]*.npy", 20),
)
# number, file, what it shows, files, whether it asks for remote assets
YAML_FILES: tuple[tuple[int, str, str, tuple[tuple[str, int], ...], bool], ...] = (
    (101, "tutorial_basic_functionality", "YAML: poses and scales of a group", ((RGB, 10), (BOXES, 10)), False),
    (102, "tutorial_randomizer_colors", "YAML: colours of labelled prims", ((RGB, 20),), False),
    (103, "tutorial_randomizer_light", "YAML: ten lights, a registered function with inputs", ((RGB, 10),), False),
    (104, "tutorial_randomizer_materials", "YAML: a hundred materials", ((RGB, 20),), False),
    (105, "tutorial_randomizer_pose", "YAML: poses of labelled prims", ((RGB, 20),), False),
    (106, "tutorial_randomizer_scatter_surface", "YAML: scatter on a plane", ((RGB, 20),), False),
    (107, "multipleCamerasWithBasicWriter", "YAML: two cameras, every output", ALL, False),
    (108, "randomizeCameraPositionList", "YAML: camera at listed places", ((RGB, 10), (BOXES, 10)), False),
    (109, "randomizeCameraPositionUniformly", "YAML: camera anywhere in a box", ((RGB, 10), (BOXES, 10)), False),
    (110, "tutorial_randomizer_dome_light", "YAML: skies in turn", ((RGB, 10),), True),
    (111, "tutorial_randomizer_textures", "YAML: textures", ((RGB, 20),), True),
    (112, "replicator_fruit_drop_final-frame", "YAML: fruit falls; a trigger for the writer", ((RGB, 12),), True),
)  # fmt: skip
