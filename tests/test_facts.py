from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from attrs import fields
from helpers import COURSE, ITEMS, PROJECT

from kit.facts import Record, find_record, load_records, table
from kit.messages import KitError

RECORDS = [record for rows in load_records(COURSE).values() for record in rows]


def test_each_table_is_a_frame_with_a_record_a_row():
    for name, records in load_records(COURSE).items():
        frame = table(COURSE, name)
        assert list(frame.index) == [r.id for r in records]
        assert list(frame.columns) == [f.name for f in fields(Record) if f.name != "id"]
        assert (frame["address"] != "").all()
        assert (frame["published"] != "").all()


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.id)
def test_each_record_has_an_address_that_can_be_opened(record):
    parts = urlsplit(record.address)
    if parts.scheme:
        assert parts.scheme in ("http", "https")
        assert "." in parts.netloc
        assert " " not in record.address
    else:
        assert (PROJECT / record.address).is_file()


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.id)
def test_each_record_says_what_who_when_and_how_it_was_checked(record):
    said = (record.id, record.statement, record.who, record.published, record.checked)
    assert all(text.strip() for text in said)


def test_ids_are_unique_over_all_tables():
    ids = [record.id for record in RECORDS]
    assert len(set(ids)) == len(ids) > 0


def test_a_record_is_found_in_whichever_table():
    assert [find_record(COURSE, r.id) for r in RECORDS] == RECORDS


def test_each_forecast_names_the_record_that_resolves_it():
    forecasts = [i for i in ITEMS.values() if i.kind == "probability"]
    assert forecasts
    for item in forecasts:
        assert item.resolves is not None
        assert [find_record(COURSE, r) for r in item.records]


def test_about_half_of_the_forecasts_came_true():
    came_true = [i.resolves for i in ITEMS.values() if i.kind == "probability"]
    assert 0.35 <= sum(came_true) / len(came_true) <= 0.65


def test_what_is_not_there_is_told_with_what_is():
    with pytest.raises(KitError, match="relays"):
        table(COURSE, "nonsense")
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
