from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from helpers import COURSE, ITEMS, PROJECT, each

from kit.authoring.build import source_path
from kit.course.evidence import (
    EvidenceRecord,
    every_record,
    find_record,
    is_day,
    load_changes,
    load_claims,
    load_records,
)
from kit.course.messages import KitError
from kit.instruments.evidence_table import table
from kit.questions.bank import load_questions

RECORDS = [record for rows in load_records(COURSE).values() for record in rows]
#: What other people's work points at: figures made elsewhere, and the plan of the lessons.
POINTED_AT = {
    "standards": "icd-203 phia nato-scale ipcc-ar5 kent-1964",
    "research": "capphrase wintle-2019",
    "reports": "reuters-total reuters-real-estate reuters-corporate reuters-no-personal-use "
    "reuters-hedge fdd-200 embassy-200",
}


PLAIN = ("statement", "who", "published", "address", "checked")


def a_record(name="a", day="", changes=()) -> EvidenceRecord:
    page = "https://example.org"
    return EvidenceRecord(name, "s", "w", "p", page, "c", name=name, day=day, changes=changes)


@each("name", POINTED_AT)
def test_the_ids_that_others_point_at_stand_in_their_table(name):
    ids = POINTED_AT[name]
    assert set(ids.split()) <= {r.id for r in load_records(COURSE)[name]}


def test_every_relay_says_where_it_got_the_story():
    told = [r for r in load_records(COURSE)["relays"] if r.id.startswith("relay-")]
    assert len(told) > 20
    assert [r.id for r in told if not any(x.claim == "flee-plan" for x in r.links)] == []


def test_every_number_says_who_counted_whom_and_until_when():
    counts = [r.count for r in RECORDS if r.count]
    assert {"deaths", "cities"} <= {c.of for c in counts}
    assert {"floor", "total"} <= {c.measure for c in counts}
    assert all(c.number > 0 and c.by and c.whom and is_day(c.until) for c in counts)


def test_every_change_that_is_defined_is_seen_somewhere():
    carried = {change for record in RECORDS for change in record.changes}
    assert carried == load_changes(COURSE).keys()


def test_the_page_under_study_answers_for_repeating_not_for_every_change():
    frame = table(COURSE, "changes")
    ours = "The page under study"
    assert ours in frame.loc["said-to-have-left", "on"]
    assert ours not in frame.loc["person-for-organisation", "on"]
    assert frame.loc["person-for-organisation", "first_seen"] == "2013-11-11"
    carried = find_record(COURSE, "page-under-study").changes
    assert set(carried) <= set(frame.index)


def test_what_became_of_the_story_stands_in_a_table_of_its_own():
    """Lessons before the last show the other tables: none of them may tell the end."""
    end = re.compile(r"\b(28 February|1 March|9 March|17 March|killed him|was killed|successor)\b")
    told = {r.id for r in RECORDS if end.search(f"{r.statement} {r.caveat} {r.checked}")}
    outcome = {r.id for r in load_records(COURSE)["outcome"]}
    assert {"outcome-claim", "outcome-death", "outcome-successor"} <= told
    assert told - outcome == set()


def test_lessons_before_the_sixth_link_no_outcome():
    ends = {r.address for r in load_records(COURSE)["outcome"]}
    early = [s for s in COURSE.sheets if s.id[:2] in ("00", "01", "02", "03", "04", "05")]
    assert early
    for sheet in early:
        text = source_path(COURSE, sheet).read_text(encoding="utf-8")
        assert [address for address in ends if f"({address})" in text] == []


def test_no_page_and_no_question_tells_what_a_reveal_keeps_closed():
    """The sixth lesson can be worked with the outcome closed; so could a look at its source be."""
    end = re.compile(r"\b(28 February|1 March|9 March|days of mourning|Assembly of Experts)\b")
    ends = {r.address for r in load_records(COURSE)["outcome"]}
    for sheet in COURSE.sheets:
        told = [source_path(COURSE, sheet).read_text(encoding="utf-8")]
        told += [text for item in load_questions(COURSE, sheet).values() for text in item.texts]
        assert [text for text in told if end.search(text) or any(a in text for a in ends)] == []


@pytest.mark.parametrize("day", ["2026-01-05", "2024-02-29"])
def test_a_day_is_a_day(day):
    assert is_day(day)


@pytest.mark.parametrize("text", ["", "2026", "2026-02-30", "20260105", "about 2026-01-05"])
def test_what_is_no_day_is_none(text):
    assert not is_day(text)


def test_a_record_is_dated_by_its_day_or_by_a_plain_date_of_publication():
    assert a_record(day="2026-01-05").dated == "2026-01-05"
    assert EvidenceRecord("a", "s", "w", "2026-01-06", "a", "c").dated == "2026-01-06"
    assert a_record().dated == ""


def test_a_record_has_a_short_name():
    assert EvidenceRecord("a", "s", "WION, relaying The Times", "p", "a", "c").short == "WION"
    assert EvidenceRecord("a", "s", "w", "p", "a", "c", name="Mine").short == "Mine"


# --- Records ------------------------------------------------------------------------------------


@each("record", RECORDS)
def test_each_record_has_an_address_that_can_be_opened(record):
    parts = urlsplit(record.address)
    if parts.scheme:
        assert parts.scheme in ("http", "https")
        assert "." in parts.netloc
        assert " " not in record.address
    else:
        assert (PROJECT / record.address).is_file()


@each("record", RECORDS)
def test_each_record_says_what_who_when_and_how_it_was_checked(record):
    said = (record.id, record.statement, record.who, record.published, record.checked)
    assert all(text.strip() for text in said)


