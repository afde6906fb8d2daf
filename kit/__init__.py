"""The names a notebook uses; each is loaded when it is first used.

>>> import kit
>>> kit.begin("01-who-says-so")  # doctest: +SKIP
"""

import gc
import sys
from importlib import import_module
from typing import Any


class _TooOldError(ImportError):
    def _render_traceback_(self) -> "list[str]":  # in quotes for Python 3.8
        """Show the sentence alone where IPython would print a traceback."""
        return [str(self)]


if sys.version_info < (3, 11):  # noqa: UP036  (an older one gets here all the same)
    # Older ones cannot read messages.toml. While `python -m` looks for its module argv says so.
    raise (SystemExit if sys.argv[:1] == ["-m"] else _TooOldError)(
        "This kit needs Python 3.11 or newer, and this is Python "
        + ".".join(map(str, sys.version_info[:2]))
        + ". Install a newer one (https://www.python.org/downloads/), and say it again with that."
    )

__version__ = "0.1.0"

_LESSON = "kit.notebook.lesson"
_VOTES = "kit.classroom.pages"
_READING, _WORKSHEET = "kit.notebook.reading", "kit.notebook.worksheet"
#: Each public name and the module that it lives in.
_HOMES = {
    "Article": "kit.course.article",
    "age": "kit.instruments.age.calls",
    "article": _READING,
    "ask": "kit.notebook.asking",
    "begin": "kit.notebook.beginning",
    "evidence": "kit.instruments.evidence_table",
    "forecasts": "kit.instruments.forecasts",
    "hand_in": "kit.notebook.handing_in",
    "heard": "kit.instruments.chances",
    "look": "kit.lenses.look",
    "marking_desk": "kit.grading.desk",
    "paragraphs": _READING,
    "progress": _LESSON,
    "provenance": "kit.instruments.provenance",
    "reveal": _LESSON,
    "sheet": _WORKSHEET,
    "show_votes": _VOTES,
    "solution": _LESSON,
    "story": _WORKSHEET,
    "vote": _VOTES,
    "warm_up": _LESSON,
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import a name's module on first use, so that ``import kit`` costs nothing."""
    if name in _HOMES:
        collecting = gc.isenabled()
        # What a module makes stays. To look for garbage in it, again and again, was a fifth of
        # what a reader waits for before the first question.
        gc.disable()
        try:
            return getattr(import_module(_HOMES[name]), name)
        except ModuleNotFoundError as missing:
            from kit.course.messages import KitError, message  # noqa: PLC0415

            raise KitError(message("first_run.no_package", name=missing.name)) from missing
        finally:
            if collecting:
                gc.enable()
    raise AttributeError(f"module 'kit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
