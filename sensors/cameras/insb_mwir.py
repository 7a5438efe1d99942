"""A cooled InSb camera: 640x512, 15 um, F/2.3, 3-5 um, 20 mK, fast pixels (usual figures, no one product)."""

from sensors.noise import NoiseRatios
from sensors.thermal_camera import ThermalCamera

CAMERA = ThermalCamera(
    name="insb_mwir",
    width=640,
    height=512,
    pitch=15.0,
    f_number=2.3,
    focal_length=25.0,
    band="mwir",
    netd=0.020,
    frame_rate=60.0,
    time_constant=None,
    coldest=233.15,
    hottest=473.15,
    aberration=2.0,
    ratios=NoiseRatios(t=0.01, v=0.04, h=0.04, tv=0.03, th=0.03, vh=0.20),
)
