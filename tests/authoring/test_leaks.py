"""No key leaves: not in its fields, wherever they stand, and not in its words."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest
from attrs import fields
from helpers import PROJECT, a_seal, notebook

from kit.authoring import build, export, release
from kit.authoring.check import faults
from kit.authoring.keys import secrets
from kit.command.cli import main
from kit.course.course import Course, load_course
from kit.course.messages import KitError
from kit.learner import submission
from kit.questions.items import load_items, public_fields, tables

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


# --- In the published questions -------------------------------------------------------------------


def test_there_is_a_value_for_every_field_that_a_key_can_have():
    assert {name for _, name in KEPT} == VALUES.keys()
    assert {(table, name) for table, name, _ in EVERY_FIELD} == KEPT


@pytest.mark.parametrize(("table", "name", "value"), EVERY_FIELD)
def test_each_field_of_a_key_is_named_with_its_file_and_item(lynx, tmp_path, table, name, value):
    row, way = PLACES[table]
    [item] = [i.id for i in load_items(lynx, lynx.sheets[1]).values()
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
    assert load_items(lynx, lynx.sheets[1])


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


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('id = "one"\n', 'id = "one"\n# right = true\n', "right"),
        ('id = "one"\n', 'id = "one" # right\n', "# right"),
        ('id = "one"\n', 'id = "one"\n# <- the correct one\n', "# <- the correct one"),
        ('id = "one"\n', 'id = "one" # reason: "So it is."\n', "reason"),
        ('id = "nest"\n', 'id = "nest"  # SOUND\n', "# SOUND"),
    ],
)
def test_a_note_beside_an_option_is_read_too(lynx, tmp_path, old, new, field):
    change(ITEMS, old, new)(lynx.root)
    assert all(ITEMS in f and f"“{field}”" in f for f in both_tell(lynx, tmp_path / "out"))


def test_other_notes_and_texts_with_such_signs_are_none(lynx):
    change(
        ITEMS,
        'id = "exercise-01/swans"\n',
        "# The first question: what is right and what is wrong is said in the key alone.\n"
        'id = "exercise-01/swans"\npassage = """\n# The right way\n\nSee # 2."""  # a story\n',
    )(lynx.root)
    assert release.key_faults(again(lynx)) == []


# --- In other files that go out -------------------------------------------------------------------

PLAIN = '[[item]]\nid = "exercise-01/diver"\n[[item.options]]\nid = "one"\nright = true\n'
TABLE = {"questions": [{"id": "exercise-01/diver", "options": [{"id": "one", "right": True}]}]}
SEAL = a_seal(
    sheet="exercise-01", answers={"exercise-01/diver": submission.SealedAnswer("one", "x")}
)


def packed(kind: str) -> bytes:
    box = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(box, "w") as archive:
            archive.writestr("old/exercise.toml", PLAIN)
    else:
        with tarfile.open(fileobj=box, mode="w:gz") as archive:
            entry = tarfile.TarInfo("exercise.toml")
            entry.size = len(PLAIN)
            archive.addfile(entry, io.BytesIO(PLAIN.encode()))
    return box.getvalue()


#: How it is planted, and what must be named: the file, the item and the field.
HIDDEN = {
    "a copy of the key": (copy(KEY, "items/exercise-01-key.toml"), "items/exercise-01-key.toml"),
    "in a folder": (copy(KEY, "items/keys/01.toml"), "items/keys/01.toml"),
    "among the texts": (copy(KEY, "texts/key.toml"), "texts/key.toml"),
    "at the top": (copy(KEY, "keys.toml"), "keys.toml"),
    "without an ending": (copy(KEY, "evidence/key"), "evidence/key"),
    "as text": (copy(KEY, "handouts/exercise-01.toml.txt"), "handouts/exercise-01.toml.txt"),
    **{
        f"a backup {end}": (add(f"items/exercise-01{end}", PLAIN), f"items/exercise-01{end}")
        for end in (".toml.bak", ".toml~", ".toml.orig", " (copy).toml", "-old.toml", ".TOML")
    },
    "a broken backup": (add("items/old.bak", f"{PLAIN}[[item"), "items/old.bak"),
    "in UTF-16": (add("items/old.txt", PLAIN.encode("utf-16")), "items/old.txt"),
    "of another table": (add("texts/x.toml", PLAIN.replace("[[item", "[[key")), "texts/x.toml"),
    "as JSON": (add("evidence/x.json", json.dumps(TABLE)), "evidence/x.json"),
    "broken JSON": (add("evidence/x.json", json.dumps(TABLE, indent=1)[:-2]), "evidence/x.json"),
    "a table of answers": (
        add("texts/x.toml", '[answers]\n"exercise-01/diver" = "one"\n'),
        "texts/x.toml",
    ),
    "a hand-in": (add("texts/x.json", submission.to_json(SEAL)), "texts/x.json"),
    "a zip": (add("handouts/old.zip", packed("zip")), "handouts/old.zip/old/exercise.toml"),
    "a tar": (add("handouts/old.tgz", packed("tar")), "handouts/old.tgz/exercise.toml"),
    "in a page": (
        add("lessons/exercise-01.md", f"\n```toml\n{PLAIN}```\n"),
        "lessons/exercise-01.md",
    ),
    "in a page's note": (
        add("lessons/01-the-lynx.md", f"\n<!--\n{PLAIN}-->\n"),
        "lessons/01-the-lynx.md",
    ),
    "in a note of TOML": (
        add("items/01-the-lynx.toml", "".join(f"\n# {line}" for line in PLAIN.splitlines())),
        "items/01-the-lynx.toml",
    ),
    "a handout": (add("handouts/x.html", f"<pre>{PLAIN}</pre>"), "handouts/x.html"),
}


