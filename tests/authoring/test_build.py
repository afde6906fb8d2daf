from __future__ import annotations

import json
import re

import nbformat
import pytest
from helpers import (
    BY_NAME,
    COURSE,
    GRADED,
    ITEMS,
    PROJECT,
    each,
    in_a_process,
    key_texts,
    strings_in,
)

from kit.authoring import build
from kit.authoring.made import is_fresh, write_made
from kit.course.course import Sheet
from kit.course.files import write_whole
from kit.course.messages import KitError
from kit.learner import submission
from kit.learner.reveals import load_reveals
from kit.questions.bank import load_questions
from kit.questions.base import Question

MADE = {
    **{sheet.notebook: build.bare for sheet in COURSE.pages},
    **{f"solutions/{s.notebook.rpartition('/')[2]}": build.solved for s in GRADED},
}
DESK = "solutions/marking-desk.ipynb"
SHEETS = {
    **{sheet.notebook: sheet for sheet in COURSE.pages},
    **{f"solutions/{s.notebook.rpartition('/')[2]}": s for s in GRADED},
}
BOOKS = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in BY_NAME.items()}
CODE = [
    (name, n, cell)
    for name, book in BOOKS.items()
    if name != DESK
    for n, cell in enumerate(book["cells"])
    if cell["cell_type"] == "code"
]

ABSOLUTE = r"(?<![\w.:/])/(?:home|root|work|tmp|Users|usr|var)/\S*|\b[A-Z]:\\\S*"
every_notebook = each("name", BOOKS)


# --- The committed notebooks --------------------------------------------------------------------


def test_every_sheet_has_its_notebook_and_every_notebook_its_sheet():
    assert BOOKS.keys() == {*MADE, DESK}


@every_notebook
def test_a_committed_notebook_has_the_cells_that_its_page_calls_for(name):
    made = build.desk(COURSE) if name == DESK else MADE[name](COURSE, SHEETS[name])
    assert is_fresh(PROJECT / name, build.as_bytes(made)), "stale: run make notebooks"


@every_notebook
def test_a_committed_notebook_is_valid(name):
    nbformat.validate(nbformat.read(PROJECT / name, as_version=4))


@every_notebook
def test_a_committed_notebook_has_no_widget_state_and_no_view(name):
    assert "widgets" not in BOOKS[name]["metadata"]
    assert "widget-view" not in json.dumps(BOOKS[name])


@every_notebook
def test_a_committed_notebook_names_no_place_on_anybodys_machine(name):
    text = "\n".join(strings_in(BOOKS[name]))
    assert re.findall(ABSOLUTE, text) == []
    assert str(PROJECT) not in text


@every_notebook
def test_a_committed_notebook_has_no_clock_times_and_no_python_version(name):
    book = BOOKS[name]
    assert [c for c in book["cells"] if "execution" in c["metadata"]] == []
    assert "version" not in book["metadata"]["language_info"]
    outputs = strings_in([c.get("outputs", []) for c in book["cells"]])
    assert not re.search(r"\d\d:\d\d:\d\d", "\n".join(outputs))


@each("one", CODE)
def test_a_code_cell_stands_alone_and_is_folded_away(one):
    name, _, cell = one
    assert "".join(cell["source"]).startswith("import kit\n")
    folded = {"jupyter": {"source_hidden": True}}
    assert cell["metadata"] == {"deletable": False, "editable": False, **folded}
    if name.startswith("exercises/"):
        assert (cell["outputs"], cell["execution_count"]) == ([], None)
    else:
        *pictures, output = cell["outputs"]
        assert {"text/plain", "text/html"} <= output["data"].keys()
        # A picture that the page draws itself (kit.provenance) stands before its words.
        assert all({"text/plain", "text/markdown"} == p["data"].keys() for p in pictures)


def test_the_desk_s_cell_can_be_changed_and_holds_nobody_s_marks():
    [cell] = [c for c in BOOKS[DESK]["cells"] if c["cell_type"] == "code"]
    assert "".join(cell["source"]).startswith("import kit\n")
    assert cell["outputs"] == []
    assert cell["metadata"] == {"tags": ["nbval-ignore-output"]}


@every_notebook
def test_a_page_says_under_its_title_how_to_bring_it_to_life_by_hand(name):
    cells = BOOKS[name]["cells"]
    notes = [n for n, cell in enumerate(cells) if build.BY_HAND in cell["metadata"].get("tags", ())]
    to_run = any(cell["cell_type"] == "code" for cell in cells)
    if to_run and not name.startswith("solutions/"):
        assert notes == [1], "the extension hides it"
        assert "Run All Cells" in "".join(cells[1]["source"])
        assert BOOKS[name]["metadata"]["kit"]["words"].keys() == set(build.PAGE_WORDS)


@every_notebook
def test_cells_have_names_that_are_unique(name):
    ids = [cell["id"] for cell in BOOKS[name]["cells"]]
    assert len(set(ids)) == len(ids)


