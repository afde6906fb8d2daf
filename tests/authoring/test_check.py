from __future__ import annotations

import re
from functools import partial

import pytest
from helpers import COURSE

from kit.authoring.check import faults
from kit.course.article import load_article
from kit.course.course import load_course
from kit.course.messages import words
from kit.questions.bank import load_questions

pytestmark = pytest.mark.slow  # each plants a fault and looks through the whole course
LESSON = "01-who-says-so"
KEY = "solutions/keys/01.toml"
ONE = 'kind = "choose-one"\nprompt = "?"\n'
WRITE = 'kind = "write"\nprompt = "?"\nmodel_answer = "This."\n'
MANY = 'kind = "choose-many"\nprompt = "?"\n'
NUMBER = 'kind = "number"\nprompt = "?"\n'
ORDER = 'kind = "order"\nprompt = "?"\n'
LABEL = 'kind = "label"\nprompt = "?"\n'
UNIT = '[[item.units]]\nid = "u"\ntext = "U"\nright = ["x"]\nreason = "Because."\n'
LABELS = '[[item.labels]]\nid = "x"\ntext = "X"\n[[item.labels]]\nid = "y"\ntext = "Y"\n'


def option(name, more="", *, text="T", reason="Because.") -> str:
    reason = f'reason = "{reason}"\n' if reason else ""
    return f'[[item.options]]\nid = "{name}"\ntext = "{text}"\n{reason}{more}\n'


def slip(low, high, *, credit=0, reason="Because.") -> str:
    return f'[[item.slips]]\nlow = {low}\nhigh = {high}\ncredit = {credit}\nreason = "{reason}"\n'


RIGHT, WRONG = option("a", "right = true"), option("b")


def rubric(points=2, anchor="Such.") -> str:
    anchor = f'anchor = "{anchor}"\n' if anchor else ""
    low = '[[item.rubric.levels]]\npoints = 0\ntext = "Nothing"\nanchor = "None."\n'
    high = f'[[item.rubric.levels]]\npoints = {points}\ntext = "All"\n{anchor}'
    return f'[[item.rubric]]\nid = "c"\ntext = "C"\n{low}{high}'


#: What to add to the lesson's items, and the one fault that it should give.
PLANTED_ITEMS = {
    "no_key": ONE + option("a") + option("b"),
    "two_right": ONE + RIGHT + option("c", "right = true"),
    "no_reason": ONE + RIGHT + option("b", reason=""),
    "all_above": ONE + RIGHT + option("b", text="All of the above."),
    "same_ids": ONE + RIGHT + WRONG + WRONG,
    "bad_label": LABEL + LABELS + UNIT.replace('["x"]', '["z"]'),
    "no_accepts": LABEL + LABELS + UNIT + "sound = true\n",
    "no_paragraph": ONE + "paragraphs = [99]\n" + RIGHT + WRONG,
    "no_record": ONE + 'records = ["nonsense"]\n' + RIGHT + WRONG,
    "no_levels": WRITE + "marks = 2\n" + rubric(anchor=""),
    "rubric_sum": WRITE + "marks = 3\n" + rubric(points=2),
    "bad_marks": ONE + "marks = -6\n" + RIGHT + WRONG,
    "foreign_fields": MANY + "confidence = true\n" + RIGHT + WRONG,
    "bad_tries": ONE + "locks = true\ntries = 2\n" + RIGHT + WRONG,
    "too_long": ONE + RIGHT + option("b", text="word " * 46),
    "bad_credit": ONE + option("a", "right = true\ncredit = 0.5") + WRONG,
    "bad_either": ONE + RIGHT + option("b", "either = true"),
    "bad_range": NUMBER + "low = 3\nhigh = 2\n",
    "bad_slip": NUMBER + "answer = 3\n" + slip(3, 3),
    "bad_sequence": ORDER + 'sequence = ["a"]\n' + option("a") + option("b"),
    "ordered_already": ORDER + 'sequence = ["a", "b"]\n' + option("a") + option("b"),
    "todo_left": ONE + RIGHT + option("b", reason="TODO: why it is not right"),
    "no_rubric": 'kind = "write"\nprompt = "?"\nmarks = 2\n',
}
SOUND_ITEMS = {
    "choose-one": ONE + RIGHT + WRONG,
    "second best": ONE + RIGHT + option("b", "credit = 0.5"),
    "either way": MANY + RIGHT + WRONG + option("c", "either = true"),
    "label": LABEL + LABELS + UNIT,
    "write": WRITE + "marks = 2\n" + rubric(),
    "survey": ONE + "survey = true\n" + option("a", reason="") + option("b", reason=""),
    "number": NUMBER + "answer = 3\ntolerance = 1\n" + slip(8, 9, credit=0.5),
    "range": NUMBER + "low = 2\nhigh = 3\n",
    "order": ORDER + 'sequence = ["b", "a"]\n' + option("a") + option("b"),
    "tries": ONE + 'tries = 2\nhints = ["Look."]\nconfidence = true\n' + RIGHT + WRONG,
    "forecast": 'kind = "probability"\nprompt = "?"\nlocks = true\n',
}


