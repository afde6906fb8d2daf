"""The page's scripts without a browser: their types, the save protocol, and how they are joined."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from helpers import SHOWN, from_npm

import kit
from kit.instruments.age.calls import LiveAge
from kit.notebook.widget.widget import question_script, text
from kit.questions.kinds import KINDS

KIT = Path(kit.__file__).parent
HERE = Path(__file__).parent / "script"
SCRIPTS = sorted(KIT.rglob("*.js"))
needs_node = pytest.mark.skipif(not shutil.which("node"), reason="There is no Node here.")


def node(*arguments: str | Path, script: str = "") -> str:
    """Run Node; return what it says, and fail where it finds a fault."""
    done = subprocess.run(
        ["node", *map(str, arguments)],
        input=script,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# --- Types --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tsc(request) -> Path:
    """TypeScript's compiler, which here only checks."""
    return from_npm(request.config, HERE, "typescript") / "node_modules/typescript/bin/tsc"


@pytest.mark.slow
def test_the_types_of_every_script_are_right(tsc):
    node(tsc, "-p", KIT)


#: Each is of a wrong type. TypeScript takes some seconds, so it looks at all of them in one run.
WRONG_TYPES = ("words.choose.nothing();", "h('p', {}, 5);", "fill(null, {});")


@pytest.mark.slow
def test_wrong_types_are_found(tsc, tmp_path):
    scripts = [*SCRIPTS, *KIT.rglob("*.d.ts"), KIT / "tsconfig.json"]
    for path in scripts:
        copy = tmp_path / path.relative_to(KIT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    control = tmp_path / "questions/label/control.js"
    before, place, after = control.read_text(encoding="utf-8").partition("const rows")
    assert place not in after
    planted = "\n".join([*WRONG_TYPES, place])
    control.write_text(before + planted + after, encoding="utf-8")
    with pytest.raises(AssertionError) as found:
        node(tsc, "-p", tmp_path)
    lines = re.findall(r"label/control\.js\((\d+),\d+\): error TS", str(found.value))
    first = before.count("\n") + 1
    assert {int(line) - first for line in lines} == set(range(len(WRONG_TYPES)))


@pytest.mark.slow
def test_every_script_is_checked(tsc):
    listed = node(tsc, "-p", KIT, "--listFilesOnly").splitlines()
    assert {path.resolve() for path in SCRIPTS} <= {Path(line).resolve() for line in listed}
    for path in SCRIPTS:
        assert path.read_text(encoding="utf-8").startswith("// @ts-check\n"), path


def test_the_lock_file_names_no_host():
    """Whoever installs from it fetches from the registry that they have chosen."""
    lock = (HERE / "package-lock.json").read_text(encoding="utf-8")
    installed = [package for name, package in json.loads(lock)["packages"].items() if name]
    assert installed
    assert all("integrity" in package for package in installed)
    assert "://" not in lock


# --- The save protocol --------------------------------------------------------------------------


@needs_node
@pytest.mark.parametrize(("name", "rules"), [("session", 40), ("rules", 30)])
def test_the_save_protocol_keeps_its_word_and_the_page_its_rules(name, rules):
    """Each rule is a test of its own in session.test.js or rules.test.js."""
    said = node("--test", "--test-reporter=tap", HERE / f"{name}.test.js")
    passed = re.search(r"^# pass (\d+)$", said, re.MULTILINE)
    assert passed
    assert int(passed[1]) > rules


@pytest.mark.parametrize("name", ["session.js", "rules.js"])
def test_what_node_can_test_knows_no_page(name):
    code = re.sub(r"//.*", "", text(name))
    assert re.findall(r"\b(?:document|window|localStorage|setTimeout|Date)\b", code) == []


# --- How they are joined ------------------------------------------------------------------------


@needs_node
@pytest.mark.parametrize(
    "script", [question_script(), str(LiveAge._esm)], ids=["questions", "sliders"]
)
def test_what_is_joined_is_one_module_that_draws(script):
    load = (
        "import { text } from 'node:stream/consumers';"
        "const address = 'data:text/javascript,' + encodeURIComponent(await text(process.stdin));"
        "console.log(typeof (await import(address)).default.render);"
    )
    assert node("--input-type=module", "-e", load, script=script).strip() == "function"


def test_each_kind_of_question_has_its_control():
    drawn = set(re.findall(r'^controls(?:\.|\[")([a-z-]+)', question_script(), re.MULTILINE))
    assert drawn == {item.kind for item in SHOWN.values()}


def test_a_kind_from_elsewhere_brings_its_control_along(tmp_path, monkeypatch):
    toy, without = tmp_path / "toy", tmp_path / "without"
    toy.mkdir()
    without.mkdir()
    (toy / "control.js").write_text("controls.toy = () => {};\n", encoding="utf-8")
    for folder in (without, toy):
        kind = type(folder.name, (), {"folder": lambda folder=folder: folder})
        monkeypatch.setitem(KINDS, folder.name, kind)
    joined = question_script()
    parts = ["const controls =", "controls.toy =", "function render"]
    assert sorted(parts, key=joined.index) == parts
