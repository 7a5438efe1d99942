"""FLIR Tau 2: 640x512, 17 um, 7.5-13.5 um, 50 mK, 30 frames/s (data sheet; noise ratios are estimates)."""

from sensors.thermal_camera import ThermalCamera

CAMERA = ThermalCamera(
    name="tau2",
    width=640,
    height=512,
    pitch=17.0,
    f_number=1.25,
    focal_length=19.0,
    band="lwir_7_13",
    netd=0.050,
    frame_rate=30.0,
    time_constant=0.012,
    coldest=233.15,
    hottest=433.15,
    aberration=2.0,
    drift=0.3,
)
