"""isaacsim.core.utils (omni.isaac.core.utils in 4.x): small functions over the open stage."""
