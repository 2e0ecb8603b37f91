"""Where the forms and samples that come with the program lie: inside the installed package, or beside the sources."""

from __future__ import annotations

from pathlib import Path


def bundled(name: str) -> Path:
    """Folder `templates` or `samples`."""
    inside = Path(__file__).parent / name
    return inside if inside.is_dir() else Path(__file__).parents[2] / name
