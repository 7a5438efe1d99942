"""FLIR Boson 640: 640x512, 12 um, 7.5-13.5 um, 40 mK, 60 frames/s (data sheet; noise ratios are estimates)."""

from sensors.thermal_camera import ThermalCamera

CAMERA = ThermalCamera(
    name="boson640",
    width=640,
    height=512,
    pitch=12.0,
    f_number=1.0,
    focal_length=14.0,
    band="lwir_7_13",
    netd=0.040,
    frame_rate=60.0,
    time_constant=0.010,
    coldest=233.15,
    hottest=413.15,
    aberration=2.0,
    drift=0.3,
)
