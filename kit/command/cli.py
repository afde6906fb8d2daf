"""The command ``kit``: for authors and instructors, and for starting the lab.

Each command is a function that is given the course and the options; above it stands what its help
says, and which options it has. ``kit look`` has a file of its own, for it starts at once.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from attrs import evolve
from nbformat import NotebookNode

from kit.authoring import (
    adding,
    build,
    check,
    export,
    gift,
    handouts,
    importing,
    languages,
    paper,
    release,
    slides,
)
from kit.authoring.article_file import write_outline
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
from kit.grading.roster import load as load_roster
from kit.grading.times import read_due
from kit.instruments.age.estimates import load_book
from kit.lenses.lexicon import load_lexicon
from kit.questions.bank import load_questions

__all__ = ["looking", "main"]

LEXICONS = ("hedges", "sourcing", "dates", "grammar")  #: to which a course can add words
Books = dict[Path, tuple[NotebookNode, bool]]  #: each notebook, and whether it has outputs

_DRY_RUN = option("--check", action="store_true", help="only say whether one is stale")
_KEYS = option("--keys", type=Path, default=None, help="default: solutions/keys")
_ALSO = option(
    "--with",
    dest="also",
    action="append",
    default=[],
    metavar="SHEET",
    help="also give what course.toml holds back, such as --with test-a; can be repeated",
)


# --- The commands, in the order of the help -----------------------------------------------------


@command("Open JupyterLab at the start of the course.", "kit lab --port 8899")
def _lab(course: Course, options: argparse.Namespace) -> int:
    return start(course, options.rest)


@command(
    "Show a page as learners get it, anew at each save, with what is to be mended on it.",
    "kit preview\n         kit preview exercise-01",
    option("page", nargs="?", default="", help="such as exercise-01; the first one without it"),
)
def _preview(course: Course, options: argparse.Namespace) -> int:
    from kit.command import preview  # noqa: PLC0415  (a watcher, which no other command needs)

    sheet = course.sheet(options.page) if options.page else course.sheets[0]
    return preview.show(course, sheet, options.rest)


@command(
    "Make a course of your own: a folder with a lesson, an exercise and its key to fill in.",
    'kit new "Our town"\n         kit new "Our town" --text my-article.txt',
    option("name", nargs="+", help="its name; a folder of that name is made"),
    option("--text", type=Path, help="your article: its paragraphs are numbered for you"),
)
def _new(_: Course, options: argparse.Namespace) -> int:
    folder = Path(" ".join(options.name))  # a name of two words may come without its quotes
    title = new_course(folder, options.text)
    print(which_course(load_course(folder.resolve(), folder.resolve())))
    print(message("new.made", title=title, folder=folder))
    return 0


@command(
    "Add a question to fill in: on its page, in its file, and its key.",
    "kit add question choose-one --sheet exercise-01 --name bird",
    option("what", choices=["question"]),
    option("kind", help="its kind, such as choose-one"),
    option("--sheet", default="", help="the lesson or exercise; the last one without it"),
    option("--name", default="", help="the second half of its id; a free one without it"),
)
def _add(course: Course, options: argparse.Namespace) -> int:
    sheet = course.sheet(options.sheet) if options.sheet else course.sheets[-1]
    name, paths = adding.add_question(course, options.kind, sheet, options.name)
    where = ", ".join(course.show_path(path) for path in paths)
    print(message("add.done", id=name, where=where))
    return 0


@command(
    "Give a question, a lesson or an exercise another id, wherever the course names it.",
    "kit rename exercise-01/bird exercise-01/clock\n         kit rename 01-first-look 01-the-clock",
    option("old", help="its id"),
    option("new", help="the new one"),
    option(
        "--lose-answers",
        action="store_true",
        help="also where answers that were given under the old name are then lost",
    ),
)
def _rename(course: Course, options: argparse.Namespace) -> int:
    changed = adding.rename(course, options.old, options.new, anyway=options.lose_answers)
    told = {"old": options.old, "new": options.new, "files": ", ".join(changed)}
    print(message("rename.done", **told))
    return 0


@command("Look for faults in the course.", "kit check")
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


@command(
    "Say what is still to be translated into a language, or begin with one.",
    "kit messages --missing es\n         kit messages --new fr",
    option("--missing", metavar="LANGUAGE", help="default: the language of the course"),
    option("--new", metavar="LANGUAGE", help="write a file to fill in"),
)
def _messages(course: Course, options: argparse.Namespace) -> int:
    if options.new:
        path = languages.begin_language(course, options.new)
        print(message("languages.made", path=path, language=options.new))
        return 0
    lines = languages.what_is_left(course, options.missing or course.language)
    print("\n".join(lines))
    return min(1, len(lines) - 1)


@command(
    "Compare your copy of the text, or write the pieces of a text into your article.toml.",
    "kit article check my-article.txt\n         kit article outline my-article.txt",
    option("action", choices=["check", "outline"]),
    option("file", type=Path),
)
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
    sentences = {
        "same": "article.line_same",
        "differs": "article.line_differs",
        "missing": "article.line_missing",
    }
    verdicts = compare(load_article(course), copy)
    for verdict in verdicts:
        print(message(sentences[verdict.state], n=verdict.n, text=verdict.text[:60]))
    same = [verdict.state for verdict in verdicts].count("same")
    if same < len(verdicts):
        print(message("article.some_differ", same=same, all=len(verdicts)))
        return 1
    print(message("article.all_same", same=same, all=len(verdicts)))
    return 0


@command("Make the notebooks from the lessons.", "kit notebooks", _DRY_RUN)
def _notebooks(course: Course, options: argparse.Namespace) -> int:
    if options.check:
        old = [sheet for sheet in course.pages if not build.is_up_to_date(course, sheet)]
        return _print_stale(course, [course.home / sheet.notebook for sheet in old])
    books = {}
    for sheet in course.pages:
        books[course.home / sheet.notebook] = (build.bare(course, sheet), not sheet.graded)
    return _make(course, books, dry_run=False)


@command("Make the solved notebooks.", "kit solutions", _DRY_RUN)
def _solutions(course: Course, options: argparse.Namespace) -> int:
    if options.check and not course.keys.is_dir():
        print(message("solution.none"))
        return 0
    folder = course.home / "solutions"
    books = {}
    for sheet in course.sheets:
        if sheet.graded:
            books[folder / Path(sheet.notebook).name] = (build.solved(course, sheet), True)
    books[folder / "marking-desk.ipynb"] = (build.desk(course), False)
    return _make(course, books, dry_run=options.check)


def _make(course: Course, books: Books, *, dry_run: bool) -> int:
    """Write notebooks, run where they have outputs; or only say which of them are stale."""
    if dry_run:
        stale = [path for path, (book, _) in books.items() if not build.same_source(book, path)]
        return _print_stale(course, stale)
    for path, (book, has_outputs) in books.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = build.run(book, path.parent) if has_outputs else book
        _print_made(course, path, build.make(course, made, path))
    return 0


def _print_made(course: Course, path: Path, kept: Path | None) -> None:
    print(course.show_path(path))
    if kept:
        print(message("cli.kept", path=course.show_path(path), kept=course.show_path(kept)))
        if path.suffix == ".ipynb":
            print(message("cli.kept_notebook"))


def _print_stale(course: Course, stale: list[Path]) -> int:
    for path in stale:
        print(message("check_course.stale", path=course.show_path(path)))
    return min(len(stale), 1)


@command("Make the handouts to print.", "kit handouts", _DRY_RUN)
def _handouts(course: Course, options: argparse.Namespace) -> int:
    return _print_pages(course, handouts.pages(course), dry_run=options.check)


def _print_pages(course: Course, pages: handouts.Pages, *, dry_run: bool) -> int:
    """Write pages to print; or only say which of them are stale."""
    if dry_run:
        return _print_stale(course, handouts.stale(pages))
    for path, kept in handouts.write(course, pages).items():
        _print_made(course, path, kept)
    return 0


@command("Make the slides of the lessons.", "kit slides", _DRY_RUN)
def _slides(course: Course, options: argparse.Namespace) -> int:
    return _print_pages(course, slides.pages(course), dry_run=options.check)


@command(
    "Make the lessons and exercises to print, for a class without computers.",
    "kit paper\n         kit paper --keys",
    _DRY_RUN,
    option(
        "--keys",
        action="store_true",
        help="make the teacher's sheets of the exercises instead, in solutions/paper",
    ),
)
def _paper(course: Course, options: argparse.Namespace) -> int:
    made = paper.pages(course)
    if options.keys:
        made = paper.keys(course)
    return _print_pages(course, made, dry_run=options.check)


@command(
    "Write the learners' edition: lessons and exercises, without keys and solutions.",
    "kit release ../for-learners\n         kit release ../for-learners.zip --zip",
    option("place", type=Path, help="a folder that is not there yet, or with --zip a file"),
    option("--zip", action="store_true", help="write one zip file"),
    option(
        "--without",
        action="append",
        default=[],
        metavar="EXERCISE",
        help="keep an exercise back, with the text that only it uses, such as --without 07; "
        "can be repeated",
    ),
    _ALSO,
    option(
        "--names",
        type=Path,
        metavar="CLASS.CSV",
        help="also write each exercise once for each learner of a class list, with the code in "
        "the file's name, such as --names class.csv",
    ),
)
def _release(course: Course, options: argparse.Namespace) -> int:
    course = _given(course, options.without, options.also)
    _refuse_unready(course)
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


def _given(course: Course, without: list[str], also: list[str]) -> Course:
    """Return the course as learners get it, and say which sheets are held back."""
    given = release.given(course, without, also)
    held = [sheet.id for sheet in course.sheets if sheet.held_back and sheet not in given.sheets]
    if held:
        print(message("release.held_back", names=", ".join(held), first=held[0]))
    return given


def _refuse_unready(course: Course) -> None:
    """Raise a KitError where a course must not or cannot go out to learners."""
    release.refuse_keys(course)  # said first: it matters more than a page that is out of date
    for sheet in course.pages:
        if not build.is_up_to_date(course, sheet):
            path = course.home / sheet.notebook
            raise KitError(message("release.stale", path=course.show_path(path)))


@command(
    "Write the course as a web site: a learner needs a link and a browser, and nothing else.",
    "kit site ../our-site\n         kit site ../our-site --pyodide ../pyodide-files",
    option("folder", type=Path, help="a folder that is not there yet, or an earlier site"),
    option(
        "--pyodide", default="", metavar="PLACE", help="a folder, or an address, with its files"
    ),
    _ALSO,
)
def _site(course: Course, options: argparse.Namespace) -> int:
    course = _given(course, [], options.also)
    _refuse_unready(course)
    size = write_site(course, options.folder, options.pyodide)
    print(message("site.done", where=options.folder, megabytes=round(size / 1e6)))
    _print_what_is_left(course)
    return 0


@command(
    "Grade hand-ins: a folder, or the zip of an LMS. Nothing in them is run.",
    "kit grade handed-in --keys solutions/keys --out marks\n"
    "         kit grade moodle.zip --roster class.csv --due 2026-02-01T17:00 --lms moodle",
    option("submissions", type=Path, help="such as handed-in, or submissions.zip"),
    option(
        "--keys", type=Path, help="the keys' folder, such as --keys solutions/keys (the default)"
    ),
    option("--out", type=Path, default=Path("marks"), help="such as --out marks (the default)"),
    option(
        "--roster", type=Path, help="a class list with code or name, such as --roster class.csv"
    ),
    option(
        "--due",
        help="when it was due, by this computer's clock, such as --due 2026-02-01T17:00; a zone "
        "may follow: 2026-02-01T17:00+01:00; a day alone means its end",
    ),
    option(
        "--late-off",
        default="0",
        metavar="PERCENT",
        help="per cent of the mark taken off for each day begun, such as --late-off 10; none "
        "without it",
    ),
    option(
        "--grace",
        default="1",
        metavar="MINUTES",
        help="so many minutes after --due count for nothing, such as --grace 5 (1 without it)",
    ),
    option(
        "--first",
        action="store_true",
        help="of several attempts the first counts, not the last, such as kit grade x --first",
    ),
    option(
        "--accept-old-wording",
        action="append",
        default=[],
        metavar="QUESTION",
        help="mark answers to an older wording of a question, such as --accept-old-wording "
        "exercise-01/sort; can be repeated",
    ),
    option(
        "--throw-out",
        action="append",
        default=[],
        metavar="QUESTION",
        help="let a question count for nobody, such as --throw-out exercise-01/sort; repeatable",
    ),
    option(
        "--lms",
        choices=("canvas", "moodle"),
        default="",
        help="also write a table for its gradebook, such as --lms canvas --roster gradebook.csv",
    ),
    option(
        "--no-feedback",
        action="store_true",
        help="write no page for each learner, such as kit grade x --no-feedback",
    ),
    option(
        "--names",
        action="store_true",
        help="name learners in the class report, such as kit grade x --names; it is then not for "
        "the wall",
    ),
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
    try:
        off = float(options.late_off.replace(",", "."))
    except ValueError:
        off = -1.0
    if not 0 <= off <= 100:
        raise KitError(message("grade.bad_off", text=options.late_off))
    try:
        grace = float(options.grace.replace(",", "."))
    except ValueError:
        grace = -1.0
    if not 0 <= grace < float("inf"):
        raise KitError(message("grade.bad_grace", text=options.grace))
    if not options.due:
        return LateRule(off=off, grace=grace)
    return evolve(read_due(options.due), off=off, grace=grace)


@command(
    "Write one table over all exercises that were graded, in per cent.",
    "kit grades marks-01 marks-02 --weight exercise-02=2 --out grades.csv",
    option("folders", type=Path, nargs="+", help="where kit grade has written marks.csv"),
    option(
        "--weight",
        action="append",
        default=[],
        metavar="EXERCISE=N",
        help="how much an exercise counts, such as --weight exercise-02=2 (1 without it)",
    ),
    option(
        "--out",
        type=Path,
        default=Path("grades.csv"),
        help="such as --out grades.csv (the default)",
    ),
    option(
        "--roster",
        type=Path,
        help="the class list, such as --roster class.csv: with those who handed in nothing, and "
        "without what somebody is excused from",
    ),
)
def _grades(_: Course, options: argparse.Namespace) -> int:
    weights = {}
    for text in options.weight:
        sheet, _sign, number = text.partition("=")
        weight = tables.number(number, most=1000)
        if not weight:
            raise KitError(message("grades.bad_weight", text=text))
        weights[sheet] = weight
    roster = load_roster(options.roster) if options.roster else None
    count = write_grades(options.folders, weights, options.out, roster)
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


@command(
    "Write the exercises as an nbgrader course: source/, keys/ and nbgrader_config.py.",
    "kit nbgrader ../our-course --keys solutions/keys",
    option("folder", type=Path),
    _KEYS,
)
def _nbgrader(course: Course, options: argparse.Namespace) -> int:
    release.refuse_keys(course)
    books = {sheet.id: build.bare(course, sheet) for sheet in course.sheets if sheet.graded}
    for kept in write_course(course, options.folder, options.keys or course.keys, books):
        print(message("cli.kept_file", path=kept.name.partition(".before")[0], kept=kept))
    print(message("nbgrader.done", folder=options.folder, names=", ".join(books)))
    return 0


@command(
    "Write the questions for Moodle (GIFT, .txt or .gift) or as a table (.csv).",
    "kit export questions.txt\n"
    "         kit export questions.csv --sheet exercise-01 --sheet 03-one-number",
    option("file", type=Path, help="its ending says which; Moodle takes .txt"),
    option("--sheet", action="append", default=[], help="only this one; can be repeated"),
    _KEYS,
)
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
        made = gift.gift(course, asked)
        _write_beside(options.file, made.text.encode())
        done = message("export.done_gift", file=options.file, count=made.count)
        notes = made.notes
    print(done + export.notes_as_text(notes | {"export.no_key": lost}))
    return 0


@command(
    "Read a question bank (Moodle XML, GIFT, Aiken, or the table of kit export) as a new sheet.",
    "kit import bank.xml\n         kit import bank.gift --sheet exercise-02 --graded",
    option("file", type=Path, help="its ending says which: .xml, .gift, .txt or .csv"),
    option("--sheet", default="", help="the new sheet's name; the file's own without it"),
    option("--graded", action="store_true", help="make it an exercise, its key apart"),
)
def _import(course: Course, options: argparse.Namespace) -> int:
    path = options.file
    if path.suffix.lower() == ".csv":
        lines = []
        for line in tables.read(path, importing.table.NEEDED, "import.no_columns"):
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
