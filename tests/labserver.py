"""A real JupyterLab and the flags of a real browser, for the browser tests and the benchmarks."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the benchmarks and the tests have it; who only serves a lab needs it not
    from playwright.sync_api import BrowserContext, Page

FLAGS = (  # noqa: SIM905
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HOW = "no chromium found; on Debian: apt-get update && apt-get install -y chromium"


def free_port(wanted: int = 0) -> int:
    """Return a port that nobody listens at: the one that is wanted, if it is free."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port()
        return int(sock.getsockname()[1])


#: Where an application was served last. There the browser knows its scripts already.
PORTS: dict[str, int] = {}


def kernels_of(home: Path) -> str:
    """Return how the folders begin in which this process's servers of ``home`` have their kernels.

    They are not in ``home``: a kernel may listen at sockets there, whose paths are short.
    """
    return f"kit-{os.getpid()}-{home.name}-"


@contextlib.contextmanager
def serve(home: Path, application: list[str]) -> Iterator[str]:
    """Run a Jupyter application in ``home``, with settings of its own, and give its address."""
    name = " ".join(application)
    port = PORTS[name] = free_port(PORTS.get(name, 0))
    state = home / ".jupyter-state"
    runtime = tempfile.TemporaryDirectory(prefix=kernels_of(home), dir="/tmp")
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "KIT_"))},
        "JUPYTER_CONFIG_DIR": str(state),
        "JUPYTER_DATA_DIR": str(state / "data"),
        "JUPYTER_RUNTIME_DIR": runtime.name,
        "JUPYTERLAB_WORKSPACES_DIR": str(state / "workspaces"),
        "JUPYTERLAB_SETTINGS_DIR": str(state / "settings"),
        "IPYTHONDIR": str(state / "ipython"),
    }
    options = ["--no-browser", f"--port={port}", "--allow-root", "--IdentityProvider.token=t"]
    log = (home / "server.log").open("w")
    process = subprocess.Popen(
        [sys.executable, *application, *options],
        cwd=home,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        base = f"http://127.0.0.1:{port}"
        _wait_for(f"{base}/api/status?token=t", home / "server.log")
        yield base
    finally:
        process.terminate()
        process.wait(20)
        log.close()
        runtime.cleanup()


class _PlainHost(http.server.SimpleHTTPRequestHandler):
    """A web host that lets browsers keep everything for a day without asking again."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=86400")
        super().end_headers()

    def log_message(self, *_: object) -> None: ...

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # a browser that was killed
            super().handle()


_PlainHost.extensions_map = {".mjs": "text/javascript", **_PlainHost.extensions_map}


@contextlib.contextmanager
def plain_host(folder: Path) -> Iterator[str]:
    """Serve a folder of files, and give its address."""
    handler = functools.partial(_PlainHost, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def wait_for_kernel(base: str, path: str) -> None:
    """Wait until the page has a kernel and holds its line; what is run earlier is not run."""
    for _ in range(240):
        with urllib.request.urlopen(f"{base}/api/sessions?token=t", timeout=5) as answer:
            kernels = [s["kernel"] for s in json.load(answer) if s["path"] == path]
        if any(k["connections"] and k["execution_state"] == "idle" for k in kernels):
            time.sleep(0.3)
            return
        time.sleep(0.25)
    raise TimeoutError("the notebook got no kernel")


def _wait_for(address: str, log: Path) -> None:
    for _ in range(240):
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.5)
    raise TimeoutError("the server did not start:\n" + log.read_text()[-2000:])


def forget(profile: BrowserContext, but: Sequence[Page] = ()) -> None:
    """Close the pages, and take out what they have put into the browser: all but its cache.

    Args:
        profile: the browser.
        but: pages that stay open.

    """
    left = [page for page in profile.pages if page not in but]
    kept = but[0] if but else profile.new_page()  # a browser without a page may end
    for page in left:
        page.close()  # first of all: a page that is left keeps what is in it
    all_of_it = {"origin": "*", "storageTypes": "cookies,local_storage,indexeddb,service_workers"}
    line = profile.new_cdp_session(kept)
    line.send("Storage.clearDataForOrigin", all_of_it)
    line.detach()