# --- What the course says of its own reading -----------------------------------------------------

READ = COURSE.root / "evidence" / "relays-read.txt"  #: a language and an address a line
#: How pages, questions, keys and records give the number of the excerpts, and of their languages.
EXCERPTS = re.compile(r"\b(\d+) excerpts\b")
LANGUAGES = re.compile(r"\b(\d+) languages\b")


def excerpts_read() -> list[tuple[str, str]]:
    lines = READ.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split(" ")) for line in lines if not line.startswith("#")]


def what_is_said() -> dict[str, str]:
    """Return all that the course says, by the file or the question that says it."""
    folders = (COURSE.root / "lessons", COURSE.root / "handouts", COURSE.root / "evidence")
    paths = [p for folder in folders for p in sorted(folder.glob("*"))]
    paths += [*sorted(COURSE.keys.glob("*.toml")), *sorted((COURSE.root / "items").glob("*.toml"))]
    paths += [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md")]
    return {str(p): p.read_text(encoding="utf-8") for p in paths if p.is_file()}


def test_the_number_of_excerpts_is_everywhere_the_number_on_the_list():
    count = str(len(excerpts_read()))
    said = {where: set(EXCERPTS.findall(text)) for where, text in what_is_said().items()}
    told = {where: numbers for where, numbers in said.items() if numbers}
    assert len(told) >= 2
    assert [where for where, numbers in told.items() if numbers != {count}] == []


def test_the_number_of_their_languages_is_the_number_on_the_list():
    languages = str(len({language for language, _ in excerpts_read()}))
    record = find_record(COURSE, "relays-none-says-left")
    assert LANGUAGES.findall(record.checked) == [languages]
    for where, text in what_is_said().items():
        for paragraph in text.split("\n"):
            if EXCERPTS.search(paragraph):
                assert set(LANGUAGES.findall(paragraph)) <= {languages}, where


def test_the_list_names_each_address_once_and_says_what_it_is():
    addresses = [address for _, address in excerpts_read()]
    assert len(set(addresses)) == len(addresses)
    assert "none of them recommended" in READ.read_text(encoding="utf-8").partition("\n")[0]
    linked = [where for where, text in what_is_said().items() if f"({READ.name})" in text]
    linked += [w for w, text in what_is_said().items() if f"/{READ.name})" in text]
    assert linked == []


def test_ids_are_unique_over_all_tables():
    ids = [record.id for record in RECORDS]
    assert len(set(ids)) == len(ids) > 0


def test_a_record_is_found_in_whichever_table():
    assert [find_record(COURSE, r.id) for r in RECORDS] == RECORDS
    assert list(every_record(COURSE).values()) == RECORDS


def test_each_forecast_names_the_record_that_resolves_it():
    forecasts = [i for i in ITEMS.values() if i.kind == "probability" and not i.survey]
    assert forecasts
    for item in forecasts:
        assert item.resolves is not None
        assert [find_record(COURSE, r) for r in item.records]


def test_about_half_of_the_forecasts_came_true():
    came_true = [i.resolves for i in ITEMS.values() if i.kind == "probability" and not i.survey]
    assert 0.35 <= sum(came_true) / len(came_true) <= 0.65


def test_half_of_the_real_cases_held_up():
    """Who says of each that it will be wrong gets half, and so does who believes each."""
    cases = [sheet for sheet in COURSE.sheets if sheet.id.startswith("case-")]
    held = [ITEMS[f"{sheet.id}/holds"].resolves for sheet in cases]
    assert len(held) >= 6
    assert 2 * sum(held) == len(held)


def test_a_record_that_is_not_there_is_told():
    with pytest.raises(KitError, match="nonsense"):
        find_record(COURSE, "nonsense")


def test_an_id_used_in_two_tables_is_told(own_course):
    row = '\n[[record]]\nid = "twice"\n' + "".join(
        f'{name} = "x"\n' for name in ("statement", "who", "published", "address", "checked")
    )
    for name in ("relays", "counts"):
        with (own_course.root / "evidence" / f"{name}.toml").open("a", encoding="utf-8") as file:
            file.write(row)
    with pytest.raises(KitError, match="twice"):
        load_records(own_course)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('how = "relayed"', 'how = "heard"', "links"),
        ('kind = "added"', 'kind = "invented"', "kind"),
        ('claim = "flee-plan", how', 'clam = "flee-plan", how', "clam"),
        ('day = "2026-01-05"', "day = 2026-01-05", "day"),
    ],
)
def test_a_slip_in_a_link_or_change_is_told_with_its_place(own_course, old, new, told):
    path = own_course.root / "evidence" / "relays.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KitError, match=told):
        load_claims(own_course)


@pytest.mark.parametrize("missing", ["number", "of", "by", "whom", "until", "measure"])
def test_a_count_without_one_of_its_parts_is_told(own_course, missing):
    parts = {"number": "5", "of": '"d"', "by": '"b"', "whom": '"w"', "until": '"2026-01-01"'}
    parts["measure"] = '"floor"'
    rows = ", ".join(f"{k} = {v}" for k, v in parts.items() if k != missing)
    path = own_course.root / "evidence" / "counts.toml"
    plain = "".join(f'{name} = "x"\n' for name in PLAIN)
    text = path.read_text(encoding="utf-8")
    path.write_text(f'{text}\n[[record]]\nid = "n"\n{plain}count = {{ {rows} }}\n', "utf-8")
    with pytest.raises(KitError, match=missing):
        load_records(own_course)
