"""What the command ``kit`` is made of: its parser, how a command is added to it, and how it is run.

It imports little, so that a command that needs little starts at once.
"""

from __future__ import annotations

import argparse
import os
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kit.authoring.spares import ARTICLE, keep_spares, put_back
from kit.command.look_alikes import refuse_look_alikes
from kit.course.course import NAME, Course, find_course, load_course, own_root
from kit.course.messages import CONTENT, KitError, message, why_not

Run = Callable[[Course, argparse.Namespace], int]
Option = tuple[tuple[str, ...], dict[str, Any]]  #: what ``add_argument`` is given


_PARSER = argparse.ArgumentParser(prog="kit", description="The source-criticism kit.")
COMMANDS = _PARSER.add_subparsers(dest="command", required=True)
#: What the help says, by command.
HELP: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("help.toml").read_text("utf-8")
)
#: Commands for authors: for a course of their own, or in a copy of the kit's whole project.
_FOR_AUTHORS = (
    *("preview", "add", "rename", "import", "check", "messages", "notebooks", "solutions"),
    *("handouts", "slides", "paper", "release", "site"),
)


def option(*names: str, **settings: Any) -> Option:
    """Return an option of a command, as ``add_argument`` is given it."""
    return names, settings


def command(*options: Option) -> Callable[[Run], Run]:
    """Make a command of a function: ``_check`` does what ``kit check`` says.

    What its help says is in ``help.toml``, in the table of its name.
    """

    def add(run: Run) -> Run:
        name = run.__name__.lstrip("_")
        said = HELP[name]
        parser = COMMANDS.add_parser(
            name,
            help=said["does"],
            description=said["does"],
            epilog="Example: " + "\n         ".join(said["examples"]),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        parser.set_defaults(run=run)
        for names, settings in options:
            what = said.get(names[0], HELP["shared"].get(names[0]))
            parser.add_argument(*names, **settings, help=what)
        return run

    return add


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status, 1 where something needs mending."""
    options, rest = _PARSER.parse_known_args(arguments)
    if rest and options.command not in ("lab", "preview"):
        _PARSER.error(f"unrecognized arguments: {' '.join(rest)}")
    options.rest = rest
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        run: Run = options.run
        return run(_begin(options), options)
    except KitError as fault:
        print(fault, file=sys.stderr)
    except BrokenPipeError:  # `kit article … | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as fault:
        print(message("error.files", fault=why_not(fault)), file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


# --- Which course -------------------------------------------------------------------------------


def _begin(options: argparse.Namespace) -> Course:
    """Return the course that a command works on, having said which that is.

    Raises:
        KitError: where the folder only looks like a course, and where an author's command finds
            none but the kit's own.

    """
    if options.command == "new":
        return load_course(CONTENT, Path.cwd())  # it says which course it has made
    if options.command != "look":  # that reads a text, whatever is in the same folder
        refuse_look_alikes()
    sent_here, options.was_put_back = None, False
    if root := own_root():
        sent_here, options.was_put_back = put_back(root)
    course = find_course()
    outlines = options.command == "article" and options.action == "outline"
    is_for_programs = options.command == "look" or (outlines and not sys.stdout.isatty())
    where = sys.stderr if sent_here or is_for_programs else sys.stdout
    # At once: what follows may go to the other stream, or this process become JupyterLab.
    print(which_course(course), file=where, flush=True)
    if sent_here and not (outlines and sent_here.name == ARTICLE):
        raise KitError(message("article.sent_here", path=sent_here.name))
    if course.root != CONTENT:
        keep_spares(course.home)
    elif options.command != "look":
        _refuse_the_wrong_one(course, options.command)
    return course


def _refuse_the_wrong_one(course: Course, name: str) -> None:
    """Raise a KitError where a command would work on the kit's own course and another is meant."""
    if _is_the_project(course.home):
        return
    if (course.home / "kit" / "content" / NAME).is_file():
        raise KitError(message("cli.other_copy", folder=course.home, kit=CONTENT.parents[1]))
    below = sorted(path.parent.name for path in Path.cwd().glob(f"*/{NAME}"))
    if below:
        raise KitError(message("cli.course_below", names=", ".join(below)))
    if name in _FOR_AUTHORS:
        raise KitError(message("cli.nothing_done", command=name))


def which_course(course: Course) -> str:
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
