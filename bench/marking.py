"""A class's writing marked by a scripted reader, at the desk and in a spreadsheet: a simulation.

Nobody was timed. The reader reads 200 words a minute, needs 1.35 s to decide and 0.28 s for a key
(the keystroke-level model: Card, Moran & Newell 1983, "The Psychology of Human-Computer
Interaction", chapter 8). How many keys an answer needs, and how long the desk takes to save, is
measured.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.grading import a_seal
from bench.table import Row
from kit.course.course import Course, find_course
from kit.grading import Choices, by_hand, grade_folder
from kit.grading.desk import MarkingDesk
from kit.learner import submission

LEARNERS = 30
A_WORD, A_DECISION, A_KEY = 60 / 200, 1.35, 0.28  # seconds


def rows() -> list[Row]:
    """Mark one class's answers to one exercise in both ways."""
    course = find_course()
    with tempfile.TemporaryDirectory() as name:
        path = _graded(course, Path(name))
        in_table = list(by_hand.read_rows(path))
        desk = MarkingDesk(course, path, "mark", "")
        reading = deciding = saving = 0.0
        answers = keys = 0
        while desk.state["left"]:
            answers += 1
            reading += A_WORD * len(desk.state["answer"].split())
            for criterion in desk.state["criteria"]:
                deciding += A_DECISION
                start = perf_counter()
                _ask(desk, do="mark", id=criterion["id"], mark=criterion["levels"][0]["points"])
                saving += perf_counter() - start
                keys += 1
            _ask(desk, do="go", to="open")  # the page does it by itself, where that is chosen
    at_desk = reading + deciding + A_KEY * keys + saving
    by_two_keys = at_desk + A_KEY * answers
    in_cells = reading + deciding + 2 * A_KEY * len(in_table)  # the mark, and Enter
    return [
        Row(
            f"marking {answers} answers at the desk, simulated",
            f"{at_desk / 60:.1f} min",
            "to-mark.csv in a spreadsheet, simulated",
            f"{in_cells / 60:.1f} min",
            f"{at_desk / in_cells:.2f}",
            note=f"reading: {reading / 60:.1f} min of both; saving: {1000 * saving / keys:.0f} ms "
            "a mark, measured; to open, sort and save the table is not counted",
        ),
        Row(
            "keys for an answer at the desk",
            f"{keys / answers:.1f}",
            "with a key to go on; in a spreadsheet",
            f"{keys / answers + 1:.1f}; {2 * len(in_table) / answers:.1f}",
            f"{keys / (keys + answers):.2f}",
            note=f"with a key to go on the class takes {by_two_keys / 60:.1f} min",
        ),
    ]


def _graded(course: Course, folder: Path) -> Path:
    """Grade a class's first exercise; return its table of what waits for a reader."""
    [sheet] = [s for s in course.sheets if s.graded][:1]
    box = folder / "handed-in"
    box.mkdir()
    for n in range(LEARNERS):
        text = submission.to_json(a_seal(course, sheet, n))
        (box / f"{n}.json").write_text(text, encoding="utf-8")
    grade_folder(course, box, course.keys, folder / "marks", Choices(pages=False))
    return folder / "marks" / "to-mark.csv"


def _ask(desk: MarkingDesk, **request: Any) -> None:
    desk.state = desk._do(request)
