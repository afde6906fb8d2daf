"""Other languages: each sentence is there and fits, and nothing English is left on what is made."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from attrs import evolve
from helpers import a_seal, an_answer, both_forms, keep

import kit
from kit.authoring import build, handouts, paper, release, site, slides
from kit.authoring.languages import misfits
from kit.command import cli
from kit.course import messages
from kit.course.course import Course, find_course, load_course
from kit.course.html import template
from kit.course.messages import CONTENT, in_digits, message, use_words_of, words, words_in
from kit.grading import Choices, grade_folder
from kit.learner import submission
from kit.questions.bank import load_questions
from kit.questions.still import still_html, still_text
from kit.questions.typed_numbers import read_number, spell

PANADERIA = Path(__file__).parents[1] / "panaderia"
LANGUAGES = [path.stem.partition(".")[2] for path in CONTENT.glob("messages.*.toml")]
#: Common in every English sentence of some length, and no words of Spanish.
ENGLISH = re.compile(
    r"(?i)\b(?:the|of|and|your|you|with|not|what|this|from|that|answers?|questions?|lessons?|which"
    r"|exercise|paragraph|read|write|page|source|class|learners?|teacher|marks?|key|right|wrong"
    r"|check|choose|give|saved|hand|here|article|text|statement|says|said|was|were|has|have|there)\b"
)
#: Names of files and commands, and those of columns, which are the same in every language.
NAMES = re.compile(r"[\w./-]+\.(?:md|csv|toml|json|txt|ipynb|html)\b|`[^`]*`|“kit \w+”|--[\w-]+")


@pytest.fixture
def spanish(home) -> Course:
    """A tiny course in Spanish, the language being all that it says of it."""
    shutil.copytree(PANADERIA, home, dirs_exist_ok=True)
    return find_course(home)


def seen(html: str) -> str:
    """Return the words of a page that somebody sees or hears."""
    html = re.sub(r"(?s)<(style|script)\b.*?</\1>", " ", html)
    spoken = re.findall(r"(?:title|aria-label|alt|placeholder|data-head)=\"([^\"]*)\"", html)
    return unescape(re.sub("<[^>]*>", " ", html) + " ".join(spoken))


def english_in(text: str) -> list[str]:
    """Return the English words in a text, with what is beside them."""
    said = NAMES.sub(" ", text)
    return [said[max(0, m.start() - 30) : m.end() + 30] for m in ENGLISH.finditer(said)]


def a_hand_in(course: Course, box: Path, code: str, *, right: bool) -> None:
    answers = {}
    for question in load_questions(course, course.sheets[1]).values():
        value = an_answer(question)
        if not right and question.picks_one:
            value = question.options[0].id
        answers[question.id] = submission.SealedAnswer(value, question.fingerprint, 60)
    given = {"course": course.id, "sheet": "ejercicio-01", "learner": code, "record": code * 8}
    seal = submission.to_json(a_seal(answers=answers, **given))
    (box / f"{code}.json").write_text(seal, encoding="utf-8")


def in_notebooks(course: Course) -> Iterator[str]:
    for sheet in course.sheets:
        book = build.bare(course, sheet)
        yield from (cell.source for cell in book.cells if cell.cell_type == "markdown")
        yield from book.metadata["kit"]["words"].values()
        for question in load_questions(course, sheet).values():
            for key in (False, True):
                yield seen(still_html(question, key=key)) + still_text(question, key=key)
    keep(course, "panaderia/precio", "2.5", act="check")
    for shown in (kit.begin("01-panaderia"), kit.article(), kit.progress(), kit.warm_up("01")):
        yield from map(seen, both_forms(shown))
    yield seen(kit.evidence("registro")._repr_html_())
    yield from map(seen, both_forms(kit.evidence("registro", "registro-casas")))
    yield kit.hand_in("ejercicio-01").__repr__()
    for cell in build.solved(course, course.sheets[1]).cells + build.desk(course).cells:
        if cell.cell_type == "markdown":
            yield cell.source


def in_print(course: Course) -> Iterator[str]:
    printed = {**handouts.pages(course), **slides.pages(course), **paper.pages(course)}
    for page in (printed | paper.keys(course)).values():
        assert '<html lang="es" dir="ltr">' in page
        yield seen(page)
    yield release.learners_edition(course)[Path("README.md")].read_text("utf-8")
    index = Path(site.__file__).with_name("index.html.j2")
    parts = {message("site_page.lessons"): course.sheets}
    yield seen(template(index, course=course, parts=parts.items(), early=[]))


def in_grading(course: Course, folder: Path) -> Iterator[str]:
    box, out = folder / "in", folder / "out"
    box.mkdir()
    a_hand_in(course, box, "A7", right=True)
    a_hand_in(course, box, "B2", right=False)
    yield grade_folder(course, box, course.keys, out, Choices())
    pages = sorted(out.rglob("*.html"))
    assert len(pages) >= 3
    for page in pages:
        yield seen(page.read_text("utf-8"))


def test_a_course_in_spanish_says_nothing_in_english(spanish, tmp_path, monkeypatch):
    assert english_in("Saved. Your answer is kept.")
    monkeypatch.chdir(spanish.home)
    said = [*in_notebooks(spanish), *in_print(spanish), *in_grading(spanish, tmp_path)]
    assert len(said) > 60
    left = [place for text in said for place in english_in(text)]
    assert left == []
    assert any("0,75" in text or "1,5" in text for text in said)


def test_the_kit_finds_no_fault_in_it(spanish, monkeypatch, capsys):
    monkeypatch.chdir(spanish.home)
    assert cli.main(["check"]) == 0
    assert "No se encontraron errores" in capsys.readouterr().out


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_of_the_kit_fits_the_english_sentences(language):
    theirs = words_in(language)
    assert theirs.keys() <= words().keys()
    assert sorted(misfits(theirs)) == []
    same = {key for key, text in theirs.items() if text == words()[key]}
    assert [key for key in same if len(re.sub(r"{\w+}", "", theirs[key])) > 25] == []


def test_spanish_is_all_but_whole_and_says_tu():
    """A sentence added today may be said in Spanish tomorrow (`kit messages --missing es`)."""
    assert len(words_in("es")) >= 0.95 * len(words())
    assert [k for k, text in words_in("es").items() if re.search(r"(?i)\busted(es)?\b", text)] == []


def test_what_a_sentence_lost_in_translation_is_named():
    lost = {
        "begin.line": "Respondidas: {done}",
        "view.hint": "*Pista* {n} de {all}",
        "report.head": "{learners} estudiantes, {mean}",
    }
    found = dict(misfits(lost))
    assert found.keys() == lost.keys()
    assert "head_one" in found["report.head"]
    assert list(misfits({"view.hint": words()["view.hint"], "view.nonsense": "{n"})) == []


def test_messages_lists_what_is_missing_and_begins_a_language(spanish, monkeypatch, capsys):
    monkeypatch.chdir(spanish.home)
    assert cli.main(["messages"]) == 0
    assert "completas" in capsys.readouterr().out
    assert cli.main(["messages", "--missing", "fr"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[1].startswith(f"fr: 0 de {len(words())} frases, 0 %")
    assert 'view.saved = "Saved."' in told
    assert cli.main(["messages", "--missing", "Français"]) == 1
    assert cli.main(["messages", "--new", "fr"]) == 0
    new = spanish.root / "messages.toml"
    text = new.read_text("utf-8")
    assert '# "Saved."\nsaved = ""\n' in text
    assert cli.main(["messages", "--new", "fr"]) == 1
    assert new.read_text("utf-8") == text
    # An empty sentence is not said.
    course = spanish.root / "course.toml"
    course.write_text(course.read_text("utf-8").replace('"es"', '"fr"'), encoding="utf-8")
    new.write_text(text.replace('saved = ""', 'saved = "Enregistré."', 1), encoding="utf-8")
    messages.own_words.cache_clear()
    messages.languages_of.cache_clear()
    load_course.cache_clear()
    capsys.readouterr()
    assert cli.main(["messages"]) == 1
    assert f"fr: 1 of {len(words())} sentences, 0 %" in capsys.readouterr().out
    assert (message("view.saved"), message("view.saving")) == ("Enregistré.", "Saving")


def test_a_kind_of_a_language_speaks_that_language(home):
    (home / "course.toml").write_text('language = "es-MX"\n', encoding="utf-8")
    use_words_of(home)
    assert (message("view.saved"), in_digits(1234.5, ",.1f")) == ("Guardado.", "1,234.5")


def test_numbers_are_written_as_the_language_writes_them(spanish):
    assert (in_digits(1234.5, ",.2f"), in_digits("2.5"), spell(-2.5)) == (
        "1\u00a0234,50",
        "2,5",
        "−2,5",
    )
    assert read_number(spell(1_234_567.25)) == 1_234_567.25
    use_words_of(CONTENT)
    assert (in_digits(1234.5, ",.2f"), spell(-2.5)) == ("1,234.50", "−2.5")


@pytest.mark.parametrize("language", ["ar", "fa", "he"])
def test_what_is_made_says_that_it_runs_from_right_to_left(spanish, monkeypatch, language):
    path = spanish.root / "course.toml"
    path.write_text(path.read_text("utf-8").replace('"es"', f'"{language}"'), encoding="utf-8")
    (spanish.root / "learners.md").write_text("# ابدأ هنا\n", encoding="utf-8")
    messages.languages_of.cache_clear()
    course = evolve(spanish, language=language)
    use_words_of(course.root)
    monkeypatch.chdir(course.home)
    way = f'lang="{language}" dir="rtl"'
    question = next(iter(load_questions(course, course.sheets[0]).values()))
    shown = [still_html(question), kit.begin("01-panaderia")._repr_html_()]
    shown += [kit.article()._repr_html_(), kit.evidence("registro")._repr_html_()]
    shown += [kit.evidence("registro", "registro-casas")._repr_html_()]
    pageless = evolve(course, sheets=())
    edition = release.contents(pageless, release.learners_edition(pageless))
    shown += [edition[Path("README.md")].decode()]
    for html in (*shown, *handouts.pages(course).values(), *paper.pages(course).values()):
        assert way in html
        assert not re.search(r"border-left|<t[hd][^>]*text-align:left", html)
    assert build.bare(course, course.sheets[0]).metadata["kit"]["dir"] == "rtl"
