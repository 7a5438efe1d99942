from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from engine.graph.turns import matrices_from_euler, xyz_from_matrices

ORDERS = ["".join(axes) for axes in itertools.permutations("XYZ")]


@pytest.mark.parametrize("order", ORDERS)
def test_matrices_are_scipy_s(order: str) -> None:
    degrees = np.random.default_rng(0).uniform(-360, 360, (50, 3))
    expected = Rotation.from_euler(order.lower(), degrees, degrees=True).as_matrix()
    assert np.abs(matrices_from_euler(order, degrees) - expected).max() < 1e-12


def test_angles_are_scipy_s() -> None:
    matrices = Rotation.random(200, random_state=np.random.default_rng(1)).as_matrix()
    expected = Rotation.from_matrix(matrices).as_euler("xyz", degrees=True)
    assert np.abs(xyz_from_matrices(matrices) - expected).max() < 1e-9
    assert np.abs(xyz_from_matrices(matrices[3]) - expected[3]).max() < 1e-9


@pytest.mark.parametrize("middle", [90.0, -90.0])
@pytest.mark.parametrize("first", [0.0, 35.0, -170.0])
def test_gimbal_lock_keeps_the_rotation(middle: float, first: float) -> None:
    matrices = Rotation.from_euler("xyz", [[first, middle, 20.0]], degrees=True).as_matrix()
    angles = xyz_from_matrices(matrices)
    assert angles[0, 2] == 0
    assert np.abs(matrices_from_euler("XYZ", angles) - matrices).max() < 1e-7
