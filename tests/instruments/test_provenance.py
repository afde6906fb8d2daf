from __future__ import annotations

import re

import pytest
from helpers import COURSE, both_forms, each
from hypothesis import given
from hypothesis import strategies as st

import kit
from kit.course.evidence import Claim, EvidenceRecord, Link, find_record, load_claims
from kit.course.messages import KitError, message
from kit.instruments.provenance import (
    ARROWS,
    SHOWN,
    Web,
    mermaid,
    quoted,
    walk,
    weave,
    web_of,
)
from kit.instruments.provenance import outline as rows

CLAIM = Claim("c", "The claim", "That it is so.")
WEBS = [web_of(COURSE, claim) for claim in load_claims(COURSE)]


def outline(any_web) -> str:
    return "\n".join(f"{' ' * depth}- {line}" for depth, line in rows(any_web))


def a_record(name: str, *links: Link, **changes) -> EvidenceRecord:
    return EvidenceRecord(name, "s", name, "p", "https://example.org", "c", links=links, **changes)


def got(source: str, how="relayed", note="") -> Link:
    return Link("c", how, source, note)


def web(*records: EvidenceRecord) -> Web:
    return weave(CLAIM, {r.id: r for r in records})


OWN, DARK = Link("c", "first-hand"), Link("c", "unknown")
CHAIN = web(a_record("a", OWN), a_record("b", got("a")), a_record("d", got("b")))


@st.composite
def webs(draw):
    """Any records with any links among each other, circles and loops too."""
    names = [f"n{i}" for i in range(draw(st.integers(1, 7)))]
    link = st.builds(got, st.sampled_from(names), st.sampled_from(["relayed", "inferred"]))
    links = st.lists(st.one_of(link, st.just(OWN), st.just(DARK)), max_size=3)
    days = st.sampled_from(["", "2026-01-04", "2026-01-05"])
    return web(*(a_record(n, *draw(links), day=draw(days)) for n in names))


# --- Counting -----------------------------------------------------------------------------------


def test_a_chain_has_one_origin():
    found = CHAIN
    assert (found.origins, found.first_hand, found.passed_on) == (("a",), ("a",), ("b", "d"))
    assert found.circular == ()


def test_many_pages_from_one_do_not_make_more_origins():
    fan = web(a_record("a", DARK), *(a_record(f"p{i}", got("a")) for i in range(9)))
    assert fan.origins == ("a",)
    assert fan.first_hand == ()
    assert len(fan.passed_on) == 9


def test_two_that_saw_for_themselves_are_two_origins():
    both = web(a_record("a", OWN), a_record("b", OWN), a_record("d", got("a"), got("b")))
    assert both.origins == ("a", "b")


def test_who_retells_it_and_confirms_it_by_own_work_is_an_origin_too():
    found = web(a_record("a", OWN), a_record("b", got("a"), OWN))
    assert found.origins == ("a", "b")
    assert found.passed_on == ("b",)


def test_a_source_that_says_nothing_of_its_own_is_an_origin_of_which_nothing_is_known():
    found = web(a_record("silent"), a_record("b", got("silent")))
    assert (found.origins, found.first_hand) == (("silent",), ())


def test_what_we_inferred_may_be_wrong():
    unsure = web(a_record("a", OWN), a_record("b", got("a", "inferred")))
    assert unsure.origins == ("a",)
    assert unsure.without_inferred == ("a", "b")
    surer = web(a_record("a", OWN), a_record("b", got("a", "inferred"), got("a")))
    assert surer.without_inferred == ("a",)


def test_pages_that_name_each_other_have_no_origin():
    circle = web(a_record("a", got("b")), a_record("b", got("a")))
    assert circle.origins == ()
    assert circle.circular == ("a", "b")
    assert message("provenance.circle") in outline(circle)


def test_links_of_another_claim_and_to_absent_records_do_not_count():
    other = Link("other", "relayed", "a")
    found = web(a_record("a", OWN), a_record("b", other), a_record("d", got("gone")))
    assert list(found.records) == ["a"]


@given(webs())
def test_every_record_starts_it_passes_it_on_or_both(any_web):
    found = any_web
    assert set(found.origins) | set(found.passed_on) == any_web.records.keys()
    assert set(found.first_hand) <= set(found.origins)
    assert set(found.origins) <= set(found.without_inferred)
    assert not set(found.circular) & set(found.origins)


@given(webs())
def test_one_more_page_that_retells_adds_no_origin(any_web):
    names = list(any_web.records)
    if names:
        more = web(*any_web.records.values(), a_record("more", got(names[0])))
        assert more.origins == any_web.origins
        assert len(more.passed_on) == len(any_web.passed_on) + 1


@given(webs())
def test_the_walk_ends_and_misses_nobody_who_leads_to_an_origin(any_web):
    steps = list(walk(any_web))
    reached = {name for name, _, _ in steps}
    assert reached | set(any_web.circular) == any_web.records.keys()
    seen: set[str] = set()
    for name, depth, link in steps:
        assert (depth == 0) == (link is None)
        assert link is None or link.source in seen
        seen.add(name)


