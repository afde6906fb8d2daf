"""The command ``kit``: for authors and instructors, and for starting the lab."""

from __future__ import annotations

import argparse
import io
import os
import stat
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal, TextIO

from nbformat import NotebookNode

from kit.authoring import build, check, export, gift, handouts, release
from kit.authoring.made import shelf, shelf_file
from kit.authoring.outline import outline
from kit.authoring.skeleton import Outlined, new_course, outline_over
from kit.command.lab import start
from kit.command.look_alikes import refuse_look_alikes
from kit.course.article import Article, compare, load_article, read_copy, read_text
from kit.course.course import NAME, Course, find_course, load_course
from kit.course.evidence import load_records
from kit.course.files import keep_beside, write_whole
from kit.course.messages import CONTENT, KitError, message, reason
from kit.grading import Choices, LateRule, grade_folder, tables
from kit.grading.nbgrader import write_course
from kit.lenses.look import look_line, looked
from kit.questions.items import load_items

Books = dict[Path, tuple[NotebookNode, bool]]  #: each notebook, and whether it has outputs
Command = Callable[[Course, argparse.Namespace], int]
#: What only an author says, of a course of their own or in a copy of the kit's whole project.
_FOR_AUTHORS = ("check", "notebooks", "solutions", "handouts", "release")
_ARTICLE = "article.toml"


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status, 1 where something needs mending."""
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command != "lab":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    options.rest = rest
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        run: Command = options.run
        return run(_begin(options), options)
    except KitError as fault:
        print(fault, file=sys.stderr)
    except BrokenPipeError:  # `kit article … | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as fault:
        print(message("error.files", fault=reason(fault)), file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def _begin(options: argparse.Namespace) -> Course:
    """Return the course that a command works on, having said which that is.

    Raises:
        KitError: where the folder only looks like a course, and where an author's command finds
            none but the kit's own.

    """
    if options.command == "new":
        return load_course(CONTENT, Path.cwd())  # it says which course it has made
    if options.command != "look":  # that reads a text, whatever lies beside it
        refuse_look_alikes()
    course = find_course()
    sent_here, options.put_back = _put_back(course)
    where = sys.stderr if sent_here or _prints_data(options) else sys.stdout
    # At once: what follows may go to the other stream, or this process become JupyterLab.
    print(_which(course), file=where, flush=True)
    if sent_here and not _outlines(options):
        raise KitError(message("article.sent_here", path=_ARTICLE))
    _refuse_the_wrong_one(course, options.command)
    if course.root != CONTENT:
        _spare(course)
    return course


def _refuse_the_wrong_one(course: Course, command: str) -> None:
    """Raise a KitError where a command would work on the kit's own course and another is meant."""
    here = Path.cwd()
    if course.root != CONTENT or command == "look":
        return
    if (course.home / "kit" / "content" / NAME).is_file() and not _is_the_project(course.home):
        raise KitError(message("cli.other_copy", folder=course.home, kit=CONTENT.parents[1]))
    below = sorted(path.parent.name for path in here.glob(f"*/{NAME}"))
    if below and not _is_the_project(course.home):
        raise KitError(message("cli.course_below", names=", ".join(below)))
    if command in _FOR_AUTHORS and not _is_the_project(course.home):
        raise KitError(message("cli.nothing_done", command=command))


def _prints_data(options: argparse.Namespace) -> bool:
    """Whether what a command prints is to be read by a program, or kept in a file."""
    return options.command == "look" or (_outlines(options) and not sys.stdout.isatty())


def _outlines(options: argparse.Namespace) -> bool:
    return bool(options.command == "article" and options.action == "outline")


def _which(course: Course) -> str:
    """Return the sentence that says which course a command works on, and where that is."""
    told = {"title": course.title, "id": course.id, "folder": course.root}
    if course.root != CONTENT:
        return message("cli.course", **told)
    if _is_the_project(course.home):
        return message("cli.built_in", **told)
    return message("cli.no_course_here", here=Path.cwd(), **told)


def _is_the_project(home: Path) -> bool:
    """Whether a folder is this kit's project, or the learners' edition that it came with."""
    content = home / "kit" / "content"
    there = (home / "pyproject.toml").is_file() and content.is_dir()
    return there and content.samefile(CONTENT)


