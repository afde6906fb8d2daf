from __future__ import annotations

import re

import pytest
from helpers import COURSE, ITEMS

from kit.authoring.check import faults
from kit.authoring.sources import quoting_faults, record_faults
from kit.course.article import load_article
from kit.course.course import load_course
from kit.course.messages import message, words

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
    "date": a_row(published="about 2026-01-05"),
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
    return re.sub(r"\\\{[a-z]+\\\}", ".*", sentence)


@pytest.mark.parametrize("key", PLANTED)
def test_a_planted_fault_is_found_and_no_other(own_course, key):
    found = plant(own_course, PLANTED[key])
    assert len(found) == 1
    assert re.fullmatch(pattern(key), found[0], re.DOTALL)


@pytest.mark.parametrize("rows", SOUND.values(), ids=SOUND)
def test_a_sound_record_gives_no_fault(own_course, rows):
    assert plant(own_course, rows) == []


def test_every_kind_of_fault_that_the_check_knows_is_planted_here():
    known = {k.partition(".")[2] for k in words() if k.startswith("check_evidence.")}
    assert known == PLANTED.keys()


@pytest.mark.parametrize("name", PLAIN)
def test_each_part_of_a_record_must_say_something(own_course, name):
    found = plant(own_course, a_row(**{name: ""}))
    assert found == [message("check_evidence.blank", id="planted", where=name)]


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
