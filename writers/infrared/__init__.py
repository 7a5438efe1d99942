"""Infrared members of samples: from radiance at the lens to what a camera of that kind would have written."""
