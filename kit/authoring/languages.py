"""Another language: what of it is still missing, and whether a sentence fits the English one."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path

from kit.course.course import Course
from kit.course.files import write_whole
from kit.course.messages import (
    CONTENT,
    KitError,
    file_in,
    kinds_of_language,
    languages_of,
    message,
    own_words,
    words_in,
)

_HERE = Path(__file__).parent
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z]+)*")
#: What a translated sentence has as often as the English one: Markdown, and the ends of lines.
_SIGNS = ("*", "`", "<", "](", "#", "\n")
_ONE = "_one"  #: ends the name of the sentence for one thing, beside that for several


def sentences_in(course: Course, language: str) -> dict[str, str]:
    """Return what there is in a language, by key: the kit's, and the course's own if it is in it.

    Raises:
        KitError: when that is no language's code.

    """
    if not _CODE.fullmatch(language):
        raise KitError(message("languages.bad_code", language=language))
    there: dict[str, str] = {}
    if language.partition("-")[0] == "en":
        there = words_in("")
    for each in kinds_of_language(language):
        there |= words_in(each)
    if course.language == language:
        there |= own_words(course.root)
    return there


def in_language_of(course: Course, name: str) -> Path:
    """Return the page ``name`` (``learners``) that comes with the kit, in the course's language.

    A course of one's own may have its own: ``learners.md`` beside its ``course.toml``. Where there
    is none, and the kit has none in its language either, it is the English one.
    """
    places = [course.root / f"{name}.md"]
    for language in reversed(languages_of(course.root)):
        places.append(_HERE / f"{name}.{language}.md")
    for place in places:
        if place.is_file():
            return place
    return _HERE / f"{name}.md"


def misfits(sentences: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the key of each sentence that is not like the English one, and what it must have.

    ``sentences`` are the translated ones, by key; what is not translated is not missed here.
    """
    english = words_in("")
    for key in sentences.keys() & english.keys():
        theirs, ours = sentences[key], english[key]
        if lost := braces(ours) ^ braces(theirs):
            names = ", ".join(f"{{{name}}}" for name in sorted(lost))
            yield key, message("languages.word_braces", names=names)
        for sign in _SIGNS:
            if theirs.count(sign) != ours.count(sign):
                shown = json.dumps(sign)[1:-1]
                yield key, message("languages.word_sign", sign=shown, count=ours.count(sign))
        if key + _ONE in english and key + _ONE not in sentences:
            yield key, message("languages.word_one", name=key + _ONE)


def braces(sentence: str) -> set[str]:
    """Return the words in braces; a brace that is never closed counts as one that nobody fills."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}
    except ValueError:
        return {"{"}


def what_is_left(course: Course, language: str) -> list[str]:
    """Return what a language still lacks, a line each; the first says how much of it is done.

    A missing sentence is printed as its line of the file will begin, in English.

    Raises:
        KitError: when that is no language's code.

    """
    there, english = sentences_in(course, language), words_in("")
    missing = [key for key in english if key not in there]
    done = len(english) - len(missing)
    told = {"language": language, "all": len(english), "done": done}
    lines = [message("languages.whole", **told)]
    if missing:
        percent = 100 * done // len(english)
        lines = [message("languages.head", percent=percent, **told)]
    for key in missing:
        lines.append(f"{key} = {json.dumps(english[key], ensure_ascii=False)}")
    for key, what in sorted(misfits(there)):
        lines.append(f"{key}: {message('languages.unlike', what=what)}")
    return lines


def begin_language(course: Course, language: str) -> Path:
    """Write a file in which a language can be filled in, and return its place.

    That is ``messages.toml`` of a course of one's own, and beside the kit's own sentences in the
    kit's project. The sentences that there are in the language already are in it.

    Raises:
        KitError: when the file exists, or that is no language's code.

    """
    there = sentences_in(course, language)
    path = course.root / "messages.toml"
    if course.root == CONTENT:
        path = file_in(language)
    if path.exists():
        raise KitError(message("languages.exists", path=path, language=language))
    groups: dict[str, list[str]] = {}
    for key, sentence in words_in("").items():
        group, _, name = key.partition(".")
        ours = json.dumps(sentence, ensure_ascii=False)
        theirs = json.dumps(there.get(key, ""), ensure_ascii=False)
        groups.setdefault(group, []).append(f"# {ours}\n{name} = {theirs}\n")
    tables = [f"[{group}]\n{''.join(rows)}" for group, rows in groups.items()]
    write_whole(path, "\n".join(tables).encode())
    return path