def test_an_exercise_holds_nothing_of_its_key():
    for sheet in GRADED:
        text = "\n".join(strings_in(BOOKS[sheet.notebook]))
        for item in load_questions(COURSE, sheet).values():
            assert [said for said in key_texts(item) if said in text] == []
        assert submission.MARK not in text


def test_every_question_is_asked_once_and_where_it_belongs():
    for sheet in COURSE.sheets:
        asked = re.findall(r'kit\.ask\("([^"]+)"\)', "".join(strings_in(BOOKS[sheet.notebook])))
        assert asked == list(load_questions(COURSE, sheet))


def test_the_solution_holds_the_key_as_a_hand_in():
    for sheet in GRADED:
        name = f"solutions/{sheet.notebook.rpartition('/')[2]}"
        seal, intact = submission.read(PROJECT / name)
        assert intact
        assert {i: a.value for i, a in seal.answers.items()} == {
            i.id: i.key for i in load_questions(COURSE, sheet).values()
        }


def test_the_solution_shows_every_reason():
    for sheet in GRADED:
        book = BOOKS[f"solutions/{sheet.notebook.rpartition('/')[2]}"]
        text = " ".join("\n".join(strings_in(book)).split())
        for item in load_questions(COURSE, sheet).values():
            for row in (*item.options, *item.units):
                assert " ".join(row.reason.split()) in text


# --- Making them --------------------------------------------------------------------------------


def test_python_blocks_become_code_cells_and_the_rest_stays_markdown():
    text = (
        "# T\n\nOne.\n\n```python\nimport kit\n\nx\n```\n\n```python\ny\n```\n\n```text\nz\n```\n"
    )
    cells = [(c.cell_type, c.source) for c in build._cells(text)]
    assert cells == [
        ("markdown", "# T\n\nOne."),
        ("code", "import kit\n\nx"),
        ("code", "y"),
        ("markdown", "```text\nz\n```"),
    ]


def test_making_a_notebook_twice_gives_the_same_file(tmp_path):
    for name in ("one.ipynb", "two.ipynb"):
        write_whole(tmp_path / "deep" / name, build.as_bytes(build.bare(COURSE, GRADED[0])))
    one, two = (tmp_path / "deep" / n for n in ("one.ipynb", "two.ipynb"))
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("change", ["source", "order", "kind", "gone", "more"])
def test_a_notebook_whose_cells_differ_is_stale(tmp_path, change):
    sheet = COURSE.sheets[0]
    book, path = build.bare(COURSE, sheet), tmp_path / "x.ipynb"
    write_whole(path, build.as_bytes(book))
    assert is_fresh(path, build.as_bytes(book))
    other = nbformat.read(path, as_version=4)
    if change == "source":
        other.cells[0].source += " "
    elif change == "order":
        other.cells.insert(0, other.cells.pop())
    elif change == "kind":
        other.cells[0].cell_type = "raw"
    elif change == "gone":
        del other.cells[-1]
    else:
        other.cells.append(nbformat.v4.new_markdown_cell("more", id="more"))
    write_whole(path, build.as_bytes(other))
    assert not is_fresh(path, build.as_bytes(book))
    assert not is_fresh(tmp_path / "nowhere.ipynb", build.as_bytes(book))


@pytest.mark.parametrize("there", [b"", b"{}", b"mine", b"\xff", b'{"cells": [1]}'])
def test_what_is_no_notebook_is_stale_and_is_kept_before_one_is_made(course, there):
    path = course.home / "notebooks" / "x.ipynb"
    path.parent.mkdir()
    path.write_bytes(there)
    book = build.bare(course, course.sheets[0])
    assert not is_fresh(path, build.as_bytes(book))
    kept = write_made(course.home, path, build.as_bytes(book))
    assert kept == path.with_name("x.ipynb.before")
    assert kept.read_bytes() == there
    assert is_fresh(path, build.as_bytes(book))


def test_a_notebook_that_was_only_run_is_not_kept(course):
    path = course.home / "x.ipynb"
    book = build.bare(course, course.sheets[0])
    write_made(course.home, path, build.as_bytes(book))
    ran = nbformat.read(path, as_version=4)
    code = next(cell for cell in ran.cells if cell.cell_type == "code")
    code.outputs = [nbformat.v4.new_output("stream", text="x")]
    write_whole(path, build.as_bytes(ran))
    assert (
        write_made(course.home, path, build.as_bytes(build.bare(course, course.sheets[1]))) is None
    )
    ran.cells.append(nbformat.v4.new_markdown_cell("A teacher's own.", id="own"))
    write_whole(path, build.as_bytes(ran))
    assert write_made(course.home, path, build.as_bytes(book)) == path.with_name("x.ipynb.before")


def test_without_keys_no_solution_is_made(learner_course):
    with pytest.raises(KitError, match="keys"):
        build.solved(learner_course, learner_course.sheet(GRADED[0].id))


