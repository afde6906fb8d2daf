"""The names a notebook uses; each is loaded when it is first used.

>>> import kit
>>> kit.begin("01-who-says-so")  # doctest: +SKIP
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_LESSON, _READING, _FIGURING = "kit.lesson", "kit.reading", "kit.figuring"
_WORKSHEET = "kit.worksheet"
#: Each public name and the module that it lives in.
_HOMES = {
    "Article": "kit.text",
    "age": _FIGURING,
    "article": _READING,
    "ask": _LESSON,
    "begin": _LESSON,
    "evidence": _READING,
    "forecasts": _LESSON,
    "hand_in": _LESSON,
    "heard": _FIGURING,
    "look": "kit.looking",
    "marking_desk": "kit.grading.desk",
    "progress": _LESSON,
    "provenance": _READING,
    "reveal": _LESSON,
    "sheet": _WORKSHEET,
    "solution": _LESSON,
    "story": _WORKSHEET,
    "warm_up": _LESSON,
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import a name's module on first use, so that ``import kit`` costs nothing."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'kit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
