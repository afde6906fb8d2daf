"""``kit grade`` with a page for each learner, beside nbgrader's autograde and generate_feedback.

Both read the same notebooks, saved with their outputs. nbgrader runs each one in a kernel, which is
what it is for; the kit reads the sealed answers and runs nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from time import perf_counter

from bench.table import Row, seconds
from kit.authoring import build
from kit.course.course import Course, find_course
from kit.course.files import write_whole
from kit.grading import Choices, grade_folder
from kit.grading.nbgrader import write_course

sys.path[:0] = [str(Path(__file__).parents[1] / "tests" / "grading")]
import real_nbgrader  # noqa: E402
from classes import a_seal, sealed_notebook  # noqa: E402  (the tests' made-up class)

PEERS = 8  #: submissions that nbgrader grades; at 2 s each more would say nothing new
MANY, FEW = 10_000, 1_000

# Measured in a process of its own: peak memory is that of the whole process.
_ALONE = """
import json, resource, sys
from pathlib import Path
from time import perf_counter, process_time
from kit.course.course import find_course
from kit.grading import Choices, grade_folder
course, box, out = find_course(), Path(sys.argv[1]), Path(sys.argv[2])
wall, cpu = perf_counter(), process_time()
grade_folder(course, box, course.keys, out, Choices())
print(json.dumps([perf_counter() - wall, process_time() - cpu,
                  resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def rows() -> list[Row]:
    """Measure both, one after the other, on the same machine."""
    course = find_course()
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        theirs, marks = _nbgrader(course, base / "school")
        same = _fill(base / "same", base / "school" / "submitted", PEERS)
        grade = partial(grade_folder, course, same, course.keys, base / "marks", Choices())
        ours_same = seconds(grade, 5) / PEERS
        few = _alone(_class(course, base / "few", FEW), base / "few-marks")
        many = _alone(_class(course, base / "many", MANY), base / "many-marks")
    return [
        Row(
            f"grading and feedback, a submission, the same {PEERS} notebooks",
            f"{1000 * ours_same:.1f} ms",
            "nbgrader autograde + generate_feedback",
            f"{1000 * theirs:.0f} ms",
            f"{theirs / ours_same:.0f} ×",
            "500 ×",
            f"nbgrader runs every notebook, and its start counts; sum of its marks: {marks:g}",
        ),
        Row(
            f"the same, a submission of {MANY}",
            f"{1000 * many[0] / MANY:.2f} ms",
            "nbgrader, a submission",
            f"{1000 * theirs:.0f} ms",
            f"{theirs * MANY / many[0]:.0f} ×",
            "500 ×",
            f"nbgrader measured on {PEERS}",
        ),
        Row(
            f"{MANY} hand-ins with pages, one core",
            f"{many[0]:.1f} s ({many[1]:.1f} s of processor time)",
            "",
            "",
            "",
            "15 s",
            "writing and reading their files included",
        ),
        Row(
            f"a hand-in among {MANY}, and among {FEW}: is the cost linear?",
            f"{1000 * many[1] / MANY:.2f} ms",
            f"ourselves at {FEW}",
            f"{1000 * few[1] / FEW:.2f} ms",
            f"{many[1] / MANY / (few[1] / FEW):.2f}",
            "1",
            "processor time",
        ),
        Row(
            f"memory at its peak, {MANY} hand-ins",
            f"{many[2]:.0f} MB",
            f"ourselves at {FEW}",
            f"{few[2]:.0f} MB",
            f"{many[2] / few[2]:.2f}",
        ),
    ]


def _nbgrader(course: Course, folder: Path) -> tuple[float, float]:
    """Return nbgrader's seconds a submission, and the sum of its marks."""
    [sheet] = [s for s in course.sheets if s.graded][:1]
    write_course(course, folder, course.keys, {sheet.id: build.bare(course, sheet)})
    real_nbgrader.run(folder, "generate_assignment", sheet.id)
    book = Path(sheet.notebook).name
    released = folder / "release" / sheet.id / book
    for n in range(PEERS):
        there = folder / "submitted" / f"s{n}" / sheet.id
        there.mkdir(parents=True)
        text = sealed_notebook(released, a_seal(course, sheet, n))
        (there / book).write_text(text, encoding="utf-8")
    start = perf_counter()
    real_nbgrader.run(folder, "autograde", sheet.id)
    real_nbgrader.run(folder, "generate_feedback", sheet.id)
    taken = (perf_counter() - start) / PEERS
    real_nbgrader.run(folder, "export")
    grades = (folder / "grades.csv").read_text(encoding="utf-8").splitlines()
    column = grades[0].split(",").index("score")
    return taken, sum(float(line.split(",")[column]) for line in grades[1:])


def _fill(box: Path, submitted: Path, count: int) -> Path:
    """Copy what nbgrader was given into a folder for ``kit grade``."""
    box.mkdir()
    for n, path in enumerate(sorted(submitted.rglob("*.ipynb"))[:count]):
        (box / f"{n}.ipynb").write_bytes(path.read_bytes())
    return box


def _class(course: Course, box: Path, count: int) -> Path:
    """Make a class's notebooks as JupyterLab saves them, with the outputs of every question."""
    [sheet] = [s for s in course.sheets if s.graded][:1]
    box.mkdir()
    saved = box.parent / "saved.ipynb"
    if not saved.exists():
        write_whole(saved, build.as_bytes(build.run(build.bare(course, sheet), box)))
    for n, text in _texts(course, saved, count):
        (box / f"{n}.ipynb").write_text(text, encoding="utf-8")
    return box


def _texts(course: Course, saved: Path, count: int) -> Iterable[tuple[int, str]]:
    [sheet] = [s for s in course.sheets if s.graded][:1]
    for n in range(count):
        yield n, sealed_notebook(saved, a_seal(course, sheet, n))


def _alone(box: Path, out: Path) -> tuple[float, float, float]:
    """Return seconds, seconds of processor time, and the peak of memory in MB."""
    command = [sys.executable, "-c", _ALONE, str(box), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    wall, cpu, memory = json.loads(done.stdout)
    return wall, cpu, memory