@pytest.mark.parametrize("how", HIDDEN)
def test_a_key_is_found_in_whatever_file_it_stands(lynx, tmp_path, how):
    plant, file = HIDDEN[how]
    plant(lynx.root)
    found = both_tell(lynx, tmp_path / "out")
    assert all(fault.startswith(f"{file}: ") for fault in found)
    assert any("exercise-01/diver" in fault for fault in found)
    assert any("right”" in f or "says an answer" in f for f in found)


def test_an_item_of_no_sheet_is_told(lynx, tmp_path):
    add("items/exercise-1.toml", PLAIN.replace("exercise-01", "exercise-1"))(lynx.root)
    [found] = both_tell(lynx, tmp_path / "out")
    assert "exercise-1/diver has “options.one.right”" in found
    assert "no sheet" in found


def test_a_backup_of_a_lesson_whose_key_is_open_is_no_fault(lynx):
    copy("items/01-the-lynx.toml", "items/01-the-lynx.toml.bak", "texts/lesson.toml")(lynx.root)
    add("items/01-broken.bak", (lynx.root / "items/01-the-lynx.toml").read_text("utf-8") + "[[")(
        lynx.root
    )
    assert release.key_faults(again(lynx)) == []


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


def test_a_key_that_stands_where_it_goes_out_is_told(lynx, tmp_path):
    change("course.toml", '"01.toml"', '"../../items/key.toml"')(lynx.root)
    (lynx.root / KEY).rename(lynx.root / "items" / "key.toml")
    found = both_tell(lynx, tmp_path / "out")
    assert found[0].startswith("course.toml: exercise-01 has keys")
    assert any(fault.startswith("items/key.toml: ") for fault in found)


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


OUTPUT = {"output_type": "stream", "name": "stdout", "text": ["b\n"]}
BOOKS = {
    "outputs": in_book(lambda cell: cell.update(outputs=[OUTPUT])),
    "attachments": in_book(lambda cell: cell.update(attachments={"a.png": {"image/png": "eA=="}})),
    "metadata.answer": in_book(lambda cell: cell["metadata"].update(answer="b")),
    "metadata.widgets": in_book(metadata={"widgets": {"state": {}}}),
    "key": in_book(key="b"),
    "kit-seal": in_book(
        lambda cell: cell.update(source=submission.to_cell("import kit\n\nkit.hand_in('x')", SEAL))
    ),
    "kit.solution": in_book(lambda cell: cell.update(source='kit.solution("exercise-01/diver")')),
}


@pytest.mark.parametrize("what", BOOKS)
def test_a_notebook_of_an_exercise_goes_out_as_it_was_made(lynx, tmp_path, what):
    BOOKS[what](lynx.root)
    [found] = both_tell(lynx, tmp_path / "out")
    assert found.startswith(f"{BOOK}: ")
    assert what in found


def test_the_solved_notebook_is_told_wherever_it_stands(lynx, tmp_path):
    copy("solutions/01-exercise.ipynb", "texts/x.ipynb", BOOK)(lynx.root)
    found = both_tell(lynx, tmp_path / "out")
    assert {fault.partition(":")[0] for fault in found} == {"texts/x.ipynb", BOOK}


# --- In words -------------------------------------------------------------------------------------


def secret_of(field: str) -> tuple[str, str]:
    """Return an item of the exercise and the text that a field of its key has."""
    course = load_course(EXAMPLE, EXAMPLE)
    found = next(s for s in secrets(course) if field in s.field.split("."))
    return found.item, found.text