# --- In words -----------------------------------------------------------------------------------


def test_the_outline_is_an_indented_list():
    text = outline(CHAIN)
    assert [len(line) - len(line.lstrip()) for line in text.splitlines()] == [0, 1, 2]


def test_the_outline_says_how_each_came_by_it_and_why_we_think_so():
    text = outline(web(a_record("a", DARK), a_record("b", got("a", "inferred", "same slip"))))
    assert f"[{message('provenance.unknown')}]" in text
    assert f"[{message('provenance.inferred')}; same slip]" in text


def test_what_follows_from_a_record_is_told_once():
    double = web(
        a_record("a", OWN),
        a_record("b", got("a")),
        a_record("d", got("a"), got("b")),
        a_record("e", got("d")),
    )
    text = outline(double)
    assert text.count("- d [") == 2
    assert text.count("- e [") == 1
    assert text.count(message("provenance.above")) == 1


@given(webs())
def test_the_outline_names_every_record(any_web):
    text = outline(any_web)
    assert all(re.search(rf"- {name}\b", text) for name in any_web.records)


# --- Drawn --------------------------------------------------------------------------------------

NODE = re.compile(r'^(\w+)(?:\["[^"]*"\]|\(\["[^"]*"\]\).*)$')
EDGE = re.compile(r'^(?:\w+|\w+\(\["[^"]*"\]\)) (?:==|--|-\.) "[^"]*" (?:==>|-->|\.->|--x) \w+$')


def lines_of(drawn: Web) -> list[str]:
    return mermaid(drawn).splitlines()[3:]


def test_the_four_kinds_of_link_differ_in_line_and_in_word():
    assert len(set(ARROWS.values())) == len(ARROWS) == 4
    assert len({message(f"provenance.{how}") for how in ARROWS}) == 4


def test_each_kind_is_drawn_with_its_line():
    drawn = mermaid(
        web(
            a_record("a", OWN),
            a_record("b", got("a")),
            a_record("d", got("a", "inferred")),
            a_record("e", DARK),
        ),
    )
    for how, arrow in ARROWS.items():
        assert arrow.format(f'"{quoted(message(f"provenance.{how}"))}"') in drawn


def test_the_picture_says_what_it_is_to_who_cannot_see_it():
    title = mermaid(CHAIN).splitlines()[2]
    assert title.startswith("accTitle: ")
    assert CLAIM.title in title


@given(webs())
def test_every_line_of_the_picture_is_a_box_or_an_arrow_between_boxes(any_web):
    lines = lines_of(any_web)
    assert [x for x in lines if not NODE.match(x) and not EDGE.match(x)] == []
    known = {m[1] for x in lines if (m := NODE.match(x))}
    for line in lines:
        if EDGE.match(line):
            assert line.rpartition(" ")[2] in known


def test_many_with_the_same_sources_share_a_box():
    fan = web(a_record("a", OWN), *(a_record(f"p{i}", got("a")) for i in range(SHOWN + 4)))
    text = mermaid(fan)
    assert text.count("--> ") == SHOWN + 1
    assert quoted(message("provenance.more", n=4)) in text
    assert all(f"- p{i} [" in outline(fan) for i in range(SHOWN + 4))


def test_who_is_a_source_for_others_is_drawn_by_itself():
    fan = [a_record(f"p{i}", got("a"), day="2026-01-05") for i in range(SHOWN + 4)]
    last = a_record("last", got("a"), day="2026-01-06")
    text = mermaid(web(a_record("a", OWN), *fan, last, a_record("b", got("last"))))
    assert '["last<br/>' in text
    assert quoted(message("provenance.more", n=4)) in text


def test_a_box_never_stands_for_one_record_only():
    fan = web(a_record("a", OWN), *(a_record(f"p{i}", got("a")) for i in range(SHOWN + 1)))
    assert mermaid(fan).count("--> ") == SHOWN + 1
    assert "more" not in mermaid(fan)


def test_the_text_under_study_has_a_shape_of_its_own_and_shares_no_box():
    fan = web(a_record("a", OWN), *(a_record(f"p{i}", got("a")) for i in range(SHOWN + 4)))
    last = f"p{SHOWN + 3}"
    lines = mermaid(fan, last).splitlines()
    [shape] = [line for line in lines if "{{" in line and "}}" in line and "init" not in line]
    assert shape.endswith('{{"' + last + '"}}')
    assert f"style {shape.partition('{')[0]} stroke-width:4px" in lines
    assert quoted(message("provenance.more", n=3)) in mermaid(fan, last)


@given(st.text(max_size=40))
def test_no_label_can_end_itself_or_start_anything(text):
    inside = quoted(text)
    assert re.fullmatch(r"(?:[A-Za-z0-9 ]|#\d+;)*", inside)
    back = re.sub(r"#(\d+);", lambda m: chr(int(m[1])), inside)
    assert back.split() == text.split()


