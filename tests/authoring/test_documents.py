"""The documents: each link leads somewhere, and each command in them is one that there is."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

from helpers import PROJECT

from kit.command import cli  # noqa: F401  (the commands come with it)
from kit.command.frame import COMMANDS
from kit.course.article import read_text

PATHS = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), *PROJECT.glob("bench/*.md")]
PATHS += [*PROJECT.glob("examples/**/*.md"), PROJECT / "kit" / "authoring" / "learners.md"]
#: Without what is kept beside, and on a course's shelf.
PATHS = [path for path in PATHS if ".before" not in path.name and ".kit" not in path.parts]
DOCUMENTS = {path: read_text(path) for path in PATHS}

LINK = re.compile(r"\]\(([^()\s]+(?:\([^()\s]*\))?[^()\s]*)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.M)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
SPAN = re.compile(r"`([^`]+)`")
COMMAND = re.compile(r"^(?:\S*[/\\])?(?:python3? -m )?kit +([a-z]+)\b(.*)$")
TARGET = re.compile(r"^make ([a-z-]+)")


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and JupyterLab's preview name them."""
    headings = HEADING.findall(FENCE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def broken(path: Path, link: str) -> bool:
    """Whether a link within the project leads to no file, or to no heading of its file."""
    place, _, heading = unquote(link).partition("#")
    target = (path.parent / place).resolve() if place else path
    if not target.exists():
        return True
    return bool(heading) and target.suffix == ".md" and heading not in anchors(read_text(target))


def typed(text: str) -> list[str]:
    """Return what a document tells its reader to type: lines of code, and words set as code."""
    lines = []
    for _, block in FENCE.findall(text):
        lines += block.splitlines()
    spans = SPAN.findall(FENCE.sub("", text))
    return [" ".join(piece.split()) for piece in [*lines, *spans]]


def options_of(name: str) -> set[str]:
    """Return the options of a command of the kit's, as its help has them."""
    return set(re.findall(r"--[a-z-]+", COMMANDS.choices[name].format_help()))


def unknown(command: str) -> list[str]:
    """Return what of a command of the kit's there is not: itself, or its options."""
    found = COMMAND.match(command.partition(" #")[0])
    if not found:
        return []
    name, rest = found.groups()
    if name not in COMMANDS.choices:
        return [name]
    if name == "lab":  # its options are JupyterLab's
        return []
    words = re.findall(r"(?<=\s)--[a-z-]+", rest)
    return [f"{name} {word}" for word in words if word not in options_of(name)]


def test_each_link_within_the_project_leads_to_a_file_and_a_heading():
    faults = []
    for path, text in DOCUMENTS.items():
        for link in LINK.findall(FENCE.sub("", text)):
            if not re.match(r"\w+:", link) and broken(path, link):
                faults.append(f"{path.name}: {link}")
    assert faults == []


def test_each_page_in_docs_is_linked_from_another():
    linked = set()
    for path, text in DOCUMENTS.items():
        for link in LINK.findall(text):
            target = (path.parent / link.partition("#")[0]).resolve()
            if target != path:
                linked.add(target)
    assert {path for path in DOCUMENTS if path.parent.name == "docs"} - linked == set()


def test_each_command_that_a_document_names_is_one_that_there_is():
    faults, commands = [], 0
    targets = re.search(r"^\.PHONY: (.*)$", read_text(PROJECT / "Makefile"), re.M)[1].split()
    options = set().union(*(options_of(name) for name in COMMANDS.choices))
    for path, text in DOCUMENTS.items():
        for piece in typed(text):
            commands += bool(COMMAND.match(piece))
            faults += [f"{path.name}: kit {word}" for word in unknown(piece)]
            target = TARGET.match(piece)
            if target and target[1] not in targets:
                faults.append(f"{path.name}: make {target[1]}")
            of_ours = path.name == "INSTRUCTORS.md" or path.parent.name == "docs"
            if of_ours and piece.startswith("--") and piece.split()[0] not in options:
                faults.append(f"{path.name}: {piece}")
    assert commands > 50
    assert faults == []


def test_a_command_that_there_is_not_is_found():
    assert unknown("kit grade x --late-of 10") == ["grade --late-of"]
    assert unknown(".venv/bin/kit notebook --check") == ["notebook"]
    assert unknown("python -m kit release ../out --zip") == []
    assert broken(PROJECT / "README.md", "INSTRUCTORS.md#no-such-heading")
    assert broken(PROJECT / "README.md", "docs/no-such-page.md")


def test_the_minutes_of_a_plan_are_those_of_its_lesson():
    text = read_text(PROJECT / "INSTRUCTORS.md")
    plans = re.split(r"^## (0\d) .*$", text, flags=re.M)[1:]
    assert plans[::2] == [f"{n:02}" for n in range(8)]
    for number, plan in zip(plans[::2], plans[1::2], strict=True):
        minutes = int(re.search(r"^(\d+) minutes\b", plan, re.M)[1])
        rows = re.findall(r"^\| (\d+) \|", plan, re.M)
        assert sum(map(int, rows)) == minutes, f"lesson {number}"
        short = re.search(r"\*\*25 minutes\.\*\*(.*?)(?=^- |\Z)", plan, re.M | re.S)[1]
        parts = re.findall(r"\((\d+)\)", short)
        assert sum(map(int, parts)) == (25 if parts else 0), f"lesson {number}, short"
