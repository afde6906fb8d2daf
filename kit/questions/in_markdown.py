"""Questions that are written on a page, in Markdown, as a list of options with ticks.

::

    ::: choose-one bird marks=2
    A second paper prints that a bird stopped the clock, citing the first. What does that add?

    - [ ] Much: two papers say so.
      > Agreement counts when each could have erred separately.
    - [x] Nothing that we can see.
      > One origin, two papers.

    > This is said to everybody after the check.
    :::

They are read into the rows that ``items/NAME.toml`` would hold, so that there is one sort of
question. Whoever shows a page gets it with a ``kit.ask`` block in the place of each question, and
learners get an exercise's page written anew from what may be published: no key is on either.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from attrs import define, field, fields

from kit.course.messages import KitError, message
from kit.questions.kinds import KINDS

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_GONE = "\0\n"  #: a line of a comment: it counts, and is on no page
_COLONS = re.compile(r" {0,3}:::+\s*(.*)")
_CODE = re.compile(r" {0,3}(```|~~~)")
_FIELD = re.compile(r'([^\s=]+)(?:=("(?:[^"\\]|\\.)*"|\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\]|\S*))?')
_TICK = re.compile(r" {0,3}[-*+] \[([ xX])\] +(\S.*)")
_BULLET = re.compile(r" {0,3}[-*+] ")
_NEARLY = re.compile(r" {0,3}[-*+] ?(?:\[.{0,2}\](?!\()|\(.?\))")  #: ``-[x]``, ``- []``, ``- (x)``
_TICKED = re.compile(r"[\s>]*(?:[-*+]|\d+[.)])\s*\W*\[\s*[xX✓✔]\s*\]")
_CURLY = ("“", "„", "”", "[“", "[„", "[”")  #: beginnings of a value that a word processor made
_ON_TOP = ("id", "kind", "passage", "prompt", "options")  #: have places of their own in Markdown
_CALL = re.compile(r"""\bkit\.(\w+)\((?:["']([^"']+)["'])?""")
_LETTERS = (*ascii_lowercase, *map("".join, product(ascii_lowercase, repeat=2)))  # ids of options
Fault = tuple[int, str]  # the line, and what to mend there


@define
class PageQuestions:
    """A page's Markdown, taken apart."""

    shown: str = ""  #: with a ``kit.ask`` block in the place of each question
    published: str = ""  #: the same with the questions as an exercise's learners get them
    rows: list[dict[str, Any]] = field(factory=list)  #: as ``items/NAME.toml`` has them
    asked: list[str] = field(factory=list)  #: the ids of all questions that it asks, in order
    lines: dict[str, int] = field(factory=dict)  #: on which line each question begins, by its id
    faults: list[Fault] = field(factory=list)


@define
class _Option:
    text: list[str]
    right: bool
    reason: list[str] = field(factory=list)


def questions_on(path: Path, prefix: str) -> PageQuestions:
    """Return a page's Markdown, taken apart; an empty one where there is no such file.

    Args:
        path: the Markdown file.
        prefix: of the questions' ids, such as ``exercise-01``.

    Raises:
        KitError: when it cannot be read, or a question on it cannot; a line for each fault.

    """
    if not path.is_file():
        return PageQuestions()
    try:
        page = take_apart(path.read_text(encoding="utf-8-sig"), prefix)
    except UnicodeDecodeError:
        raise KitError(message("error.not_text", path=path)) from None
    if page.faults:
        lines = [f"  {message('in_markdown.line', n=n, fault=fault)}" for n, fault in page.faults]
        raise KitError(message("error.faults", path=path, faults="\n".join(lines)))
    return page


@lru_cache(maxsize=128)  # a check asks for a page again and again; nobody changes what it gets
def take_apart(text: str, prefix: str) -> PageQuestions:
    """Return a page's Markdown, taken apart, with what is wrong on it."""
    lines = _COMMENT.sub(lambda match: _GONE * match[0].count("\n"), text).split("\n")
    page = PageQuestions()
    shown: list[str] = []
    published: list[str] = []
    done = 0
    for start, end in _blocks(lines, page.faults):
        shown += lines[done:start]
        published += lines[done:start]
        block = [line.replace("\0", "") for line in lines[start:end]]
        done = end + 1
        row, faults = _read(block, start + 1, prefix)
        page.faults += faults
        if faults:  # such a page is shown to its author alone
            for n, fault in faults:
                shown += ["", f"> **{message('in_markdown.line', n=n, fault=fault)}**", ""]
        else:
            page.rows.append(row)
            page.lines.setdefault(row["id"], start + 1)
            ask = f'ask("{row["id"]}")'
            shown += ["", *call_block(ask).splitlines()]
            published += _public(row)
    page.shown = _joined([*shown, *lines[done:]])
    page.published = _joined([*published, *lines[done:]])
    page.asked = given_to("ask", page.shown)
    return page


def call_block(call: str) -> str:
    """Return a call of the kit, such as ``begin("exercise-01")``, as a block of a page."""
    return f"```python\nimport kit\n\nkit.{call}\n```"


def calls(text: str) -> list[tuple[str, str]]:
    """Return what a text calls of the kit, in order: each name, and the text it is given first."""
    return _CALL.findall(text)


def given_to(name: str, text: str) -> list[str]:
    """Return the texts that the calls of one name in a text are given, in order."""
    return [given for called, given in calls(text) if called == name and given]


def without_notes(page: bytes) -> bytes:
    """Return a page's file without the author's comments; one that is no text as it is."""
    try:
        return _COMMENT.sub("", page.decode("utf-8")).encode("utf-8")
    except UnicodeDecodeError:
        return page


def ticks_in(text: str) -> list[str]:
    """Return the lines of a text that look like a ticked option, wherever on it they are."""
    return [line.strip() for line in text.splitlines() if _TICKED.match(line)]


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).replace(_GONE, "")