def add(root, path, text) -> None:
    with (root / path).open("a", encoding="utf-8") as file:
        file.write(text)


def lay_in(root, text) -> None:
    """Write a file of sentences of the course's own."""
    (root / "messages.toml").write_text(text, encoding="utf-8")


def in_another_language(root) -> None:
    """Translate a sentence and forget what is filled in."""
    text = (root / "course.toml").read_text(encoding="utf-8")
    (root / "course.toml").write_text(text.replace('"en"', '"eo"'), encoding="utf-8")
    lay_in(root, '[begin]\nline = "**Respondoj**, `savitaj`"\n')


def plant_item(root, rows, name="planted") -> None:
    add(root, f"items/{LESSON}.toml", f'\n[[item]]\nid = "who-says-so/{name}"\n{rows}')
    plant_on_page(f'```python\nimport kit\n\nkit.ask("who-says-so/{name}")\n```')(root)


def plant_items(root, items) -> None:
    """Plant questions side by side: to look through the whole course for each alone takes long."""
    for name, rows in items.items():
        plant_item(root, rows, name)


def plant_on_page(text):
    return lambda root: add(root, f"lessons/{LESSON}.md", f"\n\n{text}\n")


def quote(root, *quotations) -> None:
    n = len(load_article(COURSE).units)
    rows = ", ".join(f'"{q}"' for q in quotations)
    add(
        root,
        "article.toml",
        f'\n[[units]]\nn = {n}\nkind = "paragraph"\ngist = "g"\nfingerprint = "x"\n'
        f"quotations = [{rows}]\n",
    )


def without_sheets(root) -> None:
    path = root / "course.toml"
    path.write_text(path.read_text("utf-8").partition("[[sheets]]")[0], "utf-8")
    (root / "reveals.toml").unlink()  # it belongs to a lesson


def one_notebook_for_two_sheets(root) -> None:
    path = root / "course.toml"
    text = path.read_text("utf-8")
    names = re.findall(r'notebook = "[^"]+"', text)
    path.write_text(text.replace(names[-1], names[0]), "utf-8")  # no page links the last


def two_sheets_of_one_name(root) -> None:
    add(
        root,
        "course.toml",
        '\n[[sheets]]\nid = "02-who-says-so"\ntitle = "T"\nnotebook = "notebooks/02.ipynb"\n',
    )
    add(root, "items/02-who-says-so.toml", "")
    add(root, "lessons/02-who-says-so.md", "# T\n")


def a_bank(place: int, *, long: bool):
    """Plant so many questions that the right option's place, or its length, becomes a habit."""

    def plant(root) -> None:
        for n in range(100):  # more than outweigh what stands in the course
            rows = [
                option(f"o{k}", text=f"wrong {'x' * (20 if not long else 1)}") for k in range(2)
            ]
            at = place if not long else n % 3
            rows.insert(at, option("a", "right = true", text="right" + "y" * 40 * long))
            name = f"who-says-so/bank-{n}"
            add(root, f"items/{LESSON}.toml", f'\n[[item]]\nid = "{name}"\n{ONE}{"".join(rows)}')
            plant_on_page(f'```python\nimport kit\n\nkit.ask("{name}")\n```')(root)

    return plant


