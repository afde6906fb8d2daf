"""Hand-ins made to do harm: each is graded or listed with a reason, and nothing else happens."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from helpers import COURSE, GRADED, a_seal, key_answers, notebook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_folder import OURS_ALL, TABLES, put, table

from kit.course.messages import KitError
from kit.grading import LateRule, grade_folder, marks, whose
from kit.grading.inbox import SubmittedFile
from kit.grading.problems import Problems
from kit.grading.roster import Roster
from kit.learner import submission
from kit.questions.bank import load_questions

ITEMS = load_questions(COURSE, GRADED[0])
BODY = json.loads(submission.to_json(a_seal(answers=key_answers(), record="r")))
#: A word that a page must never hold as markup, in every dress that was thought of.
EVIL = (
    "<script>evil()</script>", "<img src=x onerror=evil()>", "</title><script>evil()</script>",
    "</style><script>evil()</script>", "\"><svg onload=evil()>", "javascript:evil()", "{{ 7*7 }}",
    "{% raw %}", "=HYPERLINK(\"http://evil\")", "+cmd|' /C calc'!A0", "@evil", "-1+1", "\t=1",
    "../../evil", "C:\\evil", "a/b\\c", "a\nb\r\nc", "\x00\x07", "\ud800", "\u202eevil", "x" * 5000,
    "%s%n{0}{learner}", "CON", "..", "", " ", "'; DROP TABLE--", "&lt;script&gt;",
)  # fmt: skip


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name in ("href", "src")]


OUR_TAGS = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "h1",
    "h2", "h3", "p", "span", "ul", "ol", "li", "br", "strong", "em", "small", "blockquote", "table",
    "caption", "thead", "tbody", "tr", "th", "td", "a", "div", "code", "h4", "details", "summary",
    "figure", "figcaption", "nav",
    "svg", "desc", "polygon", "line", "circle", "rect", "path", "text", "pattern",
}  # fmt: skip
OUR_ATTRIBUTES = {
    "lang", "dir", "charset", "http-equiv", "content", "name", "class", "id", "aria-labelledby",
    "aria-label", "scope", "href", "rel",
    "aria-hidden", "role", "viewbox", "preserveaspectratio", "points", "x", "y", "x1", "y1", "x2",
    "y2", "cx", "cy", "r", "d", "width", "height", "transform", "patternunits",
}  # fmt: skip
ADDRESSES = re.compile(r"https?://[\w.-]+(/\S*)?|#[a-z0-9/-]+")


def check_pages(out: Path) -> int:
    """Every page is made of our own elements alone, whatever was handed in; return how many."""
    pages = list(out.rglob("*.html"))
    for path in pages:
        text = path.read_text(encoding="utf-8")
        page = Page()
        page.feed(text)
        assert page.tags <= OUR_TAGS
        assert page.attributes <= OUR_ATTRIBUTES
        assert [x for x in page.links if not ADDRESSES.fullmatch(x)] == []
        assert "default-src 'none'" in text
        assert "evil" not in " ".join(page.links)
    return len(pages)


def check_tables(out: Path) -> None:
    for name in TABLES:
        for row in table(out, name):
            assert [c for c in row.values() if c.lstrip()[:1] in tuple("=+-@")] == []


def check_places(base: Path, out: Path, before: set[Path]) -> None:
    """Nothing was written but our own files, into our own folder."""
    fresh = {p for p in base.rglob("*") if p.is_file()} - before
    assert {p.name for p in fresh if p.parent == out} <= {*OURS_ALL, ".to-mark.lock"}
    assert {p.parent for p in fresh} <= {out, out / "feedback"}


def grade_checked(base: Path, box: Path) -> Path:
    """Grade a box and check that each file is accounted for, and that nothing else happened."""
    out = base / "marks"
    before = {p for p in base.rglob("*") if p.is_file()}
    names = {p.name for p in box.iterdir() if not p.name.startswith((".", "__"))}
    grade_folder(COURSE, box, COURSE.keys, out)
    rows = {r["file"] for r in table(out, "marks.csv")}
    told = {r["file"]: r["problem"] for r in table(out, "problems.csv")}
    assert {n.lstrip("'") for n in rows | set(told)} >= {n.lstrip("'") for n in names}
    assert all(re.search(r"[a-z]{3}", why) for why in told.values())
    assert not any("Traceback" in why or "Error:" in why for why in told.values())
    check_pages(out)
    check_tables(out)
    check_places(base, out, before)
    return out


def everywhere(text: str) -> dict:
    """Return a hand-in with ``text`` in every field that takes text."""
    answers = {
        i.id: {"value": text if i.kind == "write" else v["value"], "wording": i.fingerprint}
        for i, v in zip(ITEMS.values(), BODY["answers"].values(), strict=True)
    }
    answers[text or "x"] = {"value": text, "wording": text}
    return {**BODY, "learner": text, "record": text[:70], "sealed": text[:70], "answers": answers}


def test_evil_in_every_field_reaches_no_page_and_no_cell(tmp_path):
    box = tmp_path / "in"
    box.mkdir()
    put(box, "good.json")
    for n, text in enumerate(EVIL):
        (box / f"{n}.json").write_text(json.dumps(everywhere(text)), encoding="utf-8")
        for field in ("course", "sheet", "digest", "kit_seal", "revision"):
            raw = json.dumps({**BODY, field: text})
            (box / f"{n}-{field}.json").write_text(raw, encoding="utf-8")
    for n, name in enumerate(
        ["=1+1.json", "<script>evil()<.ipynb".replace("/", ""), "a'b\"c.json"]
    ):
        text = submission.to_json(a_seal(answers=key_answers(), learner="", record=f"n{n}"))
        (box / name).write_text(text, encoding="utf-8")
    out = grade_checked(tmp_path, box)
    rows = table(out, "marks.csv")
    assert len(rows) > len(EVIL)
    pages = [p.read_text(encoding="utf-8") for p in out.rglob("*.html")]
    assert any("&lt;script&gt;evil()" in text for text in pages)
    assert "49" not in {r["learner"] for r in rows}


def test_the_check_of_pages_can_fail(tmp_path):
    """The control: a page with a script in it is noticed."""
    (tmp_path / "x.html").write_text("default-src 'none' <p><script>1</script>", encoding="utf-8")
    with pytest.raises(AssertionError):
        check_pages(tmp_path)


NOTE, DENIAL = ITEMS["exercise-01/note"], ITEMS["exercise-01/denial"]


def changed(**fields) -> str:
    return json.dumps({**BODY, **fields})


def denial(**fields) -> str:
    """Return a hand-in with one answer, some of whose fields are not as they should be."""
    answer = {"value": "reply", "wording": DENIAL.fingerprint, **fields}
    return changed(answers={DENIAL.id: answer})


RAW = {
    "duplicate keys": '{"kit_seal": 1, ' + json.dumps(BODY)[1:],
    "two answers": denial().replace(
        "{", '{"answers": {"exercise-01/denial": {"value": "false"}}, ', 1
    ),
    "huge revision": changed(revision=10**4000),
    "too huge for Python": changed().replace('"revision": 3', '"revision": ' + "9" * 5000),
    "revision as text": changed(revision="3"),
    "revision as yes": changed(revision=True),
    "less than none": changed(revision=-1),
    "half a revision": changed(revision=2.5),
    "learner a list": changed(learner=["B07"]),
    "learner nothing": changed(learner=None),
    "sure huge": denial(sure=10**400),
    "sure a text": denial(sure="much"),
    "sure NaN": denial(sure=float("nan")),
    "a huge float": denial(value=1e308),
    "forged digest": changed(digest="0" * 16),
    "digest a list": changed(digest=[[]]),
    "a seal in a seal": changed(answers={"kit_seal": BODY}),
    "very many unknown": changed(
        answers={f"x/{n}": {"value": n, "wording": ""} for n in range(50_000)}
    ),
    "a long text": changed(answers={NOTE.id: {"value": "x" * 10**7, "wording": NOTE.fingerprint}}),
    "a long record": changed(record="r" * 10**6),
    "many cells": json.dumps({"cells": [{"source": "# kit-seal\n#:{}"}] * 20_000}),
    "many seals": notebook(*[submission.to_cell("x", a_seal(revision=n)) for n in range(500)]),
    "a cell of a megabyte": notebook("# kit-seal\n" + "#:[\n" * 250_000),
}


@pytest.mark.parametrize("name", RAW)
def test_a_file_made_to_do_harm_is_graded_or_listed(tmp_path, name):
    box = tmp_path / "in"
    box.mkdir()
    put(box, "good.json")
    (box / "bad.ipynb").write_text(RAW[name], encoding="utf-8")
    out = grade_checked(tmp_path, box)
    assert "good.json" in {r["file"] for r in table(out, "marks.csv")}
    assert len(table(out, "problems.csv")) < 40
    assert (out / "problems.csv").stat().st_size < 100_000


def test_what_no_page_can_have_made_is_not_held_in_memory(tmp_path):
    """A class's submissions are held at once, and each may be of many megabytes."""
    long = {"value": "x" * 10**6, "wording": "w" * 10**6}
    listed = {"value": ["x"] * 10**5, "wording": DENIAL.fingerprint}
    text = changed(learner="l" * 10**6, answers={NOTE.id: long, DENIAL.id: listed})
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    file = SubmittedFile("a.json", tmp_path / "a.json")
    [held] = whose.read_all(COURSE, [file], Roster(), LateRule(), Problems(), lambda *_: None)
    assert len(repr(held)) < 200_000
    answers = marks.mark(COURSE, {NOTE.id: NOTE, DENIAL.id: DENIAL}, held).results
    assert [result.unread for result in answers] == ["older_wording", "long_answer"]


