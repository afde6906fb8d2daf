"""``kit check``: what a program can find wrong in a course, every fault at once."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from kit.authoring.build import asked, blocks, page_text, source_path, stories
from kit.authoring.calls import call_faults, place_faults
from kit.authoring.handouts import sources
from kit.authoring.languages import braces, misfits
from kit.authoring.pictures import picture_faults
from kit.authoring.questions import bank_faults, question_faults, reveal_faults
from kit.authoring.release import key_faults
from kit.authoring.sources import (
    LINK,
    LONGEST_QUOTATION,
    host_faults,
    quoting_faults,
    record_faults,
)
from kit.authoring.spares import written
from kit.course.article import load_article, practice_texts, read_text
from kit.course.course import Course, Sheet
from kit.course.evidence import every_record, load_records
from kit.course.messages import KitError, message, near, own_words, words
from kit.course.pictures import PICTURE
from kit.learner.reveals import load_reveals
from kit.questions.bank import load_questions
from kit.questions.base import Question
from kit.questions.in_markdown import given_to, questions_on, ticks_in

LARGEST_SHARE = 4  #: all quotations together: at most one word in so many of the text
TODO = "TODO:"  #: marks a place that an author has still to fill in
_FIGURE = re.compile(r"\d")
# Numbers that state nothing about the world: headings, a question's own number, an ordered list's,
# what is in a tag.
_NO_FIGURE = re.compile(r"^#.*|^\*\*\d+\*\* \(.*|`[^`]*`|^\s*\d+[.)] |<[^>]*>", re.MULTILINE)
_MARKS_OR_ASK = re.compile(
    r"""^\*\*\d+\*\* \((\d+(?:[.,]\d+)?)|kit\.ask\(["']([^"']+)["']\)""", re.MULTILINE
)


def faults(course: Course) -> list[str]:
    """Return every fault of a course's questions, pages and quotations, a sentence each.

    Also what learners would get of a key, which is told even where a file has a fault.
    """
    found = [fault for find in (_content_faults, key_faults) for fault in _told(find, course)]
    return list(dict.fromkeys(found))


def _told(find: Callable[[Course], list[str]], course: Course) -> list[str]:
    try:
        return find(course)
    except KitError as fault:
        return [str(fault)]


def _content_faults(course: Course) -> list[str]:
    questions: dict[str, Question] = {}
    for sheet in course.sheets:
        questions |= load_questions(course, sheet)
    found: list[str] = []
    places = _places(course)
    for question in questions.values():
        found += question_faults(course, question, places.get(question.id, ""))
    found += [*bank_faults(questions.values()), *reveal_faults(course, questions)]
    found += _page_faults(course, questions)
    pages, sayings = _pages(course), _sayings(course, questions)
    records = {r.id: f"{r.statement}\n\n{r.caveat}" for r in every_record(course).values()}
    texts = pages | sayings | records
    found += [*_quotation_faults(course), *quoting_faults(course, texts)]
    found += host_faults(course, pages | _pages_beside(course) | sayings)
    found += [*picture_faults(course, texts), *_word_faults(course, texts)]
    return [*_sheet_faults(course), *found, *record_faults(course)]


def _places(course: Course) -> dict[str, str]:
    """Return where each question is that is written on a page: its file and line, by its id."""
    places = {}
    for sheet in course.sheets:
        path = source_path(course, sheet)
        for name, n in questions_on(path, sheet.prefix).lines.items():
            places[name] = message("in_markdown.place", file=course.show_path(path), n=n)
    return places


def todos(course: Course) -> dict[Path, int]:
    """Return in which of its files an author has marked places still to fill in, and how many."""
    counts = {}
    for path in written(course.root, course.home):
        if not path.name.startswith("messages"):
            counts[path] = read_text(path).count(TODO)
    return {path: n for path, n in counts.items() if n}


def _sheet_faults(course: Course) -> Iterator[str]:
    if not course.sheets:
        yield message("check_course.no_sheets")
    prefixes = [sheet.prefix for sheet in course.sheets]
    for prefix in sorted({p for p in prefixes if prefixes.count(p) > 1}):
        yield message("check_course.same_prefix", prefix=prefix)
    yield from _notebook_faults(course)
    yield from _stray_files(course)
    for sheet in course.sheets:
        path = course.keys / sheet.keys
        on_page = questions_on(source_path(course, sheet), sheet.prefix).lines
        if sheet.graded and not sheet.keys and load_questions(course, sheet).keys() - on_page:
            yield message("check_course.no_keys", id=sheet.id)
        elif sheet.graded and sheet.keys and course.keys.is_dir() and not path.is_file():
            yield message("check_course.no_key_file", id=sheet.id, path=course.show_path(path))
        if sheet.before and sheet.before not in [other.id for other in course.sheets]:
            yield message("check_course.no_before", id=sheet.id, before=sheet.before)
    english, own = words(), own_words(course.root)
    for key in own.keys() - english.keys():
        yield message("check_course.no_sentence", key=key, near=near(key, english))
    for key in own.keys() & english.keys():
        if not braces(own[key]) <= braces(english[key]):
            yield message("check_course.braces", key=key, sentence=english[key])
    if course.language != "en":
        for key, what in misfits(own):
            yield message("check_course.unlike", key=key, what=what, sentence=english[key])


def _stray_files(course: Course) -> Iterator[str]:
    """Find files of questions that are named after no sheet: nothing reads them."""
    known = {sheet.first.id for sheet in course.sheets}
    if not known:
        return  # that is another fault
    for path in sorted((course.root / "items").glob("*.toml")):
        if path.stem not in known:
            told = near(path.stem, known)
            yield message("check_course.stray_items", path=course.show_path(path), near=told)


def _notebook_faults(course: Course) -> Iterator[str]:
    """Find names of notebooks that would replace another file, or be made outside the course."""
    names = [sheet.notebook for sheet in course.pages]
    for name in dict.fromkeys(names):
        parts = Path(name).parts
        outside = Path(name).is_absolute() or ".." in parts
        taken = parts[:1] in (("lessons",), ("items",), ("solutions",), ("evidence",))
        if not name.endswith(".ipynb") or outside or taken or names.count(name) > 1:
            yield message("check_course.bad_notebook", name=name)


def _page_faults(course: Course, questions: dict[str, Question]) -> Iterator[str]:
    addresses = {r.address for rows in load_records(course).values() for r in rows}
    addresses.add(load_article(course).reference.page)
    can_be_told = practice_texts(course).keys() | {
        question.id for question in questions.values() if question.picks_one
    }
    all_asked: set[str] = set()
    for sheet in course.pages:
        path, text = source_path(course, sheet), page_text(course, sheet)
        ids = asked(text)
        all_asked |= set(ids)
        for name in ids:
            if name not in questions:
                told = near(name, questions)
                yield message("check_course.unknown_ask", page=path.name, id=name, near=told)
        for name in stories(text):
            if name not in can_be_told:
                told = near(name, can_be_told)
                yield message("check_course.unknown_story", page=path.name, name=name, near=told)
        yield from _loose(path.name, text, addresses)
        yield from _block_faults(course, sheet, text)
        yield from call_faults(course, sheet, text)
        yield from place_faults(course, sheet, text)
        yield from _mark_faults(path.name, text, questions)
        for line in ticks_in(text):
            yield message("check_course.tick", page=path.name, line=line[:60])
        if sheet.page != sheet.id and questions_on(path, sheet.prefix).rows:
            yield message("check_course.plain_question", page=path.name, id=sheet.id)
        elif sheet.page != sheet.id and ids != asked(page_text(course, course.sheet(sheet.id))):
            yield message("check_course.plain_asks", page=path.name, id=sheet.id)
    for path in sources(course):
        yield from _loose(path.name, read_text(path), addresses, handout=True)
    yield from (
        message("check_course.never_asked", id=name) for name in questions if name not in all_asked
    )
    for name, text in _sayings(course, questions).items():
        for address in LINK.findall(text):
            if address not in addresses:
                yield message("check_course.loose_link", page=name, address=address)


def _loose(page: str, text: str, addresses: set[str], *, handout: bool = False) -> Iterator[str]:
    """Find links that lead to no record, and figures that nothing stands behind."""
    for address in LINK.findall(text):
        if address not in addresses:
            yield message("check_course.loose_link", page=page, address=address)
    told = ["", *re.sub(r"```.*?```", "", text, flags=re.DOTALL).split("\n\n"), ""]
    for before, paragraph, after in zip(told, told[1:], told[2:], strict=False):
        start = paragraph.strip()[:50]
        # A handout carries a lesson's questions on paper: there nothing is stated as a fact.
        states = not (handout and _speaks_of("no_fact", "", paragraph))
        if not states or not _is_loose(paragraph):
            continue
        if not start.startswith("|"):
            yield message("check_course.loose_figure", page=page, start=start)
        elif not _is_supported(before + after):  # where a table comes from is said beside it
            yield message("check_course.loose_table", page=page, start=start)


def _block_faults(course: Course, sheet: Sheet, text: str) -> Iterator[str]:
    """Find blocks that would stop the notebook, and an exercise that cannot be handed in."""
    page, found = source_path(course, sheet).name, blocks(text)
    for block in found:
        line = next((x for x in reversed(block.splitlines()) if x.strip()), "")
        try:
            ast.parse(block)
        except SyntaxError:
            yield message("check_course.bad_block", page=page, line=line)
            continue
        if "kit." in block and not block.startswith("import kit"):
            yield message("check_course.no_import", page=page, line=line)
    if sheet.graded:
        first, last = "".join(found[:1]), "".join(found[-1:])
        if sheet.id not in given_to("begin", first) or sheet.id not in given_to("hand_in", last):
            yield message("check_course.no_hand_in", page=page, id=sheet.id)


def _mark_faults(page: str, text: str, questions: dict[str, Question]) -> Iterator[str]:
    """Find numbers of marks that stand on a page above a question worth something else."""
    said = ""
    for match in _MARKS_OR_ASK.finditer(text):
        marks, name = match.groups()
        if name is None:
            said = marks.replace(",", ".")
            continue
        if said and name in questions and float(said) != questions[name].marks:
            worth = f"{questions[name].marks:g}"
            yield message("check_course.page_marks", page=page, id=name, said=said, marks=worth)
        said = ""


def _word_faults(course: Course, texts: dict[str, str]) -> Iterator[str]:
    """Find words that the course wants to do without: those of ``[instead]`` in course.toml."""
    if course.instead:
        texts = texts | {f"messages.toml, {k}": v for k, v in words().items()}
    for odd, better in course.instead.items():
        pattern = re.compile(rf"\b(?:{odd})\b", re.IGNORECASE)
        for name, text in texts.items():
            match = pattern.search(text)
            if match:
                yield message("check_course.odd_word", id=name, word=match[0], better=better)


def _pages(course: Course) -> dict[str, str]:
    """Return what each page and each handout says, by its name."""
    pages = {sheet.page: page_text(course, sheet) for sheet in course.pages}
    for path in sources(course):
        name = path.relative_to(course.root).with_suffix("").as_posix()
        pages[name] = read_text(path)  # such as handouts/01-who-says-so
    return pages


def _pages_beside(course: Course) -> dict[str, str]:
    """Return what the pages beside a course say that are for its readers too, by name."""
    paths = [*sorted(course.home.glob("*.md")), *sorted(course.home.glob("docs/*.md"))]
    return {path.name: read_text(path) for path in paths}


def _sayings(course: Course, questions: dict[str, Question]) -> dict[str, str]:
    """Return what each question and each reveal says, by its id."""
    said = {name: "\n\n".join(question.texts) for name, question in questions.items()}
    return said | {r.id: r.text for r in load_reveals(course).values()}


def _is_loose(paragraph: str) -> bool:
    """Whether a paragraph states a figure without a record's link or a paragraph's number."""
    words = PICTURE.sub("", paragraph)
    said = re.sub(_pattern("sheet", r" \d\d"), "", _NO_FIGURE.sub("", words))
    said = re.sub(_pattern("counted", r"\b", r"\d+(?:[.,]\d+)?[ -]"), "", said)
    return bool(_FIGURE.search(said)) and not _is_supported(words)


def _is_supported(text: str) -> bool:
    """Whether a text has a link, or the number of a paragraph."""
    return "](" in text or "¶" in text or _speaks_of("paragraph", r" \d", text)


def _speaks_of(what: str, then: str, text: str) -> bool:
    """Whether one of the words for ``what`` in the course's language is in a text, and ``then``."""
    return re.search(_pattern(what, then), text) is not None


def _pattern(what: str, then: str, before: str = "") -> str:
    words = [re.escape(word.strip()) for word in message(f"check_words.{what}").split(",")]
    return rf"(?i)\b{before}(?:{'|'.join(words)}){then}"


def _quotation_faults(course: Course) -> Iterator[str]:
    article = load_article(course)
    counts = [(u.n, len(q.split())) for u in article.units for q in u.quotations]
    for n, count in counts:
        if count > LONGEST_QUOTATION:
            yield message("check_course.long_quotation", n=n, count=count)
    total, most = sum(c for _, c in counts), article.reference.words // LARGEST_SHARE
    if total > most:
        yield message("check_course.many_quoted", count=total, most=most)
