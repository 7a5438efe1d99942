"""carb.get_framework: there are no plugins to load or to release."""

from __future__ import annotations


class Framework:
    """The plugin framework, empty here."""

    def load_plugins(self, loaded_file_wildcards: object = None, search_paths: object = None) -> None:
        """Accept a request to load plugins; the engine has none."""

    def unload_all_plugins(self) -> None:
        """Accept a request to unload plugins; the engine has none."""

    def get_plugins(self) -> list[str]:
        """Return the loaded plugins: none."""
        return []


_framework = Framework()


def get_framework() -> Framework:
    """Return the process-wide framework."""
    return _framework
