"""Pictures, sound and film: the files of a course's folder ``pictures/``.

Authors write each as a picture in Markdown, ``![what one sees](pictures/chart.svg)``. It is shown
with its bytes inside the page, so a page needs no file beside it, wherever it is opened or moved.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from attrs import frozen
from markupsafe import escape

from kit.course.messages import KitError, folder_in_use, message
from kit.course.toml import read_toml

FOLDER = "pictures"
CREDITS = "pictures.toml"  #: who made each of them, and under which licence
LARGEST = 500_000  #: bytes of a picture; a page holds it once more wherever it is shown
LONGEST = 1_500_000  #: bytes of a sound or a film
_PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}
_SOUNDS = {".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".wav": "audio/wav", ".m4a": "audio/mp4"}
_FILMS = {".mp4": "video/mp4", ".webm": "video/webm"}
TYPES = _PICTURES | _SOUNDS | _FILMS  #: what can be shown, by the ending of the file's name

#: A picture as authors write it. From the folder of a page ``../pictures/`` is right too.
BEGINS = r"!\[(?P<alt>(?:[^\[\]]|\[[^\[\]]*\])*)\]\("
PICTURE = re.compile(BEGINS + r"""(?P<target>[^()\s]*)(?:\s+"[^"]*")?\)""")
_OURS = re.compile(rf"(?:\.\./)?{FOLDER}/(?P<name>[^/]+)")


@frozen
class Shown:
    """A file of the folder ``pictures/``."""

    path: Path

    @property
    def has_sound(self) -> bool:
        """Whether it is a sound or a film: not everybody can hear or see it."""
        return self.path.suffix.lower() in _SOUNDS | _FILMS

    @property
    def transcript(self) -> Path:
        """The file beside a sound or a film that says what is said and heard in it."""
        return self.path.with_suffix(".txt")

    @property
    def most(self) -> int:
        """How many bytes it may have."""
        return LONGEST if self.has_sound else LARGEST

    @property
    def credit(self) -> str:
        """Who made it, and under which licence; nothing where that is not said."""
        return credits_of(self.path.parent).get(self.path.name, "")


def find(target: str, course: Path) -> Shown | None:
    """Return the file that a picture's target means; None where it is none of the folder's.

    The target is as it is in the Markdown; ``course`` is the folder of the course.
    """
    match = _OURS.fullmatch(target)
    return Shown(course / FOLDER / unquote(match["name"])) if match else None


def credits_of(folder: Path) -> dict[str, str]:
    """Return what ``pictures.toml`` says of each file in a folder ``pictures/``.

    Raises:
        KitError: when it cannot be read, or says something else than a sentence for a file.

    """
    path = folder / CREDITS
    if not path.is_file():
        return {}
    said = read_toml(path)
    for name, credit in said.items():
        if not isinstance(credit, str):
            raise KitError(message("media.bad_credit", name=name))
    return said


def picture_html(target: str, alt: str) -> str | None:
    """Return a picture, a sound or a film as HTML that may be inside a sentence.

    None where the target is no file of the course's folder ``pictures/``, or it is not there: that
    is a fault which ``kit check`` names.
    """
    shown = find(target, folder_in_use())
    if shown is None or shown.path.suffix.lower() not in TYPES or not shown.path.is_file():
        return None
    kind = TYPES[shown.path.suffix.lower()]
    source = f'src="{_as_address(shown.path, kind, shown.path.stat().st_mtime_ns)}"'
    below = [shown.credit]
    if not shown.has_sound:
        # On white, for a drawing is often black on nothing, and a page may be dark.
        style = 'style="max-width:100%;max-height:20rem;background:#fff;vertical-align:top"'
        html = f'<img {source} alt="{escape(alt)}" {style}>'
    else:
        tag = kind.partition("/")[0]
        html = f'<{tag} controls preload="metadata" {source} aria-label="{escape(alt)}"></{tag}>'
        if shown.transcript.is_file():
            said = " ".join(shown.transcript.read_text(encoding="utf-8").split())
            below.insert(0, message("media.transcript", what=alt, text=said))
    for line in below:
        if line:
            html += f"<br><small>{escape(line)}</small>"
    return html


@lru_cache(maxsize=64)
def _as_address(path: Path, kind: str, _changed: int) -> str:
    """Return a file as an address that holds its bytes."""
    return f"data:{kind};base64,{b64encode(path.read_bytes()).decode()}"


def in_words(text: str) -> str:
    """Return Markdown with the words of each picture in its place."""
    return PICTURE.sub(lambda match: f"[{match['alt']}]", text)
