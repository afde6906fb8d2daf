from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from helpers import (
    BY_NAME,
    COURSE,
    EXAMPLE,
    GRADED,
    ITEMS,
    PROJECT,
    in_a_process,
    key_texts,
    strings_in,
)

from kit import handin
from kit.authoring import build
from kit.items import load_items
from kit.messages import KitError
from kit.replies import key_answer

#: Each notebook's course and sheet, and what makes it; the marking desks have none.
SHEETS = {
    (course.home / sheet.notebook).relative_to(PROJECT).as_posix(): (course, sheet)
    for course in (COURSE, EXAMPLE)
    for sheet in course.sheets
}
SOLVED = {
    (course.home / "solutions" / Path(name).name).relative_to(PROJECT).as_posix(): (course, sheet)
    for name, (course, sheet) in SHEETS.items()
    if sheet.graded
}
DESKS = {n for n in BY_NAME if n.endswith("marking-desk.ipynb")}
BOOKS = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in BY_NAME.items()}
CODE = [
    (name, n, cell)
    for name, book in BOOKS.items()
    if name not in DESKS
    for n, cell in enumerate(book["cells"])
    if cell["cell_type"] == "code"
]

ABSOLUTE = r"(?<![\w.:/])/(?:home|root|work|tmp|Users|usr|var)/\S*|\b[A-Z]:\\\S*"
every_notebook = pytest.mark.parametrize("name", BOOKS)


# --- The committed notebooks --------------------------------------------------------------------


def test_every_sheet_has_its_notebook_and_every_notebook_its_sheet():
    homes = [c.home.relative_to(PROJECT) for c in (COURSE, EXAMPLE)]
    desks = {(home / "solutions" / "marking-desk.ipynb").as_posix() for home in homes}
    assert BOOKS.keys() == {*SHEETS, *SOLVED, *desks}


@every_notebook
def test_a_committed_notebook_has_the_cells_that_its_page_calls_for(name):
    made = build.desk() if name in DESKS else None
    made = build.bare(*SHEETS[name]) if name in SHEETS else made
    made = build.solved(*SOLVED[name]) if name in SOLVED else made
    assert build.same_source(made, PROJECT / name), "stale: run make notebooks"


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


@pytest.mark.parametrize(("name", "n", "cell"), CODE, ids=[f"{a}-{n}" for a, n, _ in CODE])
def test_a_code_cell_stands_alone_and_is_folded_away(name, n, cell):
    assert "".join(cell["source"]).startswith("import kit\n")
    folded = {"jupyter": {"source_hidden": True}}
    assert cell["metadata"] == {"deletable": False, "editable": False, **folded}
    if "exercises/" in name:
        assert (cell["outputs"], cell["execution_count"]) == ([], None)
    else:
        *pictures, output = cell["outputs"]
        assert {"text/plain", "text/html"} <= output["data"].keys()
        # A picture that the page draws itself (kit.provenance) stands before its words.
        assert all({"text/plain", "text/markdown"} == p["data"].keys() for p in pictures)


@pytest.mark.parametrize("name", DESKS)
def test_the_desk_s_cell_can_be_changed_and_holds_nobody_s_marks(name):
    [cell] = [c for c in BOOKS[name]["cells"] if c["cell_type"] == "code"]
    assert "".join(cell["source"]).startswith("import kit\n")
    assert cell["outputs"] == []
    assert cell["metadata"] == {"tags": ["nbval-ignore-output"]}


@every_notebook
def test_a_lesson_opens_with_how_to_bring_it_to_life(name):
    to_run = any(cell["cell_type"] == "code" for cell in BOOKS[name]["cells"])
    if to_run and "solutions/" not in name:
        assert "Run All Cells" in "".join(BOOKS[name]["cells"][0]["source"])


@every_notebook
def test_cells_have_names_that_are_unique(name):
    ids = [cell["id"] for cell in BOOKS[name]["cells"]]
    assert len(set(ids)) == len(ids)


def test_an_exercise_holds_nothing_of_its_key():
    for name, (course, sheet) in SHEETS.items():
        if not sheet.graded:
            continue
        text = "\n".join(strings_in(BOOKS[name]))
        for item in load_items(course, sheet).values():
            assert [said for said in key_texts(item) if said in text] == []
        assert handin.MARK not in text


def test_every_question_is_asked_once_and_where_it_belongs():
    for name, (course, sheet) in SHEETS.items():
        asked = re.findall(r'kit\.ask\("([^"]+)"\)', "".join(strings_in(BOOKS[name])))
        assert asked == list(load_items(course, sheet))


def test_the_solution_holds_the_key_as_a_hand_in():
    for name, (course, sheet) in SOLVED.items():
        seal, intact = handin.read(PROJECT / name)
        assert intact
        assert {i: a.value for i, a in seal.answers.items()} == {
            i.id: key_answer(i) for i in load_items(course, sheet).values()
        }


def test_the_solution_shows_every_reason():
    for name, (course, sheet) in SOLVED.items():
        text = " ".join("\n".join(strings_in(BOOKS[name])).split())
        for item in load_items(course, sheet).values():
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


def test_an_author_s_comments_stay_out_of_the_notebook(own_course):
    sheet = own_course.sheets[0]
    page = build.source_path(own_course, sheet)
    text = page.read_text(encoding="utf-8")
    page.write_text(f"<!-- TODO: one\nand two -->\n{text}\n<!-- three -->", encoding="utf-8")
    assert build.same_source(build.bare(own_course, sheet), PROJECT / sheet.notebook)


def test_a_block_that_fails_is_told_in_a_sentence(home):
    """In a process of its own: a kernel and its sockets."""
    code = (
        "from pathlib import Path; from kit.authoring import build; import nbformat\n"
        "v = nbformat.v4\n"
        "cells = [v.new_markdown_cell('# My page'), v.new_code_cell('kitt.ask()')]\n"
        "try: build.run(build._dressed(cells), Path.cwd())\n"
        "except Exception as fault: print(type(fault).__name__, fault)"
    )
    said = in_a_process(code, home)
    assert said.startswith("KitError My page: a block cannot be run (name 'kitt' is not defined)")
    assert said.endswith("kitt.ask()\n")


def test_making_a_notebook_twice_gives_the_same_file(tmp_path):
    for name in ("one.ipynb", "two.ipynb"):
        build.write(build.bare(COURSE, GRADED[0]), tmp_path / "deep" / name)
    one, two = (tmp_path / "deep" / n for n in ("one.ipynb", "two.ipynb"))
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("change", ["source", "order", "kind", "gone", "more"])
def test_a_notebook_whose_cells_differ_is_stale(tmp_path, change):
    sheet = COURSE.sheets[0]
    book, path = build.bare(COURSE, sheet), tmp_path / "x.ipynb"
    build.write(book, path)
    assert build.same_source(book, path)
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
    build.write(other, path)
    assert not build.same_source(book, path)
    assert not build.same_source(book, tmp_path / "nowhere.ipynb")


def test_without_keys_no_solution_is_made(learner_course):
    with pytest.raises(KitError, match="keys"):
        build.solved(learner_course, learner_course.sheet(GRADED[0].id))


def test_a_missing_page_is_told_in_a_sentence(own_course):
    sheet = own_course.sheets[0]
    build.source_path(own_course, sheet).unlink()
    with pytest.raises(KitError, match=f"{sheet.id}.md"):
        build.bare(own_course, sheet)


def test_running_a_notebook_leaves_nothing_of_this_machine_in_it(home):
    """In a process of its own: a kernel and its sockets."""
    code = (
        "import json; from pathlib import Path; from kit.authoring import build;"
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
