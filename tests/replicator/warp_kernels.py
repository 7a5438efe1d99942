"""Warp kernels as Isaac Sim scripts write them (imported only where warp is installed)."""

import warp as wp


@wp.kernel
def halve(data_in: wp.array2d(dtype=wp.float32), data_out: wp.array2d(dtype=wp.float32), factor: float):
    """Multiply by a factor."""
    i, j = wp.tid()
    data_out[i, j] = data_in[i, j] * factor


@wp.kernel
def swap_red_and_blue(data_in: wp.array3d(dtype=wp.uint8), data_out: wp.array3d(dtype=wp.uint8)):
    """Exchange two channels."""
    i, j = wp.tid()
    data_out[i, j, 0] = data_in[i, j, 2]
    data_out[i, j, 1] = data_in[i, j, 1]
    data_out[i, j, 2] = data_in[i, j, 0]
    data_out[i, j, 3] = data_in[i, j, 3]
