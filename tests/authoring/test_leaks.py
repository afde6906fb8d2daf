"""No key leaves: not in its fields, wherever they stand, and not in its words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from attrs import fields
from helpers import PROJECT, a_seal, each

from kit.authoring import build, export, release
from kit.authoring.check import faults
from kit.authoring.keys import public_fields, secrets, tables
from kit.authoring.made import is_fresh
from kit.command.cli import main
from kit.course.course import Course, load_course
from kit.course.messages import KitError
from kit.learner import submission
from kit.questions.bank import load_questions

EXAMPLE = PROJECT / "examples" / "the-lynx"
ITEMS, KEY, BOOK = "items/exercise-01.toml", "solutions/keys/01.toml", "exercises/01-exercise.ipynb"
#: A value for each field that a key can have, wherever it stands: also one that says nothing.
VALUES = {
    "right": ("true", "false", '["stands"]'),
    "sound": ("true", "false"),
    "reason": ('"Because."', '""'),
    "credit": ("0.5", "0"),
    "either": ("true", "false"),
    "answer": ("7", "0"),
    "tolerance": ("0",),
    "low": ("1",),
    "high": ("2",),
    "slips": ('[{ low = 1, high = 2, reason = "No." }]', "[]"),
    "sequence": ('["a", "b"]',),
    "model_answer": ('"This."',),
    "look_for": ('"That."',),
    "common": ('[{ answer = "A", say = "B" }]',),
    "resolves": ("true", "false"),
    "levels": ('[{ points = 1, text = "T", anchor = "A" }]', "[]"),
}
#: An id in the example's exercise at each level, and what it is called in the sentence.
PLACES = {
    "item": ("exercise-01/swans", ""),
    "options": ("one", "options.one."),
    "units": ("nest", "units.nest."),
    "labels": ("stands", "labels.stands."),
    "rubric": ("holds", "rubric.holds."),
}
KEPT = {
    (table, f.name)
    for table, cls in tables()
    for f in fields(cls)
    if f.name not in public_fields()[table]
}
EVERY_FIELD = [
    (table, name, value)
    for table, name in sorted(KEPT)
    for value in VALUES[name]
    if isinstance(value, str) and (name != "right" or (table == "units") == value.startswith("["))
]


@pytest.fixture
def lynx(tmp_path, monkeypatch) -> Course:
    """A teacher's own small course: one lesson, one exercise and its key."""
    root = tmp_path / "the-lynx"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("my-work", ".ipynb_*"))
    monkeypatch.chdir(root)
    monkeypatch.setenv("KIT_WORK", str(tmp_path / "my-work"))
    return load_course(root, root)


def again(course: Course) -> Course:
    return load_course.__wrapped__(course.root, course.home)


def change(path: str, old: str, new: str):
    """Return what plants by putting ``new`` in the place of ``old``."""

    def plant(root: Path) -> None:
        text = (root / path).read_text("utf-8")
        assert old in text
        (root / path).write_text(text.replace(old, new, 1), "utf-8")

    return plant


def add(path: str, text: str | bytes):
    """Return what plants by adding ``text`` to a file, which may be a new one."""

    def plant(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        with (root / path).open("ab") as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    return plant


def copy(old: str, *new: str):
    def plant(root: Path) -> None:
        for name in new:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / old, root / name)

    return plant


def refused(course: Course, place: Path) -> str:
    """Return what the release says; it must write nothing, neither as a folder nor as a zip."""
    course = again(course)
    files = release.learners_edition(course)
    told = set()
    for write, path in ((release.write_folder, place), (release.write_zip, place / "x.zip")):
        with pytest.raises(KitError) as fault:
            write(course, files, path)
        told.add(str(fault.value))
        assert not place.exists()
    assert len(told) == 1
    return told.pop()


def both_tell(course: Course, place: Path) -> list[str]:
    """Return what the check finds; the release must say the same of the course's own files."""
    found = release.key_faults(again(course))
    assert found
    assert refused(course, place).splitlines()[1:] == found
    return found


def test_the_example_as_it_is_goes_out(lynx, tmp_path, capsys):
    assert release.key_faults(lynx) == []
    for place in (["out"], ["out.zip", "--zip"]):
        assert main(["release", str(tmp_path / place[0]), *place[1:]]) == 0
    assert "No key" in capsys.readouterr().out


def test_a_lesson_that_shows_an_older_question_does_not_go_out(lynx, tmp_path, capsys):
    assert main(["notebooks", "--check"]) == 0
    change("items/01-the-lynx.toml", 'prompt = "', 'prompt = "Newer: ')(lynx.root)
    for arguments in (["notebooks", "--check"], ["release", str(tmp_path / "out")]):
        assert main(arguments) == 1
    assert "01-the-lynx.ipynb" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


