"""isaacsim.core.experimental.utils: the functions of 6.x, with keyword-only options."""
