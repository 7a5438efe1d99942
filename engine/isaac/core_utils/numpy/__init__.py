"""isaacsim.core.utils.numpy: rotations and small array functions of the NumPy backend."""
