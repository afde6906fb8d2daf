"""The names a notebook uses; each is loaded when it is first used.

>>> import kit
>>> kit.begin("01-who-says-so")  # doctest: +SKIP
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
__all__ = ["article", "ask", "begin", "evidence", "hand_in", "progress", "solution"]


def __getattr__(name: str) -> Any:
    """Import the lesson face on first use, so that ``import kit`` costs nothing."""
    if name in __all__:
        return getattr(import_module("kit.lesson"), name)
    raise AttributeError(f"module 'kit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
