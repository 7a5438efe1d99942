"""Shared fixtures: a clean cache folder for made assets that outlives one test run."""
