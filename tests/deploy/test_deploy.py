"""What the files in ``deploy`` name is there; whether a hub likes them, bench/hub.py tries."""

from __future__ import annotations

import re

import yaml
from helpers import COURSE, PROJECT

HUB = PROJECT / "deploy" / "hub"


def test_an_image_is_made_of_what_there_is_and_without_the_keys():
    text = (HUB / "Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (.+) \S+$", text, re.M)
    assert len(copied) == 2
    for names in copied:
        for name in names.split():
            assert (PROJECT / name).exists(), name
    left_out = (HUB / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert COURSE.keys.relative_to(PROJECT).parts[0] in left_out


def test_every_hub_opens_the_first_lesson_in_the_folder_that_learners_get():
    settings = (HUB / "jupyter_server_config.py").read_text(encoding="utf-8")
    folder = re.search(r'lessons = Path.home\(\) / "(.+)"', settings)[1]
    first = f"/lab/tree/{folder}/{COURSE.sheets[0].notebook}"
    values = yaml.safe_load((HUB / "values.yaml").read_text(encoding="utf-8"))
    assert values["singleuser"]["defaultUrl"] == first
    assert first in (HUB / "jupyterhub_config.py").read_text(encoding="utf-8")
