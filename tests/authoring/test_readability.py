"""How hard the pages are to read, by the Automated Readability Index (a US school grade).

It counts letters and sentences only (Smith and Senter 1967, AMRL-TR-66-220), so it needs no
dictionary of syllables, which textstat would fetch from the network.
"""

from __future__ import annotations

import re

import textstat
from helpers import COURSE, EXERCISES, each

from kit.authoring.build import page_text

#: Twelve to thirteen years: the upper half of the readers of a news weekly such as The Week Junior,
#: which writes for 8 to 14. No such paper publishes a measure of its own, so the number is our
#: choice; our readers are older, but many read a second language.
HARDEST = 7


def prose(page: str) -> str:
    """Return the sentences of a page: no blocks, tables, headings, addresses or marks."""
    text = re.sub(r"```.*?```|(?<=\])\([^)]*\)", "", page, flags=re.DOTALL)
    text = re.sub(r"^[|#].*$", "", text, flags=re.MULTILINE)
    return re.sub(r"[*\[\]>`]", "", text)


#: Not the cases: a page of a hundred words is mostly names, and there the measure tells little.
PAGES = [*EXERCISES, *(sheet for sheet in COURSE.sheets if sheet.id[0].isdigit())]


@each("sheet", PAGES)
def test_a_page_is_no_harder_than_news_for_the_young(sheet):
    assert textstat.automated_readability_index(prose(page_text(COURSE, sheet))) <= HARDEST


def test_a_hard_page_is_found():
    hard = (
        "Notwithstanding considerable methodological reservations, investigators subsequently "
        "corroborated preliminary conclusions concerning institutional responsibility."
    )
    assert textstat.automated_readability_index(hard) > HARDEST
    assert (
        textstat.automated_readability_index("We asked two people. Both saw it. So we print it.")
        < 2
    )
