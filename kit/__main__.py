"""``kit`` and ``python -m kit``: the command, or a sentence where it cannot run here."""

import sys


def main() -> int:
    """Run the command line; return its exit status, 1 where a package that it needs is missing."""
    try:
        if sys.argv[1:2] == ["look"]:  # it needs none of what the other commands import
            from kit.command.looking import main as run  # noqa: PLC0415
        else:
            from kit.command.cli import main as run  # noqa: PLC0415  (what is missing is told here)
    except ModuleNotFoundError as missing:
        from kit.course.messages import CONTENT, message, use_words_of  # noqa: PLC0415

        use_words_of(CONTENT.parents[1])  # a learners' edition has its course there
        print(message("first_run.no_package", name=missing.name), file=sys.stderr)
        return 1
    return run()


if __name__ == "__main__":
    sys.exit(main())
