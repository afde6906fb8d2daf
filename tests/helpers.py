"""Plain functions and values that several test modules use."""

from __future__ import annotations

import inspect
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

import attrs
import pytest

from kit.course.course import Course, Sheet, load_course
from kit.course.messages import CONTENT, words
from kit.learner import submission
from kit.learner.record import LearnerRecord, keep_answer, record_path
from kit.questions.bank import find_question, load_questions
from kit.questions.base import Question
from kit.questions.kinds import KINDS

PROJECT = Path(__file__).resolve().parents[1]
COURSE = load_course(CONTENT, PROJECT)
ITEMS: dict[str, Question] = {
    item.id: item for sheet in COURSE.sheets for item in load_questions(COURSE, sheet).values()
}
#: A small course with every kind of question, and everything that can be set on one.
SHOWROOM = load_course(PROJECT / "tests" / "showroom", PROJECT / "tests" / "showroom")
SHOWN: dict[str, Question] = load_questions(SHOWROOM, SHOWROOM.sheets[0])
#: A learners' edition has no keys, and cannot grade.
with_keys = pytest.mark.skipif(not COURSE.keys.is_dir(), reason="the keys are not in this edition")
Answers = dict[str, submission.SealedAnswer]
GRADED: tuple[Sheet, ...] = tuple(s for s in COURSE.sheets if s.graded)
#: The two forms of the test before and after, which are no exercises.
FORMS = tuple(s for s in GRADED if s.id in ("test-a", "test-b"))
EXERCISES = tuple(s for s in GRADED if s.id.startswith("exercise-"))
NOTEBOOKS = sorted(
    path
    for folder in ("notebooks", "cases", "exercises", "solutions")
    for path in (PROJECT / folder).glob("*.ipynb")
)
BY_NAME = {path.relative_to(PROJECT).as_posix(): path for path in NOTEBOOKS}
#: The files that take longest, the longest first: both workers of `make test` begin with these, and
#: so come to their end together.
LONGEST = (
    "browser/test_browser_edition.py",
    "browser/test_unasked.py",
    "browser/test_lab.py",
    "browser/test_kinds.py",
    "browser/test_alive.py",
    "test_notebooks.py",
    "browser/test_votes.py",
    "browser/test_marking_desk.py",
    "command/test_cli.py",
    "authoring/test_check.py",
    "command/test_first_run.py",
    "browser/test_printing.py",
    "browser/test_preview_page.py",
    "grading/test_nbgrader.py",
    "authoring/test_release.py",
    "browser/test_notebook7.py",
    "browser/test_sliders.py",
)

#: A page as a browser saves it, with a story on it.
PAGE = """<html lang="en"><head><title>Bridge closed - Elmfield Post</title>
<meta property="og:title" content="Old bridge closed after crack is found">
<meta name="author" content="Ada Moss">
<meta property="article:published_time" content="2025-05-04T08:00:00Z"></head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Old bridge closed after crack is found</h1>
<p>The town closed the old bridge on Sunday after an engineer reported a crack in a pier.</p>
<p>“We could not take the risk,” said Ines Holt, the town’s engineer, who saw the pier.</p>
<p>The repair may take until August, says the town hall, and could cost 40,000 euros.</p>
</article><footer>Imprint and privacy</footer></body></html>"""


def each(argument: str, cases: Iterable[Any]) -> Callable[[Callable], Callable]:
    """Make one test of many cases: it looks at every one, and names each that fails.

    For what the course holds: its questions, records, pages, notebooks. A slip in a template, which
    is in all of them, is then one failure and not 150, and a new lesson brings no new tests.

    Args:
        argument: the name under which the test takes a case; the rest are fixtures, which all
            cases share.
        cases: the cases; where there are none, as in an edition without keys, the test is skipped.

    """
    cases = list(cases)

    def decorate(test: Callable) -> Callable:
        @wraps(test)
        def over_all(**fixtures: Any) -> None:
            offenders = []
            for case in cases:
                try:
                    test(**fixtures, **{argument: case})
                except Exception as fault:
                    offenders.append(f"{name_of(case)}: {type(fault).__name__}: {fault}")
            count = f"{len(offenders)} of {len(cases)} fail:"
            assert not offenders, "\n\n".join([count, *offenders])
            if not cases:
                pytest.skip("there is nothing of this kind in this edition")

        of_test = inspect.signature(test)
        kept = [p for name, p in of_test.parameters.items() if name != argument]
        over_all.__signature__ = of_test.replace(parameters=kept)  # which fixtures pytest hands in
        return over_all

    return decorate


