"""The names a notebook uses; each is loaded when it is first used.

>>> import kit
>>> kit.begin("01-who-says-so")  # doctest: +SKIP
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_LESSON, _READING = "kit.lesson", "kit.reading"
#: Each public name and the module that it lives in.
_HOMES = {
    "article": _READING,
    "ask": _LESSON,
    "begin": _LESSON,
    "evidence": _READING,
    "hand_in": _LESSON,
    "marking_desk": "kit.grading.desk",
    "progress": _LESSON,
    "reveal": _LESSON,
    "solution": _LESSON,
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
