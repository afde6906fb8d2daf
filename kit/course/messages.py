"""Every sentence that the kit itself says, looked up by key.

The words are in ``content/messages.toml``, in English. A course's language, where the kit has
sentences in it (``content/messages.es.toml``), is laid over them, and over both what the course has
in a ``messages.toml`` of its own: each sentence falls back to the one below it.
"""

from __future__ import annotations

import errno
import re
import string
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

CONTENT = Path(__file__).parents[1] / "content"
_LANGUAGE = re.compile(r"""^language\s*=\s*["']([A-Za-z]+(?:-[A-Za-z]+)*)["']""", re.MULTILINE)
#: Languages in scripts that run from right to left, of those with many readers (ISO 639).
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ps", "sd", "ug", "yi", "ckb", "dv"})


class KitError(Exception):
    """Something the user can mend, told in a sentence that says what to do."""

    def _render_traceback_(self) -> list[str]:
        """Show the sentence alone where IPython would print a traceback."""
        return [str(self)]


def words(folder: Path = CONTENT) -> dict[str, str]:
    """Return the kit's sentences by key, as the course in ``folder`` says them.

    Keys are dotted: the table ``[view]`` with ``saved = "…"`` gives ``view.saved``.
    """
    table: dict[str, str] = {}
    for language in ("", *languages_of(folder)):
        table |= words_in(language)
    return table | own_words(folder)


def words_in(language: str) -> dict[str, str]:
    """Return the kit's own sentences in a language, by key: those there are, without a fallback.

    The language is a code such as ``es``; empty for the English ones, of which none is missing.
    """
    table: dict[str, str] = {}
    for group in _groups(language):
        table |= _built_in(group, language)
    return table


def words_of_group(group: str, folder: Path = CONTENT) -> dict[str, str]:
    """Return the sentences of one table by the rest of their key, as :func:`words` has them.

    ``words_of_group("view")["saved"]`` is the sentence ``view.saved``.
    """
    sentences = {}
    for table in (*reversed(_layers(group, languages_of(folder))), own_words(folder)):
        for key, sentence in table.items():
            of_group, _, name = key.partition(".")
            if of_group == group:
                sentences[name] = sentence
    return sentences


@cache
def languages_of(folder: Path) -> tuple[str, ...]:
    """Return the language of the course in ``folder``, after those that it is a kind of.

    ``es-MX`` gives ``("es", "es-MX")``: what Mexico says otherwise is laid over the rest. English
    is what lies below all, so it gives nothing.
    """
    path = folder / "course.toml"
    said = None
    if path.is_file():  # not read as TOML: this is asked before anything is known of the course
        said = _LANGUAGE.search(path.read_text(encoding="utf-8", errors="replace"))
    if said is None or said[1] == "en":
        return ()
    return kinds_of_language(said[1])


def kinds_of_language(language: str) -> tuple[str, ...]:
    """Return a language's code, after that of the language that it is a kind of, if it is one."""
    return tuple(dict.fromkeys([language.partition("-")[0], language]))


@cache
def own_words(folder: Path) -> dict[str, str]:
    """Return what a course's own ``messages.toml`` says, by key; nothing where it has none.

    Raises:
        KitError: when the file cannot be read.

    """
    path = folder / "messages.toml"
    if folder == CONTENT or not path.is_file():
        return {}
    return _read(path, path.read_bytes())


def file_in(language: str) -> Path:
    """Return where the kit's own sentences in a language are; empty means English."""
    if not language:
        return CONTENT / "messages.toml"
    return CONTENT / f"messages.{language}.toml"


@cache
def _groups(language: str) -> dict[str, str]:
    """Return the text of each table of the built-in sentences in a language; none without them.

    The reader of TOML is slow, a lesson's first question needs three tables of forty, and in these
    files, which are ours, no sentence has a line that looks like the head of a table.
    """
    path = file_in(language)
    if not path.is_file():
        return {}
    _, *parts = re.split(r"^(?=\[\w+\]$)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {part[1 : part.index("]")]: part for part in parts}


@cache
def _built_in(group: str, language: str) -> dict[str, str]:
    """Return the built-in sentences of one table, by key; nothing where there is no such table."""
    text = _groups(language).get(group, "")
    return _read(file_in(language), text.encode("utf-8"))