def _blocks(lines: Sequence[str], faults: list[Fault]) -> Iterator[tuple[int, int]]:
    """Yield where each question begins and ends, as indices of its two lines of colons."""
    fence, start = "", None
    for n, line in enumerate(lines):
        code, colons = _CODE.match(line), _COLONS.fullmatch(line)
        if fence or (code and start is None):
            if code and (not fence or code[1] == fence):
                fence = code[1] if not fence else ""
        elif colons and colons[1].strip(" :"):
            if start is not None:
                faults.append((start + 1, message("in_markdown.not_closed")))
            start = n
        elif colons and start is None:
            faults.append((n + 1, message("in_markdown.not_begun")))
        elif colons and start is not None:
            yield start, n
            start = None
    if start is not None:
        faults.append((start + 1, message("in_markdown.not_closed")))


def _read(block: Sequence[str], first: int, prefix: str) -> tuple[dict[str, Any], list[Fault]]:
    """Return a question's row, and what is wrong with it; its ``first`` line is that of colons."""
    (kind, _), *words = _FIELD.findall(block[0].strip(" :"))
    if wrong := _kind_fault(kind):
        return {}, [(first, wrong)]
    if not words or words[0][1]:
        return {}, [(first, message("in_markdown.no_name", kind=kind))]
    name = words[0][0]
    if "/" not in name:
        name = f"{prefix}/{name}"
    row: dict[str, Any] = {"id": name, "kind": kind}
    faults: list[Fault] = [(first, fault) for fault in _field_faults(kind, words)]
    row |= {key: _value(value) for key, value in words[1:]}
    before, options, after = _body(block[1:], first + 1, faults)
    texts = [text.strip("\n") for text in re.split(r"\n\s*\n", "\n".join(before)) if text.strip()]
    if not texts:
        faults.append((first, message("in_markdown.no_prompt", name=name)))
        texts = [""]
    if len(options) < 2:
        faults.append((first, message("in_markdown.no_options", name=name)))
    if len(texts) > 1:
        row["passage"] = "\n\n".join(texts[:-1])
    row["prompt"] = " ".join(texts[-1].split())
    row["options"] = []
    for letter, option in zip(_LETTERS, options, strict=False):
        told: dict[str, Any] = {"id": letter, "text": " ".join(option.text)}
        if option.right:
            told["right"] = True
        if option.reason:
            told["reason"] = " ".join(option.reason)
        row["options"].append(told)
    if after:
        row["reason"] = " ".join(after)
    return row, faults


