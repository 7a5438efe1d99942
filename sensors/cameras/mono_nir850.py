"""A global-shutter silicon camera behind a 850 nm filter: 1280x800, 3 um, F/2 (usual figures, estimates)."""

from sensors.imager import MonoCamera

CAMERA = MonoCamera(
    name="mono_nir850",
    width=1280,
    height=800,
    pitch=3.0,
    f_number=2.0,
    focal_length=2.8,
    band="nir850",
    efficiency=0.30,
)
