"""``kit new``: a course folder that works as it comes, with an example of each part to replace."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

from kit.authoring.outline import outline
from kit.course.article import paragraphs, read_copy
from kit.course.course import NAME
from kit.course.messages import KitError, message

SKELETON = Path(__file__).with_name("skeleton")
#: The lines that name the course in the skeleton's ``course.toml``.
_ID, _TITLE = 'id = "my-course"', 'title = "My course"'
_LEAST = 3  #: lines: the skeleton's questions are about a text with two paragraphs at least
_NOT_IN_A_NAME = frozenset('<>:"|?*\\')  # Windows has no such file names
_ACCENTS = re.compile("[\u0300-\u036f]")


def new_course(folder: Path, text: Path | None = None) -> str:
    """Make a course folder, named after its last part, and return its title.

    Args:
        folder: where it will stand; nothing may be there yet, and it may not lie in a course.
        text: the author's own text, plain or a saved page: ``article.toml`` then begins with its
            pieces, numbered and with their fingerprints. The text is not carried over.

    Raises:
        KitError: when the name will not do, the text cannot be used, or the folder cannot be made.

    """
    title = " ".join(folder.name.split())
    name = course_id(title)
    if not name or not folder.name.isprintable() or _NOT_IN_A_NAME & set(title):
        shown = title.encode("utf-8", "replace").decode()  # a shell can pass on what is no text
        raise KitError(message("new.bad_name", name=shown))
    _refuse_to_nest(folder)
    files = {}
    for source in sorted(SKELETON.rglob("*")):
        if source.is_file():
            files[source.relative_to(SKELETON).as_posix()] = source.read_text(encoding="utf-8")
    files["course.toml"] = (
        files["course.toml"]
        .replace(_ID, f"id = {_quoted(name)}")
        .replace(_TITLE, f"title = {_quoted(title)}")
    )
    if text:
        files["article.toml"] = _outline_of(text)
    try:
        folder.mkdir(parents=True)
        for place, content in files.items():
            target = folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            # Not a copy of the file: where the kit is installed it may be read-only.
            target.write_text(content, encoding="utf-8")
    except FileExistsError:
        raise KitError(message("new.exists", folder=folder)) from None
    except OSError as fault:
        why = fault.strerror or fault
        raise KitError(message("new.cannot_make", folder=folder, fault=why)) from None
    return title


def _refuse_to_nest(folder: Path) -> None:
    for above in folder.resolve().parents:
        if (above / NAME).is_file():
            raise KitError(message("new.inside", folder=folder, course=above))


def course_id(title: str) -> str:
    """Return a title as an id: small letters of any script without accents, digits, hyphens."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", title))
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", bare).casefold()).strip("-")


def _outline_of(text: Path) -> str:
    copy = read_copy(text)
    count = len(paragraphs(copy))
    if count < _LEAST:
        raise KitError(message("new.short_text", file=text, count=count))
    return outline(copy)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # printable text: JSON's escapes are TOML's too
