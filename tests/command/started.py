"""`kit` as a shell starts it, without the second that Python takes to begin and to import.

One process has imported the kit, and divides for every command: `python started.py SOCKET`.
`python started.py SOCKET ARGUMENTS...` is what the shell starts in the place of `kit`. It hands
over its three streams as the shell has opened them, its folder, its variables and its arguments.
"""

import json
import os
import socket
import sys
from pathlib import Path

AT_MOST = 65536  #: bytes of a message


def ask(place: str, arguments: list[str]) -> int:
    """Have a command run on this process's streams; return its exit status."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as line:
        line.connect(place)
        asked = json.dumps([str(Path.cwd()), dict(os.environ), arguments]).encode()
        socket.send_fds(line, [asked], [0, 1, 2])
        return line.recv(1)[0]


def serve(place: str) -> None:
    """Run what is asked for, each in a process of its own."""
    from kit.command import cli

    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
        door.bind(place)
        door.listen()
        os.write(1, b"ready\n")
        while True:
            line, _ = door.accept()
            with line:
                asked, streams, _, _ = socket.recv_fds(line, AT_MOST, 3)
                folder, variables, arguments = json.loads(asked)
                process = os.fork()
                if not process:
                    os.environ.clear()
                    os.environ.update(variables)
                    run(cli.main, streams, folder, arguments)
                for stream in streams:
                    os.close(stream)
                _, status = os.waitpid(process, 0)
                line.send(bytes([os.waitstatus_to_exitcode(status) & 255]))


def run(main, streams: list[int], folder: str, arguments: list[str]) -> None:
    """Be the command, and end."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    os.chdir(folder)
    sys.argv = ["kit", *arguments]
    status = 1
    try:
        status = main()
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status or 0)


if __name__ == "__main__":
    if sys.argv[2:]:
        sys.exit(ask(sys.argv[1], sys.argv[2:]))
    serve(sys.argv[1])