def _spare(course: Course) -> None:
    """Keep a copy of the author's ``article.toml``, which one slip (``>``) in a shell empties."""
    path = course.root / _ARTICLE
    with suppress(OSError):
        data = path.read_bytes()
        place = shelf(course.home) / _ARTICLE
        if data.strip() and not (place.is_file() and place.read_bytes() == data):
            write_whole(place, data)


def _put_back(course: Course) -> tuple[bool, bool]:
    """Put ``article.toml`` back where a shell has emptied it to send a command's output into it.

    Returns:
        Whether the output goes into it, and whether it was put back. What is said is then sent
        nowhere, where both streams go into it.

    """
    path, spare = course.root / _ARTICLE, shelf_file(course.home, _ARTICLE)
    if course.root == CONTENT or not spare.is_file():
        return False, False
    emptied = path.is_file() and not path.read_bytes().strip()
    into = [stream for stream in (sys.stdout, sys.stderr) if _is_sent_to(stream, path)]
    if into and emptied:
        path.write_bytes(spare.read_bytes())  # in its place: the shell holds this very file open
    if sys.stderr in into:  # both streams: there is nobody to tell, and nothing must be added
        sys.stdout = sys.stderr = io.StringIO()
    elif not path.is_file() or not path.read_bytes().strip():
        print(message("article.is_empty", path=path.name, copy=spare), file=sys.stderr)
    return bool(into), bool(into) and emptied


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kit", description="The source-criticism kit.")
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name: str, run: Command, what: str, example: str) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name,
            help=what,
            description=what,
            epilog=f"Example: {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.set_defaults(run=run)
        return command

    add("lab", _lab, "Open JupyterLab at the start of the course.", "kit lab --port 8899")
    new = add(
        "new",
        _new,
        "Make a course of your own: a folder with a lesson, an exercise and its key to fill in.",
        'kit new "Our town"\n         kit new "Our town" --text my-article.txt',
    )
    new.add_argument("name", nargs="+", help="its name; a folder of that name is made")
    new.add_argument("--text", type=Path, help="your article: its paragraphs are numbered for you")
    add("check", _check, "Look for faults in the course.", "kit check")
    text = add(
        "article",
        _article,
        "Compare your copy of the text, or write the pieces of a text into your article.toml.",
        "kit article check my-article.txt\n         kit article outline my-article.txt",
    )
    text.add_argument("action", choices=["check", "outline"])
    text.add_argument("file", type=Path)
    lens = add(
        "look",
        _look,
        "Mark hedges, sources, figures and dates in a text, and say why.",
        "kit look story.txt --date 2026-01-13\n"
        '         echo \'{"id": 1, "text": "He may flee."}\' | kit look --jsonl',
    )
    lens.add_argument("file", type=Path, nargs="?", help="a text file, or a page saved as .html")
    lens.add_argument("--date", default="", help="the text's date, YYYY-MM-DD")
    lens.add_argument("--jsonl", action="store_true", help="lines of JSON in, lines of JSON out")
    books = add("notebooks", _notebooks, "Make the notebooks from the lessons.", "kit notebooks")
    books.add_argument("--check", action="store_true", help="only say whether one is stale")
    solutions = add("solutions", _solutions, "Make the solved notebooks.", "kit solutions")
    solutions.add_argument("--check", action="store_true", help="only say whether one is stale")
    sheets = add("handouts", _handouts, "Make the handouts to print.", "kit handouts")
    sheets.add_argument("--check", action="store_true", help="only say whether one is stale")
    edition = add(
        "release",
        _release,
        "Write the learners' edition: lessons and exercises, without keys and solutions.",
        "kit release ../for-learners\n         kit release ../for-learners.zip --zip",
    )
    edition.add_argument(
        "place", type=Path, help="a folder that is not there yet, or with --zip a file"
    )
    edition.add_argument("--zip", action="store_true", help="write one zip file")
    _grade_options(
        add(
            "grade",
            _grade,
            "Grade hand-ins: a folder, or the zip of an LMS. Nothing in them is run.",
            "kit grade handed-in --keys solutions/keys --out marks\n"
            "         kit grade moodle.zip --roster class.csv --due 2026-02-01T17:00 --lms moodle",
        )
    )
    nbgrader = add(
        "nbgrader",
        _nbgrader,
        "Write the exercises as an nbgrader course: source/, keys/ and nbgrader_config.py.",
        "kit nbgrader ../our-course --keys solutions/keys",
    )
    nbgrader.add_argument("folder", type=Path)
    nbgrader.add_argument("--keys", type=Path, default=None, help="default: solutions/keys")
    out = add(
        "export",
        _export,
        "Write the questions for Moodle (GIFT, .txt or .gift) or as a table (.csv).",
        "kit export questions.txt\n"
        "         kit export questions.csv --sheet exercise-01 --sheet 03-one-number",
    )
    out.add_argument("file", type=Path, help="its ending says which; Moodle takes .txt")
    out.add_argument("--sheet", action="append", default=[], help="only this one; can be repeated")
    out.add_argument("--keys", type=Path, default=None, help="default: solutions/keys")
    return parser