def test_a_missing_page_is_told_in_a_sentence(own_course):
    sheet = own_course.sheets[0]
    build.source_path(own_course, sheet).unlink()
    with pytest.raises(KitError, match=f"{sheet.id}.md"):
        build.bare(own_course, sheet)


@pytest.mark.slow
def test_running_a_notebook_leaves_nothing_of_this_machine_in_it(home):
    """In a process of its own: a kernel and its sockets."""
    code = (
        "import json; from pathlib import Path; from kit.authoring import build;"
        "import socket; socket.socket.bind = None;"  # no port: another run may be given the same
        "import nbformat; v = nbformat.v4;"
        "cells = [v.new_code_cell('import kit\\nkit.begin(\"00-start-here\")'),"
        " v.new_code_cell('import kit\\nkit.ask(\"start-here/try-out\")')];"
        "book = build.run(build._dressed(cells), Path.cwd());"
        "print(json.dumps(book))"
    )
    book = json.loads(in_a_process(code, home))
    text = "\n".join(strings_in(book))
    assert "my-work/00-start-here.json" in text
    assert f"0 of {sum(i.startswith('start-here/') for i in ITEMS)}" in text
    assert "widget-view" not in text
    assert "widgets" not in book["metadata"]
    assert book["metadata"]["language_info"] == {"name": "python"}
    assert "/tmp/" not in text
    assert not (home / "my-work").exists()


# --- What fits into fifty minutes -----------------------------------------------------------------

LESSONS = [s for s in COURSE.sheets if not s.graded and s.minutes]
IN_ITS_HOUR = (1500, 12, 5)  # words, judgements, steps: what a class can do in fifty minutes


def core_of(page: str) -> str:
    """Return what everybody works through: not what is for those who have time."""
    return page.partition("## If you have time")[0]


def test_the_questions_for_those_who_have_time_are_the_optional_ones():
    for sheet in LESSONS:
        core = core_of(build.page_text(COURSE, sheet))
        for name, question in load_questions(COURSE, sheet).items():
            assert question.optional == (f'kit.ask("{name}")' not in core), name


def words_to_read(page: str) -> int:
    """Count the words of a page itself: no blocks, no addresses, nothing for those with time."""
    prose = re.sub(r"```.*?```|(?<=\])\([^)]*\)", "", core_of(page), flags=re.DOTALL)
    return len(re.findall(r"[\w'’]+", prose))


def words_of_question(item: Question) -> int:
    """Count all that a learner can read of a question: its reasons, hints and model answer too."""
    texts = [item.passage, item.prompt, item.reason, item.model_answer, *item.hints]
    for row in (*item.rows, *item.labels, *item.rubric):
        texts.append(row.text)
        texts.append(getattr(row, "reason", ""))
    for slip in getattr(item, "slips", ()):
        texts.append(slip.reason)
    return words_to_read("\n\n".join(texts))


def core_questions(sheet: Sheet) -> list[Question]:
    items = load_questions(COURSE, sheet)
    return [items[name] for name in build.asked(core_of(build.page_text(COURSE, sheet)))]


def measured(sheet: Sheet) -> tuple[int, int, int]:
    """Return a lesson's words, judgements (each statement that is labelled is one) and steps."""
    page = build.page_text(COURSE, sheet)
    words = words_to_read(page)
    judgements = 0
    for item in core_questions(sheet):
        if item.passage.startswith("**About the dead.**"):
            continue  # its twin of the same form is counted; a learner reads one of the two
        words += words_of_question(item)
        judgements += len(item.units) or 1
    steps = core_of(page).partition("## To take away")[0].count("\n## ")
    return words, judgements, steps


@each("sheet", LESSONS)
def test_a_lesson_fits_its_hour(sheet):
    for found, most in zip(measured(sheet), IN_ITS_HOUR, strict=True):
        assert found <= most


def test_a_real_case_is_one_page():
    """In ten minutes: what was printed, two or three questions, and how it turned out."""
    reveals = load_reveals(COURSE)
    cases = [sheet for sheet in LESSONS if sheet.id.startswith("case-")]
    assert cases
    for sheet in cases:
        words, _, _ = measured(sheet)
        assert words + words_to_read(reveals[f"{sheet.id}/outcome"].text) <= 450


@each("sheet", LESSONS)
def test_a_lesson_has_no_more_cells_than_a_class_can_meet(sheet):
    assert words_to_read(build.page_text(COURSE, sheet)) <= 900
    assert len(build._cells(core_of(build.page_text(COURSE, sheet)))) <= 30


def test_words_are_counted_as_a_reader_meets_them():
    page = "# One\n\ntwo [three](https://example.org/a) four.\n\n```python\nimport kit\n```\n\nfive"
    assert words_to_read(page) == 5
    assert words_to_read(f"{page}\n\n## If you have time\n\nsix seven") == 5
