from __future__ import annotations

import json
import subprocess
import sys

import pytest
from attrs import evolve
from helpers import COURSE, GRADED, a_seal, key_answers, notebook, text_item
from hypothesis import example, given
from hypothesis import strategies as st

from kit.course.messages import KitError
from kit.learner import submission
from kit.learner.record import KeptAnswer, LearnerRecord, keep_answer
from kit.learner.reveals import load_reveals
from kit.learner.submission import MARK, SealedAnswer

CALL = 'import kit\n\nkit.hand_in("exercise-01")'
ANSWERS = st.dictionaries(
    st.text(max_size=12),
    st.builds(
        SealedAnswer,
        st.text(max_size=300)
        | st.lists(st.text(max_size=10), max_size=3)
        | st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3)
        | st.integers(0, 100)
        | st.floats(0, 100),
        st.text("0123456789abcdef", max_size=12),
    ),
    max_size=3,
)


def with_text(text: str) -> submission.Seal:
    return a_seal(learner=text[:40], answers={"exercise-01/note": SealedAnswer(text, "0" * 12)})


def trimmed(source: str) -> str:
    """Return the source as an editor that trims line ends saves it."""
    return "\n".join(line.rstrip() for line in source.split("\n"))


@given(st.builds(lambda answers: a_seal(answers=answers), ANSWERS))
def test_a_seal_comes_back_from_a_cell_and_from_a_file(sealed):
    assert submission.sealed_in(submission.to_cell(CALL, sealed)) == sealed
    assert submission._open(json.loads(submission.to_json(sealed))) == (sealed, True)


def test_what_warmed_up_and_what_was_opened_is_not_handed_in():
    """In a grader it would be an answer to a question that the page does not have."""
    kept = KeptAnswer("x", wording="0", at="")
    own, warm_up = "your-own-text/says", "your-own-text/again/who-says-so/reach"
    [opened] = [name for name in load_reveals(COURSE) if name.startswith("your-own-text/")]
    entries = dict.fromkeys((own, "your-own-text/who", warm_up, opened), kept)
    record = LearnerRecord("07-your-own-text", "r", entries)
    sealed = submission.seal(COURSE, record, "")
    assert list(sealed.answers) == [own, "your-own-text/who"]


@given(st.text())
@example("ends with spaces    ")
@example(" " * 400)
@example("x " * 300)
@example("line\n# kit-seal\n#:{}\n#: more\r\n\ttab\u2028\x85end")
@example('"""\\ \\" \\n {braces} %s')
@example("\ud800 alone")
@example("🦉 فارسی हिन्दी")
def test_any_text_survives_the_cell_and_an_editor_that_trims_lines(text):
    sealed = with_text(text)
    source = submission.to_cell(CALL, sealed)
    for copy in (source, trimmed(source), source.replace("\n", "\r\n"), source + "\n\n"):
        assert submission.sealed_in(copy) == sealed
    assert source.isascii()


@given(st.text(max_size=2000))
def test_the_seal_is_comment_lines_below_the_call(text):
    source = submission.to_cell(CALL, with_text(text))
    assert source.startswith(CALL + "\n\n" + MARK)
    assert all(line.startswith("#") for line in source[len(CALL) :].split("\n") if line)
    assert source.splitlines() == source.split("\n")
    assert submission.call_part(source) == CALL


def test_lines_of_ordinary_answers_are_short():
    source = submission.to_cell(CALL, a_seal(answers=key_answers()))
    assert max(map(len, source.split("\n"))) < 110


def test_sealing_again_replaces_the_earlier_seal():
    first = submission.to_cell(CALL, with_text("first"))
    second = submission.to_cell(submission.call_part(first), with_text("second"))
    assert second.count(MARK + " ") == 1
    assert submission.sealed_in(second) == with_text("second")


def test_a_seal_holds_the_answers_that_were_given_and_no_more(tmp_path):
    path = tmp_path / "exercise-01.json"
    keep_answer(path, text_item("exercise-01/a"), "mine")
    keep_answer(path, text_item("exercise-01/b"), "gone")
    record = keep_answer(path, text_item("exercise-01/b"), None)
    sealed = submission.seal(COURSE, record, "A7")
    assert sealed.answers == {"exercise-01/a": SealedAnswer("mine", text_item().fingerprint)}
    assert (sealed.course, sealed.sheet, sealed.learner) == (COURSE.id, "exercise-01", "A7")
    assert (sealed.record, sealed.revision) == (record.record, record.revision)


