"""Random tests are the same on every machine that judges a change; at a desk they look at new figures every time."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("judge", derandomize=True, database=None)
settings.register_profile("desk")
settings.load_profile("judge" if os.environ.get("CI") else "desk")
