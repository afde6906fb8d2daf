from __future__ import annotations

import re
from html import unescape

import pandas as pd
import pytest
from helpers import COURSE, both_forms, each
from hypothesis import given
from hypothesis import strategies as st

import kit
from kit.course.course import load_course
from kit.course.evidence import Change, EvidenceRecord, load_records
from kit.course.messages import KitError, message, words
from kit.instruments.evidence_table import COLUMNS, SEEN, first_seen, record_in, table
from kit.notebook.output import Page

RECORDS = [(name, r) for name, rows in load_records(COURSE).items() for r in rows]
PLAIN = ("statement", "who", "published", "address", "checked")


def a_record(name="a", day="", changes=()) -> EvidenceRecord:
    page = "https://example.org"
    return EvidenceRecord(name, "s", "w", "p", page, "c", name=name, day=day, changes=changes)


def test_each_table_is_a_frame_with_a_record_a_row():
    for name, records in load_records(COURSE).items():
        frame = table(COURSE, name)
        assert list(frame.index) == [r.id for r in records]
        assert set(PLAIN) <= set(frame.columns)
        assert (frame["address"] != "").all()
        assert (frame["published"] != "").all()


def test_a_frame_shows_the_columns_that_its_table_uses_and_no_others():
    counted = {"number", "of", "counted_by", "whom", "until", "measure"}
    assert counted <= set(table(COURSE, "counts").columns)
    assert not counted & set(table(COURSE, "standards").columns)
    assert {"changes", "got_from"} <= set(table(COURSE, "relays").columns)
    for name in load_records(COURSE):
        frame = table(COURSE, name)
        for column in frame:
            assert (frame[column].dropna() != "").any(), (name, column)


def test_numbers_of_a_frame_are_numbers():
    numbers = table(COURSE, "counts")["number"]
    assert numbers.dropna().sum() == sum(r.count.number for _, r in RECORDS if r.count)
    assert numbers.isna().any()  # a method has no number


def test_a_table_without_records_is_an_empty_frame(own_course):
    path = own_course.root / "evidence" / "claims.toml"
    path.write_text('[[claim]]\nid = "c"\ntitle = "t"\nstatement = "s"\n', encoding="utf-8")
    assert len(table(own_course, "claims")) == 0
    for name in ("relays", "reports"):
        (own_course.root / "evidence" / f"{name}.toml").unlink()
    course = load_course.__wrapped__(own_course.root, own_course.home / "elsewhere")
    assert len(table(course, "changes")) == 0


def test_a_record_is_found_in_its_own_table_only():
    assert record_in(COURSE, "relays", "relay-wion").id == "relay-wion"
    with pytest.raises(KitError, match="relay-wion"):
        record_in(COURSE, "counts", "relay-wion")
    with pytest.raises(KitError, match="nonsense"):
        record_in(COURSE, "nonsense", "relay-wion")


def test_the_derived_table_is_named_among_those_there_are():
    with pytest.raises(KitError, match=r"relays.*changes"):
        table(COURSE, "nonsense")


@each("name", [*load_records(COURSE), "changes"])
def test_evidence_is_a_frame(learner_course, name):
    frame = kit.evidence(name)
    assert isinstance(frame, pd.DataFrame)
    assert len(frame)
    assert (frame["address"] != "").all()


def test_a_page_shows_the_texts_of_a_table_whole_also_of_a_selection(learner_course):
    frame = kit.evidence("relays")
    for shown in (frame, frame[["statement", "address"]], frame.loc[["page-under-study"]]):
        html = unescape(shown._repr_html_())
        assert all(text in html for text in shown["statement"])
        assert all(str(index) in html for index in shown.index)


def test_a_table_shows_nothing_where_it_has_no_number(learner_course):
    html = kit.evidence("counts")._repr_html_()
    assert "NA" not in re.findall(r">([^<]*)<", html)
    assert ">646<" in html


@each("row", RECORDS)
def test_one_record_is_a_card(learner_course, row):
    name, record = row
    card = kit.evidence(name, record.id)
    text, html = both_forms(card)
    assert isinstance(card, Page)
    for said in (record.statement, record.who, record.checked, record.caveat, record.address):
        assert said in text
    assert record.short in unescape(html)
    assert "{" not in text


@each("row", RECORDS)
def test_a_card_says_whose_page_it_is_where_that_is_not_the_original(learner_course, row):
    name, record = row
    label = message("evidence.host")
    for shown in both_forms(kit.evidence(name, record.id)):
        assert (label in shown) == (record.host != "original")
        assert unescape(record.host_note) in unescape(shown)


def test_every_column_has_its_words_on_a_card_and_over_a_table():
    labels = {key.partition(".")[2] for key in words() if key.startswith("evidence.")}
    assert labels == {*COLUMNS, *SEEN}


