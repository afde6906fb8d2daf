"""Thousands of generated files: every one that goes in comes out in a table, exactly.

By hand for more: ``python tests/grading/test_fuzz.py 100000``.
"""

from __future__ import annotations

import io
import random
import re
import shutil
import sys
import tempfile
import warnings
import zipfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]  # to run it by hand

from classes import a_seal, sealed_notebook  # noqa: E402
from helpers import COURSE, GRADED, PROJECT  # noqa: E402
from test_folder import table  # noqa: E402

from kit.grading import Choices, LateRule, grade_folder, inbox  # noqa: E402
from kit.learner import submission  # noqa: E402

EACH = 250  #: files in one inbox
BEGIN = datetime(2026, 2, 1, tzinfo=UTC)
LEARNERS = ("Ada Cruz", "Bo Berg", "Łukasz Żak", "O'Neil, Kim", "ida_b", "=1+1", "")
PATTERNS = (
    "{n}.json", "{who}/{n}.json", "{who}.json", "{n}-{who}.ipynb", "7b/{who}/{n}.JSON",
    "{who}_{n}_assignsubmission_file/01-exercise.json", "{who}_{n}_assignsubmission_file_x.json",
    "Participant_{n}_assignsubmission_file/x.json", "cruzada_LATE_{n}_77_x.json",
    "anon_{n}_77_x.json", "Ex_{who}_attempt_2026-02-01-10-00-00_{n}.json",
    "1-{n} - {who} - Feb 1, 2026 1000 AM - x.json", "Submitted files/{who}/Ex/x{n}.json",
    "Working files/{who}/Ex/x{n}.json", "ex-submissions/ex-{n}/x.json",
    "{who}+ex+2026-02-01 10:00:00 UTC+{n}/x.json", "submitted/{n}/ex/x.ipynb",
    ".{n}.json", ".cache/{n}/x.json", "__MACOSX/._{n}.json", "{n}.png", "{n}.zip", "{n}",
)  # fmt: skip


def a_name(lot: random.Random, n: int) -> str:
    who = lot.choice(LEARNERS) or "nobody"
    return lot.choice(PATTERNS).format(n=n, who=who)


def some_bytes(lot: random.Random, n: int) -> bytes:
    """Return what is in one file: mostly a hand-in, whole or spoilt in one of many ways."""
    sheet = lot.choice([GRADED[0], GRADED[0], GRADED[1]])
    seal = evolve(
        a_seal(COURSE, sheet, lot.randrange(40), "fuzz"),
        learner=lot.choice([f"B{lot.randrange(30):02}", "B01, B02", *LEARNERS]),
        record=f"r{lot.randrange(60)}",
        revision=lot.randrange(4),
        sealed=(BEGIN + timedelta(hours=lot.randrange(96))).isoformat(),
    )
    if lot.random() < 0.1:
        changes = [{"course": "else"}, {"sheet": "no-such"}, {"sheet": "01-who-says-so"},
                   {"sealed": "yesterday"}, {"sealed": ""}, {"record": "x" * 999}]  # fmt: skip
        seal = evolve(seal, **lot.choice(changes))
    text = submission.to_json(seal)
    if lot.random() < 0.2:
        text = sealed_notebook(PROJECT / GRADED[0].notebook, seal)
    data = text.encode()
    spoilt = lot.random()
    if spoilt < 0.05:
        return data[: lot.randrange(len(data))]
    if spoilt < 0.1:
        where = lot.randrange(len(data))
        return data[:where] + lot.randbytes(3) + data[where + 3 :]
    if spoilt < 0.12:
        return lot.choice([b"", b"{}", b"[1]", b'{"cells": []}', lot.randbytes(50)])
    return data


def a_zip(lot: random.Random, n: int, depth: int = 0) -> bytes:
    """Return a zip of a few files; some zips in it, some bytes of it changed."""
    data = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # two files of one name
        for m in range(lot.randrange(4)):
            name = a_name(lot, 1000 * n + m)
            if name.endswith(".zip"):
                content = a_zip(lot, n, depth + 1) if depth < 3 else b""
            else:
                content = some_bytes(lot, m)
            archive.writestr(lot.choice([name, name, "dir/", "../up.json", name]), content)
    whole = bytearray(data.getvalue())
    if lot.random() < 0.15:
        for _ in range(lot.randrange(1, 4)):
            whole[lot.randrange(len(whole))] = lot.randrange(256)
    return bytes(whole)


