"""Benchmarks: ratios measured side by side in one run. ``make bench`` runs them all."""

import sys
from pathlib import Path

# The browser and server that the tests start serve here too. `tests` itself is no package, and some
# packages from outside (textstat) install one of that name, which would be found first.
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