# --- Reading ------------------------------------------------------------------------------------


def saved(tmp_path, text: str | bytes, name: str = "x.ipynb"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("form", ["cell", "json", "byte-order mark", "source as one text"])
def test_a_hand_in_is_read_in_either_form(tmp_path, form):
    sealed = a_seal(answers=key_answers())
    book = notebook("import kit", submission.to_cell(CALL, sealed))
    text = {"json": submission.to_json(sealed), "byte-order mark": "\ufeff" + book}.get(form, book)
    if form == "source as one text":
        raw = json.loads(book)
        for cell in raw["cells"]:
            cell["source"] = "".join(cell["source"])
        text = json.dumps(raw)
    assert submission.read(saved(tmp_path, text)) == (sealed, True)


def test_of_several_seals_the_highest_revision_counts(tmp_path):
    cells = [submission.to_cell(CALL, a_seal(revision=n)) for n in (2, 9, 5)]
    sealed, intact = submission.read(saved(tmp_path, notebook(*cells)))
    assert (sealed.revision, intact) == (9, True)


def test_an_altered_seal_is_read_and_is_not_intact(tmp_path):
    text = submission.to_json(with_text("I wrote this."))
    changed = text.replace("I wrote this.", "I wrote that.")
    sealed, intact = submission.read(saved(tmp_path, changed, "x.json"))
    assert sealed.answers["exercise-01/note"].value == "I wrote that."
    assert not intact


@given(st.data())
def test_any_change_of_a_field_shows(data):
    raw = json.loads(submission.to_json(with_text("text")))
    name = data.draw(st.sampled_from(["course", "sheet", "learner", "record", "sealed"]))
    raw[name] += data.draw(st.text(min_size=1, max_size=3))
    assert not submission._open(raw)[1]


def test_a_seal_without_its_digest_is_not_intact():
    raw = json.loads(submission.to_json(a_seal()))
    del raw["digest"]
    assert not submission._open(raw)[1]


@pytest.mark.parametrize("keep", [1, 2, 3, -1])
def test_a_seal_that_was_cut_is_told_in_a_sentence(tmp_path, keep):
    lines = submission.to_cell(CALL, a_seal(answers=key_answers())).split("\n")
    head = lines.index(next(x for x in lines if x.startswith(MARK)))
    cut = "\n".join(lines[: head + keep] if keep > 0 else lines[:-1])
    with pytest.raises(KitError, match="cut short"):
        submission.read(saved(tmp_path, notebook(cut)))
    assert submission.sealed_in(cut) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "cannot be read"),
        (notebook(CALL)[:-30], "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"PK\x03\x04", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ('{"cells": NaN}', "NaN"),
        ("[]", "no sealed answers"),
        ("null", "no sealed answers"),
        ('{"cells": 5}', "no sealed answers"),
        ('{"cells": [5, null, {"source": [1]}, {"source": {}}]}', "no sealed answers"),
        (notebook(CALL), "no sealed answers"),
        ('{"kit_seal": 1}', "form of a hand-in"),
        ('{"kit_seal": 1, "answers": []}', "form of a hand-in"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(tmp_path, text, told):
    with pytest.raises(KitError, match=told):
        submission.read(saved(tmp_path, text))


@pytest.mark.parametrize(
    "change",
    [
        {"revision": "many"},
        {"revision": None},
        {"revision": 1e400},
        {"answers": None},
        {"answers": [1]},
        {"answers": {"a": 5}},
        {"answers": {"a": {"value": 1}}},
        {"answers": {"a": {"value": 1, "wording": "x", "more": 2}}},
        {"more": 1},
    ],
    ids=str,
)
def test_fields_of_a_wrong_type_are_told_in_a_sentence(tmp_path, change):
    raw = json.loads(submission.to_json(a_seal())) | change
    with pytest.raises(KitError):
        submission.read(saved(tmp_path, json.dumps(raw).replace("Infinity", "1e400"), "x.json"))


@pytest.mark.parametrize("where", ["seal", "answer", "cells"])
def test_no_depth_of_nesting_gives_anything_but_a_sentence(tmp_path, where):
    """Just below the depth that JSON can read, later steps must not fail either."""
    body = json.loads(submission.to_json(a_seal()))
    for depth in range(600, 1020):
        nest = "[" * depth + "]" * depth
        if where == "cells":
            text = f'{{"cells": {nest}}}'
        elif where == "seal":
            text = json.dumps({**body, "more": "NEST"}).replace('"NEST"', nest)
        else:
            answer = {"x": {"value": "NEST", "wording": ""}}
            text = json.dumps({**body, "answers": answer}).replace('"NEST"', nest)
        try:
            submission.read(saved(tmp_path, text, "x.json"))
        except KitError:
            continue


def test_a_file_that_is_too_large_is_not_even_opened(tmp_path, monkeypatch):
    path = tmp_path / "large.ipynb"
    with path.open("wb") as file:
        file.truncate(50 * 2**20)
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda _: pytest.fail("it was read"))
    with pytest.raises(KitError, match="50 MB"):
        submission.read(path)


def test_a_seal_that_was_cut_does_not_hide_a_whole_one(tmp_path):
    whole = submission.to_cell(CALL, a_seal(revision=4))
    cut = whole[:-40]
    note = f"{MARK} is what they call it"
    for cells in ([whole, cut], [cut, whole], [note, whole]):
        assert submission.read(saved(tmp_path, notebook(*cells)))[0].revision == 4


# --- Nothing is run -----------------------------------------------------------------------------

WATCHED = """
import sys
from pathlib import Path
from kit.learner import submission

good, *files = map(Path, sys.argv[1:])
submission.read(good)  # what is loaded or built on first use is so by now
events = []
sys.addaudithook(lambda event, _: events.append(event))
for path in files:
    try:
        submission.read(path)
    except Exception:
        pass
watch = ("exec", "compile", "import", "pickle", "subprocess", "os.", "socket", "marshal", "ctypes")
print(sorted({e for e in events if e.startswith(watch)}), len(events) > 0)
"""


def test_reading_runs_imports_and_unpickles_nothing(tmp_path):
    evil = f"import os\nopen({str(tmp_path / 'ran')!r}, 'w')\nos.system('true')"
    sealed = a_seal(answers={"x": SealedAnswer("__import__('os').system('true')", "")})
    good = saved(tmp_path, submission.to_json(a_seal()), "good.json")
    files = [
        saved(tmp_path, notebook(evil, submission.to_cell(CALL, sealed) + "\n" + evil), "1.ipynb"),
        saved(tmp_path, evil, "2.ipynb"),
        saved(tmp_path, b"cos\nsystem\n(S'true'\ntR.", "3.json"),
        saved(tmp_path, '{"py/object": "os.system", "kit_seal": 1}', "4.json"),
    ]
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, good, *files], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["[]", "True"]
    assert not (tmp_path / "ran").exists()


