"""``kit`` and ``python -m kit``: the command, or a sentence where it cannot run here."""

import signal
import sys
from pathlib import Path


def main() -> int:
    """Run the command line; return its exit status.

    That is 1 where a package that it needs is missing, and 130 where Ctrl+C ended it.
    """
    try:
        return _run()
    except ModuleNotFoundError as missing:
        _tell("first_run.no_package", name=missing.name)
        return 1
    except KeyboardInterrupt:  # most of the time until a command begins it is being imported
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl+C would cut the sentence short
        _tell("cli.stopped")
        return 130


def _run() -> int:
    if sys.argv[1:2] == ["look"]:  # it needs none of what the other commands import
        from kit.command.looking import main as run  # noqa: PLC0415
    else:
        # What makes a server slow makes every command slow, too (see the file there). In the second
        # place: the first is where this kit is.
        sys.path.insert(1, str(Path(__file__).parent / "command" / "settings" / "python"))
        from kit.command.cli import main as run  # noqa: PLC0415  (what is missing is told above)
    return run()


def _tell(key: str, **values: object) -> None:
    from kit.course.messages import CONTENT, message, use_words_of  # noqa: PLC0415  (see above)

    use_words_of(CONTENT.parents[1])  # a learners' edition has its course there
    print(message(key, **values), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
