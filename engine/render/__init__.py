"""SceneSnapshot and Camera to FrameBuffers; one file a renderer; no pxr here."""