@each("name", ["changes", "counts", "relays"])
def test_a_table_has_words_for_heads_and_no_names_of_fields(learner_course, name):
    frame = kit.evidence(name)
    html = frame._repr_html_()
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)<', html)
    assert heads == [message(f"evidence.{field}") for field in ("id", *frame.columns)]
    frame["my own"] = "x"
    assert ">my own<" in frame._repr_html_()


def test_an_address_in_a_table_is_a_link_that_shows_its_site_alone(learner_course):
    frame = kit.evidence("changes")
    html = unescape(frame._repr_html_())
    for address in "; ".join(frame["address"]).split("; "):
        site = address.split("/")[2]
        assert f'<a href="{address}">{site}</a>' in html
    frame.iloc[0, -1] = '<b>bold</b> https://a.example/"onclick="x; and more'
    html = frame._repr_html_()
    assert "<b>" not in html
    assert '"onclick="' not in html
    assert "; and more" in html


def test_a_card_shows_who_counted_whom_and_until_when(learner_course):
    text, html = both_forms(kit.evidence("counts", "ihr-14-january"))
    for shown in (text, html):
        assert "3428" in shown
        assert "deaths" in shown
        assert "protesters only" in shown
        assert "2026-01-14" in shown
        assert "floor" in shown


def test_a_card_shows_changes_and_where_it_has_it_from(learner_course):
    text, _ = both_forms(kit.evidence("relays", "relay-daljoog"))
    assert "renamed: the son Mojtaba is called Mostafa" in text
    assert message("provenance.got_inferred", claim="flee-plan", source="The Times") in text


def test_a_cards_address_is_a_link_where_it_is_one(learner_course):
    assert '<a href="https://' in kit.evidence("relays", "relay-wion")._repr_html_()
    assert "<a " not in kit.evidence("relays", "relays-none-says-left")._repr_html_()


def test_a_card_holds_no_markup_of_a_records(own_course, monkeypatch):
    path = own_course.root / "evidence" / "relays.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("WION reports", "<b>WION & reports", 1), encoding="utf-8")
    html = kit.evidence("relays", "relay-wion")._repr_html_()
    assert "<b>WION" not in html
    assert "&lt;b&gt;WION &amp; reports" in html


@pytest.mark.parametrize(
    "call",
    [
        lambda: kit.evidence("relays", "nonsense"),
        lambda: kit.evidence("nonsense", "relay-wion"),
        lambda: kit.evidence("changes", "western"),
    ],
)
def test_a_mistake_in_a_call_is_told_in_a_sentence(learner_course, call):
    text, html = both_forms(call())
    assert "There" in text or "has:" in text
    assert "Traceback" not in text + html


# --- Where a change is seen first ---------------------------------------------------------------

A, B = (Change(i, "added", i, "x") for i in "ab")


def test_a_change_is_first_where_the_oldest_record_carries_it():
    old, young = a_record("old", "2026-01-04", ("a",)), a_record("young", "2026-01-05", ("a", "b"))
    undated = a_record("undated", "", ("a",))
    found = first_seen([B, A], [undated, young, old])
    assert [(f["id"], f["first_seen"]) for f in found] == [("a", "2026-01-04"), ("b", "2026-01-05")]
    assert (found[0]["on"], found[0]["pages"]) == ("old", 3)


def test_all_that_carry_it_on_the_first_day_are_first():
    records = [a_record(name, "2026-01-05", ("a",)) for name in "xy"]
    assert first_seen([A], records)[0]["on"] == "x; y"


def test_where_no_day_is_known_none_is_first():
    [found] = first_seen([A], [a_record("x", "", ("a",))])
    assert (found["first_seen"], found["on"], found["pages"]) == ("", "", 1)


def test_a_change_without_a_day_comes_last():
    found = first_seen([A, B], [a_record("x", "", ("a",)), a_record("y", "2026-01-05", ("b",))])
    assert [f["id"] for f in found] == ["b", "a"]


def test_a_change_that_nobody_carries_is_not_seen():
    assert first_seen([A], [a_record()]) == []


@given(st.lists(st.tuples(st.dates(), st.booleans(), st.booleans()), max_size=12), st.randoms())
def test_the_first_day_does_not_depend_on_the_order_and_no_carrier_is_older(rows, order):
    records = [
        a_record(str(i), day.isoformat() if dated else "", ("a",) if carries else ())
        for i, (day, dated, carries) in enumerate(rows)
    ]
    mixed = list(records)
    order.shuffle(mixed)
    one, other = first_seen([A], records), first_seen([A], mixed)
    assert [f["first_seen"] for f in one] == [f["first_seen"] for f in other]
    carriers = [r for r in records if r.changes]
    for found in one:
        assert found["pages"] == len(carriers)
        days = sorted(r.dated for r in carriers if r.dated)
        assert [found["first_seen"]] == (days[:1] or [""])
        first = {r.short for r in carriers if days and r.dated == days[0]}
        assert {*found["on"].split("; ")} - {""} == first
