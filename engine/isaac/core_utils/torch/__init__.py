"""isaacsim.core.utils.torch: the functions by which views work with torch tensors; torch is the user's own."""

from __future__ import annotations

from ...torch_library import torch_or_error

torch_or_error("isaacsim.core.utils.torch")

from .maths import *  # noqa: E402, F403
from .rotations import *  # noqa: E402, F403
from .tensor import *  # noqa: E402, F403
from .transformations import *  # noqa: E402, F403