# --- In the published questions -------------------------------------------------------------------


def test_there_is_a_value_for_every_field_that_a_key_can_have():
    assert {name for _, name in KEPT} == VALUES.keys()
    assert {(table, name) for table, name, _ in EVERY_FIELD} == KEPT


@pytest.mark.parametrize(("table", "name", "value"), EVERY_FIELD)
def test_each_field_of_a_key_is_named_with_its_file_and_item(lynx, tmp_path, table, name, value):
    row, way = PLACES[table]
    [item] = [i.id for i in load_questions(lynx, lynx.sheets[1]).values()
              if row in (i.id, *(x.id for x in (*i.rows, *i.labels, *i.rubric)))]  # fmt: skip
    change(ITEMS, f'id = "{row}"\n', f'id = "{row}"\n{name} = {value}\n')(lynx.root)
    expected = f"{ITEMS}: {item} has “{way}{name}”, "
    [found] = both_tell(lynx, tmp_path / "out")
    assert found.startswith(expected)
    assert KEY in found


def test_the_command_says_it_and_the_questions_can_still_be_asked(lynx, tmp_path, capsys):
    change(ITEMS, 'id = "one"\n', 'id = "one"\nright = false\n')(lynx.root)
    assert main(["check"]) == 1
    assert "options.one.right" in capsys.readouterr().out
    for more in ([], ["--zip"]):
        assert main(["release", str(tmp_path / "out"), *more]) == 1
        said = capsys.readouterr().err
        assert ITEMS in said
        assert "options.one.right" in said
    assert sorted(p.name for p in tmp_path.iterdir()) == ["the-lynx"]
    assert load_questions(lynx, lynx.sheets[1])


