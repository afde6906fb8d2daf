"""The learners' edition: what learners get, and nothing that holds a key.

It is a list of what may go out, not of what must stay: a file that nobody thought of stays here.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import tomli_w
from attrs import evolve

from kit.authoring import build
from kit.authoring.handouts import to_hand_out
from kit.authoring.keys import closed_pages
from kit.authoring.languages import in_language_of
from kit.authoring.leaks import Edition, leaks
from kit.course.course import NAME, Course, load_course
from kit.course.files import write_whole
from kit.course.messages import CONTENT, KitError, message
from kit.course.pictures import FOLDER, TYPES
from kit.course.toml import parse
from kit.questions.in_markdown import given_to, questions_on, without_notes

PROJECT = Path(__file__).parents[2]  #: where the kit itself is
_TO_RUN = ("Makefile", "pyproject.toml", "requirements.lock", "environment.yml")
_NOTICES = ("LICENSE", "THIRD-PARTY.md")
_LESSONS = "LICENSE-LESSONS"
#: What learners get of a course, besides pages and questions (named as the sheets).
_COURSE = (
    *("course.toml", "article.toml", "messages.toml", "reveals.toml", "estimates.toml"),
    *("evidence/*.toml", "evidence/series/*.csv"),
    *("handouts/*.md", "lexicons/*.toml", "texts/*.txt", "texts/*.html"),
    *("**/*.png", "**/*.jpg", "**/*.jpeg", "**/*.gif", "**/*.svg", "**/*.webp"),
)
_BUILT_IN = ("messages.*.toml", "evidence/relays-read.txt")  #: that no other course has
#: Tests of what only authors and instructors do.
_THEIRS = ("grading", "authoring", "deploy", "browser/test_marking_desk.py")
_MADE = ("__pycache__", "node_modules", "shots")
_TIME = (1980, 1, 1, 0, 0, 0)  #: of every file in a zip, so that the same edition is the same bytes

Files = dict[Path, Path]  #: each file of the edition, and the file that it is a copy of


def given(course: Course, without: Iterable[str] = (), also: Iterable[str] = ()) -> Course:
    """Return a course as learners get it: without the sheets that they are to see later.

    ``without`` are ids of sheets, or their numbers, which mean exercises: ``07`` is
    ``exercise-07``. ``also`` are those that ``course.toml`` holds back, and that learners get.

    Raises:
        KitError: when there is no such sheet.

    """
    wanted = {course.sheet(name).id for name in also}
    kept = {sheet.id: sheet for sheet in course.sheets}
    for sheet in course.sheets:
        if sheet.held_back and sheet.id not in wanted:
            del kept[sheet.id]
    for name in without:
        sheet = course.sheet(name if name in kept else f"exercise-{name}")
        kept.pop(sheet.id, None)
    return evolve(course, sheets=tuple(kept.values()))


def named_copies(course: Course, names: Iterable[str]) -> Files:
    """Return each exercise once more for each learner, with a name that no other file has.

    Thirty files that are all called ``01-exercise.ipynb`` overwrite each other in a shared folder.

    ``names`` are the learners' class codes or names.
    """
    copies = {}
    for name in names:
        ending = re.sub(r"[^\w-]+", "-", name).strip("-")
        for sheet in course.sheets:
            if sheet.graded and ending:
                path = Path(sheet.notebook)
                copies[path.with_stem(f"{path.stem}-{ending}")] = course.home / path
    return copies


def learners_edition(course: Course) -> Files:
    """Return what learners get of a course: its files by their place in the edition.

    Of the built-in course that is the project without keys, solutions and what belongs to them; of
    a course of one's own, that course with the kit beside it.

    Raises:
        KitError: where the kit is here without the files that are needed to install it.

    """
    if not all((PROJECT / name).is_file() for name in _TO_RUN):
        raise KitError(message("release.no_project", folder=PROJECT))
    files = {Path(name): PROJECT / name for name in (*_TO_RUN, *_NOTICES)}
    # The licence of the kit's own lessons, which says nothing of another author's.
    own = Path() if course.root == CONTENT else Path("kit")
    files[own / _LESSONS] = PROJECT / _LESSONS
    for target, path in _copies(PROJECT, tree(PROJECT / "kit")).items():
        if not path.is_relative_to(CONTENT) or course.root != CONTENT:
            files[target] = path
    if course.root == CONTENT and set(given(load_course(CONTENT, course.home)).sheets) <= set(
        course.sheets
    ):  # the tests are about the whole course
        files |= _copies(PROJECT, _tests(PROJECT / "tests"))
    files |= own_files(course)
    files[Path("README.md")] = in_language_of(course, "learners")
    return dict(sorted(files.items()))


def own_files(course: Course) -> Files:
    """Return what of the edition is the course's own: what its author wrote, and what was made."""
    base = course.root
    if course.root == CONTENT:
        base = PROJECT
    # Another place than below the course is a fault that `kit check` names.
    made = []
    for sheet in course.pages:
        if not Path(sheet.notebook).is_absolute():
            made.append(course.home / sheet.notebook)
    for path in to_hand_out(course):
        printed = course.home / "handouts" / f"{path.stem}.html"
        if printed.is_file():
            made.append(printed)
    return _copies(base, _course_files(course)) | _copies(course.home, made)


def key_faults(course: Course) -> list[str]:
    """Return a sentence for each part of a key in the course's own files of the edition.

    Raises:
        KitError: when a key's file cannot be read.

    """
    there = {name: path for name, path in own_files(course).items() if path.is_file()}
    return leaks(course, _as_it_goes_out(course, there))


