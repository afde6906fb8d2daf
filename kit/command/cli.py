"""The command ``kit``: for authors and instructors, and for starting the lab.

Each command is a function that is given the course and the options; above it stands which options
it has, and ``help.toml`` has what its help says. ``kit look`` has a file of its own, for it starts
at once.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from attrs import evolve

from kit.authoring import (
    adding,
    build,
    check,
    export,
    handouts,
    importing,
    languages,
    paper,
    release,
    slides,
)
from kit.authoring.article_file import write_outline
from kit.authoring.made import Made, is_fresh, write_made
from kit.authoring.outline import outline
from kit.authoring.site import write_site
from kit.authoring.skeleton import new_course
from kit.command import looking
from kit.command.frame import command, main, option, which_course
from kit.command.lab import start
from kit.course.article import compare, load_article, read_copy
from kit.course.course import Course, load_course
from kit.course.evidence import load_records
from kit.course.files import keep_beside, write_whole
from kit.course.messages import CONTENT, KitError, message, near
from kit.grading import Choices, LateRule, grade_folder, roster, tables
from kit.grading.grades import write_grades
from kit.grading.marks import Rulings
from kit.grading.nbgrader import write_course
from kit.grading.times import read_due
from kit.instruments.age.estimates import load_book
from kit.lenses.lexicon import load_lexicon
from kit.questions.bank import load_questions

__all__ = ["looking", "main"]

LEXICONS = ("hedges", "sourcing", "dates", "grammar")  #: to which a course can add words

_DRY_RUN = option("--check", action="store_true")
_KEYS = option("--keys", type=Path, default=None)
_ALSO = option("--with", dest="also", action="append", default=[], metavar="SHEET")


# --- The commands, in the order of the help -----------------------------------------------------


@command()
def _lab(course: Course, options: argparse.Namespace) -> int:
    return start(course, options.rest)


@command(option("page", nargs="?", default=""))
def _preview(course: Course, options: argparse.Namespace) -> int:
    from kit.command import preview  # noqa: PLC0415  (a watcher, which no other command needs)

    sheet = course.sheet(options.page) if options.page else course.sheets[0]
    return preview.show(course, sheet, options.rest)


@command(option("name", nargs="+"), option("--text", type=Path))
def _new(_: Course, options: argparse.Namespace) -> int:
    folder = Path(" ".join(options.name))  # a name of two words may come without its quotes
    title = new_course(folder, options.text)
    print(which_course(load_course(folder.resolve(), folder.resolve())))
    print(message("new.made", title=title, folder=folder))
    return 0


@command(
    option("what", choices=["question"]),
    option("kind"),
    option("--sheet", default=""),
    option("--name", default=""),
)
def _add(course: Course, options: argparse.Namespace) -> int:
    sheet = course.sheet(options.sheet) if options.sheet else course.sheets[-1]
    name, paths = adding.add_question(course, options.kind, sheet, options.name)
    where = ", ".join(course.show_path(path) for path in paths)
    print(message("add.done", id=name, where=where))
    return 0


@command(option("old"), option("new"), option("--lose-answers", action="store_true"))
def _rename(course: Course, options: argparse.Namespace) -> int:
    changed = adding.rename(course, options.old, options.new, anyway=options.lose_answers)
    told = {"old": options.old, "new": options.new, "files": ", ".join(changed)}
    print(message("rename.done", **told))
    if "/" not in options.old:
        page = course.sheet(options.old)
        print(message("rename.as_before", title=page.title, notebook=page.notebook))
    return 0


@command()
def _check(course: Course, _: argparse.Namespace) -> int:
    found = [*check.faults(course), *_faults_of_instruments(course)]
    if found:
        print("\n".join(found))
        return 1
    questions = sum(len(load_questions(course, sheet)) for sheet in course.sheets)
    records = sum(len(rows) for rows in load_records(course).values())
    told = {"title": course.title, "count": questions, "records": records}
    print(message("check_course.clean", pages=len(course.sheets), **told))
    _print_what_is_left(course)
    return 0


def _faults_of_instruments(course: Course) -> Iterator[str]:
    """Yield what is wrong in the files that only an instrument or a lens reads."""
    reads: list[Callable[[], object]] = []
    if (course.root / "estimates.toml").is_file():
        reads.append(partial(load_book, course))
    for path in sorted(course.root.glob("lexicons/*.toml")):
        if path.stem in LEXICONS:
            reads.append(partial(load_lexicon, course, path.stem))
        elif course.root != CONTENT:
            yield message("check_course.no_lexicon", name=path.name, near=near(path.stem, LEXICONS))
    for read in reads:
        try:
            read()
        except KitError as fault:
            yield str(fault)


def _print_what_is_left(course: Course) -> None:
    """Name the places that the author has still to fill in, where there are any."""
    if todos := check.todos(course):
        where = ", ".join(f"{course.show_path(path)} ({n})" for path, n in todos.items())
        print(message("check_course.todo", count=sum(todos.values()), where=where))


@command(option("--missing", metavar="LANGUAGE"), option("--new", metavar="LANGUAGE"))
def _messages(course: Course, options: argparse.Namespace) -> int:
    if options.new:
        path = languages.begin_language(course, options.new)
        print(message("languages.made", path=path, language=options.new))
        return 0
    lines = languages.what_is_left(course, options.missing or course.language)
    print("\n".join(lines))
    return min(1, len(lines) - 1)


@command(option("action", choices=["check", "outline"]), option("file", type=Path))
def _article(course: Course, options: argparse.Namespace) -> int:
    copy = read_copy(options.file)
    if options.action == "check":
        return _compare(course, copy)
    if course.root != CONTENT:
        write_outline(course, copy, was_put_back=options.was_put_back)
    else:
        print(outline(copy))
        print(message("article.only_printed"), file=sys.stderr)
    return 0


def _compare(course: Course, copy: str) -> int:
    verdicts = compare(load_article(course), copy)
    for verdict in verdicts:
        print(message(f"article.line_{verdict.state}", n=verdict.n, text=verdict.text[:60]))
    same = [verdict.state for verdict in verdicts].count("same")
    if same < len(verdicts):
        print(message("article.some_differ", same=same, all=len(verdicts)))
        return 1
    print(message("article.all_same", same=same, all=len(verdicts)))
    return 0


@command(_DRY_RUN)
def _notebooks(course: Course, options: argparse.Namespace) -> int:
    if options.check:
        return _print_stale(course, build.stale(course))
    return _make(course, build.notebooks(course))


@command(_DRY_RUN)
def _solutions(course: Course, options: argparse.Namespace) -> int:
    if options.check and not course.keys.is_dir():
        print(message("solution.none"))
        return 0
    books = build.solutions(course, outputs=not options.check)
    return _make(course, books, dry_run=options.check)


@command(_DRY_RUN)
def _handouts(course: Course, options: argparse.Namespace) -> int:
    return _make_pages(course, handouts.pages(course), dry_run=options.check)


@command(_DRY_RUN)
def _slides(course: Course, options: argparse.Namespace) -> int:
    return _make_pages(course, slides.pages(course), dry_run=options.check)


@command(_DRY_RUN, option("--keys", action="store_true"))
def _paper(course: Course, options: argparse.Namespace) -> int:
    made = paper.pages(course)
    if options.keys:
        made = paper.keys(course)
    return _make_pages(course, made, dry_run=options.check)


def _make_pages(course: Course, pages: handouts.Pages, *, dry_run: bool) -> int:
    return _make(course, [(path, html.encode()) for path, html in pages.items()], dry_run=dry_run)


def _make(course: Course, files: Made, *, dry_run: bool = False) -> int:
    """Write files that are made from others; or only say which of them are stale."""
    if dry_run:
        return _print_stale(course, (path for path, data in files if not is_fresh(path, data)))
    for path, data in files:
        kept = write_made(course.home, path, data)
        print(course.show_path(path))
        if kept:
            print(message("cli.kept", path=course.show_path(path), kept=course.show_path(kept)))
            if path.suffix == ".ipynb":
                print(message("cli.kept_notebook"))
    return 0


def _print_stale(course: Course, stale: Iterable[Path]) -> int:
    found = list(stale)
    for path in found:
        print(message("check_course.stale", path=course.show_path(path)))
    return min(len(found), 1)


@command(
    option("place", type=Path),
    option("--zip", action="store_true"),
    option("--without", action="append", default=[], metavar="EXERCISE"),
    _ALSO,
    option("--names", type=Path, metavar="CLASS.CSV"),
)
def _release(course: Course, options: argparse.Namespace) -> int:
    course = _going_out(course, options.without, options.also)
    files, place = release.learners_edition(course), options.place
    if options.names:
        pupils = roster.load(options.names).pupils
        files |= release.named_copies(course, [pupil.code or pupil.name for pupil in pupils])
    if options.zip:
        if place.suffix.lower() != ".zip":
            place = place.with_name(f"{place.name}.zip")
        release.write_zip(course, files, place)
    else:
        release.write_folder(course, files, place)
    print(message("release.done", where=place, count=len(files)))
    _print_what_is_left(course)
    return 0


def _going_out(course: Course, without: list[str], also: list[str]) -> Course:
    """Return the course as learners get it, having said which sheets are held back.

    Raises:
        KitError: where it must not or cannot go out.

    """
    given = release.given(course, without, also)
    held = [sheet.id for sheet in course.sheets if sheet.held_back and sheet not in given.sheets]
    if held:
        print(message("release.held_back", names=", ".join(held), first=held[0]))
    release.refuse_keys(given)  # said first: it matters more than a page that is out of date
    for path in build.stale(given):
        raise KitError(message("release.stale", path=course.show_path(path)))
    return given


@command(option("folder", type=Path), option("--pyodide", default="", metavar="PLACE"), _ALSO)
def _site(course: Course, options: argparse.Namespace) -> int:
    course = _going_out(course, [], options.also)
    size = write_site(course, options.folder, options.pyodide)
    print(message("site.done", where=options.folder, megabytes=round(size / 1e6)))
    _print_what_is_left(course)
    return 0


@command(
    option("submissions", type=Path),
    option("--keys", type=Path),
    option("--out", type=Path, default=Path("marks")),
    option("--roster", type=Path),
    option("--due"),
    option("--late-off", default="0", metavar="PERCENT"),
    option("--grace", default="1", metavar="MINUTES"),
    option("--first", action="store_true"),
    option("--accept-old-wording", action="append", default=[], metavar="QUESTION"),
    option("--throw-out", action="append", default=[], metavar="QUESTION"),
    option("--lms", choices=("canvas", "moodle"), default=""),
    option("--no-feedback", action="store_true"),
    option("--names", action="store_true"),
)
def _grade(course: Course, options: argparse.Namespace) -> int:
    choices = Choices(
        roster=options.roster,
        first=options.first,
        late=_late_rule(options),
        rulings=Rulings(frozenset(options.throw_out), frozenset(options.accept_old_wording)),
        lms=options.lms,
        pages=not options.no_feedback,
        names=options.names,
        progress=_progress(),
    )
    keys = options.keys or course.keys
    print(grade_folder(course, options.submissions, keys, options.out, choices))
    return 0


def _late_rule(options: argparse.Namespace) -> LateRule:
    off = tables.number(options.late_off, most=100)
    if off is None:
        raise KitError(message("grade.bad_off", text=options.late_off))
    grace = tables.number(options.grace, most=sys.float_info.max)
    if grace is None:
        raise KitError(message("grade.bad_grace", text=options.grace))
    rule = LateRule()
    if options.due:
        rule = read_due(options.due)
    return evolve(rule, off=off, grace=grace)


@command(
    option("folders", type=Path, nargs="+"),
    option("--weight", action="append", default=[], metavar="EXERCISE=N"),
    option("--out", type=Path, default=Path("grades.csv")),
    option("--roster", type=Path),
)
def _grades(_: Course, options: argparse.Namespace) -> int:
    weights = {}
    for text in options.weight:
        sheet, _sign, number = text.partition("=")
        weight = tables.number(number, most=1000)
        if not weight:
            raise KitError(message("grades.bad_weight", text=text))
        weights[sheet] = weight
    listed = None
    if options.roster:
        listed = roster.load(options.roster)
    count = write_grades(options.folders, weights, options.out, listed)
    print(message("grades.done", count=count, file=options.out))
    return 0


def _progress() -> Callable[[int, int], None]:
    """Return what draws a bar on the screen; on no screen it draws nothing."""
    shown = [-1]

    def bar(done: int, steps: int) -> None:
        share = 40 * done // max(1, steps)
        if share != shown[0] and sys.stderr.isatty():
            shown[0] = share
            end = "\n" if done == steps else ""
            print(f"\r[{'#' * share:40}]", end=end, file=sys.stderr, flush=True)

    return bar


@command(option("folder", type=Path), _KEYS)
def _nbgrader(course: Course, options: argparse.Namespace) -> int:
    release.refuse_keys(course)
    books = {sheet.id: build.bare(course, sheet) for sheet in course.sheets if sheet.graded}
    for kept in write_course(course, options.folder, options.keys or course.keys, books):
        print(message("cli.kept_file", path=kept.name.partition(".before")[0], kept=kept))
    print(message("nbgrader.done", folder=options.folder, names=", ".join(books)))
    return 0


@command(option("file", type=Path), option("--sheet", action="append", default=[]), _KEYS)
def _export(course: Course, options: argparse.Namespace) -> int:
    ending = options.file.suffix.lower()
    if ending not in (".txt", ".gift", ".csv"):
        raise KitError(message("export.bad_ending", file=options.file))
    asked, lost = export.bank(course, options.sheet, options.keys)
    if ending == ".csv":
        with tempfile.TemporaryDirectory() as folder:
            table = Path(folder) / "table.csv"
            tables.write(table, export.COLUMNS, export.rows(course, asked))
            _write_beside(options.file, table.read_bytes())
        done = message("export.done", file=options.file, count=len(asked))
        notes = {}
    else:
        made = export.gift(course, asked)
        _write_beside(options.file, made.text.encode())
        done = message("export.done_gift", file=options.file, count=made.count)
        notes = made.notes
    print(done + export.notes_as_text(notes | {"export.no_key": lost}))
    return 0


@command(
    option("file", type=Path),
    option("--sheet", default=""),
    option("--graded", action="store_true"),
)
def _import(course: Course, options: argparse.Namespace) -> int:
    path = options.file
    if path.suffix.lower() == ".csv":
        lines = []
        for line in tables.read(path, importing.COLUMNS, "import.no_columns"):
            lines.append({name: tables.as_written(cell) for name, cell in line.items()})
        bank = importing.bank_of_table(path, lines)
    else:
        bank = importing.read_bank(path)
    sheet = options.sheet or importing.sheet_name(path)
    written = importing.write_bank(course, bank, sheet, graded=options.graded)
    place = ", ".join(course.show_path(path) for path in written)
    done = message("import.done", file=path, count=len(bank.rows), place=place)
    print(done + importing.notes_as_text(bank))
    return 0


def _write_beside(path: Path, data: bytes) -> None:
    """Write a file; if another has its name, keep that one beside it and say so."""
    kept = None
    if path.is_file() and path.read_bytes() != data:
        kept = keep_beside(path)
    write_whole(path, data)
    if kept:
        print(message("cli.kept_file", path=path, kept=kept))


if __name__ == "__main__":
    sys.exit(main())
