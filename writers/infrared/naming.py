"""What the infrared members are: type, unit and content by the name of a member."""

from __future__ import annotations

THERMAL = {
    "tlinear.png": ("uint16 (h, w)", "`kelvin_per_count` K", "apparent temperature, K = value * kelvin_per_count"),
    "raw16.png": ("uint16 (h, w)", "counts", "as FLIR's RAW: `planck_*` of the JSON turn it into apparent kelvin"),
    "tlinear.tiff": ("uint16 (h, w)", "`kelvin_per_count` K", "apparent temperature; the file itself says so too"),
    "raw16.tiff": ("uint16 (h, w)", "counts", "as raw16.png; the constants are in the file too"),
    "agc.png": ("uint8 (h, w[, 3])", "levels", "after automatic gain, in the palette named in the JSON"),
    "radiance.npy": ("float32 (h, w)", "W m-2 sr-1", "in-band radiance at the lens as the camera measures it"),
    "temperature.npy": ("float32 (h, w)", "K", "apparent temperature: of the blackbody that looks the same"),
}
NEAR = {
    "png": ("uint8 or uint16 (h, w)", "counts", "near infrared; `bits` and `black_level` in the JSON"),
    "tiff": ("uint16 (h, w)", "counts", "near infrared in all its bits; the file says how many"),
    "radiance.npy": ("float32 (h, w)", "W m-2 sr-1", "in-band radiance at the lens, without noise"),
}
OTHERS = {
    "ir_depth.png": ("uint16 (h, w)", "`depth_scale` m", "Z16: depth of a depth camera, noise and holes; 0 is none"),
    "ir_depth.left.png": ("uint8 (h, w)", "counts", "what the left imager sees, dots and all"),
    "ir_depth.right.png": ("uint8 (h, w)", "counts", "what the right imager sees"),
    "ir_truth.temperature.npy": ("float32 (h, w)", "K", "temperature of the surfaces; nan where nothing is"),
    "ir_truth.emissivity.npy": ("float32 (h, w, bands)", "1", "emissivity towards the camera, `emissivity_bands`"),
}
Row = tuple[str, str, str]


def row_of(member: str) -> Row | None:
    """Return type and shape, unit and content of an infrared member; None for any other."""
    if member in OTHERS:
        return OTHERS[member]
    output, _, rest = member.partition(".")
    if output.startswith("thermal_"):
        return THERMAL.get(rest)
    return NEAR.get(rest) if output.startswith("nir") else None


def is_infrared(member: str) -> bool:
    """Tell whether a member is an infrared one."""
    return row_of(member) is not None
