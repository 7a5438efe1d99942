"""FLIR Lepton 3.5: 160x120, 12 um, 8-14 um, 50 mK, 8.7 frames/s (data sheet; noise ratios are estimates)."""

from sensors.thermal_camera import ThermalCamera

CAMERA = ThermalCamera(
    name="lepton35",
    width=160,
    height=120,
    pitch=12.0,
    f_number=1.1,
    focal_length=1.77,
    band="lwir",
    netd=0.050,
    frame_rate=8.7,
    time_constant=0.012,
    coldest=263.15,
    hottest=413.15,
    aberration=4.0,
    drift=0.5,
)