def in_file(path, old, new, *, but=""):
    """Plant by changing a file of the course; lines that begin with ``but`` are taken out first."""

    def plant(root) -> None:
        text = (root / path).read_text(encoding="utf-8")
        lines = [x for x in text.splitlines(keepends=True) if not but or not x.startswith(but)]
        assert old in text
        (root / path).write_text("".join(lines).replace(old, new), encoding="utf-8")

    return plant


on_the_exercise = partial(in_file, "lessons/exercise-01.md")


def a_reveal(needs: str, knew: str = ""):
    text = f'\n[[reveal]]\nid = "who-says-so/end"\ntitle = "T"\nneeds = [{needs}]\ntext = "T"\n'
    text += f"[reveal.knew]\n{knew}\n"
    return lambda root: add(root, "reveals.toml", text)


PLANTED = {
    "longest_right": a_bank(0, long=True),
    "same_place": a_bank(0, long=False),
    "bad_reveal": a_reveal('"start-here/try-out"'),
    "bad_knew": a_reveal('"start-here/forecast-rial"', '"start-here/know" = ["nonsense"]'),
    "no_sheets": without_sheets,
    **{key: partial(plant_item, rows=rows) for key, rows in PLANTED_ITEMS.items()},
    "loose_link": plant_on_page("See [there](https://example.org/nowhere)."),
    "loose_figure": plant_on_page("In the end 4711 people came."),
    "unknown_ask": plant_on_page('```python\nimport kit\n\nkit.ask("who-says-so/nonsense")\n```'),
    "unknown_story": plant_on_page('```python\nimport kit\n\nkit.story("quary")\n```'),
    "bad_block": plant_on_page("```python\nimport kit\n\nkit.progress(\n```"),
    "no_import": plant_on_page("```python\nkit.progress()\n```"),
    "no_hand_in": on_the_exercise('kit.hand_in("exercise-01")', 'kit.hand_in("exercise-02")'),
    "plain_asks": in_file(
        "lessons/express-number.plain.md",
        'kit.ask("express-number/oldest")',
        'kit.ask("express-number/trust")',
    ),
    "page_marks": on_the_exercise("**1** (3 marks)", "**1** (7 marks)"),
    "odd_word": plant_on_page("That was foretold, and nobody asked."),
    "no_before": in_file("course.toml", 'keys = "01.toml"\n', 'keys = "01.toml"\nbefore = "x"\n'),
    "no_keys": in_file("course.toml", 'keys = "01.toml"\n', ""),
    "no_key_file": lambda root: (root / KEY).rename(root / "solutions" / "keys" / "1.toml"),
    "no_model": in_file(KEY, "model_answer = ", "look_for = ", but="look_for = "),
    "never_asked": lambda root: add(
        root,
        f"items/{LESSON}.toml",
        '\n[[item]]\nid = "who-says-so/planted"\nkind = "probability"\nprompt = "?"\n',
    ),
    "stray_items": lambda root: (root / "items" / "exercise-1.toml").touch(),
    "long_quotation": lambda root: quote(root, "w " * 31),
    "many_quoted": lambda root: quote(root, *["w " * 30] * 6),
    "same_prefix": two_sheets_of_one_name,
    "bad_notebook": one_notebook_for_two_sheets,
    "braces": lambda root: lay_in(root, '[begin]\nline = "{nonsense}"\n'),
    "unlike": in_another_language,
}


def pattern(key: str) -> str:
    """Return a sentence of the check as a pattern that fits it with any values."""
    return re.sub(r"\\\{[a-z]+(?::[^}]*)?\\\}", ".*", re.escape(words()[f"check_course.{key}"]))


