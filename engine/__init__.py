"""The embedded engine: stands in for Isaac Sim where it is absent. Importing it loads no renderer and no USD."""

__version__ = "0.1.0"