def _field_faults(kind: str, words: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield what is wrong with the words after the kind: the name, then fields and their values."""
    (name, _), *rest = words
    if more := _rest_of_name(kind, rest):
        yield message("in_markdown.long_name", name=" ".join([name, *more]))
    for key, value in rest:
        if key in _ON_TOP:
            yield message("in_markdown.on_top", name=key)
        if value.startswith(_CURLY):
            yield message("in_markdown.curly", name=key, value=value)


def _rest_of_name(kind: str, words: Sequence[tuple[str, str]]) -> list[str]:
    """Return the words after a name that are no field, nor a misspelt one: they were part of it."""
    from difflib import get_close_matches  # noqa: PLC0415  (slow to import)

    alone = [one.name for one in fields(KINDS[kind]) if one.default is False]
    rest = []
    for word, value in words:
        if value or get_close_matches(word, alone, n=1):
            break
        rest.append(word)
    return rest


def _kind_fault(kind: str) -> str:
    """Return what is wrong with the word after the colons; nothing where it is a kind."""
    if kind in KINDS and KINDS[kind].ticked:
        return ""
    ticked = [name for name in KINDS if KINDS[name].ticked]
    if kind in KINDS:
        return message("in_markdown.other_kind", kind=kind, known=", ".join(ticked))
    from difflib import get_close_matches  # noqa: PLC0415  (only a misspelt kind needs it)

    near = get_close_matches(kind, ticked, n=1) or ticked[:1]
    return message("in_markdown.no_kind", kind=kind, near=near[0])


def _value(text: str) -> Any:
    """Return a field's value: as TOML has it, else the word itself; True for a field alone."""
    if not text:
        return True
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        return text


def _body(
    lines: Sequence[str], first: int, faults: list[Fault]
) -> tuple[list[str], list[_Option], list[str]]:
    """Return what is before the options, the options, and what is said after the check."""
    before: list[str] = []
    options: list[_Option] = []
    after: list[str] = []
    to = before  # where the words of a line go that only goes on
    apart = False  # whether an empty line came before
    for n, line in enumerate(lines, first):
        bare, tick = line.strip(), _TICK.fullmatch(line)
        if tick:
            options.append(_Option([tick[2].strip()], tick[1] != " "))
            to = options[-1].text
        elif _NEARLY.match(line) or (options and _BULLET.match(line)):
            faults.append((n, message("in_markdown.no_tick", line=bare[:60])))
        elif not options:
            before.append(line)
        elif bare.startswith(">"):
            to = after if apart and not line.startswith((" ", "\t")) else options[-1].reason
            to.append(bare[1:].strip())
        elif bare and apart and not line.startswith((" ", "\t")):
            faults.append((n, message("in_markdown.after_options", line=bare[:60])))
        elif bare:
            to.append(bare)
        apart = not bare
    return before, options, after


def _public(row: dict[str, Any]) -> list[str]:
    """Return a question as lines of Markdown, with those of its fields that learners are given."""
    published = KINDS[row["kind"]].published
    head = ["", f"::: {row['kind']} {row['id']}"]
    for name, value in row.items():
        if name in published and name not in _ON_TOP:
            head[1] += f" {name}={json.dumps(value, ensure_ascii=False)}"
    if "passage" in row:
        head += [*row["passage"].splitlines(), ""]
    head += [row["prompt"], ""]
    head += [f"- [ ] {told['text']}" for told in row["options"]]
    return [*head, ":::", ""]