def test_the_course_as_it_is_has_no_faults():
    assert faults(COURSE) == []


def test_a_copy_of_it_has_none_either(own_course):
    assert faults(own_course) == []


def test_a_learners_copy_without_keys_has_none_either(learner_course):
    assert faults(learner_course) == []


#: What keeps the rest of its file from being read, and what is no question: each in its own course.
ALONE = [key for key in PLANTED if key == "foreign_fields" or key not in PLANTED_ITEMS]


def test_each_planted_question_gives_its_fault_and_no_other(own_course):
    planted = {key: rows for key, rows in PLANTED_ITEMS.items() if key not in ALONE}
    plant_items(own_course.root, planted)
    found = faults(own_course)
    for key in planted:
        [fault] = [f for f in found if f.startswith(f"who-says-so/{key}:")]
        assert re.fullmatch(pattern(key), fault, re.DOTALL), key
    assert len(found) == len(planted)


@pytest.mark.parametrize("key", ALONE)
def test_a_planted_fault_is_found_and_no_other(own_course, key):
    PLANTED[key](own_course.root)
    found = faults(load_course.__wrapped__(own_course.root, own_course.home))
    assert found
    assert [f for f in found if not re.fullmatch(pattern(key), f, re.DOTALL)] == []


def test_a_sound_question_gives_no_fault(own_course):
    named = {name.replace(" ", "-"): rows for name, rows in SOUND_ITEMS.items()}
    plant_items(own_course.root, named)
    assert faults(own_course) == []


def test_a_page_that_says_where_its_figures_come_from_gives_no_fault(own_course):
    for text in (
        "As paragraph 6 says, 600 died.",
        "As it says (¶4), 600 died.",
        "## The 3 questions",
        "In lesson 03 you will see.",
        "Here is `4711` as code.",
        "```python\nx = 4711\n```",
        "Nothing with a figure here.",
    ):
        plant_on_page(text)(own_course.root)
    assert faults(own_course) == []


@pytest.mark.parametrize("needs", ["", '"start-here/nonsense"'], ids=["nothing", "nonsense"])
def test_a_reveal_that_waits_for_nothing_is_found(own_course, needs):
    a_reveal(needs)(own_course.root)
    assert re.fullmatch(pattern("bad_reveal"), faults(own_course)[0])


@pytest.mark.parametrize(
    "knew", ['"start-here/nonsense" = ["no"]', '"start-here/know" = []'], ids=["no item", "none"]
)
def test_a_reveal_that_asks_what_cannot_be_said_is_found(own_course, knew):
    a_reveal('"start-here/forecast-rial"', knew)(own_course.root)
    assert re.fullmatch(pattern("bad_knew"), faults(own_course)[0])


def test_a_link_in_a_reveal_is_looked_at_too(own_course):
    a_reveal('"start-here/forecast-rial"')(own_course.root)
    path = own_course.root / "reveals.toml"
    path.write_text(path.read_text("utf-8").replace('text = "T"', 'text = "[x](https://x.org)"'))
    assert re.fullmatch(pattern("loose_link"), faults(own_course)[0])


def test_a_sound_reveal_gives_no_fault(own_course):
    a_reveal('"start-here/forecast-rial"', '"start-here/know" = ["well"]')(own_course.root)
    assert faults(own_course) == []


OTHER_WAYS = {
    "both": NUMBER + "answer = 3\nlow = 1\nhigh = 5\n",
    "below-zero": NUMBER + "answer = 3\ntolerance = -1\n",
    "turned-round": NUMBER + "answer = 3\n" + slip(9, 8),
    "credit-above-1": NUMBER + "answer = 3\n" + slip(8, 9, credit=2),
    "no-reason": NUMBER + "answer = 3\n" + slip(8, 9, reason=""),
    "twice": ORDER + 'sequence = ["a", "a"]\n' + option("a") + option("b"),
    "tries": 'kind = "probability"\nprompt = "?"\ntries = 1\n',
    "long-hint": ONE + f'hints = ["{"word " * 41}"]\n' + RIGHT + WRONG,
}


