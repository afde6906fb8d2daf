"""What is in the inbox: a folder, or a zip as an LMS makes it. Nothing is unpacked to the disk.

A file is read when it is asked for: there may be hundreds, each of many megabytes.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

from attrs import evolve, field, frozen

from kit.course.messages import KitError, message
from kit.learner import paste, submission

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
class SubmittedFile:
    """A file in the inbox."""

    name: str  #: its path below the inbox, with '/'
    path: Path  #: where it is on the disk, or the zip that it is in
    archive: ZipFile | None = None  #: the zip
    member: ZipInfo | None = None  #: what it is in the zip
    refused: str = ""  #: why it is not even opened, in a sentence
    pasted: str = ""  #: the text with a pasted hand-in that was found in it

    @property
    def sender(self) -> Sender:
        """Who sent it, where the name has Moodle's or Canvas's form."""
        path = PurePosixPath(self.name.replace("\\", "/"))
        for part in path.parts:
            if match := _MOODLE.match(part):
                name, number = match["name"], match["number"]
                if name.casefold() == _HIDDEN:
                    name = f"{name} {number}"
                return Sender(name, number=number)
        if match := _CANVAS_HIDDEN.fullmatch(path.name):
            number = match["number"]
            return Sender(f"anon {number}", late=bool(match["late"]), number=number)
        if match := _CANVAS.fullmatch(path.name):
            return Sender(match["name"], match["id"], bool(match["late"]))
        return Sender()

    def read(self) -> bytes:
        """Return what is in it.

        Raises:
            KitError: where that must not or cannot be read.

        """
        if self.refused:
            raise KitError(self.refused)
        if self.pasted:
            return paste.unpack(self.pasted)
        if not self.name.lower().endswith(_KINDS):
            raise KitError(message("grade.other_kind"))
        return self.whole()

    def whole(self) -> bytes:
        """Return all that is in the file, of whatever kind it is; raises as :meth:`read` does."""
        if self.archive and self.member:
            return _read_member(self.archive, self.member)
        try:
            submission.refuse_large(self.path.stat().st_size)
            return self.path.read_bytes()
        except OSError as fault:
            raise KitError(message("grade.unreadable", fault=fault.strerror)) from None


@contextmanager
def opened(inbox: Path, ours: Callable[[Path], bool]) -> Iterator[list[SubmittedFile]]:
    """List what is in ``inbox``, a folder or a zip; zips in the folder are looked into as well.

    Args:
        inbox: the folder or zip.
        ours: which files of the folder the kit itself has written.

    Raises:
        KitError: when there is nothing to grade.

    """
    if not inbox.exists():
        raise KitError(message("grade.no_folder", path=inbox))
    places = {inbox.name: inbox}
    if inbox.is_dir():
        places = {path.relative_to(inbox).as_posix(): path for path in _walk(inbox, ours)}
    with ExitStack() as stack:
        files: list[SubmittedFile] = []
        for name, path in places.items():
            if path.suffix.lower() == ".zip":
                files += _in_zip(path, name, stack)
            else:
                files.append(SubmittedFile(name, path))
        files = _with_pastes(files)
        if not any(file.pasted or file.name.lower().endswith((*_KINDS, ".zip")) for file in files):
            raise KitError(message("grade.no_files", path=inbox))
        yield files


def _with_pastes(files: list[SubmittedFile]) -> list[SubmittedFile]:
    """Return the files, each text with a pasted hand-in as one of its own."""
    found = []
    for file in files:
        texts = {}
        if file.name.lower().endswith(paste.KINDS) and not file.refused:
            with suppress(KitError):  # what cannot be read is told when it is graded
                texts = paste.texts_in(file.name, file.whole())
        if not texts:
            found.append(file)
        for name, text in texts.items():
            found.append(evolve(file, name=name, pasted=text))
    return found


def _walk(folder: Path, ours: Callable[[Path], bool]) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        is_shown = not _is_hidden(path.relative_to(folder).parts)
        if is_shown and _may_be_read(path) and not ours(path):
            yield path


def _may_be_read(path: Path) -> bool:
    try:
        return path.is_file() and not path.is_symlink()
    except OSError:  # in a closed folder: to read it will say so
        return True


def _is_hidden(parts: tuple[str, ...]) -> bool:
    """Whether a part is hidden, or what a Mac adds to a zip."""
    return any(part.startswith(".") or part in ("__MACOSX", "__pycache__") for part in parts)


def _in_zip(path: Path, name: str, stack: ExitStack) -> list[SubmittedFile]:
    try:
        archive = stack.enter_context(ZipFile(path))
        members = archive.infolist()
        for member in members:
            member.filename = _as_utf8(member)
        members.sort(key=lambda member: member.filename)
    except Exception:  # a damaged archive can raise anything, also of the kind of its packing
        return [SubmittedFile(name, path, refused=message("grade.bad_zip"))]
    if len(members) > MOST_MEMBERS:
        refused = message("grade.zip_many", most=MOST_MEMBERS)
        return [SubmittedFile(name, path, refused=refused)]
    files = []
    for member in members:
        parts = _parts(member)
        # ZipInfo.is_dir of Python 3.11 fails on a name that is empty.
        is_folder = member.filename.endswith("/")
        if not is_folder and (not _is_hidden(parts) or ".." in parts):
            whole = f"{name}/{member.filename or message('grade.no_name')}"
            files.append(SubmittedFile(whole, path, archive, member, _why_refused(member)))
    return files


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


def _read_member(archive: ZipFile, member: ZipInfo) -> bytes:
    submission.refuse_large(member.file_size)
    try:
        with archive.open(member) as file:
            data = file.read(submission.LARGEST_FILE + 1)
    except Exception:
        # Each way of packing raises errors of its own: damaged, encrypted, unknown to Python, or a
        # header that asks for more memory than there is.
        raise KitError(message("grade.bad_member")) from None
    submission.refuse_large(len(data))
    return data


def _why_refused(member: ZipInfo) -> str:
    """Return why a member is not even opened, in a sentence; '' where it may be."""
    parts = _parts(member)
    if ".." in parts or parts[:1] == ("/",) or ":" in "".join(parts[:1]):
        return message("grade.zip_path")
    if stat.S_ISLNK(member.external_attr >> 16):
        return message("grade.zip_link")
    if member.file_size > 2**20 and member.file_size > _MANY_TIMES * member.compress_size:
        return message("grade.zip_bomb")
    if member.filename.lower().endswith(".zip"):
        return message("grade.zip_in_zip")
    return ""
