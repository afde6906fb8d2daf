"""The notebooks as a learner runs them: in order, compared by nbval, and from the end."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from helpers import BY_NAME, ITEMS, PROJECT, each, notebook
from nbconvert import HTMLExporter

from kit.course.html import inline
from kit.questions.base import Question

pytestmark = pytest.mark.slow  # kernels run every notebook
BACKWARDS = Path(__file__).with_name("backwards.py")
WITH_OUTPUTS = [path for name, path in BY_NAME.items() if not name.startswith("exercises/")]


def code_cells(path: Path) -> list[dict]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def plain(outputs: list[dict]) -> list[str]:
    return ["".join(o["data"]["text/plain"]) for o in outputs if "data" in o]


def run(command: list[str], folder: Path, work: Path, **more: str) -> subprocess.CompletedProcess:
    variables = {**os.environ, "KIT_WORK": str(work / "my-work"), **more}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def nbval(paths: list[Path], folder: Path, work: Path) -> tuple[int, dict[str, int], str]:
    """Run nbval; return its status, its counts ('passed', 'failed'), and what it printed."""
    command = ["-m", "pytest", "--nbval", "-p", "no:cacheprovider", "--color=no"]
    done = run([*command, *map(str, paths)], folder, work)
    said = done.stdout + done.stderr
    counts = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|error)", said)}
    return done.returncode, counts, said


def test_every_notebook_gives_what_it_is_committed_with(tmp_path):
    status, counts, said = nbval(WITH_OUTPUTS, PROJECT, tmp_path)
    assert status == 0, said
    assert counts == {"passed": sum(len(code_cells(path)) for path in WITH_OUTPUTS)}


@pytest.mark.parametrize("altered", ["text/plain", "text/html"])
def test_an_altered_output_is_noticed(tmp_path, altered):
    """The control: were outputs not compared, the test above would prove nothing."""
    book = json.loads((PROJECT / "notebooks" / "00-start-here.ipynb").read_text(encoding="utf-8"))
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    book["cells"] = code[:2]
    data = code[1]["outputs"][0]["data"]
    data[altered] = "".join(data[altered]).replace("museum", "muzeum", 1)
    assert "muzeum" in data[altered]
    project = tmp_path / "project"
    (project / "notebooks").mkdir(parents=True)
    (project / "pyproject.toml").touch()
    path = project / "notebooks" / "altered.ipynb"
    path.write_text(json.dumps(book), encoding="utf-8")
    status, counts, said = nbval([path], project, tmp_path)
    assert status == 1, said
    assert counts == {"passed": 1, "failed": 1}
    assert f"mismatch '{altered}'" in said


def run_backwards(paths: list[Path], folder: Path, work: Path) -> dict[str, dict[str, list]]:
    """Return the outputs of notebooks whose cells have run from the last to the first.

    By the notebook's path and the cell's id.
    """
    command = [str(BACKWARDS), str(work), *map(str, paths)]
    done = run(command, folder, work, KIT_STRICT="1")
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def backwards(tmp_path_factory) -> dict[str, dict[str, list]]:
    return run_backwards(list(BY_NAME.values()), PROJECT, tmp_path_factory.mktemp("backwards"))


@pytest.mark.parametrize("name", BY_NAME)
def test_each_cell_can_be_run_first(name, backwards):
    path = BY_NAME[name]
    outputs = backwards[str(path)]
    assert len(outputs) == len(code_cells(path))
    for cell in code_cells(path):
        assert [o for o in outputs[cell["id"]] if o["output_type"] in ("error", "stream")] == []
        assert all(text.strip() for text in plain(outputs[cell["id"]]))
        if cell["outputs"]:
            assert plain(outputs[cell["id"]]) == plain(cell["outputs"])


def test_a_cell_that_needs_another_is_noticed(tmp_path):
    """The control for running backwards, and for each being alone with its own kit."""
    for name, sources in (("first", ["import kit", "kit.progress()"]), ("other", ["kit.age"])):
        (tmp_path / f"{name}.ipynb").write_text(notebook(*sources), encoding="utf-8")
    paths = [tmp_path / "first.ipynb", tmp_path / "other.ipynb"]
    first, other = run_backwards(paths, tmp_path, tmp_path).values()
    for outputs, cell in ((first, "c1"), (other, "c0")):
        *_, error = outputs[cell]
        assert error["output_type"] == "error"
        assert "NameError" in error["text"]
    assert first["c0"] == []


def asked_in(path: Path) -> list[Question]:
    sources = "".join("".join(cell["source"]) for cell in code_cells(path))
    return [ITEMS[name] for name in re.findall(r'kit\.ask\("([^"]+)"\)', sources)]


@each("path", [p for p in WITH_OUTPUTS if asked_in(p)])
def test_a_page_without_a_kernel_shows_every_question_with_its_options(path):
    """What nbconvert makes of a committed lesson, as a web page; GitHub shows the same outputs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbconvert's own
        page, _ = HTMLExporter().from_filename(str(path))
    text = " ".join(html.unescape(re.sub("<[^>]*>", " ", page)).split())
    for item in asked_in(path):
        rows = [item.prompt, *(r.text for r in (*item.options, *item.units, *item.labels))]
        shown = [html.unescape(re.sub("<[^>]*>", " ", inline(row))) for row in rows]
        assert [row for row in shown if " ".join(row.split()) not in text] == []