def _grade_options(grade: argparse.ArgumentParser) -> None:
    grade.add_argument("submissions", type=Path, help="such as handed-in, or submissions.zip")
    grade.add_argument(
        "--keys", type=Path, help="the keys' folder, such as --keys solutions/keys (the default)"
    )
    grade.add_argument(
        "--out", type=Path, default=Path("marks"), help="such as --out marks (the default)"
    )
    grade.add_argument(
        "--roster", type=Path, help="a class list with code or name, such as --roster class.csv"
    )
    grade.add_argument(
        "--due",
        help="when it was due, by this computer's clock, such as --due 2026-02-01T17:00; a zone "
        "may follow: 2026-02-01T17:00+01:00",
    )
    grade.add_argument(
        "--late-off",
        default="0",
        metavar="PERCENT",
        help="per cent of the mark taken off for each day begun, such as --late-off 10; none "
        "without it",
    )
    grade.add_argument(
        "--first",
        action="store_true",
        help="of several attempts the first counts, not the last, such as kit grade x --first",
    )
    grade.add_argument(
        "--lms",
        choices=("canvas", "moodle"),
        default="",
        help="also write a table for its gradebook, such as --lms canvas --roster gradebook.csv",
    )
    grade.add_argument(
        "--no-feedback",
        action="store_true",
        help="write no page for each learner, such as kit grade x --no-feedback",
    )


def _lab(course: Course, options: argparse.Namespace) -> int:
    return start(course, options.rest)


def _new(_: Course, options: argparse.Namespace) -> int:
    folder = Path(" ".join(options.name))  # a name of two words may come without its quotes
    title = new_course(folder, options.text)
    print(_which(load_course(folder.resolve(), folder.resolve())))
    print(message("new.made", title=title, folder=folder))
    return 0


def _check(course: Course, _: argparse.Namespace) -> int:
    found = check.faults(course)
    if found:
        print("\n".join(found))
        return 1
    questions = sum(len(load_items(course, s)) for s in course.sheets)
    records = sum(len(rows) for rows in load_records(course).values())
    told = {"title": course.title, "count": questions, "records": records}
    print(message("check_course.clean", pages=len(course.sheets), **told))
    _say_what_is_left(course)
    return 0


def _say_what_is_left(course: Course) -> None:
    """Name the places that the author has still to fill in, where there are any."""
    if todos := check.todos(course):
        where = ", ".join(f"{course.show_path(path)} ({n})" for path, n in todos.items())
        print(message("check_course.todo", count=sum(todos.values()), where=where))


def _article(course: Course, options: argparse.Namespace) -> int:
    copy = read_copy(options.file)
    if options.action == "outline":
        return _outline(course, copy, put_back=options.put_back)
    verdicts = compare(load_article(course), copy)
    for v in verdicts:
        print(message(f"article.line_{v.state}", n=v.n, text=v.text[:60]))
    same = sum(v.state == "same" for v in verdicts)
    key = "all_same" if same == len(verdicts) else "some_differ"
    print(message(f"article.{key}", same=same, all=len(verdicts)))
    return 0 if same == len(verdicts) else 1