@pytest.mark.parametrize("title", ['end; x["', "a\nb", "%%{init}%%", "<b>&amp;", "`x`"])
def test_a_title_stays_on_its_line(title):
    lines = mermaid(weave(Claim("c", title, "s"), {"a": a_record("a", OWN)})).splitlines()
    assert lines[2].startswith("accTitle: ")
    assert not set('#;%{}<>"`') & set(lines[2].removeprefix("accTitle: "))
    assert lines[3].startswith("r0[")


# --- The two claims of this course --------------------------------------------------------------


@pytest.mark.parametrize("any_web", WEBS, ids=lambda w: w.claim.id)
def test_both_claims_have_one_known_origin_and_many_pages(any_web):
    found = any_web
    assert len(found.origins) == 1
    assert len(found.passed_on) > 15
    assert found.circular == ()


def test_the_plan_and_the_sum_come_from_different_origins():
    plan, total = (web_of(COURSE, c) for c in ("flee-plan", "95-billion"))
    assert plan.origins != total.origins
    assert plan.first_hand == ()
    assert total.first_hand == total.origins == ("reuters-total",)


def test_that_the_page_has_it_by_way_of_aaj_tak_is_marked_as_inferred():
    links = find_record(COURSE, "page-under-study").links
    assert {x.how for x in links if x.source == "relay-aajtak"} == {"inferred"}


def test_a_claim_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(KitError, match="flee-plan"):
        web_of(COURSE, "nonsense")


# --- As a notebook shows it ---------------------------------------------------------------------

CLAIMS = list(load_claims(COURSE))


@pytest.fixture
def displayed(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda *a, **k: shown.append((a, k)))
    return shown


@each("claim", CLAIMS)
def test_provenance_says_in_words_what_it_draws(learner_course, displayed, claim):
    text, html = both_forms(kit.provenance(claim))
    web = web_of(learner_course, claim)
    tree = rows(web)
    assert text.endswith("\n".join(f"{'    ' * depth}- {line}" for depth, line in tree))
    assert html.count("<li>") >= len(tree)
    assert html.count("<li>") == html.count("</li>")
    assert html.count("<ul>") == html.count("</ul>")
    for record in web.records.values():
        assert record.short in text
    for shown in (text, html):
        assert load_claims(COURSE)[claim].title in shown
        for n in (len(web.origins), len(web.passed_on), len(web.records)):
            assert re.search(rf"\b{n}\b", shown)


def test_provenance_draws_in_markdown_with_words_for_who_has_no_picture(learner_course, displayed):
    kit.provenance("95-billion")
    [((bundle,), how)] = displayed
    assert how == {"raw": True}
    assert bundle["text/markdown"].startswith("```mermaid\n")
    assert bundle["text/markdown"].endswith("\n```")
    assert "```" not in bundle["text/markdown"][3:-3]
    assert load_claims(COURSE)["95-billion"].title in bundle["text/plain"]


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_page_under_study_stands_out_and_the_words_say_how(learner_course, displayed, claim):
    words, html = both_forms(kit.provenance(claim))
    [((bundle,), _)] = displayed
    name = find_record(learner_course, "page-under-study").short
    assert bundle["text/markdown"].count(f'{{{{"{name}<br/>') == 1
    for form in (words, html):
        assert message("provenance.studied", name=name) in form


def test_a_claim_that_passed_the_page_under_study_by_says_nothing_of_it(own_course, displayed):
    path = own_course.root / "article.toml"
    path.write_text(path.read_text("utf-8").replace('page = "https', 'page = "http', 1), "utf-8")
    assert "six corners" not in repr(kit.provenance("95-billion"))
    [((bundle,), _)] = displayed
    assert '{{"' not in bundle["text/markdown"].partition("accTitle")[2]


def test_the_sum_has_one_origin_at_first_hand_and_the_plan_none(learner_course, displayed):
    assert message("provenance.at_first_hand", n=1) in repr(kit.provenance("95-billion"))
    assert message("provenance.at_first_hand", n=0) in repr(kit.provenance("flee-plan"))


def test_what_is_shown_stays_the_same(learner_course, displayed):
    shown = [both_forms(kit.provenance(claim)) for claim in CLAIMS * 2]
    assert shown[: len(CLAIMS)] == shown[len(CLAIMS) :]
    assert displayed[: len(CLAIMS)] == displayed[len(CLAIMS) :]


def test_nothing_is_drawn_where_there_is_no_such_claim(learner_course, displayed):
    assert "flee-plan" in repr(kit.provenance("nonsense"))
    assert displayed == []


def test_a_claim_that_is_not_there_is_told_in_a_sentence(learner_course):
    text, html = both_forms(kit.provenance(""))
    assert "There" in text or "has:" in text
    assert "Traceback" not in text + html
