"""What is in the inbox: a folder, or a zip as an LMS makes it. Nothing is unpacked to the disk.

A file is read when it is asked for: there may be hundreds, each of many megabytes.
"""

from __future__ import annotations

import re
import stat
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import BytesIO
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

from attrs import evolve, field, frozen

from kit.course.messages import KitError, message
from kit.learner import paste, submission

MOST_MEMBERS = 50_000  #: files in one zip
_MANY_TIMES = 100  #: a text file seldom shrinks to less than a hundredth; a bomb does
_KINDS = (".ipynb", ".json")
#: How a name ends that a browser, an editor or a mail program has made of such a one.
_MAYBE = re.compile(r"\.(?:ipynb|json)[^/]*$|/[^/.]+$|\.(?:txt|html?)$")
_PACKED = (".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".zipx")  #: not opened
#: How such archives, and zips, begin whatever their name ends with; tar says it further on.
_BEGIN = (b"PK\x03\x04", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")

_TYPED = r"text(?:-\d+)?\.html"  #: what Canvas calls a text that was typed there
_OF_CANVAS = rf"(?:[1-9]\d*_[^/]+\.\w+|{_TYPED})(?:/|$)"

# How a system that collects hand-ins writes the sender into a path that begins with '/'. One row a
# system; the first that fits is taken. ``id`` is on the system's own class list, ``number`` is not.
_SYSTEMS = tuple(
    re.compile(pattern)
    for pattern in (
        # Moodle (mod/assign/classes/downloader.php), in older ones with a '_' before the slash, or
        # with no folder. A group that hands in as one has its own name and number there.
        r"/(?P<name>[^/]+?)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_|/)",
        # Moodle, those who are in no group.
        r"/(?P<name>[^/_]+)_assignsubmission_[a-z]+(?:_|/)",
        # Canvas (lib/content_zipper.rb), where learners are hidden; then as it is mostly: the
        # person's number, the file's. A text that was typed there has no number, and a number there
        # never begins with 0, as a day in a learner's own name for a file does.
        rf"/(?P<hidden>anon)_(?P<late>LATE_)?(?P<number>[A-Za-z0-9]+)_{_OF_CANVAS}",
        rf"/(?P<name>[^_/]+)_(?P<late>LATE_)?(?P<id>[1-9]\d*)_{_OF_CANVAS}",
        # A sign in the name: then only numbers that are longer than those of a day and a month.
        rf"/(?P<name>[^/]+?)_(?P<late>LATE_)?(?P<id>[1-9]\d*)_(?:\d{{3,}}_[^/]+\.\w+|{_TYPED})(?:/|$)",
        # Blackboard (README of github.com/kwurst/bb-file-cleanup): assignment, user name, when. To
        # take b_smith and c_smith for one would lose a mark; to read too much is only ugly.
        r"/[^_/]+_(?P<name>[^/]+?)_attempt_\d{4}(?:-\d\d){5}(?:_|\.)",
        # Brightspace (tests/unit/test_brightspace_zip_format.py of github.com/gitchrisqueen/
        # cpcc_task_automation): two numbers, the name, when; then a slash, or ' - ' and the file.
        r"/\d+-\d+ - (?P<name>[^/]+?) - [^/]*\b\d{4}\b",
        # Teams, as SharePoint keeps a class's work (README of github.com/lwchkg/
        # teams_assignment_explorer), and with its folders' names in another language (github.com/
        # rtotheb2000/Microsoft-Teams-Retrieve-Assignments-Hand-In): 'Gesendete Dateien' and so on.
        r"/(?P<draft>Working|Submitted) files/(?P<name>[^/]+)/",
        r"/[^/]+/(?P<name>[^/]+)/[^/]+/(?:Version|Versión|Versione|Versão) \d+/[^/]+$",
        # GitHub Classroom (cmd/gh-classroom/clone/student-repos of github.com/github/gh-classroom).
        r"/(?P<work>[^/]+)-submissions(?:-[^/]*)?/(?P=work)-(?P<name>[^/]+)/",
        # nbgrader's exchange, and where it collects.
        r"/(?P<name>[^/]+)\+[^/+]+\+\d{4}-\d\d-\d\d[^/]*/",
        r"/submitted/(?P<name>[^/]+)/[^/]+/[^/]+$",
    )
)
#: Teams, in any language: a version that was handed in; and where a working copy of it lies.
_HANDED_IN = re.compile(r"(.*/)?[^/]+/[^/]+/([^/]+)/(?:Version|Versión|Versione|Versão) \d+/[^/]+")
_WORKING = re.compile(r"(.*/)?[^/]+/([^/]+)/([^/]+)/[^/]+")
#: What Moodle calls a learner whose name it hides, in small letters, in six languages.
_HIDDEN = {
    "participant", "teilnehmerin", "teilnehmer", "participante", "partecipante", "participant-e",
}  # fmt: skip


#: What a Mac, Windows and Python leave in folders and zips.
_LEFT_BY_SYSTEMS = ("__MACOSX", "Icon\r", "desktop.ini", "Thumbs.db", "__pycache__")


class OtherKindError(KitError):
    """A file of a kind that no hand-in has."""


@frozen
class Sender:
    """Who sent a file, as an LMS writes it into the file's name."""

    name: str = ""
    id: str = ""  #: Canvas's number of the person
    late: bool = False  #: the LMS says so
    #: The LMS's number of the submission: it is on no class list, but tells two of one name apart.
    number: str = field(default="", eq=False)
    is_hidden: bool = field(default=False, eq=False)  #: the LMS gives a number and no name
    place: str = field(default="", eq=False)  #: the part of the path that says so
    is_draft: bool = field(default=False, eq=False)  #: a working copy, not what was handed in

    @property
    def key(self) -> str:
        """What tells one sender from another; '' where nobody is known to have sent it."""
        return "\0".join([self.id, self.number, self.name.casefold()]) if self.name else ""


def _sender(match: re.Match[str]) -> Sender:
    """Return the sender that a row of ``_SYSTEMS`` has found."""
    found = defaultdict(str, match.groupdict(""))
    name, number = found["hidden"] or found["name"], found["number"]
    is_hidden = bool(found["hidden"]) or name.casefold() in _HIDDEN
    if is_hidden:
        name = f"{name} {number}"
    return Sender(
        name,
        found["id"],
        late=bool(found["late"]),
        number=number,
        is_hidden=is_hidden,
        place=match[0].strip("/"),
        is_draft=found["draft"] == "Working",
    )


@frozen
class SubmittedFile:
    """A file in the inbox."""

    name: str  #: its path below the inbox, with '/'
    path: Path  #: where it is on the disk, or the zip that it is in
    archive: ZipFile | None = None  #: the zip
    member: ZipInfo | None = None  #: what it is in the zip
    refused: str = ""  #: why it is not even opened, in a sentence
    inbox: str = ""  #: what the folder is called that everything lies in
    pasted: str = ""  #: the text with a pasted hand-in that was found in it
    draft_of: str = ""  #: whose working copy it is, beside the versions that were handed in

    @property
    def sender(self) -> Sender:
        """Who sent it, where the path has a form that some system gives it."""
        if self.draft_of:
            return Sender(self.draft_of, place=self.draft_of, is_draft=True)
        path = f"/{self.inbox}/{self.name}".replace("\\", "/")
        for system in _SYSTEMS:
            if match := system.search(path):
                return _sender(match)
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
        name = f"/{self.name.lower()}"
        if name.endswith(_PACKED):
            raise KitError(message("grade.archive"))
        if not _MAYBE.search(name):
            raise OtherKindError(message("grade.other_kind"))
        data = self.read_any()
        if _is_archive(data):
            raise KitError(message("grade.archive"))
        if not name.endswith(_KINDS) and not _is_table(data):
            raise OtherKindError(message("grade.other_kind"))
        return data

    def read_any(self) -> bytes:
        """Return what is in it, of whatever kind it is.

        Raises:
            KitError: where it cannot be read.

        """
        if self.archive and self.member:
            return _read_member(self.archive, self.member)
        try:
            submission.refuse_large(self.path.stat().st_size)
            return self.path.read_bytes()
        except OSError as fault:
            raise KitError(message("grade.unreadable", fault=fault.strerror)) from None


@frozen
class Inbox:
    """All that is in the inbox."""

    files: list[SubmittedFile] = field(factory=list)
    hidden: list[str] = field(factory=list)  #: the names of what is not looked at


@contextmanager
def opened(inbox: Path, ours: Callable[[Path], bool]) -> Iterator[Inbox]:
    """List what is in ``inbox``, a folder or a zip; zips in either are looked into, one deep.

    Args:
        inbox: the folder or zip.
        ours: which files of the folder the kit itself has written.

    Raises:
        KitError: when there is nothing to grade.

    """
    if not inbox.exists():
        raise KitError(message("grade.no_folder", path=inbox))
    found = Inbox()
    with ExitStack() as stack:
        if inbox.is_dir():
            _walk(inbox, ours, found, stack)
        else:
            _add(SubmittedFile(inbox.name, inbox), found, stack)
        found.files[:] = _with_pastes(_with_drafts(found.files))
        if not any(_may_hold_work(file) for file in found.files):
            raise KitError(message("grade.no_files", path=inbox))
        yield found


def _may_hold_work(file: SubmittedFile) -> bool:
    return bool(file.pasted) or file.name.lower().endswith((*_KINDS, *_PACKED, ".zip"))


def _with_drafts(files: list[SubmittedFile]) -> list[SubmittedFile]:
    """Return the files, those marked that are working copies in Teams, whatever it calls them."""
    handed_in = {match.groups() for file in files if (match := _HANDED_IN.fullmatch(file.name))}
    for n, file in enumerate(files):
        match = _WORKING.fullmatch(file.name) if handed_in else None
        if match and (match[1], match[3]) in handed_in:
            files[n] = evolve(file, draft_of=match[2])
    return files


def _with_pastes(files: list[SubmittedFile]) -> list[SubmittedFile]:
    """Return the files, each text with a pasted hand-in as one of its own."""
    found = []
    for file in files:
        texts = {}
        if file.name.lower().endswith(paste.KINDS) and not file.refused:
            with suppress(KitError):  # what cannot be read is told when it is graded
                texts = paste.texts_in(file.name, file.read_any())
        if not texts:
            found.append(file)
        for name, text in texts.items():
            found.append(evolve(file, name=name, pasted=text))
    return found


def _walk(folder: Path, ours: Callable[[Path], bool], found: Inbox, stack: ExitStack) -> None:
    name = folder.resolve().name
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        refused = _why_no_file(path)
        if refused is None or (not refused and ours(path)):
            continue
        if _is_hidden(place.parts):
            found.hidden.append(place.as_posix())
        else:
            file = SubmittedFile(place.as_posix(), path, refused=refused, inbox=name)
            _add(file, found, stack)


def _why_no_file(path: Path) -> str | None:
    """Return why a file is not even opened, '' where it may be; None of a folder."""
    try:
        mode = path.lstat().st_mode
    except OSError:  # in a closed folder: to read it will say so
        return ""
    if stat.S_ISLNK(mode):
        return message("grade.zip_link")
    if stat.S_ISDIR(mode):
        return None
    return "" if stat.S_ISREG(mode) else message("grade.other_kind")


def _is_hidden(parts: tuple[str, ...]) -> bool:
    """Whether a part is hidden, or what a system adds to a folder or a zip."""
    if ".." in parts:
        return False
    return any(part.startswith((".", "~$")) or part in _LEFT_BY_SYSTEMS for part in parts)


def _add(whole: SubmittedFile, found: Inbox, stack: ExitStack) -> None:
    """List a file, or what is in a zip; one that cannot be opened is listed with the reason."""
    if whole.refused or not whole.name.lower().endswith(".zip"):
        found.files.append(whole)
        return
    files, hidden = [], []
    try:
        source = BytesIO(whole.read_any()) if whole.member else whole.path
        archive = stack.enter_context(ZipFile(source))
        members = archive.infolist()
        if len(members) > MOST_MEMBERS:
            raise KitError(message("grade.zip_many", most=MOST_MEMBERS))
        for member in members:
            member.filename = _as_utf8(member)
        for member in sorted(members, key=lambda member: member.filename):
            name = f"{whole.name}/{member.filename or message('grade.no_name')}"
            if _is_hidden(_parts(member)):
                hidden.append(name)
            # ZipInfo.is_dir of Python 3.11 fails on a name that is empty.
            elif not member.filename.endswith("/"):
                why = _why_refused(member)
                file = evolve(whole, name=name, archive=archive, member=member, refused=why)
                files.append(file)
        if not files and not hidden:
            raise KitError(message("grade.empty_zip"))
    except KitError as fault:
        found.files.append(evolve(whole, refused=str(fault)))
        return
    except Exception:  # a damaged archive can raise anything, also of the kind of its packing
        found.files.append(evolve(whole, refused=_why_no_zip(whole)))
        return
    found.hidden.extend(hidden)
    for file in files:
        if whole.member and not file.refused and file.name.lower().endswith(".zip"):
            found.files.append(evolve(file, refused=message("grade.zip_in_zip")))
        else:
            _add(file, found, stack)


def _why_no_zip(file: SubmittedFile) -> str:
    """Return why a file that is called a zip cannot be opened; '' where it is a hand-in itself."""
    data = b""
    with suppress(KitError):
        data = file.read_any()
    if _is_table(data):
        return ""
    if _is_archive(data) and not data.startswith(b"PK"):
        return message("grade.archive")
    return message("grade.bad_zip")


def _is_archive(data: bytes) -> bool:
    return data.startswith(_BEGIN) or data[257:262] == b"ustar"


def _is_table(data: bytes) -> bool:
    """Whether a file begins as a notebook and a hand-in do."""
    return submission.decoded(data[:100], "replace").lstrip().startswith("{")


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
    # A colon alone is no drive: nbgrader writes the time of day into the names of its folders.
    if ".." in parts or parts[:1] == ("/",) or re.match("[A-Za-z]:", member.filename):
        return message("grade.zip_path")
    if stat.S_ISLNK(member.external_attr >> 16):
        return message("grade.zip_link")
    if member.file_size > 2**20 and member.file_size > _MANY_TIMES * member.compress_size:
        return message("grade.zip_bomb")
    return ""
