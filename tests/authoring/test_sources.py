from __future__ import annotations

import re

import pytest
from helpers import COURSE, ITEMS

from kit.authoring.check import faults
from kit.authoring.sources import host_faults, quoting_faults, record_faults
from kit.course.article import load_article
from kit.course.course import load_course
from kit.course.messages import in_words_of, message, words

pytestmark = pytest.mark.slow  # as in test_check.py: each looks through the whole course
PLAIN = dict.fromkeys(("statement", "who", "published", "address", "checked"), "x")
QUOTATION = next(q for u in load_article(COURSE).units for q in u.quotations if len(q.split()) > 6)


def a_row(more="", **changes) -> str:
    rows = "".join(f'{name} = "{text}"\n' for name, text in {**PLAIN, **changes}.items())
    return f'[[record]]\nid = "planted"\n{rows}{more}'


def a_link(**parts) -> str:
    rows = ", ".join(f'{k} = "{v}"' for k, v in {"claim": "flee-plan", **parts}.items())
    return f"links = [{{ {rows} }}]\n"


#: What to put into the evidence, and the fault that it should give.
PLANTED = {
    "blank": a_row(who=" "),
    "marked": a_row(statement="It is so [I]."),
    "no_host_note": a_row('host = "copy"\n'),
    "who_passes_on": a_row(who="Gulf News, citing state media"),
    "bad_day": a_row('day = "2026-02-30"\n'),
    "bad_source": a_row(a_link(how="relayed", source="nonsense")),
    "bad_claim": a_row(a_link(claim="nonsense", how="unknown")),
    "no_source": a_row(a_link(how="inferred")),
    "own_source": a_row(a_link(how="first-hand", source="times-plan")),
    "bad_change": a_row('changes = ["nonsense"]\n'),
    "bad_against": '[[change]]\nid = "planted"\nkind = "added"\nwhat = "w"\nagainst = "gone"\n',
    "long_quotation": a_row(statement=f"They say “{'w ' * 31}”."),
    "unmarked": a_row(caveat=QUOTATION.replace('"', "'")),
}
SOUND = {
    "plain": a_row(),
    "day": a_row('day = "2026-01-05"\n'),
    "copy": a_row('host = "copy"\nhost_note = "a mirror"\n'),
    "date": a_row(published="about 2026-01-05"),
    "citing, and said so": a_row(
        'host = "relay"\nhost_note = "Gulf News"\n', who="Gulf News, citing state media"
    ),
    "another page that cites": a_row(who="The ministry; Gulf News, citing the ministry"),
    "about a retelling": a_row(who="Gulf News, relaying The Times by way of Ynet"),
    "relayed": a_row(a_link(how="relayed", source="times-plan")),
    "origin": a_row(a_link(how="unknown")),
    "change": a_row('changes = ["western"]\n'),
    "quoted": a_row(caveat=f"It says “{QUOTATION}”.".replace('"', "'")),
    "short": a_row(statement=f"They say “{'w ' * 30}”."),
}


def plant(course, rows) -> list[str]:
    path = course.root / "evidence" / "planted.toml"
    path.write_text(rows, encoding="utf-8")
    return faults(load_course.__wrapped__(course.root, course.home))


def pattern(key: str) -> str:
    sentence = re.escape(words()[f"check_evidence.{key}"])
    return re.sub(r"\\\{[a-z]+(?::[^}]*)?\\\}", ".*", sentence)


def plant_all(course, planted: dict[str, str]) -> list[str]:
    """Plant records side by side, named by their keys; one look through the course is for all."""
    rows = [text.replace('"planted"', f'"{key}"') for key, text in planted.items()]
    return plant(course, "\n".join(rows))


def test_each_planted_fault_is_found_and_no_other(own_course):
    named = {f"planted-{key}": rows for key, rows in PLANTED.items()}
    found = plant_all(own_course, named)
    for key in PLANTED:
        [fault] = [f for f in found if re.search(rf"\bplanted-{key}(?!\w)", f)]
        assert re.fullmatch(pattern(key), fault, re.DOTALL), key
    assert len(found) == len(PLANTED)


def test_a_sound_record_gives_no_fault(own_course):
    assert (
        plant_all(own_course, {f"sound-{n}": rows for n, rows in enumerate(SOUND.values())}) == []
    )


def test_every_kind_of_fault_that_the_check_knows_is_planted_here():
    known = {k.partition(".")[2] for k in words() if k.startswith("check_evidence.")}
    assert known - {"not_said_whose"} == PLANTED.keys()  # that one is about pages


def test_each_part_of_a_record_must_say_something(own_course):
    found = plant_all(own_course, {name: a_row(**{name: ""}) for name in PLAIN})
    assert found == [message("check_evidence.blank", id=name, where=name) for name in PLAIN]


def test_a_date_of_publication_that_looks_like_one_must_be_one(own_course):
    assert re.fullmatch(pattern("bad_day"), *plant(own_course, a_row(published="2026-13-01")))


def test_the_evidence_as_it_is_has_no_faults():
    assert list(record_faults(COURSE)) == []


def test_words_of_the_article_need_their_marks_wherever_they_stand():
    assert len(list(quoting_faults(COURSE, {"p": f"So {QUOTATION}.", "q": "Nothing."}))) == 1
    assert list(quoting_faults(COURSE, {"p": f"So “{QUOTATION}”."})) == []


def test_a_link_in_a_reason_must_be_a_records_address(own_course):
    path = own_course.root / "items" / "01-who-says-so.toml"
    text = path.read_text(encoding="utf-8")
    link = 'reason = "See [there](https://example.org/nowhere). '
    path.write_text(text.replace('reason = "', link, 1), encoding="utf-8")
    found = faults(load_course.__wrapped__(own_course.root, own_course.home))
    assert len(found) == 1
    assert "https://example.org/nowhere" in found[0]


