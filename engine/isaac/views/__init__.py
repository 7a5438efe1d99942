"""What the prim classes of Isaac Sim do, as functions over lists of USD prims: poses, bodies, colliders, looks."""
