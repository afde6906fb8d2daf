"""`kit preview`: the page is shown anew when a file is saved, its questions live."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from labserver import _wait_for, free_port
from playwright.sync_api import BrowserContext, expect

from kit.authoring.skeleton import new_course

TICKED = """::: choose-one bird
A second paper prints that a bird stopped the clock. What does that add?

- [x] Nothing that we can see.
  > One origin.
- [ ] Much.
  > They have it from each other.
:::
"""


def test_a_question_is_live_when_it_has_been_saved(context: BrowserContext, tmp_path) -> None:
    new_course(tmp_path / "town")
    port = free_port()
    options = ["--no-browser", f"--port={port}", "--allow-root", "--IdentityProvider.token=t"]
    state = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    server = subprocess.Popen(
        [sys.executable, "-m", "kit", "preview", "exercise-01", *options],
        cwd=tmp_path / "town",
        env={**os.environ, **state, "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "spaces")},
        stdout=(tmp_path / "log").open("w"),
        stderr=subprocess.STDOUT,
    )
    base = f"http://127.0.0.1:{port}"
    book = tmp_path / "town" / "exercises" / "01-exercise.preview.ipynb"
    try:
        _wait_for(f"{base}/api/status?token=t", tmp_path / "log")
        page = context.new_page()
        page.goto(f"{base}/lab/tree/exercises/{book.name}?token=t")
        page.wait_for_selector("[data-kit=alive]", timeout=90_000)
        source = tmp_path / "town" / "lessons" / "exercise-01.md"
        text = source.read_text("utf-8")
        source.write_text(text.replace("## Hand in", f"{TICKED}\n## Hand in"), "utf-8")
        question = page.locator(".kit-q", has_text="A second paper")
        question.get_by_label("Nothing that we can see.").check()
        expect(question.locator(".kit-status")).to_contain_text("Saved.")
        source.write_text(text.replace("## Hand in", f"{TICKED[:-4]}\n## Hand in"), "utf-8")
        expect(page.locator(".alert")).to_contain_text("has no end")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
    assert not book.exists()
