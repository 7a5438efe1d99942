"""omni.physx.scripts: helpers that author physics on the stage."""