def name_of(case: Any) -> str:
    """Return how a case is named to whoever looks for it: its id, its file's name, or itself."""
    if isinstance(case, tuple):
        return "-".join(name_of(part) for part in case if isinstance(part, str | int))
    if isinstance(case, Path):
        return case.name
    return str(getattr(case, "id", case))


def of_kind(kind: str, *, marked: bool | None = None) -> list[Question]:
    """Return the course's items of one kind, those that a program marks or those it does not."""
    return [
        item
        for item in ITEMS.values()
        if item.kind == kind and (marked is None or (item.marked and item.has_key) == marked)
    ]


def key_texts(item: Question) -> set[str]:
    """Return every text of an item's key: what no learner may see in an exercise.

    A number alone, or a word or two, may stand anywhere.
    """
    texts = [text for text in item.texts if text not in (item.prompt, item.passage, *item.hints)]
    shown = [row.text for row in (*item.rows, *item.labels)]
    texts = [text for text in texts if text not in shown]
    texts += [text for c in item.rubric for x in c.levels for text in (x.text, x.anchor)]
    return {text for text in texts if len(text.split()) > 2}


def text_item(item_id: str = "test/text", **changes) -> Question:
    return a_question(item_id, "write", **{"prompt": "Say something.", **changes})


def a_question(id: str, kind: str, prompt: str = "?", **fields) -> Question:
    """Return a question of a kind, made without a file."""
    return KINDS[kind](id=id, prompt=prompt, **fields)


def as_kind(question: Question, kind: str, **changes) -> Question:
    """Return a question with the same fields as one of another kind, as far as that has them."""
    names = {f.name for f in attrs.fields(KINDS[kind])}
    kept = {k: v for k, v in attrs.asdict(question, recurse=False).items() if k in names}
    return KINDS[kind](**{**kept, **changes})


def a_seal(**changes) -> submission.Seal:
    values = {
        "course": COURSE.id,
        "sheet": GRADED[0].id,
        "learner": "A7",
        "record": "00112233aabbccdd",
        "revision": 3,
        "sealed": "2026-02-01T10:00:00+00:00",
        "answers": {},
    }
    return submission.Seal(**{**values, **changes})


def key_answers(course: Course = COURSE, sheet: Sheet = GRADED[0]) -> Answers:
    """Return what a perfect learner hands in."""
    return {
        item.id: submission.SealedAnswer(an_answer(item), item.fingerprint)
        for item in load_questions(course, sheet).values()
    }


def notebook(*sources: str) -> str:
    """Return the text of a notebook with these code cells."""
    cells = [
        {
            "cell_type": "code",
            "id": f"c{n}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source.splitlines(keepends=True),
        }
        for n, source in enumerate(sources)
    ]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book)


def strings_in(data: object) -> list[str]:
    """Return every string in a JSON value, keys too."""
    if isinstance(data, str):
        return [data]
    if isinstance(data, dict):
        return [s for pair in data.items() for part in pair for s in strings_in(part)]
    if isinstance(data, list | tuple):
        return [s for part in data for s in strings_in(part)]
    return []


def pick(sheet_id: str, kind: str, n: int = 0) -> str:
    """Return the id of the sheet's nth question of a kind that a program marks."""
    prefix = COURSE.sheet(sheet_id).prefix
    return [i.id for i in of_kind(kind) if i.marked and i.id.startswith(f"{prefix}/")][n]