def test_a_key_on_a_page_is_told_before_the_page_s_age(lynx, tmp_path, capsys):
    item, text = secret_of("model_answer")
    add("lessons/exercise-01.md", f"\n{text}\n")(lynx.root)
    assert main(["release", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert f"lessons/exercise-01.md: holds words of the key of {item} (“model_answer”)" in said


@pytest.mark.parametrize("keys", [True, False])
def test_an_export_stops_too_with_and_without_the_keys(lynx, keys, capsys):
    change(ITEMS, 'id = "one"\n', 'id = "one"\nright = true\n')(lynx.root)
    if not keys:
        shutil.rmtree(lynx.root / "solutions")
        assert any("options.one.right" in fault for fault in faults(again(lynx)))
    for name in ("a.csv", "a.txt"):
        assert main(["export", name, "--sheet", "exercise-01"]) == 1
        assert "options.one.right" in capsys.readouterr().err
        assert not Path(name).exists()
    assert export.bank(again(lynx), ["01-the-lynx"], None)[0]


def test_a_file_that_cannot_be_read_hides_no_key(lynx, tmp_path):
    add("items/01-the-lynx.toml", "\n[[item]")(lynx.root)
    change(ITEMS, 'id = "one"\n', 'id = "one"\nright = true\n')(lynx.root)
    found = faults(again(lynx))
    assert len(found) == 2
    assert "options.one.right" in refused(lynx, tmp_path / "out")


# --- What stays here ------------------------------------------------------------------------------

MARK = "zebra-crossing"  #: stands in whatever must not go out
PLAIN = f'[[item]]\nid = "exercise-01/diver"\n[[item.options]]\nid = "one"\nright = true # {MARK}\n'
STAYS = {
    "a note beside an option": change(ITEMS, 'id = "one"\n', f'id = "one" # right: {MARK}\n'),
    "a note of its own": change(ITEMS, 'id = "one"\n', f'id = "one"\n# {MARK}\n'),
    "a note in course.toml": add("course.toml", f"\n# exercise-01/swans: {MARK}\n"),
    "a note on a page": add("lessons/exercise-01.md", f"\n<!-- {MARK} -->\n"),
    "a copy of the key": add("items/exercise-01-key.toml", PLAIN),
    "in a folder": add("items/keys/01.toml", PLAIN),
    "among the texts": add("texts/key.toml", PLAIN),
    "at the top": add("keys.toml", PLAIN),
    "without an ending": add("evidence/key", PLAIN),
    "a backup": add("items/exercise-01.toml.bak", PLAIN),
    "an editor's": add("items/exercise-01.toml~", PLAIN),
    "what the kit kept": add("handouts/exercise-01.html.before", MARK),
    "as YAML": add("texts/k.yaml", f"exercise-01/ask: {MARK}"),
    "as JSON": add("texts/k.json", f'{{"exercise-01": {{"ask": "{MARK}"}}}}'),
    "a table": add("evidence/answers.csv", f"id,right\nexercise-01/swans,{MARK}\n"),
    "a page of notes": add("lessons/teacher-notes.md", MARK),
    "a handout nobody made": add("handouts/x.html", MARK),
    "a draft": add("items/02-draft.toml", PLAIN),
    "a document": add("handouts/solutions.pdf", MARK),
    "an archive": add("texts/old.zip", MARK),
    "a notebook": add("texts/x.ipynb", MARK),
    "a learner's record": add("my-work/x.json", MARK),
}


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("what", STAYS)
def test_only_what_is_named_goes_out_and_without_notes(lynx, tmp_path, what):
    STAYS[what](lynx.root)
    course = again(lynx)
    release.write_folder(course, release.learners_edition(course), tmp_path / "out")
    assert MARK.encode() not in everything_in(tmp_path / "out")
    assert MARK.encode() in everything_in(lynx.root)
    went_out = load_questions(load_course(tmp_path / "out", tmp_path / "out"), lynx.sheets[1])
    assert went_out.keys() == load_questions(lynx, lynx.sheets[1]).keys()


def test_pictures_go_out_and_cost_no_time(lynx, tmp_path):
    add("handouts/big.jpg", b"\xff\xd8" + bytes(3_000_000))(lynx.root)
    add("texts/pictures/small.PNG".lower(), b"\x89PNG")(lynx.root)
    names = release.own_files(again(lynx))
    assert {Path("handouts/big.jpg"), Path("texts/pictures/small.png")} <= names.keys()
    assert release.key_faults(again(lynx)) == []


def test_what_is_said_in_a_sentence_of_toml_is_no_note(lynx, tmp_path):
    change(
        ITEMS,
        'id = "exercise-01/swans"\n',
        'id = "exercise-01/swans"\npassage = """\n# The right way\n\nSee # 2."""  # a story\n',
    )(lynx.root)
    course = again(lynx)
    release.write_folder(course, release.learners_edition(course), tmp_path / "out")
    there = load_course(tmp_path / "out", tmp_path / "out")
    went_out = load_questions(there, lynx.sheets[1])["exercise-01/swans"]
    assert went_out.passage == "# The right way\n\nSee # 2."


# --- What course.toml says ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines", ['keys = "01.toml"\n', "", 'graded = false\nkeys = "01.toml"\n', "graded = false\n"]
)
def test_a_sheet_that_has_a_key_and_is_not_graded_is_told(lynx, tmp_path, lines):
    change("course.toml", 'graded = true\nkeys = "01.toml"\n', lines)(lynx.root)
    change(ITEMS, 'id = "one"\n', 'id = "one"\nright = true\n')(lynx.root)
    found = both_tell(lynx, tmp_path / "out")
    assert any("graded = true" in fault for fault in found)
    assert any("options.one.right" in fault for fault in found)


def test_a_key_that_stands_outside_of_the_keys_is_told(lynx, tmp_path):
    change("course.toml", '"01.toml"', '"../../items/key.toml"')(lynx.root)
    (lynx.root / KEY).rename(lynx.root / "items" / "key.toml")
    found = both_tell(lynx, tmp_path / "out")
    assert found[0].startswith("course.toml: exercise-01 has keys")


# --- In the notebooks -----------------------------------------------------------------------------


def in_book(change_cell=None, book=BOOK, **more):
    """Return what plants by changing an exercise's notebook, as it is on the disk."""

    def plant(root: Path) -> None:
        data = json.loads((root / book).read_text("utf-8"))
        data |= more
        code = [cell for cell in data["cells"] if cell["cell_type"] == "code"]
        if change_cell:
            change_cell(code[-1])
        (root / book).write_text(json.dumps(data), "utf-8")

    return plant


OUTPUT = {"output_type": "stream", "name": "stdout", "text": [f"{MARK}\n"]}
SEAL = a_seal(
    sheet="exercise-01", answers={"exercise-01/diver": submission.SealedAnswer(MARK, "x")}
)
BOOKS = {
    "outputs": in_book(lambda cell: cell.update(outputs=[OUTPUT])),
    "attachments": in_book(lambda cell: cell.update(attachments={"a.png": {"image/png": MARK}})),
    "metadata": in_book(lambda cell: cell["metadata"].update(answer=MARK)),
    "widget state": in_book(metadata={"widgets": {"state": {MARK: {}}}}),
    "a key": in_book(key=MARK),
}


@pytest.mark.parametrize("what", BOOKS)
def test_the_notebook_of_an_exercise_goes_out_as_it_is_made(lynx, tmp_path, what):
    """An author tries their own exercise; what that leaves in the notebook is theirs."""
    BOOKS[what](lynx.root)
    assert release.key_faults(again(lynx)) == []
    release.write_folder(lynx, release.learners_edition(lynx), tmp_path / "out")
    assert MARK.encode() not in everything_in(tmp_path / "out")
    assert is_fresh(tmp_path / "out" / BOOK, build.as_bytes(build.bare(lynx, lynx.sheets[1])))


def test_a_notebook_that_was_handed_in_is_not_handed_out(lynx, tmp_path, capsys):
    call = "import kit\n\nkit.hand_in('x')"
    in_book(lambda cell: cell.update(source=submission.to_cell(call, SEAL)))(lynx.root)
    assert main(["release", str(tmp_path / "out")]) == 1
    assert "kit notebooks" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


# --- In a question that is written on the page ---------------------------------------------------

TICKED = """::: choose-one roof hints=["Look at who says so."]
Who saw the hole in the roof first?

- [ ] The mayor, who says that he heard of it.
  > KEY one
- [x] The neighbour with the ladder.
  > KEY two

> KEY three
:::"""
#: What goes out without its key, and what is refused because nobody can tell what its key is.
SPLIT = {
    "as it is": TICKED,
    "a large X": TICKED.replace("[x]", "[X]"),
    "tabs": TICKED.replace("  > ", "\t> "),
    "Windows": TICKED.replace("\n", "\r\n"),
    "stars": TICKED.replace("- [", "* ["),
    "in a comment": f"<!--\n{TICKED}\n-->",
}
REFUSED = {
    "no end": TICKED.removesuffix(":::"),
    "no begin": TICKED.partition("\n")[2],
    "neither": TICKED.partition("\n")[2].removesuffix(":::"),
    "a slip": TICKED.replace("choose-one", "chose-one"),
    "two colons": TICKED.replace(":::", "::"),
    "a box of code": f"```\n{TICKED}\n```",
    "indented": TICKED.replace("\n", "\n    ").replace(":::", "    :::", 1),
    "quoted": "> " + TICKED.replace("\n", "\n> "),
    "numbers": TICKED.replace("- [", "1. ["),
    "round boxes": TICKED.replace("[x]", "(x)"),
    "a tick": TICKED.replace("[x]", "[✓]"),
    "no box": TICKED.replace("- [x] ", "- "),
}


def on_page(text: str):
    """Return what plants a question at the end of the exercise's page."""
    return change("lessons/exercise-01.md", "## Hand in", f"{text}\n\n## Hand in")


@each("text", SPLIT.values())
def test_its_key_is_split_off(lynx, text):
    page = lynx.root / "lessons" / "exercise-01.md"
    before = page.read_bytes()
    page.write_bytes(before.replace(b"## Hand in", f"{text}\n\n## Hand in".encode()))
    course = again(lynx)
    edition = release.contents(course, release.own_files(course))
    out = [*edition.values(), build.as_bytes(build.bare(course, course.sheets[1]))]
    page.write_bytes(before)
    assert not any(b"KEY" in data or b"[x]" in data for data in out)


@each("text", REFUSED.values())
def test_where_it_cannot_be_told_nothing_goes_out(lynx, tmp_path, text):
    page = lynx.root / "lessons" / "exercise-01.md"
    before = page.read_bytes()
    on_page(text)(lynx.root)
    try:
        refused(lynx, tmp_path / "out")
        assert faults(again(lynx))
    finally:
        page.write_bytes(before)


def test_its_reason_is_found_on_another_page(lynx, tmp_path):
    why = "She stood on the ladder, and says what she saw from up there with her own eyes."
    on_page(TICKED.replace("KEY two", why))(lynx.root)
    add("lessons/01-the-lynx.md", f"\n{why}\n")(lynx.root)
    found = both_tell(lynx, tmp_path / "out")
    assert any("exercise-01/roof" in fault and "options.b.reason" in fault for fault in found)


# --- In words -------------------------------------------------------------------------------------


def secret_of(field: str) -> tuple[str, str]:
    """Return an item of the exercise and the text that a field of its key has."""
    course = load_course(EXAMPLE, EXAMPLE)
    found = next(s for s in secrets(course) if field in s.field.split("."))
    return found.question, found.text


PLACED = {
    "a page": lambda text: add("lessons/exercise-01.md", f"\n{text}\n"),
    "a handout": lambda text: add("handouts/x.md", f"# X\n\n> {text}\n"),
    "an attribute": lambda text: add("handouts/x.md", f'<img alt="{text}">'),
    "a lesson's reason": lambda text: change(
        "items/01-the-lynx.toml", 'prompt = "', f'reason = """{text}"""\nprompt = "'
    ),
    "a hint": lambda text: change(ITEMS, 'prompt = "', f'hints = ["""{text}"""]\nprompt = "'),
    "a label": lambda text: change(ITEMS, '"Does not stand yet"', f'"""{text}"""'),
    "a drawing": lambda text: add(
        "pictures/x.svg",
        "<svg><tspan>{}</tspan></svg>".format(text.replace(" ", "</tspan><tspan> ")),
    ),
    "a sentence of the kit": lambda text: add("messages.toml", f"[view]\nx = '''{text}'''\n"),
    "an output": lambda text: in_book(
        lambda cell: cell.update(outputs=[{**OUTPUT, "text": text.replace(" ", " \n")}]),
        book="notebooks/01-the-lynx.ipynb",
    ),
    "a table": lambda text: add(
        "evidence/series/x.csv", 'a,"{}"\n'.format(text.replace('"', '""'))
    ),
}


@pytest.mark.parametrize("place", PLACED)
def test_the_words_of_a_key_are_found_in(lynx, tmp_path, place):
    item, text = secret_of("model_answer")
    PLACED[place](text)(lynx.root)
    found = both_tell(lynx, tmp_path / "out")
    assert any(item in fault and "“model_answer”" in fault for fault in found)


def test_two_short_texts_of_one_question_are_found_and_one_is_not(lynx, tmp_path):
    """A lesson may teach the rule that a reason names; who copies a key copies more than that."""
    head = 'id = "exercise-01/swans"\n'
    short = ("Repeating is not the same as checking.", "Ask who was there and saw it.")
    change(KEY, head, f'{head}look_for = "{short[0]}"\nmodel_answer = "{short[1]}"\n')(lynx.root)
    add("lessons/01-the-lynx.md", f"\n{short[0]}\n")(lynx.root)
    assert release.key_faults(again(lynx)) == []
    add("lessons/01-the-lynx.md", f"\n{short[1].upper()}\n")(lynx.root)
    found = [f for f in release.key_faults(again(lynx)) if "exercise-01/swans" in f]
    assert len(found) == 2


HONEST = {
    "a level that is another's criterion": (
        "levels",
        "Gives a ground for what you believe.",
    ),
    "a wrong answer that a lesson names": ("common", "It ran away with the swans of the town."),
}


@pytest.mark.parametrize(("field", "text"), HONEST.values(), ids=HONEST)
def test_an_honest_course_goes_out(lynx, tmp_path, field, text):
    head = 'id = "exercise-01/swans"\n'
    value = f'[{{ answer = "{text}", say = "And who saw it?" }}]'
    if field == "common":
        change(KEY, head, f"{head}common = {value}\n")(lynx.root)
    add("lessons/01-the-lynx.md", f"\n{text}\n")(lynx.root)
    assert release.key_faults(again(lynx)) == []


@pytest.mark.parametrize("place", ["article.toml", "texts/x.txt", "another question's passage"])
def test_a_model_answer_that_quotes_what_learners_have_is_none(lynx, place):
    text = "The hunter says that he saw the lynx twice in one week by the old mill in March."
    head = 'id = "exercise-01/swans"\n'
    change(KEY, head, f'{head}model_answer = "{text}"\n')(lynx.root)
    plant = {
        "article.toml": add(
            "article.toml",
            '\n[[units]]\nn = 9\nkind = "paragraph"\ngist = "g"\nfingerprint = "x"\n'
            f'quotations = ["{text}"]\n',
        ),
        "texts/x.txt": add("texts/x.txt", text),
        "another question's passage": change(
            "items/01-the-lynx.toml", 'prompt = "', f'passage = "{text}"\nprompt = "'
        ),
    }[place]
    plant(lynx.root)
    assert release.key_faults(again(lynx)) == []


def test_what_the_question_says_itself_is_none(lynx):
    prompt = next(iter(load_questions(lynx, lynx.sheets[1]).values())).prompt
    head = 'id = "exercise-01/swans"\n'
    change(KEY, head, f'{head}model_answer = "{prompt}"\n')(lynx.root)
    assert release.key_faults(again(lynx)) == []


def test_all_is_told_at_once(lynx, tmp_path):
    plants = [
        change(ITEMS, 'id = "one"\n', 'id = "one"\nright = true\ncredit = 0\n'),
        add("lessons/exercise-01.md", f"\n{secret_of('model_answer')[1]}\n"),
    ]
    for plant in plants:
        plant(lynx.root)
    assert len(both_tell(lynx, tmp_path / "out")) >= 3
