"""The learners' edition: what learners get, and nothing that holds a key.

It is a list of what may go out, not of what must stay: a file that nobody thought of stays here.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from kit.authoring.build import without_notes
from kit.authoring.leaks import Edition, leaks
from kit.course.course import Course
from kit.course.files import write_whole
from kit.course.messages import CONTENT, KitError

_PROJECT = Path(__file__).parents[2]  #: where the kit itself stands
_TO_RUN = ("Makefile", "pyproject.toml", "requirements.lock", "environment.yml")
_NOTICES = ("LICENSE", "LICENSE-LESSONS", "THIRD-PARTY.md")
_COURSE = ("items", "lessons", "evidence", "handouts", "lexicons", "texts")
#: Tests of what only authors and instructors do.
_THEIRS = ("grading", "authoring", "browser/test_marking_desk.py")
_MADE = ("__pycache__", "node_modules", "shots")
_TIME = (1980, 1, 1, 0, 0, 0)  #: of every file in a zip, so that the same edition is the same bytes

Files = dict[Path, Path]  #: each file of the edition, and the file that it is a copy of


def learners_edition(course: Course) -> Files:
    """Return what learners get of a course: its files by their place in the edition.

    Of the built-in course that is the project without keys, solutions and what belongs to them; of
    a course of one's own, that course with the kit beside it.

    Raises:
        KitError: where the kit stands here without the files that are needed to install it.

    """
    if not all((_PROJECT / name).is_file() for name in _TO_RUN):
        raise KitError(course.say("release.no_project", folder=_PROJECT))
    files = {Path(name): _PROJECT / name for name in (*_TO_RUN, *_NOTICES)}
    files |= _copies(_PROJECT, _tree(_PROJECT / "kit"))
    if course.root == CONTENT:
        files |= _copies(_PROJECT, _tests(_PROJECT / "tests"))
    files |= own_files(course)
    files[Path("README.md")] = Path(__file__).with_name("learners.md")
    return dict(sorted(files.items()))


def own_files(course: Course) -> Files:
    """Return what of the edition is the course's own: what its author wrote, and what was made."""
    if course.root == CONTENT:
        files = _copies(_PROJECT, _tree(CONTENT))
    else:
        files = _copies(course.root, _course_files(course.root))
    made = [course.home / sheet.notebook for sheet in course.sheets]
    made += sorted((course.home / "handouts").glob("*.html"))
    return files | _copies(course.home, made)


def key_faults(course: Course) -> list[str]:
    """Return a sentence for each part of a key in the course's own files of the edition.

    Raises:
        KitError: when a key's file cannot be read.

    """
    files = dict(sorted(own_files(course).items()))
    return leaks(
        course, {name: path.read_bytes() for name, path in files.items() if path.is_file()}
    )


def refuse_keys(course: Course) -> None:
    """Raise a KitError, a line for each part, where learners would get a part of a key."""
    if found := key_faults(course):
        raise KitError(course.say("release.key", faults="\n".join(found)))


def _contents(course: Course, files: Mapping[Path, Path]) -> Edition:
    """Return what is in each file of an edition, when it is sure that no key is in it.

    Each file is read once, so that what was looked through is what goes out. Of a page the
    author's notes are left out then; they must hold no key all the same.

    Raises:
        KitError: where a part of a key is in it, a line for each.

    """
    edition = {target: source.read_bytes() for target, source in files.items()}
    if found := leaks(course, edition):
        raise KitError(course.say("release.key", faults="\n".join(found)))
    pages = {t for t, s in files.items() if s.parent == course.root / "lessons"}
    return {t: without_notes(data) if t in pages else data for t, data in edition.items()}


def _copies(base: Path, paths: Iterator[Path] | list[Path]) -> Files:
    return {path.relative_to(base): path for path in paths}


def _tree(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, without hidden ones and those that a program has made."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part in _MADE for part in parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield path


def _tests(folder: Path) -> Iterator[Path]:
    theirs = [folder / name for name in _THEIRS]
    return (p for p in _tree(folder) if not any(p.is_relative_to(their) for their in theirs))


def _course_files(root: Path) -> Iterator[Path]:
    yield from sorted(root.glob("*.toml"))
    for name in _COURSE:
        yield from (path for path in _tree(root / name) if path.suffix != ".html")


def write_folder(course: Course, files: Mapping[Path, Path], folder: Path) -> None:
    """Write an edition into a folder that is empty or not there yet.

    Raises:
        KitError: where something is in it, it lies where it would be taken for a part of this, or
            a part of a key is in the edition; then nothing is written.

    """
    inside = folder.resolve()
    if inside.is_relative_to(course.home) or inside.is_relative_to(_PROJECT):
        raise KitError(course.say("release.inside", folder=folder))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise KitError(course.say("release.not_empty", folder=folder))
    for target, data in _contents(course, files).items():
        path = folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def write_zip(course: Course, files: Mapping[Path, Path], path: Path) -> None:
    """Write an edition as one zip with a folder of the course's name in it; the same each time.

    Raises:
        KitError: where a file of that name is there, or a part of a key is in the edition.

    """
    if path.exists():
        raise KitError(course.say("release.not_empty", folder=path))
    edition = _contents(course, files)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    top = re.sub(r"[^\w-]+", "-", course.id) or "course"
    try:
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
            for target, data in edition.items():
                entry = zipfile.ZipInfo(f"{top}/{target.as_posix()}", _TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, data)
        write_whole(path, fresh.read_bytes())
    finally:
        fresh.unlink(missing_ok=True)
