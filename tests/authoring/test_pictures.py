"""Pictures, tables and sound: checked, and shown wherever a course's words are shown."""

from __future__ import annotations

import json
import shutil
from base64 import b64encode
from pathlib import Path

import pytest
from helpers import PROJECT, a_seal, key_answers, with_keys

from kit.authoring import build, check, export, handouts, paper, release, slides
from kit.authoring.made import is_fresh, write_made
from kit.command.cli import main
from kit.course.course import Course, load_course
from kit.course.html import block, inline
from kit.course.messages import in_words_of
from kit.course.pictures import LARGEST
from kit.grading import grade_folder
from kit.learner import submission
from kit.notebook.widget.payload import question_payload
from kit.notebook.worksheet import find_story
from kit.questions.bank import load_questions
from kit.questions.still import still_html, still_text

PNG = b64encode(b"\x89PNG a drawn chart")
CHART = f"data:image/png;base64,{PNG.decode()}"
TABLE = "| year | trains |\n| --- | --- |\n| first | many |"
FILES = {
    "course.toml": """id = "sights"
title = "Sights"

[[sheets]]
id = "01-sights"
title = "Sights"
notebook = "notebooks/01-sights.ipynb"
""",
    "article.toml": '[reference]\ntitle = "t"\npage = "https://example.org"\nsite = "example.org"\n'
    'published = "not known"\npublished_how = "not known"\ncredited = "nobody"\nwords = 10\n'
    '[[units]]\nn = 0\nkind = "headline"\ngist = "A chart."\nfingerprint = "0"\n',
    "lessons/01-sights.md": "# Sights\n\n![A drawn chart](../pictures/chart.png)\n\n"
    + TABLE
    + '\n\n![A bell](pictures/bell.wav)\n\n```python\nimport kit\n\nkit.story("trains")\n```\n\n'
    '```python\nimport kit\n\nkit.ask("sights/axis")\n```\n',
    "items/01-sights.toml": f'''[[item]]
id = "sights/axis"
kind = "choose-one"
passage = """![A drawn chart](pictures/chart.png)

{TABLE}"""
prompt = "Where does the axis begin?"

[[item.options]]
id = "zero"
text = "![An axis from nothing](pictures/chart.png)"
reason = "No."

[[item.options]]
id = "later"
text = "Later."
right = true
reason = "Yes."
''',
    "texts/trains.txt": f"Trains\nSee the table.\n{TABLE}\n![Chart](pictures/chart.png)\n",
    "handouts/01-sights.md": "# Sights\n\n![A drawn chart](pictures/chart.png)\n",
    "pictures/bell.txt": "A bell rings twice.",
    "pictures/pictures.toml": '"chart.png" = "Drawn by us."\n"bell.wav" = "Made by us."\n',
}


@pytest.fixture
def sights(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "pictures" / "chart.png").write_bytes(b"\x89PNG a drawn chart")
    (tmp_path / "pictures" / "bell.wav").write_bytes(b"RIFF ring ring")
    course = load_course(tmp_path, tmp_path)
    with in_words_of(course.root):
        yield course


def write(course: Course, name: str, old: str, new: str) -> None:
    path = course.root / name
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_course_with_pictures_has_no_fault(sights):
    assert check.faults(sights) == []


def test_each_fault_is_named_with_what_to_do(sights):
    page, credits_file = "lessons/01-sights.md", "pictures/pictures.toml"
    cases = [
        (page, "[A drawn chart]", "[ ]", "has no words"),
        (page, "../pictures/chart.png", "pictures/chrat.png", "do you mean pictures/chart.png"),
        (page, "../pictures/chart.png", "pictures/else.png", "no file pictures/else.png"),
        (page, "../pictures/chart.png", "https://example.org/c.png", "is not in the folder"),
        (page, "![A bell](pictures/bell.wav)", "<audio src='bell.wav'>", "written as HTML"),
        (page, "../pictures/chart.png", "pictures/chart (2).png", "a space or a bracket"),
        ("texts/trains.txt", "pictures/chart.png", "chart.png", "is not in the folder"),
        ("items/01-sights.toml", "(pictures/chart.png)", "(pictures/none.png)", "no file"),
        ("handouts/01-sights.md", "[A drawn chart]", "[]", "has no words"),
        (credits_file, '"chart.png" = "Drawn by us."', "", "who made it"),
        (credits_file, '"chart.png"', '"chart.jpg"', "speaks of chart.jpg"),
        (credits_file, '"Drawn by us."', "7", "one sentence in quotation marks"),
        ("pictures/bell.txt", "A bell rings twice.", " ", "what is said and heard"),
    ]
    for name, old, new, said in cases:
        write(sights, name, old, new)
        found = "\n".join(check.faults(sights))
        assert said in found, (name, new, found)
        (sights.root / name).write_text(FILES[name], encoding="utf-8")
    (sights.root / "pictures" / "chart.png").write_bytes(b"x" * (LARGEST + 1))
    assert "at most 500 kB" in "\n".join(check.faults(sights))