def right(item_id: str) -> object:
    return an_answer(ITEMS[item_id])


def an_answer(item: Question) -> object:
    """Return the key's answer; where there is no key, one that will do."""
    ids = [row.id for row in item.rows]
    will_do = {
        "choose-one": ids[:1] and ids[0],
        "choose-many": ids[:1],
        "label": {name: item.labels[0].id for name in ids if item.labels},
        "order": ids,
        "number": 7.0,
        "probability": 70,
        "write": "My own words.",
    }
    assert item.kind in will_do, f"give {item.kind} an answer here"
    return item.key or will_do[item.kind]


def wrong(item_id: str) -> str:
    """Return the first wrong option of a question; without a key, one that `right` is not."""
    mine = right(item_id)
    return next(o.id for o in ITEMS[item_id].options if not o.right and o.id != mine)


def partly(item_id: str) -> dict[str, str]:
    """Return an answer that labels the first unit only."""
    return dict(list(an_answer(ITEMS[item_id]).items())[:1])


def in_a_process(code: str, folder: Path) -> str:
    """Run Python code in a fresh interpreter and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder
    )
    return done.stdout


def pseudo_messages() -> str:
    """Return every sentence of the kit in a made-up language: «⟦…⟧» around each, braces kept."""
    groups: dict[str, dict[str, str]] = {}
    for key, sentence in words().items():
        group, _, name = key.partition(".")
        groups.setdefault(group, {})[name] = f"⟦{sentence}⟧"
    rows = []
    for group, sentences in groups.items():
        rows.append(f"[{group}]")
        # JSON's escapes are TOML's too.
        rows += [f"{json.dumps(k)} = {json.dumps(v)}" for k, v in sentences.items()]
    return "\n".join(rows)


def escaped(text: str, authored: str) -> list[str]:
    """Return the words in ``text`` that neither stand in «⟦…⟧» nor were written by an author."""
    depth, outside = 0, []
    for character in text:
        depth += {"⟦": 1, "⟧": -1}.get(character, 0)
        outside.append(character if depth == 0 and character != "⟧" else " ")
    known = set(re.findall(r"\w+", authored))
    return [w for w in re.findall(r"[^\W\d_]{2,}", "".join(outside)) if w not in known]


def both_forms(shown) -> tuple[str, str]:
    """Return what a page says as plain text and as HTML."""
    return repr(shown), shown._repr_html_()


def from_npm(config: pytest.Config, folder: Path, name: str) -> Path:
    """Install what the lock file in ``folder`` names; return where its ``node_modules`` is.

    It goes into pytest's cache, not into the project, and stays there until the lock file changes.
    Without Node, npm or a network the test is skipped.
    """
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        pytest.skip(f"There is no Node here; {folder.name} needs it.")
    there = config.cache.mkdir(name)
    lock = (folder / "package-lock.json").read_bytes()
    if not (there / "done").is_file() or (there / "done").read_bytes() != lock:
        for file in ("package.json", "package-lock.json"):
            shutil.copyfile(folder / file, there / file)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        if subprocess.run(command, cwd=there, capture_output=True, check=False).returncode:
            pytest.skip(f"npm cannot fetch what {folder.name} needs; it needs a network once.")
        (there / "done").write_bytes(lock)
    return there


def authored(course) -> str:
    """Return everything that an author wrote in a course, and the names of its files."""
    texts = [p.read_text("utf-8") for p in course.root.rglob("*.toml") if p.name != "messages.toml"]
    return "\n".join([*texts, "my-work json kit ipynb"])


def keep(course: Course, name: str, value: object, act: str = "keep") -> LearnerRecord:
    """Keep an answer to the question ``name`` in a learner's record."""
    sheet, question = find_question(course, name)
    return keep_answer(record_path(course, sheet), question, value, act=act)


def keep_all(course: Course, sheet: str) -> None:
    """Answer everything on a sheet, as the key does where there is one."""
    for question in load_questions(COURSE, COURSE.sheet(sheet)).values():
        keep(course, question.id, an_answer(question))