def test_other_ways_to_go_wrong_are_found_too(own_course):
    plant_items(own_course.root, OTHER_WAYS)
    found = faults(own_course)
    assert [f.partition(":")[0] for f in found] == [f"who-says-so/{name}" for name in OTHER_WAYS]


def test_a_link_in_a_question_is_looked_at_too(own_course):
    plant_item(
        own_course.root, SOUND_ITEMS["choose-one"].replace('"?"', '"[x](https://example.org)"')
    )
    assert re.fullmatch(pattern("loose_link"), faults(own_course)[0])


def test_a_page_that_shows_a_text_that_nobody_can_choose_is_found(own_course):
    names = ("who-says-so/sort", "own", "your-own-text/whch")
    for name in names:
        plant_on_page(f'```python\nimport kit\n\nkit.story("{name}")\n```')(own_course.root)
    found = faults(own_course)
    assert len(found) == len(names)
    assert all(re.fullmatch(pattern("unknown_story"), fault) for fault in found)
    assert [name for name in names if name not in "".join(found)] == []


def test_a_page_may_show_a_practice_text_or_the_one_that_was_chosen(own_course):
    for name in ("honey", "your-own-text/which"):
        text = f'```python\nimport kit\n\nkit.look(kit.story("{name}").text)\n```'
        plant_on_page(text)(own_course.root)
    assert faults(own_course) == []


def test_every_kind_of_fault_that_the_check_knows_is_planted_here():
    known = {k.partition(".")[2] for k in words() if k.startswith("check_course.")}
    in_test_calls = {"no_call", "nothing_called", "no_such_paragraph", "dead_link", "tick"}
    in_test_calls |= {"after_hand_in", "no_sentence", "loose_table", "no_lexicon", "plain_question"}
    others = {"clean", "stale", "todo", "failed", "near"} | in_test_calls
    assert known - others == PLANTED.keys()


def test_every_fault_is_told_at_once(own_course):
    plant_item(own_course.root, PLANTED_ITEMS["no_reason"])
    PLANTED["loose_link"](own_course.root)
    PLANTED["long_quotation"](own_course.root)
    assert len(faults(own_course)) == 3


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (f"items/{LESSON}.toml", "\n[[item]"),
        (f"items/{LESSON}.toml", '\n[[item]]\nid = "who-says-so/x"\nkind = "choose-two"\n'),
        ("evidence/relays.toml", "\n[[record]]\nid = 5\n"),
        ("article.toml", "\nnonsense = 1\n"),
        ("messages.toml", "\n[view\n"),
        pytest.param(
            "messages.toml",
            '\n[begin]\nline = "{"\n',
        ),
        ("messages.toml", "\n[nonsense]\nx = 5\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(own_course, path, text):
    if path == "messages.toml":
        lay_in(own_course.root, text)
    else:
        add(own_course.root, path, text)
    found = faults(load_course.__wrapped__(own_course.root, own_course.home))
    assert len(found) == 1
    assert path.rpartition("/")[2] in found[0]


def test_a_missing_page_is_told_in_a_sentence(own_course):
    (own_course.root / "lessons" / f"{LESSON}.md").unlink()
    assert any(f"{LESSON}.md" in fault for fault in faults(own_course))


def test_the_check_looks_at_every_page_s_questions(own_course):
    names = []
    for sheet in own_course.sheets:
        name = next(iter(load_questions(own_course, sheet)), None)
        if name is None:
            continue  # a page to read only
        names.append(name)
        path = own_course.root / "items" / f"{sheet.first.id}.toml"
        text = path.read_text(encoding="utf-8")
        asked = f'id = "{name}"\n'
        path.write_text(text.replace(asked, f"{asked}tries = -1\n", 1), encoding="utf-8")
    found = "\n".join(faults(load_course.__wrapped__(own_course.root, own_course.home)))
    assert [name for name in names if name not in found] == []