def test_a_file_of_a_hundred_megabytes_is_not_read(tmp_path):
    box = tmp_path / "in"
    box.mkdir()
    put(box, "good.json")
    with (box / "large.json").open("wb") as file:
        file.truncate(100 * 2**20)
    out = grade_checked(tmp_path, box)
    assert "100 MB" in {r["file"]: r["problem"] for r in table(out, "problems.csv")}["large.json"]


# --- What nobody thought of -----------------------------------------------------------------------

TEXT = st.sampled_from(EVIL) | st.text(max_size=30)
LEAVES = TEXT | st.none() | st.booleans() | st.integers() | st.floats()
JSON = st.recursive(
    LEAVES, lambda x: st.lists(x, max_size=3) | st.dictionaries(TEXT, x, max_size=3), max_leaves=8
)
WORDINGS = st.sampled_from([i.fingerprint for i in ITEMS.values()])
ANSWER = st.fixed_dictionaries({"value": JSON, "wording": WORDINGS | TEXT})
ANSWERS = st.dictionaries(st.sampled_from(list(ITEMS)) | TEXT, ANSWER | JSON, max_size=4)
#: A sealed body with one or two fields that are not as they should be.
SEALS = st.builds(
    lambda changes, answers: {**BODY, "answers": {**BODY["answers"], **answers}, **changes},
    st.dictionaries(st.sampled_from(list(BODY)), JSON, max_size=2),
    ANSWERS,
)


