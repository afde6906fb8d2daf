"""Moodle's XML, as its question bank exports it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from kit.authoring.importing.gift import last_of, number
from kit.authoring.importing.markdown import Files, add_file, decoded, markdown
from kit.course.messages import KitError, message
from kit.course.pictures import FOLDER, TYPES
from kit.questions.foreign import Answer, Foreign


def read(path: Path, data: bytes, files: Files) -> Iterator[Foreign]:
    """Yield the questions of a file; the pictures in it are added to ``files``.

    Raises:
        KitError: when it is no XML of Moodle's.

    """
    try:
        quiz: Element = fromstring(data.strip())  # it fills in no entity of the file's own
    except (ParseError, DefusedXmlException) as fault:
        raise KitError(message("import.bad_xml", file=path, fault=fault)) from None
    if quiz.tag != "quiz":
        raise KitError(message("import.not_moodle", file=path, tag=quiz.tag))
    section = ""
    for element in quiz.findall("question"):
        kind = str(element.get("type") or "?")
        if kind == "category":
            section = last_of(_words(element.find("category")))
        else:
            yield _question(element, kind, section, files)


def _question(element: Element, kind: str, section: str, files: Files) -> Foreign:
    hints = [_text(hint, files) for hint in element.findall("hint")]
    foreign = Foreign(
        kind=kind,
        name=_words(element.find("name")),
        text=_text(element.find("questiontext"), files),
        section=section,
        marks=number(element.findtext("defaultgrade"), 1),
        single=_is_on(element.findtext("single", "true")),
        shuffle=_is_on(element.findtext("shuffleanswers", "false")),
        answers=tuple(_answer(each, kind, files) for each in element.findall("answer")),
        pairs=tuple(_pair(each, files) for each in element.findall("subquestion")),
        reason=_text(element.find("generalfeedback"), files),
        model=_text(element.find("graderinfo"), files),
        hints=tuple(hint for hint in hints if hint),
    )
    if element.find("units/unit") is not None:
        foreign.notes.append("import.units")
    if any(not _can_be_shown(file) for file in element.iter("file")):
        foreign.notes.append("import.file_left_out")
    return foreign


def _answer(element: Element, kind: str, files: Files) -> Answer:
    share = number(element.get("fraction"), 0) / 100
    text = _text(element, files)
    reason = _text(element.find("feedback"), files)
    if kind != "numerical":
        return Answer(text, share, reason)
    said, low = _words(element), None
    tolerance = abs(number(element.findtext("tolerance"), 0))
    if said != "*":
        low = number(said, None)
    if low is None:
        return Answer(said, share, reason)
    return Answer(said, share, reason, low - tolerance, low + tolerance)


def _pair(element: Element, files: Files) -> tuple[str, str]:
    return _text(element, files), _words(element.find("answer"))


def _text(element: Element | None, files: Files) -> str:
    """Return the text of an element as Markdown, its files added under the names that it uses."""
    if element is None:
        return ""
    html = element.findtext("text") or ""
    for file in element.findall("file"):
        if _can_be_shown(file):
            name = str(file.get("name"))
            kept = add_file(files, name, decoded(file.text or ""))
            for written in {name, quote(name)}:
                html = html.replace(f"@@PLUGINFILE@@/{written}", f"{FOLDER}/{kept}")
    forms = {"": "moodle", "moodle_auto_format": "moodle", "plain_text": "plain"}
    form = str(element.get("format") or "")
    return markdown(html, forms.get(form, form))


def _can_be_shown(file: Element) -> bool:
    return Path(str(file.get("name"))).suffix.lower() in TYPES and bool(decoded(file.text or ""))


def _words(element: Element | None) -> str:
    """Return the text of an element as one line."""
    if element is None:
        return ""
    return " ".join((element.findtext("text") or element.text or "").split())


def _is_on(text: str) -> bool:
    return text.strip().lower() in ("true", "1")