def test_all_that_a_question_says_is_looked_at():
    for item in ITEMS.values():
        said = item.texts
        assert {item.prompt, item.passage, item.reason, item.model_answer} <= set(said)
        for row in (*item.options, *item.units):
            assert {row.text, row.reason} <= set(said)


# --- Whose page is it? --------------------------------------------------------------------------

MIRROR = "https://example.org/mirror"
NOTES = {
    "copy": "Old Shelf, a site that keeps texts",
    "archive": "Old Shelf, a museum of pages",
    "relay": "Old Shelf, a newspaper",
    "party": "Old Shelf, a club that wants the bridge",
}
#: For each sort of page, a sentence that says so without naming its owner.
SAYS_SO = {
    "copy": f"The town [voted]({MIRROR}) (a copy).",
    "archive": f"The town [voted]({MIRROR}), as an archive has it.",
    "relay": f"The town [voted]({MIRROR}), a newspaper retells.",
    "party": f"The town [voted]({MIRROR}), says the club’s own site.",
}


def of_another(host: str) -> str:
    return a_row(f'host = "{host}"\nhost_note = "{NOTES[host]}"\n', address=MIRROR)


def on_a_page(course, text) -> None:
    path = course.root / "lessons" / "01-who-says-so.md"
    path.write_text(f"{path.read_text('utf-8')}\n\n{text}\n", "utf-8")


def on_a_handout(course, text) -> None:
    path = course.root / "handouts" / "01-who-says-so.md"
    path.write_text(f"{path.read_text('utf-8')}\n\n{text}\n", "utf-8")


def in_a_question(course, text) -> None:
    path = course.root / "items" / "01-who-says-so.toml"
    items = path.read_text("utf-8")
    path.write_text(items.replace('reason = "', f'reason = "{text} ', 1), "utf-8")


def beside_the_course(course, text) -> None:
    (course.home / "FOR-TEACHERS.md").write_text(text, "utf-8")


def in_its_docs(course, text) -> None:
    (course.home / "docs").mkdir()
    (course.home / "docs" / "more.md").write_text(text, "utf-8")


PLACES = [on_a_page, on_a_handout, in_a_question, beside_the_course, in_its_docs]
VOTED = f"The town [voted]({MIRROR})"


def told(course, rows, text) -> list[str]:
    """Return what is found in ``text`` when the course's evidence has ``rows`` too."""
    (course.root / "evidence" / "planted.toml").write_text(rows, encoding="utf-8")
    planted = load_course.__wrapped__(course.root, course.home)
    return list(host_faults(planted, {"a page": text}))


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_the_check_looks_at_links_in_every_place(own_course, place):
    place(own_course, f"It is so. {VOTED}. This is a copy.")
    found = plant(own_course, of_another("copy"))
    assert len(found) == 1
    assert re.fullmatch(pattern("not_said_whose"), found[0], re.DOTALL)


@pytest.mark.parametrize("host", NOTES)
def test_a_link_to_a_page_that_is_not_the_original_is_to_say_so(own_course, host):
    text = f"It is so. {VOTED}. This is a copy, retold in an archive of a party."
    [found] = told(own_course, of_another(host), text)
    assert MIRROR in found
    assert NOTES[host] in found


@pytest.mark.parametrize("host", NOTES)
def test_a_sentence_that_says_whose_page_it_links_gives_no_fault(own_course, host):
    assert told(own_course, of_another(host), SAYS_SO[host]) == []


@pytest.mark.parametrize("host", NOTES)
def test_the_name_of_the_pages_owner_says_it_too(own_course, host):
    assert told(own_course, of_another(host), f"{VOTED}, as Old\nShelf has it.") == []


@pytest.mark.parametrize("host", [host for host in NOTES if host != "copy"])
def test_the_word_for_one_sort_of_page_is_not_the_word_for_another(own_course, host):
    assert len(told(own_course, of_another(host), SAYS_SO["copy"])) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"- {VOTED}\n- This is a copy",
        f"| {VOTED} |\n| This is a copy |",
        f"{VOTED}\n\nThis is a copy.",
    ],
    ids=["list", "table", "paragraphs"],
)
def test_a_word_in_another_entry_does_not_say_it(own_course, text):
    assert len(told(own_course, of_another("copy"), text)) == 1


def test_a_word_inside_an_address_does_not_say_it(own_course):
    row = of_another("copy").replace(MIRROR, f"{MIRROR}/copy")
    assert len(told(own_course, row, f"The town [voted]({MIRROR}/copy).")) == 1


def test_a_page_that_is_the_original_of_another_record_is_let_pass(own_course):
    original = a_row(address=MIRROR).replace('"planted"', '"planted-too"')
    assert told(own_course, of_another("relay") + original, f"{VOTED}.") == []


@pytest.mark.parametrize(
    ("word", "counts"), [("Abschriften", True), ("copy", False)], ids=["theirs", "ours"]
)
def test_a_course_in_another_language_has_words_of_its_own(own_course, word, counts):
    sentences = '[host_words]\ncopy = "Abschrift"\n'
    (own_course.root / "messages.toml").write_text(sentences, "utf-8")
    text = f"Die Stadt [stimmte ab]({MIRROR}) ({word})."
    with in_words_of(own_course.root):
        assert (told(own_course, of_another("copy"), text) == []) == counts


def test_a_host_that_the_kit_does_not_know_is_told(own_course):
    found = plant(own_course, a_row('host = "friend"\n'))
    assert len(found) == 1
    assert "host" in found[0]