def said(seal: dict) -> str:
    """Return what tells two hand-ins apart: a mere copy of another is passed over in silence."""
    return repr((seal["answers"], seal["learner"]))


@pytest.mark.slow
@given(st.lists(SEALS, min_size=1, max_size=4, unique_by=said), st.data())
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_no_hand_in_whatever_stops_the_rest(tmp_path_factory, seals, data):
    base = tmp_path_factory.mktemp("fuzz")
    box = base / "in"
    box.mkdir()
    put(box, "good.json")
    for n, seal in enumerate(seals):
        if data.draw(st.booleans()):
            seal["digest"] = submission._digest({k: v for k, v in seal.items() if k != "digest"})
        text = json.dumps(seal)
        if data.draw(st.booleans()):
            text = notebook(f"kit.hand_in()\n\n{submission.MARK} x\n#:" + text)
        cut = data.draw(st.integers(0, len(text)) | st.just(len(text)))
        (box / f"{n}.ipynb").write_text(text[:cut], encoding="utf-8")
    out = grade_checked(base, box)
    assert "good.json" in {r["file"] for r in table(out, "marks.csv")}


@given(st.binary(max_size=300))
def test_no_bytes_whatever_give_anything_but_a_sentence(data):
    for text in (data, b'{"cells": [{"source": "# kit-seal\\n#:' + data, b"PK\x03\x04" + data):
        try:
            submission.hand_ins(text)
        except KitError as fault:
            assert str(fault)