def test_it_is_shown_with_its_bytes_in_each_kind_of_page(sights):
    sheet = sights.sheets[0]
    question = load_questions(sights, sheet)["sights/axis"]
    book = build.bare(sights, sheet)
    printed = paper.pages(sights) | slides.pages(sights) | handouts.pages(sights)
    asked, _ = export.bank(sights, [], None)
    shown = {
        "notebook": "\n".join(cell.source for cell in book.cells),
        "live question": json.dumps(question_payload(sights, question, "seed")),
        "question without a kernel": still_html(question, key=True),
        "practice text": find_story(sights, "trains")._repr_html_(),
        **{str(path): html for path, html in printed.items()},
        "Moodle": export.gift(sights, asked).text.replace("\\:", ":").replace("\\=", "="),
    }
    assert len(shown) == 8
    for name, text in shown.items():
        assert CHART in text, name
    for name, text in shown.items():
        if "handouts/01" not in name and name != "notebook":
            assert "<th>year" in text.replace("\\n", ""), name
    assert "<audio controls" in shown["notebook"]
    assert "A bell rings twice." in shown["notebook"]
    assert "Drawn by us." in shown["notebook"]
    assert "[An axis from nothing]" in still_text(question)
    assert question.in_words("zero") == ["[An axis from nothing]"]


def test_a_changed_picture_makes_its_pages_old(sights):
    path = sights.root / "notebooks" / "01-sights.ipynb"
    write_made(sights.home, path, build.as_bytes(build.bare(sights, sights.sheets[0])))
    (sights.root / "pictures" / "chart.png").write_bytes(b"\x89PNG another drawing")
    assert not is_fresh(path, build.as_bytes(build.bare(sights, sights.sheets[0])))


def test_learners_get_the_folder_and_nothing_else_that_lies_in_it(sights):
    for name in ("sketch.psd", "notes.docx"):
        (sights.root / "pictures" / name).write_text("mine")
    out = {path.as_posix() for path in release.own_files(sights)}
    there = {path for path in out if path.startswith("pictures/")}
    assert there == {
        f"pictures/{name}" for name in ("chart.png", "bell.wav", "bell.txt", "pictures.toml")
    }


def test_a_picture_in_a_table_and_a_table_in_a_prompt(sights):
    assert CHART in block(f"{TABLE}\n| last | ![c](pictures/chart.png) |")
    assert "<td>many</td>" in inline(f"How many?\n\n{TABLE}")
    assert inline("either this | or that") == "either this | or that"


def test_names_and_words_as_people_write_them(sights):
    folder = sights.root / "pictures"
    for name in ("Straße.PNG", "x.txt"):
        (folder / name).write_bytes(b"\x89PNG a drawn chart")
    for text in ('![a [big] bar](pictures/chart.png "A bar")', "![a street](pictures/Straße.PNG)"):
        assert CHART in block(text), text
        page = sights.root / "lessons" / "01-sights.md"
        page.write_text(f"# Sights\n\n{text}\n", encoding="utf-8")
        assert CHART in build.bare(sights, sights.sheets[0]).cells[0].source, text
    assert Path("pictures/Straße.PNG") in release.own_files(sights)


def test_no_way_out_of_the_folder(sights, tmp_path):
    secret = sights.root / "solutions" / "keys" / "01.png"
    secret.parent.mkdir(parents=True)
    secret.write_bytes(b"the key")
    for target in ("pictures/../solutions/keys/01.png", "../solutions/keys/01.png", str(secret)):
        assert "data:" not in block(f"![x]({target})"), target


@with_keys
def test_the_example_with_pictures_is_whole(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "the-chart"
    shutil.copytree(PROJECT / "examples" / "the-chart", folder)
    monkeypatch.chdir(folder)
    for command in (["check"], ["notebooks", "--check"], ["solutions", "--check"]):
        assert main(command) == 0, capsys.readouterr().out
    course = load_course(folder, folder)
    assert not check.todos(course)
    for sheet in course.sheets:
        for question in load_questions(course, sheet).values():
            assert question.credit(question.key) in (1, None), question.id
    with in_words_of(folder):
        edition = release.contents(course, release.own_files(course))
    assert Path("pictures/counter.wav") in edition
    assert Path("solutions/keys/01.toml") not in edition
    book = edition[Path("notebooks/01-the-chart.ipynb")].decode()
    assert book.count("data:image/svg+xml;base64,") == 4
    assert "Seven short tones" in book


@with_keys
def test_a_class_that_chose_pictures_is_graded(tmp_path):
    root = PROJECT / "examples" / "the-chart"
    course = load_course(root, root)
    sheet = course.sheet("exercise-01")
    drawn = load_questions(course, sheet)["exercise-01/drawn"]
    box, out = tmp_path / "handed-in", tmp_path / "marks"
    box.mkdir()
    with in_words_of(root):
        for n, chosen in enumerate(("cut", "whole", "cut")):
            answers = key_answers(course, sheet)
            answers[drawn.id] = submission.SealedAnswer(chosen, drawn.fingerprint)
            who = {"learner": f"A{n}", "record": f"{n:016x}", "answers": answers}
            seal = a_seal(course=course.id, sheet=sheet.id, **who)
            (box / f"A{n}.json").write_text(submission.to_json(seal), encoding="utf-8")
        grade_folder(course, box, course.keys, out)
    pages = {path.name: path.read_text(encoding="utf-8") for path in out.rglob("*.html")}
    assert len(pages) == 4
    for name, page in pages.items():
        assert "![" not in page, name
        assert "data:image/svg+xml" in page, name
        assert "img-src data:" in page.partition("</head>")[0], name
    for table in out.glob("*.csv"):
        assert "![" not in table.read_text(encoding="utf-8-sig"), table.name


def test_the_limits_are_said_in_the_authors_guide():
    text = Path(PROJECT / "docs" / "pictures.md").read_text(encoding="utf-8")
    assert "500 kB" in text
    assert "1,500 kB" in text
