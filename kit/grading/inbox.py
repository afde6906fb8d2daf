"""What lies in the inbox: a folder, or a zip as an LMS makes it. Nothing is unpacked to the disk.

Each file is read when it is asked for, so that a class of any size takes the memory of one file.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

from attrs import field, frozen

from kit.course.messages import KitError, message
from kit.learner import submission

MOST_MEMBERS = 50_000  #: files in one zip
_MANY_TIMES = 100  #: a text file seldom shrinks to less than a hundredth; a bomb does
_KINDS = (".ipynb", ".json")

# Moodle (mod/assign/classes/downloader.php): Ada de la Cruz_12345_assignsubmission_file/x.ipynb, in
# older ones with a '_' before the slash, or with no folder. Where learners are hidden from the one
# who marks: Participant_12345_assignsubmission_file.
_MOODLE = re.compile(r"(?P<name>[^/]+?)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_|$)")
_HIDDEN = "participant"
# Canvas: lastnamefirstname_LATE_12345_67890_work.ipynb: the person's number, then the file's.
_CANVAS = re.compile(r"(?P<name>[^_/]+)_(?P<late>LATE_)?(?P<id>\d+)_\d+_.+\.\w+")
# Where learners are hidden: anon_fA3xQ_67890_work.ipynb.
_CANVAS_HIDDEN = re.compile(r"anon_(?P<late>LATE_)?(?P<number>[A-Za-z0-9]+)_\d+_.+\.\w+")


@frozen
class Sender:
    """Who sent a file, as an LMS writes it into the file's name."""

    name: str = ""
    id: str = ""  #: Canvas's number of the person
    late: bool = False  #: the LMS says so
    #: The LMS's number of the submission: it is on no class list, but tells two of one name apart.
    number: str = field(default="", eq=False)

    @property
    def key(self) -> str:
        """What tells one sender from another; '' where nobody is known to have sent it."""
        return "\0".join([self.id, self.number, self.name.casefold()]) if self.name else ""


@frozen
class Found:
    """A file in the inbox."""

    name: str  #: its path below the inbox, with '/'
    load: Callable[[], bytes]  #: reads it; raises KitError where that must not or cannot be done

    @property
    def sender(self) -> Sender:
        """Who sent it, where the name has Moodle's or Canvas's form."""
        path = PurePosixPath(self.name.replace("\\", "/"))
        for part in path.parts:
            if match := _MOODLE.match(part):
                name, number = match["name"], match["number"]
                return Sender(
                    f"{name} {number}" if name.casefold() == _HIDDEN else name, number=number
                )
        if match := _CANVAS_HIDDEN.fullmatch(path.name):
            number = match["number"]
            return Sender(f"anon {number}", late=bool(match["late"]), number=number)
        if match := _CANVAS.fullmatch(path.name):
            return Sender(match["name"], match["id"], bool(match["late"]))
        return Sender()


@contextmanager
def opened(inbox: Path, ours: Callable[[Path], bool]) -> Iterator[list[Found]]:
    """List what lies in ``inbox``, a folder or a zip; zips in the folder are looked into as well.

    Args:
        course: whose words are spoken.
        inbox: the folder or zip.
        ours: which files of the folder the kit itself has written.

    Raises:
        KitError: when there is nothing to grade.

    """
    if not inbox.exists():
        raise KitError(message("grade.no_folder", path=inbox))
    with ExitStack() as stack:
        found: list[Found] = []
        paths = [p for p in _walk(inbox) if not ours(p)] if inbox.is_dir() else [inbox]
        for path in paths:
            name = path.relative_to(inbox).as_posix() if inbox.is_dir() else ""
            if path.suffix.lower() == ".zip":
                found += _in_zip(path, name or path.name, stack)
            else:
                found.append(Found(name or path.name, _from_disk(path)))
        if not any(f.name.lower().endswith((*_KINDS, ".zip")) for f in found):
            raise KitError(message("grade.no_files", path=inbox))
        yield found


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if _shown(path.relative_to(folder).parts) and _may_be_read(path):
            yield path


def _may_be_read(path: Path) -> bool:
    try:
        return path.is_file() and not path.is_symlink()
    except OSError:  # in a closed folder: to read it will say so
        return True


def _shown(parts: tuple[str, ...]) -> bool:
    """Whether no part is hidden, or what a Mac adds to a zip."""
    return not any(part.startswith(".") or part in ("__MACOSX", "__pycache__") for part in parts)


def _from_disk(path: Path) -> Callable[[], bytes]:
    def load() -> bytes:
        _check_kind(path.name)
        try:
            submission.refuse_large(path.stat().st_size)
            return path.read_bytes()
        except OSError as fault:
            raise KitError(message("grade.unreadable", fault=fault.strerror)) from None

    return load


def _check_kind(name: str) -> None:
    if not name.lower().endswith(_KINDS):
        raise KitError(message("grade.other_kind"))


def _in_zip(path: Path, name: str, stack: ExitStack) -> list[Found]:
    try:
        archive = stack.enter_context(ZipFile(path))
        members = archive.infolist()
        for member in members:
            member.filename = _as_utf8(member)
        members.sort(key=lambda m: m.filename)
    except Exception:  # a damaged archive can raise anything, also of the kind of its packing
        return [_refused(name, message("grade.bad_zip"))]
    if len(members) > MOST_MEMBERS:
        return [_refused(name, message("grade.zip_many", most=MOST_MEMBERS))]
    found = []
    for member in members:
        parts = _parts(member)
        if not _is_folder(member) and (_shown(parts) or ".." in parts):
            found.append(_member(archive, member, name))
    return found


def _as_utf8(member: ZipInfo) -> str:
    """Return a member's name; a Mac writes UTF-8 without saying so, and it is read as another."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _parts(member: ZipInfo) -> tuple[str, ...]:
    return PurePosixPath(member.filename.replace("\\", "/")).parts


def _is_folder(member: ZipInfo) -> bool:
    # ZipInfo.is_dir of Python 3.11 fails on a name that is empty.
    return member.filename.endswith("/")


def _member(archive: ZipFile, member: ZipInfo, inside: str) -> Found:
    name = f"{inside}/{member.filename or message('grade.no_name')}"
    fault = _zip_fault(member)
    if fault:
        return _refused(name, message(fault))

    def load() -> bytes:
        _check_kind(member.filename)
        submission.refuse_large(member.file_size)
        try:
            with archive.open(member) as file:
                data = file.read(submission.LARGEST_FILE + 1)
        except Exception:
            # Each way of packing raises errors of its own: damaged, encrypted, unknown to Python,
            # or a header that asks for more memory than there is.
            raise KitError(message("grade.bad_member")) from None
        submission.refuse_large(len(data))
        return data

    return Found(name, load)


def _zip_fault(member: ZipInfo) -> str:
    """Return the key of why a member is not even opened; '' where it may be."""
    parts = _parts(member)
    if ".." in parts or parts[:1] == ("/",) or any(":" in p for p in parts[:1]):
        return "grade.zip_path"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "grade.zip_link"
    if member.file_size > 2**20 and member.file_size > _MANY_TIMES * member.compress_size:
        return "grade.zip_bomb"
    if member.filename.lower().endswith(".zip"):
        return "grade.zip_in_zip"
    return ""


def _refused(name: str, why: str) -> Found:
    def load() -> bytes:
        raise KitError(why)

    return Found(name, load)
