"""Folders that look like a course without being one: the command line refuses to work in them."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from difflib import SequenceMatcher
from pathlib import Path

from kit.course.course import NAME
from kit.course.messages import KitError, message

#: What hardly any folder but a course's holds. Two of them make a folder look like a course.
_PARTS = (
    "article.toml",
    "reveals.toml",
    "estimates.toml",
    "items/*.toml",
    "lessons/*.md",
    "evidence/*.toml",
    "solutions/keys/*.toml",
)
#: Such as course.toml.txt, course (1).toml, Copy of course.toml, coursetoml.
_NEARLY = re.compile(
    r"(?:copy of )?course\W*(?:\(?\d+\)?|copy)?\W*(?:toml|tml|tom)(?:\.\w{2,4})?~?"
)
_OTHERS = ("courses",)  #: names that are near, and mean something else


def refuse_look_alikes(start: Path | None = None) -> None:
    """See that no folder from ``start`` up to the course looks like a course without being one.

    The kit would pass over it, and work on the course above or on the built-in one. Only the
    command line asks this. A notebook does not: its learner cannot mend a course, and a stray file
    in the folder must not keep the lessons from opening.

    Raises:
        KitError: where one does; it says what is missing.

    """
    for folder in _up_to_the_course((start or Path.cwd()).resolve()):
        if (folder / NAME).exists() or (folder / NAME).is_symlink():
            raise KitError(message("cli.not_a_file", path=folder / NAME))
        if names := _misnamed(folder):
            raise KitError(message("cli.misnamed", folder=folder, names=", ".join(names)))
        parts = [part for part in _PARTS if any(folder.glob(part))]
        if len(parts) > 1:
            named = ", ".join(part.partition("*")[0] for part in parts)
            raise KitError(message("cli.no_course_file", folder=folder, parts=named))


def _up_to_the_course(here: Path) -> list[Path]:
    """Return the folders from ``here`` up to the course or, without one, to the project.

    The user's home and what is above it are not asked: what lies about there is no course.
    """
    folders = []
    users = Path(os.path.expanduser("~"))  # noqa: PTH111  (Path's own raises)
    for folder in (here, *here.parents):
        if (folder / NAME).is_file() or (folder == users.resolve() and folder != here):
            break
        folders.append(folder)
        if (folder / "pyproject.toml").is_file():
            break
    return folders


def _misnamed(folder: Path) -> list[str]:
    """Return the names of the files in a folder that may be its ``course.toml``."""
    found = []
    with suppress(OSError):  # a folder that may not be looked into
        found = [path.name for path in folder.iterdir() if _nearly(path.name) and path.is_file()]
    return sorted(found)


def _nearly(name: str) -> bool:
    """Whether a file's name looks as if ``course.toml`` was meant; never that of a hidden file."""
    small = name.casefold()
    if small.startswith((".", "~")):
        return False
    stem, _, ending = small.rpartition(".")
    # A letter too few, too many or astray; html is no such slip.
    slip = _alike(stem, "course") > 0.8 and _alike(ending, "toml") > 0.75
    return (slip and stem not in _OTHERS) or bool(_NEARLY.fullmatch(small))


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(a=one, b=other).ratio()
