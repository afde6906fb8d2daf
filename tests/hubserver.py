"""A real JupyterHub with the configuration of ``deploy/hub``, for the benchmark and the slow tests.

Only who may come in is another: any name, with any password. All servers run as the account that
runs this, each with a home of its own. ``make setup-hub`` installs what it needs.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
from attrs import frozen
from labserver import free_port

from kit.authoring.release import learners_edition, write_folder
from kit.course.course import load_course
from kit.course.messages import CONTENT

PROJECT = Path(__file__).resolve().parents[1]
CONFIG = PROJECT / "deploy" / "hub" / "jupyterhub_config.py"
_APART = PROJECT / ".venv" / "hub"
_PROXY = _APART / "node_modules" / ".bin" / "configurable-http-proxy"
IS_THERE = _PROXY.exists() and shutil.which("node") is not None
HOW = "JupyterHub and its proxy are not installed here; say: make setup-hub"
_PDEATHSIG = 1  # what prctl calls it
#: In the environment of every process that the hub starts, so that each can be found and ended.
_MARK = "KIT_TEST_HUB"

# As a school's hub, but for who comes in. The accounts are invented, so none of them is asked for.
_FOR_A_TEST = """
load_subconfig({config!r})
c.JupyterHub.authenticator_class = "dummy"  # any name, any password: for a test alone
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "jupyterhub.spawner.SimpleLocalProcessSpawner"
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r}
c.Spawner.args = ["--allow-root"]
c.Spawner.environment[{mark!r}] = {folder!r}
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = [{proxy!r}]
"""


@frozen
class Hub:
    """A hub that runs."""

    base: str  #: its address, with no slash at its end
    folder: Path  #: the class's: ``homes``, ``votes``, ``edition``, ``hub``

    def home(self, learner: str) -> Path:
        """Return the home folder of a learner."""
        return self.folder / "homes" / learner

    def processes(self) -> list[psutil.Process]:
        """Return every process that the hub has started, and itself."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get(_MARK) == str(self.folder):
                    found.append(process)
        return found


@contextlib.contextmanager
def serve_hub(folder: Path) -> Iterator[Hub]:
    """Run a hub, all of it in ``folder``; whatever happens, none of its processes is left."""
    for name in ("homes", "votes", "hub"):
        (folder / name).mkdir(parents=True)
    course = load_course(CONTENT, PROJECT)
    write_folder(course, learners_edition(course), folder / "edition")
    port = free_port()
    told = {
        "config": str(CONFIG),
        "homes": str(folder / "homes" / "{username}"),
        "mark": _MARK,
        "folder": str(folder),
        "proxy": str(_PROXY),
        "port": port,
        "hub_port": free_port(),
        "proxy_port": free_port(),
    }
    (folder / "config.py").write_text(_FOR_A_TEST.format(**told), encoding="utf-8")
    hub = Hub(f"http://127.0.0.1:{port}", folder)
    log = (folder / "hub.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterhub", "-f", str(folder / "config.py")],
        cwd=folder / "hub",
        env=_environment(folder),
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # a Ctrl+C is for who runs this; it ends the hub in good order
        preexec_fn=_end_with_this_process,  # noqa: PLW1509  (there is no other thread yet)
    )
    try:
        _wait_for(hub, process)
        yield hub
    finally:
        _end(hub, process)
        log.close()


def _end_with_this_process() -> None:
    """Have the hub ended by Linux where this process is killed and can end nothing any more."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGTERM)


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment in which the hub finds its packages, which are apart from the kit's."""
    [packages] = _APART.glob("lib/*/site-packages")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "KIT_"))}
    programs = [str(_APART / "bin"), str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    return {
        **kept,
        "PATH": os.pathsep.join(programs),
        "PYTHONPATH": str(packages),
        "KIT_HUB": str(folder),
        _MARK: str(folder),
    }


def _wait_for(hub: Hub, process: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{hub.base}/hub/api/", timeout=5),
        ):
            return
        if process.poll() is not None:
            break
        time.sleep(0.25)
    raise RuntimeError(f"the hub did not start:\n{(hub.folder / 'hub.log').read_text()[-3000:]}")


def _end(hub: Hub, process: subprocess.Popen[bytes]) -> None:
    """End the hub, which ends its servers and its proxy, and then whatever is still there."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(30)
    for _ in range(5):  # one that is being ended may have started another
        left = hub.processes()
        for one in left:
            with contextlib.suppress(psutil.Error):
                one.kill()
        psutil.wait_procs(left, timeout=5)
        if not left:
            break
    process.wait(5)