def _outline(course: Course, copy: str, *, put_back: bool) -> int:
    """Write a text's pieces into the course's ``article.toml``; what the author wrote stays.

    Where the output goes into a file or a program it is printed too, so that whoever sends it
    there gets the pieces that they know with what they wrote.
    """
    if course.root == CONTENT:
        print(outline(copy))
        print(message("article.only_printed"), file=sys.stderr)
        return 0
    path = (course.root / _ARTICLE).resolve()
    sent = _sent_to(path)
    put: Callable[[str], None] = _print_over if sent == "here" else partial(_put, path)
    old = read_text(path) if path.is_file() else ""
    spare = shelf_file(course.home, _ARTICLE)
    emptied = not old.strip()
    if emptied and spare.is_file():
        old = read_text(spare)
        put(old)  # at once: whatever comes now, it is in its place again
    told = []
    if (emptied or put_back) and spare.is_file():
        when = datetime.fromtimestamp(spare.stat().st_mtime, UTC).astimezone()
        told = [message("article.brought_back", path=path.name, when=f"{when:%Y-%m-%d %H:%M}")]
    elif emptied and sent == "here":
        told = [message("article.emptied", path=path.name)]
    made = outline_over(old, copy, path)
    if sent in ("file", "program"):
        # First of all: PowerShell holds the file open that it writes this to.
        print(made.text, end="", flush=True)
    if sent == "file":
        told = [message("article.left", path=path.name)]
    else:
        told += _put_outline(course, path, old, made, put)
    print("\n".join(told), file=sys.stdout if sent == "screen" else sys.stderr)
    return 0


def _sent_to(path: Path) -> Literal["screen", "here", "file", "program"]:
    """Say where the output goes; ``here`` is the file at ``path`` itself (``> article.toml``)."""
    if sys.stdout.isatty():
        return "screen"
    if _is_sent_to(sys.stdout, path):
        return "here"
    try:
        is_file = stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):  # a program that has taken its place in this process
        is_file = False
    return "file" if is_file else "program"


def _is_sent_to(stream: TextIO, path: Path) -> bool:
    """Whether a stream goes into the file at ``path``."""
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except (OSError, ValueError):
        return False


def _print_over(text: str) -> None:
    """Let the file that the output goes into hold ``text`` and nothing else."""
    sys.stdout.flush()
    os.lseek(sys.stdout.fileno(), 0, os.SEEK_SET)
    os.ftruncate(sys.stdout.fileno(), 0)
    with os.fdopen(sys.stdout.fileno(), "wb", closefd=False) as file:
        file.write(text.encode())


def _put(path: Path, text: str) -> None:
    write_whole(path, text.encode())


def _put_outline(
    course: Course, path: Path, old: str, made: Outlined, put: Callable[[str], None]
) -> list[str]:
    """Write an ``article.toml`` with ``put``, keeping the old one, and return what to say of it."""
    if not old.strip():
        put(made.text)
        return [message("article.made", path=path.name, count=made.known + made.new)]
    if read_text(path) != old:
        put(old)
    if made.text == old:
        return [message("article.fits", path=path.name)]
    kept = keep_beside(path)
    put(made.text)
    told = [message("article.merged", path=path.name, known=made.known, new=made.new)]
    if made.gone:
        pieces = ", ".join(made.gone)
        told.append(message("article.gone", count=len(made.gone), pieces=pieces))
    if kept:
        told.append(message("article.kept", kept=kept.name))
    if not made.reference_fits:
        told.append(message("article.reference", title=made.title, words=made.words))
    return told


def _look(course: Course, options: argparse.Namespace) -> int:
    if options.jsonl:
        for n, line in enumerate(sys.stdin, 1):
            if line.strip():
                print(look_line(course, line, n))
        return 0
    if options.file is None:
        raise KitError(message("lens.no_file"))
    print(looked(course, Article.from_file(options.file), options.date))
    return 0


def _notebooks(course: Course, options: argparse.Namespace) -> int:
    books = {
        course.home / sheet.notebook: (build.bare(course, sheet), not sheet.graded)
        for sheet in course.sheets
    }
    return _stale(course, books) if options.check else _write(course, books)


def _release(course: Course, options: argparse.Namespace) -> int:
    release.refuse_keys(course)  # said first: it matters more than a page that is out of date
    for sheet in course.sheets:
        path = course.home / sheet.notebook
        if not build.same_source(build.bare(course, sheet), path):
            raise KitError(message("release.stale", path=course.show_path(path)))
    files = release.learners_edition(course)
    write = release.write_zip if options.zip else release.write_folder
    place = options.place
    if options.zip and place.suffix.lower() != ".zip":
        place = place.with_name(f"{place.name}.zip")
    write(course, files, place)
    print(message("release.done", where=place, count=len(files)))
    _say_what_is_left(course)
    return 0