def fill(box: Path, seed: str) -> None:
    lot = random.Random(seed)
    made: list[bytes] = []
    for n in range(EACH):
        path = box / a_name(lot, n)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue  # a file is there
        if path.exists():
            continue
        if path.suffix == ".zip":
            path.write_bytes(a_zip(lot, n))
        elif lot.random() < 0.01:
            path.symlink_to(box)
        else:
            made.append(lot.choice(made) if made and lot.random() < 0.1 else some_bytes(lot, n))
            path.write_bytes(made[-1])
    if lot.random() < 0.3:
        home = box / "Ada Cruz" / "edition"
        for name in ("kit/__init__.py", "README.md", "x.ipynb", ".hidden"):
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text("{}", encoding="utf-8")


def count_in(box: Path) -> int:
    """Return how many files go in, counted without the kit: those on the disk and in zips."""
    count = 0
    for path in box.rglob("*"):
        hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts[-4:])
        if path.suffix == ".zip" and path.is_file() and not path.is_symlink() and not hidden:
            count += count_in_zip(path.read_bytes(), 0)
        else:
            count += path.is_symlink() or path.is_file()
    return count


def count_in_zip(data: bytes, depth: int) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [one for one in archive.infolist() if not one.filename.endswith("/")]
            count = 0
            for member in members:
                if depth == 0 and member.filename.endswith(".zip"):
                    count += count_in_zip(content_of(archive, member), 1)
                else:
                    count += 1
            return count or 1
    except Exception:
        return 1


def content_of(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(member)
    except Exception:
        return b""


def run(folder: Path, seed: str) -> Counter[str]:
    """Grade one generated inbox; return how many files came out which way.

    Raises:
        AssertionError: where one came out in no way.

    """
    box, out = folder / "in", folder / "out"
    box.mkdir()
    fill(box, seed)
    lot = random.Random(seed)
    pupils = folder / "class.csv"
    names = [f"B{n:02},{who}\n" for n, who in enumerate(LEARNERS) if "," not in who]
    pupils.write_text("code,name\n" + "".join(names), encoding="utf-8")
    choices = Choices(
        roster=lot.choice([None, pupils]),
        first=lot.random() < 0.2,
        late=LateRule(BEGIN + timedelta(hours=48), 10),
        pages=lot.random() < 0.1,
    )
    with inbox.opened(box, lambda _: False) as found:
        went_in = Counter(file.name for file in found.files)
        hidden = len(found.hidden)
    grade_folder(COURSE, box, COURSE.keys, out, choices)
    problems = table(out, "problems.csv")
    graded = {row["file"].removeprefix("'") for row in table(out, "marks.csv")}
    listed = {row["file"].removeprefix("'") for row in problems} - graded
    left = {"hidden": 0, "edition": 0}
    for row in problems:
        for kind, words in (
            ("hidden", "hidden files that were"),
            ("edition", "files of a copy of"),
        ):
            if words in row["problem"]:
                left[kind] += int(re.search(r"\d+", row["problem"])[0])
    outcomes: Counter[str] = Counter(hidden=hidden)
    for name, times in went_in.items():
        way = "graded" if name in graded else "listed" if name in listed else "edition"
        outcomes[way] += times
    assert left == {"hidden": hidden, "edition": outcomes["edition"]}, (seed, outcomes, left)
    assert outcomes.total() == count_in(box), (seed, outcomes)
    assert "something in it stopped the kit" not in str(problems), seed
    return outcomes


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_every_file_that_goes_in_comes_out_in_a_table(tmp_path, seed):
    outcomes = run(tmp_path, f"kept:{seed}")
    assert outcomes["graded"] > 20
    assert outcomes["listed"] > 20


if __name__ == "__main__":
    total: Counter[str] = Counter()
    for number in range(int(sys.argv[1]) // EACH):
        place = Path(tempfile.mkdtemp())
        total += run(place, f"by-hand:{number}")
        shutil.rmtree(place)
    print(dict(total))  # noqa: T201
