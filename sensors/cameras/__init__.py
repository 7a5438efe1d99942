"""Cameras that scenarios can name: one file each, with a `CAMERA`; figures from data sheets or estimates, as said."""
