"""A course: a folder with ``course.toml``, and where it keeps what.

Every loader takes a :class:`Course`, so a teacher's own course needs no change to the package.
"""

from __future__ import annotations

import os
import re
from functools import cache, cached_property
from pathlib import Path

from attrs import evolve, field, frozen

from kit.course.messages import CONTENT, KitError, direction, message, use_words_of
from kit.course.toml import read_toml, structure

NAME = "course.toml"


@frozen
class Sheet:
    """One page of the course that learners answer on: a lesson or an exercise."""

    id: str  #: for example ``01-who-says-so``; its questions, page and record have this name
    title: str
    notebook: str  #: path below the project, for example ``notebooks/01-who-says-so.ipynb``
    minutes: int = 50
    graded: bool = False  #: an exercise: its keys are apart, and it is handed in
    keys: str = ""  #: the file in the keys folder, for example ``01.toml``
    plain: str = ""  #: a second notebook of the same questions, its page in plainer words
    before: str = ""  #: the id of a like test that is given earlier, to be set beside it
    repeats: str = ""  #: the id of a sheet whose page and questions it has, asked once more
    optional: bool = False  #: beside the course's own way: progress names it once it is begun
    held_back: bool = False  #: learners get it only where ``kit release --with`` names it

    @cached_property
    def prefix(self) -> str:
        """The first half of this sheet's item ids: the id without its leading number."""
        return re.sub(r"^\d+-", "", self.id)

    @property
    def first(self) -> Sheet:
        """The sheet whose page and questions it has: itself, or the one that it repeats."""
        return evolve(self, id=self.repeats or self.id, repeats="")

    @property
    def page(self) -> str:
        """What its pages are called, without an ending: its id, and whether it is the plainer."""
        if self.plain and self.notebook == self.plain:
            return f"{self.id}.plain"
        return self.id


@frozen
class QuestionDefaults:
    """What ``[questions]`` in ``course.toml`` says of all that do not say it themselves."""

    tries: int = 0  #: of those that are checked, outside exercises


@frozen
class Course:
    """What ``course.toml`` says, and the folders around it."""

    root: Path  #: the folder that holds ``course.toml``
    home: Path  #: the project: where ``notebooks/``, ``solutions/`` and ``my-work/`` are
    id: str
    title: str
    sheets: tuple[Sheet, ...] = field(factory=tuple)
    language: str = "en"
    author: str = ""  #: who wrote it, as it is printed at the foot of what is made to print
    licence: str = ""  #: under which others may use it, printed beside the author
    questions: QuestionDefaults = field(factory=QuestionDefaults)
    #: words that ``kit check`` names (regular expressions), each with what to write instead
    instead: dict[str, str] = field(factory=dict, hash=False)

    def sheet(self, name: str) -> Sheet:
        """Return the sheet called ``name`` (its id, its prefix, or the start of an item id).

        Raises:
            KitError: when no sheet has the name; the message lists those there are.

        """
        wanted = name.partition("/")[0]
        for sheet in self.sheets:
            if wanted in (sheet.id, sheet.prefix):
                return sheet
        known = ", ".join(s.id for s in self.sheets)
        raise KitError(message("error.no_sheet", name=name, known=known))

    @property
    def pages(self) -> list[Sheet]:
        """The sheets, each that has a plainer page followed by itself with that page's notebook."""
        pages = []
        for sheet in self.sheets:
            pages.append(sheet)
            if sheet.plain:
                pages.append(evolve(sheet, notebook=sheet.plain))
        return pages

    @property
    def by(self) -> str:
        """The author and the licence in one line; nothing where ``course.toml`` names neither."""
        return ", ".join(filter(None, (self.author, self.licence)))

    @property
    def direction(self) -> str:
        """``rtl`` for a language that is written from right to left, else ``ltr``."""
        return direction(self.language)

    @property
    def work(self) -> Path:
        """The folder of the learner's records; the variable ``KIT_WORK`` overrides it.

        A relative path there begins at the project, so that all notebooks mean the same folder.
        """
        return self.home / os.path.expanduser(os.environ.get("KIT_WORK") or "my-work")  # noqa: PTH111  (Path's own raises)

    @property
    def keys(self) -> Path:
        """The folder of the graded keys; absent in a learner's edition."""
        return self.home / "solutions" / "keys"

    def show_path(self, path: Path) -> str:
        """Return ``path`` as a learner should read it: below the project, never absolute."""
        if path.is_relative_to(self.home):
            return path.relative_to(self.home).as_posix()
        return f"{path.parent.name}/{path.name}"


def find_course(start: Path | None = None) -> Course:
    """Return the course of the folder ``start``.

    Without one that is the folder which the variable ``KIT_COURSE`` names, as it does in the
    browser edition, where pages are in another place than the course; else the working directory.

    The course is the nearest folder above that holds ``course.toml``; else the built-in course,
    whose home is the nearest folder above with ``pyproject.toml``, or ``start`` itself. From then
    on the kit speaks in the course's words.
    """
    here = _here(start)
    root = home = own_root(here)
    if root is None:
        root, home = CONTENT, _nearest(here, "pyproject.toml")
    course = load_course(root, home or here)
    use_words_of(course.root)
    return course


def own_root(start: Path | None = None) -> Path | None:
    """Return the folder of the course of one's own that is found from ``start``, as above."""
    root = _nearest(_here(start), NAME)
    return None if root == CONTENT.resolve() else root


def _here(start: Path | None) -> Path:
    return (start or Path(os.environ.get("KIT_COURSE") or Path.cwd())).resolve()


def _nearest(here: Path, name: str) -> Path | None:
    """Return the nearest folder from ``here`` up that holds the file ``name``."""
    for folder in (here, *here.parents):
        if (folder / name).is_file():
            return folder
    return None


@cache
def load_course(root: Path, home: Path) -> Course:
    """Read ``course.toml`` in ``root``.

    Raises:
        KitError: when the file cannot be read; the message names every fault in it.

    """
    raw = read_toml(root / NAME)
    if not raw:
        raise KitError(message("cli.empty_course", path=root / NAME))
    return structure({**raw, "root": root, "home": home}, Course, root / NAME)
