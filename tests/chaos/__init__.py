"""Runs killed at random moments, resumed, and compared with one that never died."""
