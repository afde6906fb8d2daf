from __future__ import annotations

import base64
import html
import random
import re
from xml.etree import ElementTree

import pytest
from attrs import evolve
from helpers import COURSE, in_a_process

from kit.instruments.charts import Bar, ranges
from kit.instruments.charts import phrase as draw_phrase
from kit.instruments.readings import bands_of, find_reading
from kit.learner.calibration import Judgement, calibration
from kit.notebook import charts
from kit.notebook.charts import Picture

BARS = [
    Bar("The same dollars & <more>", 52, 56.3, 56.3),
    Bar("A sum that stayed as it was, for a label of more than one line", 14.9, 27.3, 16.5),
    Bar("All of them", 14.9, 56.3, strong=True),
]
LIKELY = find_reading(COURSE, "likely")
BANDS = bands_of(COURSE, "likely")
SVG = "{http://www.w3.org/2000/svg}"


def bins():
    rng = random.Random(3)
    chances = [rng.choice([0.35, 0.5, 0.6, 0.75, 0.9, 1]) for _ in range(80)]
    return calibration(Judgement(c, rng.random() < c * 0.85) for c in chances)


def phrase(mine=40.0, bands=BANDS):
    said = f"Likely: 5,174 people said which chance in 100. Your number is {mine}. " + ", ".join(
        f"{b.scale} {b.phrase}" for b in bands
    )
    return draw_phrase(LIKELY, bands, mine, said)


DRAWN = {
    "ranges": lambda: ranges(BARS, "billion US dollars"),
    "phrase": phrase,
    "phrase alone": lambda: phrase(None, ()),
    "calibration": lambda: charts.calibration(bins()),
}
EVERY = pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)


def letters(picture: Picture) -> list[str]:
    """Return every piece of text in the drawing."""
    return [
        " ".join("".join(node.itertext()).split())
        for node in ElementTree.fromstring(picture.svg).iter(f"{SVG}text")
    ]


@EVERY
def test_the_same_values_give_the_same_picture(draw):
    assert draw() == draw()


@pytest.mark.slow
def test_another_process_draws_the_same(tmp_path):
    code = (
        "from kit.instruments.charts import Bar, ranges;"
        "import hashlib;"
        "p = ranges([Bar('a', 1, 2, 1.5)], 'x');"
        "print(hashlib.sha256(p.svg.encode()).hexdigest())"
    )
    assert in_a_process(code, tmp_path) == in_a_process(code, tmp_path)


@EVERY
def test_no_word_stands_in_the_picture_alone(draw):
    picture = draw()
    told = re.sub(r"\W+", " ", picture.text.casefold())
    words = [w for w in letters(picture) if not re.fullmatch(r"[\d.,−-]+", w)]
    assert words
    for word in words:
        assert re.sub(r"\W+", " ", word.casefold()).strip() in told


@EVERY
def test_the_description_says_what_is_seen(draw):
    picture = draw()
    assert set(re.findall(r"\d+", picture.text)) <= set(re.findall(r"\d+", picture.alt))
    assert f'alt="{html.escape(picture.alt)}"' in picture.figure
    data = re.search(r"base64,([^\"]+)", picture.figure)[1]
    assert base64.b64decode(data).decode() == picture.svg


@EVERY
def test_it_is_drawn_in_greys_alone_on_white(draw):
    svg = draw().svg
    colours = set(re.findall(r"#[0-9a-f]{6}\b", svg))
    assert "#ffffff" in colours
    assert all(c[1:3] == c[3:5] == c[5:7] for c in colours)


def test_a_dark_page_turns_its_greys_round_and_paper_does_not():
    figure = ranges(BARS, "x").figure
    assert re.search(r'data-jp-theme-light="false".*\.kit-picture \{\s*filter: invert\(', figure)
    assert re.search(r"@media print .*filter: none", figure)
    assert 'class="kit-picture"' in figure


@EVERY
def test_it_bears_no_date(draw):
    assert not re.search(r"<dc:date>|20\d\d-\d\d-\d\d", draw().svg)


def test_what_is_strong_has_no_stripes():
    plain = ranges([evolve(BARS[0], strong=True)], "x").svg
    striped = ranges(BARS[:1], "x").svg
    assert ("<pattern" in striped, "<pattern" in plain) == (True, False)


def test_a_label_cannot_carry_markup():
    shown = ranges(BARS, "x")._repr_html_()
    assert "<more>" not in shown
    assert "&lt;more&gt;" in shown


def test_the_readers_own_number_moves_its_mark_and_nothing_else():
    assert phrase(40).svg != phrase(60).svg != phrase(None).svg
    assert "your number" in letters(phrase(40))
    assert "your number" not in letters(phrase(None))


def test_a_bin_with_too_few_is_told_and_not_drawn():
    every = bins()
    assert {b.enough for b in every} == {True, False}
    picture = charts.calibration(every)
    assert picture.svg == charts.calibration([b for b in every if b.enough]).svg
    assert "too few to draw" in picture.text


def test_with_too_few_everywhere_only_the_line_is_drawn():
    picture = charts.calibration(calibration([Judgement(0.7, True)]))
    assert picture.text.count("too few to draw") == 1
    assert "stated and found agree" in letters(picture)


def test_the_readers_own_style_does_not_show(tmp_path, monkeypatch):
    import matplotlib

    before = DRAWN["ranges"]().svg
    monkeypatch.setitem(matplotlib.rcParams, "xtick.labelsize", 30)
    assert DRAWN["ranges"]().svg == before
    assert matplotlib.rcParams["xtick.labelsize"] == 30


@pytest.mark.slow
def test_without_a_home_folder_it_draws_without_complaint(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR"):
        monkeypatch.setenv(name, str(tmp_path / "file" / "no-folder"))
    code = (
        "import warnings; warnings.simplefilter('error');"
        "from kit.instruments.charts import Bar, ranges;"
        "import sys;"
        "sys.stderr = sys.stdout;"
        "p = ranges([Bar('a', 1, 2)], 'x');"
        "print(len(p.svg) > 999)"
    )
    assert in_a_process(code, tmp_path) == "True\n"


@pytest.mark.slow
def test_no_window_is_opened_and_nothing_is_kept(tmp_path):
    code = (
        "from kit.instruments.charts import Bar, ranges;"
        "import sys;"
        "ranges([Bar('a', 1, 2)], 'x');"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    assert in_a_process(code, tmp_path) == "False\n"
