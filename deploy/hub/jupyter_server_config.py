"""The settings of one learner's server, on any hub: lean, and closed to the other learners.

It runs as the learner. A hub finds it, and the kit's own settings of JupyterLab, by
JUPYTER_CONFIG_PATH (jupyterhub_config.py beside this file), an image in /etc/jupyter (Dockerfile).
"""

import atexit
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

c = get_config()  # noqa: F821  (Jupyter puts it here)

# --- Closed to the others -------------------------------------------------------------------------

# What a learner writes nobody else reads; but a home that was given to a group which the learner
# is not in, with the bit that hands the group on, may be read by that group: the teachers.
home = Path.home().stat()
is_given_to_teachers = home.st_mode & stat.S_ISGID and home.st_gid not in os.getgroups()
umask = 0o077
if is_given_to_teachers:
    umask = 0o027
os.umask(umask)

# A kernel that listens on a port can be talked to by every account of the machine. These listen on
# sockets in a folder that only the learner can enter. It is not in the home: a socket's path may
# have 107 characters, and a network drive has no sockets.
runtime = tempfile.mkdtemp(prefix="jupyter-")
atexit.register(shutil.rmtree, runtime, ignore_errors=True)
os.environ["JUPYTER_RUNTIME_DIR"] = runtime
c.KernelManager.transport = "ipc"

# --- Lean -----------------------------------------------------------------------------------------

# No learner needs these, and each costs memory and time at the start.
c.ServerApp.jpserver_extensions = {
    "jupyter_lsp": False,
    "jupyter_server_terminals": False,
    "nbclassic": False,
    "nbgrader": False,
    "notebook": False,
}
c.ServerApp.terminals_enabled = False
c.LabApp.extension_manager = "readonly"

# A kernel that no page has been connected to for half an hour ends. What said 'Saved' is on the
# disk, and the page begins anew when it is opened.
c.MappingKernelManager.cull_idle_timeout = 30 * 60
c.MappingKernelManager.cull_interval = 5 * 60

# --- The lessons ----------------------------------------------------------------------------------

# Where the hub names the learners' edition, each learner gets a copy at the first start. It is
# theirs: what they have changed is never replaced.
edition = os.environ.get("KIT_EDITION")
lessons = Path.home() / "source-criticism-kit"
if edition and not lessons.exists():
    fresh = Path(tempfile.mkdtemp(prefix=".kit-", dir=Path.home()))
    # Not by Python, which would copy who may read each file as well.
    subprocess.run(["cp", "-R", edition, fresh / "kit"], check=True)
    (fresh / "kit").rename(lessons)  # in one step: half a copy would stay half for ever
    fresh.rmdir()