def refuse_keys(course: Course) -> None:
    """Raise a KitError, a line for each part, where learners would get a part of a key."""
    _refuse(key_faults(course))


def _refuse(leaks: list[str]) -> None:
    if leaks:
        raise KitError(message("release.key", faults="\n".join(leaks)))


def contents(course: Course, files: Mapping[Path, Path]) -> Edition:
    """Return what is in each file of an edition, when it is sure that no key is in it.

    Raises:
        KitError: where a part of a key is in it, a line for each.

    """
    edition = _as_it_goes_out(course, files)
    _refuse(leaks(course, {name: edition[name] for name in own_files(course)}))
    return edition


def _as_it_goes_out(course: Course, files: Mapping[Path, Path]) -> Edition:
    return {name: _goes_out(course, path) for name, path in files.items()}


def _goes_out(course: Course, path: Path) -> bytes:
    """Return what learners get of a file: no author's notes, and an exercise as it is made."""
    for sheet in course.sheets:
        if sheet.graded and path == course.home / sheet.notebook:
            return build.as_bytes(build.bare(course, sheet))
    data = path.read_bytes()
    if path.is_relative_to(course.root):
        if path.suffix == ".md":
            return _page_that_goes_out(course, path, data)
        if path.suffix == ".toml":
            return _published_toml(course, path, data)
    return data


def _page_that_goes_out(course: Course, path: Path, data: bytes) -> bytes:
    """Return what learners get of a page: no notes, and of a graded question no key.

    Raises:
        KitError: when a question on it cannot be read: nobody could tell what its key is.

    """
    closed = {build.source_path(course, sheet): sheet.prefix for sheet in closed_pages(course)}
    if path in closed:
        return questions_on(path, closed[path]).published.encode("utf-8")
    data = without_notes(data)
    if path == course.root / "learners.md" and course.direction == "rtl":
        start = f'<div lang="{course.language}" dir="rtl">\n\n'
        return start.encode() + data + b"\n</div>\n"
    return data


def _published_toml(course: Course, path: Path, data: bytes) -> bytes:
    """Return what learners get of a TOML file: no comments, and only the sheets that they get."""
    try:
        said = dict(parse(data.decode("utf-8-sig")))
    except ValueError:  # `kit check` says why
        return data
    if path == course.root / NAME:
        given = [sheet.id for sheet in course.sheets]
        said["sheets"] = [row for row in said.get("sheets", []) if row.get("id") in given]
    return tomli_w.dumps(said, multiline_strings=True).encode()


def _copies(base: Path, paths: Iterable[Path]) -> Files:
    return {path.relative_to(base): path for path in paths}


def tree(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, without hidden ones and those that a program has made."""
    for path in sorted(folder.rglob("*")):
        places = path.relative_to(folder).parts
        hidden = any(place.startswith(".") or place in _MADE for place in places)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield path


def _tests(folder: Path) -> Iterator[Path]:
    """Yield the tests that learners get."""
    theirs = [folder / name for name in _THEIRS]
    for path in tree(folder):
        if not any(path.is_relative_to(their) for their in theirs):
            yield path


def _course_files(course: Course) -> Iterator[Path]:
    for sheet in course.pages:
        yield course.root / "items" / f"{sheet.first.id}.toml"
        yield build.source_path(course, sheet)
    for path in sorted((course.root / FOLDER).glob("*")):
        if path.suffix.lower() in (*TYPES, ".txt", ".toml") and not path.is_symlink():
            yield path
    later = _shown_later(course)
    patterns = list(_COURSE)
    if course.root == CONTENT:
        patterns += _BUILT_IN
    for pattern in patterns:
        for path in sorted(course.root.glob(pattern)):
            places = path.relative_to(course.root).parts
            closed = places[0] in ("solutions", "my-work") or places[0].startswith(".")
            is_later = places[0] == "texts" and path.stem in later
            if path.is_file() and not path.is_symlink() and not closed and not is_later:
                yield path


def _shown_later(course: Course) -> set[str]:
    """Return the names of the practice texts that only pages show which learners do not get."""
    pages = [build.source_path(course, sheet) for sheet in course.pages]
    stories: dict[bool, set[str]] = {True: set(), False: set()}  # by whether learners get the page
    for path in (course.root / "lessons").glob("*.md"):
        text = path.read_text("utf-8", "replace")
        stories[path in pages].update(given_to("story", text))
    return stories[False] - stories[True]


def refuse_inside(course: Course, folder: Path) -> None:
    """Raise a KitError where a folder to be written is inside of the course or the kit."""
    inside = folder.resolve()
    if inside.is_relative_to(course.home) or inside.is_relative_to(PROJECT):
        raise KitError(message("release.inside", folder=folder))


def write_folder(course: Course, files: Mapping[Path, Path], folder: Path) -> None:
    """Write an edition into a folder that is empty or not there yet.

    Raises:
        KitError: where something is in it, it is inside of the course or the kit, or
            a part of a key is in the edition; then nothing is written.

    """
    refuse_inside(course, folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise KitError(message("release.not_empty", folder=folder))
    for target, data in contents(course, files).items():
        path = folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def write_zip(course: Course, files: Mapping[Path, Path], path: Path) -> None:
    """Write an edition as one zip with a folder of the course's name in it; the same each time.

    Raises:
        KitError: where a file of that name is there, or a part of a key is in the edition.

    """
    if path.exists():
        raise KitError(message("release.not_empty", folder=path))
    edition = contents(course, files)
    top = re.sub(r"[^\w-]+", "-", course.id) or "course"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for target, data in edition.items():
            entry = zipfile.ZipInfo(f"{top}/{target.as_posix()}", _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    write_whole(path, file.getvalue())
