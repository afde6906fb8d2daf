"""JupyterHub for a class of 40 on one Linux machine. How it is set up: docs/hub.md."""

import os
from pathlib import Path

c = get_config()  # noqa: F821  (JupyterHub puts it here)

HERE = Path(__file__).resolve().parent
SETTINGS = HERE.parents[1] / "kit" / "command" / "settings"
#: The class's own: the learners' edition (kit release), the hub's database, the votes.
CLASS = Path(os.environ.get("KIT_HUB", "/srv/class"))

# --- Who may come in ------------------------------------------------------------------------------

# The accounts of this machine. For a school's LMS, or accounts that the hub keeps itself, put
# another here (docs/hub.md).
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {"learners", "teachers"}

# --- A server for each ----------------------------------------------------------------------------

# Each server runs as its learner's account, which is what keeps learners apart. Where systemd runs,
# 'systemdspawner.SystemdSpawner' can besides hold each to its share of memory (mem_limit below);
# this one cannot.
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.mem_limit = "512M"
c.Spawner.cmd = ["jupyterhub-singleuser"]
c.Spawner.notebook_dir = "~"
c.Spawner.default_url = "/lab/tree/source-criticism-kit/notebooks/00-start-here.ipynb"
# Half of the time that a server takes to start is saved by the first of these: see there.
packages = filter(None, [str(SETTINGS / "python"), os.environ.get("PYTHONPATH")])
c.Spawner.environment = {
    "JUPYTER_CONFIG_PATH": f"{HERE}:{SETTINGS}",
    "PYTHONPATH": os.pathsep.join(packages),
    "KIT_EDITION": str(CLASS / "edition"),
    "KIT_CLASS": str(CLASS / "votes"),
}
# A class comes in the same minute: let all begin, and give each time. Whoever comes when a hub
# starts as many as it may is sent away.
c.JupyterHub.concurrent_spawn_limit = 0
c.Spawner.start_timeout = 180
c.Spawner.http_timeout = 120

# --- The hub itself -------------------------------------------------------------------------------

# A web server in front of it brings https (docs/hub.md). Nothing else listens to the network.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.db_url = f"sqlite:///{CLASS / 'hub' / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(CLASS / "hub" / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(CLASS / "hub" / "proxy.pid")