PLACED = {
    "a page": lambda text: add("lessons/exercise-01.md", f"\n{text}\n"),
    "a page's note": lambda text: add("lessons/exercise-01.md", f"\n<!-- {text} -->\n"),
    "a handout": lambda text: add("handouts/x.md", f"# X\n\n> {text}\n"),
    "a printed page": lambda text: add("handouts/x.html", f"<p>{text.replace(' ', '&nbsp;')}</p>"),
    "an attribute": lambda text: add("handouts/x.html", f'<img alt="{text}">'),
    "a practice text": lambda text: add("texts/x.txt", "\n".join(text.split())),
    "a lesson's question": lambda text: change(
        "items/01-the-lynx.toml", 'prompt = "', f'passage = """{text}"""\nprompt = "'
    ),
    "a sentence of the kit": lambda text: add("messages.toml", f"[view]\nx = '''{text}'''\n"),
    "a note of TOML": lambda text: add("course.toml", f"\n# {text}\n"),
    "an output": lambda text: in_book(
        lambda cell: cell.update(outputs=[{**OUTPUT, "text": text.replace(" ", " \n")}]),
        book="notebooks/01-the-lynx.ipynb",
    ),
    "a table": lambda text: add("evidence/x.csv", 'a,"{}"\n'.format(text.replace('"', '""'))),
}


@pytest.mark.parametrize("place", PLACED)
def test_the_words_of_a_key_are_found_in(lynx, tmp_path, place):
    item, text = secret_of("model_answer")
    PLACED[place](text)(lynx.root)
    found = both_tell(lynx, tmp_path / "out")
    assert any(item in fault and "“model_answer”" in fault for fault in found)


@pytest.mark.parametrize("field", ["reason", "model_answer", "look_for", "anchor", "text"])
def test_every_text_of_a_key_is_looked_for(lynx, tmp_path, field):
    item, text = secret_of(field)
    add("lessons/01-the-lynx.md", f"\n{text}\n")(lynx.root)
    assert any(item in f and f"{field}”" in f for f in both_tell(lynx, tmp_path / "out"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("common", '[{ answer = "It ran away with the swans.", say = "And who saw it running?" }]'),
        ("slips", '[{ low = 90, high = 91, reason = "You counted each of the sheep twice." }]'),
    ],
)
def test_so_are_slips_and_wrong_answers_that_are_often_given(lynx, tmp_path, field, value):
    head = 'id = "exercise-01/swans"\n'
    change(KEY, head, f"{head}{field} = {value}\n")(lynx.root)
    words = value.split('"')[1::2]
    add("handouts/x.html", "".join(f"<p>{part}</p>" for part in words))(lynx.root)
    found = both_tell(lynx, tmp_path / "out")
    assert len([f for f in found if f"“{field}." in f]) == len(words)


def test_what_the_question_says_itself_is_none(lynx):
    prompt = next(iter(load_items(lynx, lynx.sheets[1]).values())).prompt
    head = 'id = "exercise-01/swans"\n'
    change(KEY, head, f'{head}model_answer = "{prompt}"\n')(lynx.root)
    assert release.key_faults(again(lynx)) == []


def test_the_author_s_notes_on_a_page_do_not_go_out(lynx, tmp_path):
    add("lessons/exercise-01.md", "\n<!-- the third one -->\n")(lynx.root)
    release.write_folder(lynx, release.learners_edition(lynx), tmp_path / "out")
    page = tmp_path / "out" / "lessons" / "exercise-01.md"
    assert "the third one" not in page.read_text("utf-8")
    assert build.same_source(build.bare(lynx, lynx.sheets[1]), lynx.home / BOOK)


def test_all_is_told_at_once(lynx, tmp_path):
    plants = [
        change(ITEMS, 'id = "one"\n', 'id = "one"\nright = true\ncredit = 0\n'),
        BOOKS["outputs"],
        HIDDEN["as JSON"][0],
    ]
    for plant in plants:
        plant(lynx.root)
    assert len(both_tell(lynx, tmp_path / "out")) == 4


def test_what_is_no_archive_and_no_text_stops_nothing(lynx):
    for name, data in [("a.zip", b"PK\3\4cut"), ("b.gz", b"\x1f\x8bcut"), ("c.png", b"\x89PNG\0")]:
        add(f"handouts/{name}", data)(lynx.root)
    add("texts/list.json", "[" * 100_000)(lynx.root)
    add(BOOK, notebook("x")[:20])(lynx.root)
    assert release.key_faults(again(lynx)) == []