@cache
def _layers(group: str, languages: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the built-in sentences of one table, those that are looked up first at the front."""
    return [_built_in(group, language) for language in (*reversed(languages), "")]


def _read(path: Path, data: bytes) -> dict[str, str]:
    """Return the sentences in ``data``, which is the file at ``path`` or a part of it, by key."""
    try:
        groups = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise KitError(message("error.bad_toml", path=path, fault=fault)) from None
    sentences: dict[str, str] = {}
    for group, rows in groups.items():
        if not isinstance(rows, dict) or not all(isinstance(s, str) for s in rows.values()):
            raise KitError(message("error.bad_messages", path=path))
        # An empty one is still to be translated.
        sentences |= {f"{group}.{key}": sentence for key, sentence in rows.items() if sentence}
    return sentences


_REASONS = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EACCES: "forbidden",
    errno.EPERM: "forbidden",
    errno.EROFS: "forbidden",
    errno.EEXIST: "in_the_way",
    errno.EISDIR: "in_the_way",
    errno.ENOTDIR: "in_the_way",
    errno.ENAMETOOLONG: "too_long",
}


def why_not(fault: OSError) -> str:
    """Return in plain words why a file could not be had, and which; else the system's own words."""
    if fault.errno not in _REASONS:
        return str(fault)
    told = message(f"first_run.{_REASONS[fault.errno]}")
    if fault.filename:
        return f"{fault.filename}: {told}"
    return told


# What the course that is being worked on says. A context, not a parameter: hardly a function is
# without a sentence. A new thread begins in the built-in words, so a widget's callback, which may
# arrive on a thread of its own, enters its course again (`in_words_of`).
# With its folder go its own sentences, as they were when it was entered: they must be there when
# the file that holds them is broken and that is to be told.
_in_use: ContextVar[tuple[Path, dict[str, str]]] = ContextVar("kit_messages")


def folder_in_use() -> Path:
    """Return the folder of the course that is being worked on."""
    return _words_in_use()[0]


def _words_in_use() -> tuple[Path, dict[str, str]]:
    return _in_use.get((CONTENT, {}))


def use_words_of(folder: Path) -> None:
    """Let :func:`message` speak in the words of the course in ``folder`` from now on.

    Raises:
        KitError: when its ``messages.toml`` cannot be read.

    """
    _in_use.set((folder, own_words(folder)))


@contextmanager
def in_words_of(folder: Path) -> Iterator[None]:
    """Let :func:`message` speak in the words of the course in ``folder``, inside of ``with``."""
    before = _words_in_use()
    use_words_of(folder)
    try:
        yield
    finally:
        _in_use.set(before)


def message(key: str, /, **values: object) -> str:
    """Return the sentence ``key`` with ``values`` filled in, in the words of the course in use.

    Where the course's own sentence does not fit the values (a stray brace, a value misspelt), the
    kit's is returned.
    """
    folder, own = _words_in_use()
    for table in (own, *_layers(key.partition(".")[0], languages_of(folder))):
        if key not in table:
            continue
        try:
            return filled(table[key], values)
        except (ValueError, LookupError):
            continue
    raise KeyError(key)


class _WithCounts(string.Formatter):
    """Writes ``{count:page|pages}`` as the first word where ``count`` is 1, else as the second."""

    def format_field(self, value: object, format_spec: str) -> str:
        if "|" not in format_spec:
            return format(value, format_spec)
        one, _, more = format_spec.partition("|")
        if str(value) == "1":
            return one
        return more


def filled(sentence: str, values: Mapping[str, object]) -> str:
    """Return a sentence with ``values`` in place of the words in braces.

    Raises:
        ValueError: when a brace is not closed.
        LookupError: when a word in braces is none of the values.

    """
    if "|" in sentence:
        return _WithCounts().vformat(sentence, (), values)
    return sentence.format_map(values)  # much faster


def in_every_language(key: str) -> frozenset[str]:
    """Return a sentence without values as the course in use says it, and as each language does.

    For what is read back from a table that may have been written before the language was chosen.
    """
    said = {message(key)}
    for path in CONTENT.glob("messages*.toml"):
        table = _built_in(key.partition(".")[0], path.stem.partition(".")[2])
        said.add(table.get(key, ""))
    return frozenset(said - {""})


def in_digits(value: float | str, form: str = "") -> str:
    """Return a number as the course's language writes it, with its own signs for the decimals.

    Args:
        value: the number, or its digits in English.
        form: how it is printed, as ``format`` takes it: ``.1f``, ``g``, or ``,`` for groups.

    """
    digits = format(value, form)
    if digits.isdigit():  # most are, and a class's pages have hundreds of thousands
        return digits
    signs = {ord(","): message("number.groups"), ord("."): message("number.decimals")}
    return digits.translate(signs)


def each_in_digits(form: str, **values: float) -> dict[str, str]:
    """Return numbers by their names, each as :func:`in_digits` writes it."""
    written = {}
    for name, value in values.items():
        written[name] = in_digits(value, form)
    return written


def direction(language: str) -> str:
    """Return ``rtl`` for a language that is written from right to left, else ``ltr``."""
    if language.partition("-")[0] in _RIGHT_TO_LEFT:
        return "rtl"
    return "ltr"


def of_language() -> str:
    """Return the attributes ``lang`` and ``dir`` for HTML in the course's language.

    A notebook's page is in English already: there is nothing to say where the course is, too.
    """
    languages = languages_of(folder_in_use())
    if not languages:
        return ""
    return f' lang="{languages[-1]}" dir="{direction(languages[-1])}"'


def sides() -> tuple[str, str]:
    """Return on which side a line begins in the course's language, ``left`` or ``right``, and ends.

    JupyterLab takes names that fit both ways (``inline-start``) out of the pages that it shows.
    """
    if "rtl" in of_language():
        return "right", "left"
    return "left", "right"


def near(name: str, known: Iterable[str]) -> str:
    """Return the question whether the nearest of the known names is meant; nothing without one."""
    from difflib import get_close_matches  # noqa: PLC0415  (only where something is wrong)

    found = get_close_matches(name, list(known), n=1)
    return message("check_course.near", near=found[0]) if found else ""