def test_the_call_may_be_anything_that_names_hand_in():
    other = "# my note\nkit.hand_in()   # now"
    sealed = evolve(a_seal(), sheet=GRADED[0].id)
    assert submission.call_part(submission.to_cell(other, sealed)) == other


def test_a_fault_of_form_is_told_with_its_place(tmp_path):
    raw = json.loads(submission.to_json(a_seal())) | {"revision": "many"}
    with pytest.raises(KitError, match=r"seal\.revision"):
        submission.read(saved(tmp_path, json.dumps(raw), "x.json"))


def test_no_more_seals_are_tried_than_a_person_could_have_made(tmp_path, monkeypatch):
    monkeypatch.setattr(submission, "_MOST_SEALS", 3)
    good = submission.to_cell(CALL, a_seal(revision=4))
    assert submission.read(saved(tmp_path, notebook(*[MARK] * 2, good)))[0].revision == 4
    with pytest.raises(KitError, match="cut short"):
        submission.read(saved(tmp_path, notebook(*[MARK] * 3, good)))


@pytest.mark.parametrize(
    "change",
    [{"learner": ["B07"]}, {"learner": 7}, {"record": None}, {"revision": "3"}, {"revision": True},
     {"revision": -1}, {"revision": 2.5}, {"revision": 2**60}],
    ids=str,
)  # fmt: skip
def test_nothing_is_made_into_what_it_is_not(tmp_path, change):
    raw = json.loads(submission.to_json(a_seal())) | change
    with pytest.raises(KitError, match="form of a hand-in"):
        submission.read(saved(tmp_path, json.dumps(raw), "x.json"))