def _solutions(course: Course, options: argparse.Namespace) -> int:
    if options.check and not course.keys.is_dir():
        print(message("solution.none"))
        return 0
    folder = course.home / "solutions"
    books = {
        folder / Path(sheet.notebook).name: (build.solved(course, sheet), True)
        for sheet in course.sheets
        if sheet.graded
    }
    books[folder / "marking-desk.ipynb"] = (build.desk(), False)
    return _stale(course, books) if options.check else _write(course, books)


def _handouts(course: Course, options: argparse.Namespace) -> int:
    if options.check:
        return _say_stale(course, handouts.stale(course))
    for path, kept in handouts.write(course).items():
        _say_made(course, path, kept)
    return 0


def _write(course: Course, books: Books) -> int:
    for path, (book, with_outputs) in books.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = build.run(book, path.parent) if with_outputs else book
        _say_made(course, path, build.make(course, made, path))
    return 0


def _say_made(course: Course, path: Path, kept: Path | None) -> None:
    print(course.show_path(path))
    if kept:
        told = {"path": course.show_path(path), "kept": course.show_path(kept)}
        print(message("cli.kept", **told))
        if path.suffix == ".ipynb":
            print(message("cli.kept_notebook"))


def _stale(course: Course, books: Books) -> int:
    stale = [p for p, (book, _) in books.items() if not build.same_source(book, p)]
    return _say_stale(course, stale)


def _say_stale(course: Course, stale: list[Path]) -> int:
    for path in stale:
        print(message("check_course.stale", path=course.show_path(path)))
    return 1 if stale else 0


def _grade(course: Course, options: argparse.Namespace) -> int:
    choices = Choices(
        roster=options.roster,
        first=options.first,
        late=_late_rule(course, options),
        lms=options.lms,
        pages=not options.no_feedback,
        progress=_progress(),
    )
    keys = options.keys or course.keys
    print(grade_folder(course, options.submissions, keys, options.out, choices))
    return 0


def _late_rule(course: Course, options: argparse.Namespace) -> LateRule:
    try:
        off = float(options.late_off)
    except ValueError:
        off = -1.0
    if not 0 <= off <= 100:
        raise KitError(message("grade.bad_off", text=options.late_off))
    if not options.due:
        return LateRule(off=off)
    try:
        due = datetime.fromisoformat(options.due)
        # A time without a zone is meant as the clock on this computer shows it.
        return LateRule(due if due.tzinfo else due.astimezone(), off)
    except (ValueError, OverflowError):
        raise KitError(message("grade.bad_due", text=options.due)) from None


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


def _nbgrader(course: Course, options: argparse.Namespace) -> int:
    release.refuse_keys(course)
    books = {sheet.id: build.bare(course, sheet) for sheet in course.sheets if sheet.graded}
    for kept in write_course(course, options.folder, options.keys or course.keys, books):
        print(message("cli.kept_file", path=kept.name.partition(".before")[0], kept=kept))
    print(message("nbgrader.done", folder=options.folder, names=", ".join(books)))
    return 0


def _export(course: Course, options: argparse.Namespace) -> int:
    ending = options.file.suffix.lower()
    if ending not in (".txt", ".gift", ".csv"):
        raise KitError(message("export.bad_ending", file=options.file))
    asked, lost = export.bank(course, options.sheet, options.keys)
    if ending == ".csv":
        with tempfile.TemporaryDirectory() as folder:
            table = Path(folder) / "table.csv"
            tables.write(table, export.COLUMNS, export.rows(course, asked))
            _write_beside(course, options.file, table.read_bytes())
        done = message("export.done", file=options.file, count=len(asked))
        print(done + export.told({"export.no_key": lost}))
    else:
        made = gift.gift(course, asked)
        _write_beside(course, options.file, made.text.encode())
        done = message("export.done_gift", file=options.file, count=made.count)
        print(done + export.told(made.notes | {"export.no_key": lost}))
    return 0


def _write_beside(course: Course, path: Path, data: bytes) -> None:
    """Write a file; another that bears its name is kept beside it, and that is said."""
    kept = keep_beside(path) if path.is_file() and path.read_bytes() != data else None
    write_whole(path, data)
    if kept:
        print(message("cli.kept_file", path=path, kept=kept))


if __name__ == "__main__":
    sys.exit(main())
