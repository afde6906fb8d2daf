"""The part of ``kit check`` about pictures, sound and film."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from kit.course.article import practice_texts, read_text
from kit.course.course import Course
from kit.course.messages import message
from kit.course.pictures import BEGINS, CREDITS, FOLDER, PICTURE, TYPES, Shown, credits_of, find

_TAG = re.compile(r"<(?:img|audio|video|iframe|embed|object)\b", re.IGNORECASE)
_BEGINS = re.compile(BEGINS)
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def picture_faults(course: Course, texts: Mapping[str, str]) -> Iterator[str]:
    """Find pictures that learners would not see or could not use, and files that lack something.

    ``texts`` are what a page, a handout or a question says, by its name.
    """
    stories = {f"texts/{path.name}": read_text(path) for path in practice_texts(course).values()}
    used: dict[Path, Shown] = {}
    for where, text in {**texts, **stories}.items():
        plain = _CODE.sub("", text)
        if _TAG.search(plain):
            yield message("check_media.tag", where=where)
        for match in _BEGINS.finditer(PICTURE.sub("", plain)):
            yield message("check_media.strange_name", where=where, words=match["alt"])
        for match in PICTURE.finditer(plain):
            shown = find(match["target"], course.root)
            if not match["alt"].strip():
                yield message("check_media.no_alt", where=where, target=match["target"])
            if shown is None:
                yield message("check_media.elsewhere", where=where, target=match["target"])
            elif not shown.path.is_file():
                yield _missing(where, shown)
            else:
                used[shown.path] = shown
    for shown in used.values():
        yield from _file_faults(shown)
    folder = course.root / FOLDER
    for name in credits_of(folder):
        if not (folder / name).is_file():
            yield message("check_media.no_such_credit", name=name)


def _missing(where: str, shown: Shown) -> str:
    """Return what is said of a picture that is not there, with the name that may be meant."""
    there = []
    for path in shown.path.parent.glob("*"):
        if path.suffix.lower() in TYPES:
            there.append(path.name)
    near = get_close_matches(shown.path.name, there, n=1)
    if near:
        return message("check_media.near", where=where, name=shown.path.name, near=near[0])
    return message("check_media.missing", where=where, name=shown.path.name)


def _file_faults(shown: Shown) -> Iterator[str]:
    name = shown.path.name
    if shown.path.suffix.lower() not in TYPES:
        yield message("check_media.ending", name=name, endings=" ".join(TYPES))
        return
    size = shown.path.stat().st_size
    if size > shown.most:
        told = {"size": round(size / 1000), "most": round(shown.most / 1000)}
        yield message("check_media.too_large", name=name, **told)
    if not shown.credit.strip():
        yield message("check_media.no_credit", name=name, file=f"{FOLDER}/{CREDITS}")
    said = shown.transcript
    if shown.has_sound and (not said.is_file() or not read_text(said).strip()):
        yield message("check_media.no_transcript", name=name, file=f"{FOLDER}/{said.name}")
