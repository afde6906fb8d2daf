"""The command ``kit``: for authors and instructors, and for starting the lab."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from nbformat import NotebookNode

from kit.authoring import build, check, export, gift, handouts, release
from kit.authoring.skeleton import new_course
from kit.course import Course, find_course
from kit.facts import load_records
from kit.files import write_whole
from kit.grading import Choices, LateRule, grade_folder, tables
from kit.grading.nbgrader import write_course
from kit.items import load_items
from kit.looking import look_line, looked
from kit.messages import KitError, reason, say
from kit.starting import start
from kit.text import Article, compare, load_article, outline, read_copy

Books = dict[Path, tuple[NotebookNode, bool]]  #: each notebook, and whether it has outputs
Command = Callable[[Course, argparse.Namespace], int]


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
        return run(find_course(), options)
    except KitError as fault:
        print(fault, file=sys.stderr)
    except BrokenPipeError:  # `kit article … | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as fault:
        print(say("error.files", fault=reason(fault)), file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


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
        "Compare your copy of the text, or begin an article.toml for a text of your own.",
        "kit article check my-article.txt\n         kit article outline story.txt > article.toml",
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


def _new(course: Course, options: argparse.Namespace) -> int:
    folder = Path(" ".join(options.name))  # a name of two words may come without its quotes
    print(course.say("new.made", title=new_course(folder, options.text), folder=folder))
    return 0


def _check(course: Course, _: argparse.Namespace) -> int:
    found = check.faults(course)
    if found:
        print("\n".join(found))
        return 1
    questions = sum(len(load_items(course, s)) for s in course.sheets)
    records = sum(len(rows) for rows in load_records(course).values())
    print(
        course.say("check_course.clean", count=questions, records=records, pages=len(course.sheets))
    )
    _say_what_is_left(course)
    return 0


def _say_what_is_left(course: Course) -> None:
    """Name the places that the author has still to fill in, where there are any."""
    if todos := check.todos(course):
        where = ", ".join(f"{course.show_path(path)} ({n})" for path, n in todos.items())
        print(course.say("check_course.todo", count=sum(todos.values()), where=where))


def _article(course: Course, options: argparse.Namespace) -> int:
    copy = read_copy(options.file)
    if options.action == "outline":
        print(outline(copy))
        return 0
    verdicts = compare(load_article(course), copy)
    for v in verdicts:
        print(course.say(f"article.line_{v.state}", n=v.n, text=v.text[:60]))
    same = sum(v.state == "same" for v in verdicts)
    key = "all_same" if same == len(verdicts) else "some_differ"
    print(course.say(f"article.{key}", same=same, all=len(verdicts)))
    return 0 if same == len(verdicts) else 1


def _look(course: Course, options: argparse.Namespace) -> int:
    if options.jsonl:
        for n, line in enumerate(sys.stdin, 1):
            if line.strip():
                print(look_line(course, line, n))
        return 0
    if options.file is None:
        raise KitError(course.say("lens.no_file"))
    print(looked(course, Article.from_file(options.file), options.date))
    return 0


def _notebooks(course: Course, options: argparse.Namespace) -> int:
    books = {
        course.home / sheet.notebook: (build.bare(course, sheet), not sheet.graded)
        for sheet in course.sheets
    }
    return _stale(course, books) if options.check else _write(course, books)


def _release(course: Course, options: argparse.Namespace) -> int:
    for sheet in course.sheets:
        path = course.home / sheet.notebook
        if not build.same_source(build.bare(course, sheet), path):
            raise KitError(course.say("release.stale", path=course.show_path(path)))
    files = release.learners_edition(course)
    write = release.write_zip if options.zip else release.write_folder
    place = options.place.with_suffix(".zip") if options.zip else options.place
    write(course, files, place)
    print(course.say("release.done", where=place, count=len(files)))
    _say_what_is_left(course)
    return 0


def _solutions(course: Course, options: argparse.Namespace) -> int:
    if options.check and not course.keys.is_dir():
        print(course.say("solution.none"))
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
    print("\n".join(course.show_path(path) for path in handouts.write(course)))
    return 0


def _write(course: Course, books: Books) -> int:
    for path, (book, with_outputs) in books.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        build.write(build.run(book, path.parent) if with_outputs else book, path)
        print(course.show_path(path))
    return 0


def _stale(course: Course, books: Books) -> int:
    stale = [p for p, (book, _) in books.items() if not build.same_source(book, p)]
    return _say_stale(course, stale)


def _say_stale(course: Course, stale: list[Path]) -> int:
    for path in stale:
        print(course.say("check_course.stale", path=course.show_path(path)))
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
        raise KitError(course.say("grade.bad_off", text=options.late_off))
    if not options.due:
        return LateRule(off=off)
    try:
        due = datetime.fromisoformat(options.due)
        # A time without a zone is meant as the clock on this computer shows it.
        return LateRule(due if due.tzinfo else due.astimezone(), off)
    except (ValueError, OverflowError):
        raise KitError(course.say("grade.bad_due", text=options.due)) from None


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
    books = {sheet.id: build.bare(course, sheet) for sheet in course.sheets if sheet.graded}
    write_course(course, options.folder, options.keys or course.keys, books)
    print(course.say("nbgrader.done", folder=options.folder, names=", ".join(books)))
    return 0


def _export(course: Course, options: argparse.Namespace) -> int:
    ending = options.file.suffix.lower()
    if ending not in (".txt", ".gift", ".csv"):
        raise KitError(course.say("export.bad_ending", file=options.file))
    asked, lost = export.bank(course, options.sheet, options.keys)
    if ending == ".csv":
        tables.write(options.file, export.COLUMNS, export.rows(course, asked))
        done = course.say("export.done", file=options.file, count=len(asked))
        print(done + export.told(course, {"export.no_key": lost}))
    else:
        made = gift.gift(course, asked)
        write_whole(options.file, made.text.encode())
        done = course.say("export.done_gift", file=options.file, count=made.count)
        print(done + export.told(course, made.notes | {"export.no_key": lost}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
