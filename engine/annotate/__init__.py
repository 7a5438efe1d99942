"""FrameBuffers to AnnotatorOutput: pure functions, one file an annotator."""
