"""The browser edition: files on a plain web host, a real browser, and nothing outside."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen
from conftest import a_site
from helpers import COURSE, PROJECT, with_keys
from labserver import CHROMIUM, FLAGS, plain_host
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from kit.command.cli import main
from kit.course.course import load_course
from kit.learner import paste, submission

#: No name but this machine's is found, so nothing can come from outside.
BLOCKED = [*FLAGS, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"]
ALIVE = "() => document.querySelector('[data-kit=alive]')"
#: Bytes that a site may have, and that may be fetched before the first question.
LARGEST, LARGEST_BEFORE = 60_000_000, 25_000_000
LESSON = "notebooks/01-who-says-so.ipynb"
OWN_TEXT = "notebooks/07-your-own-text.ipynb"
EXERCISE = "exercises/01-exercise.ipynb"
FIRST = "a news story rests on one source whose name it does not give"


@frozen
class Host:
    """The sites on a host, each in a folder: none at the top of its address."""

    folder: Path
    address: str


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    folder, lynx = tmp_path_factory.mktemp("host"), PROJECT / "examples" / "the-lynx"
    for name, course in {"school/site": COURSE, "lynx": load_course(lynx, lynx)}.items():
        shutil.copytree(a_site(course, tmp_path_factory), folder / name)
    with plain_host(folder) as address:
        yield Host(folder, address)


@contextlib.contextmanager
def a_browser(profile: Path, *, keeps: bool = True) -> Iterator[BrowserContext]:
    """Open the browser of one learner; what it keeps is in a folder, if it keeps anything."""
    if not keeps:
        (profile / "Default").mkdir(parents=True)
        refused = {"profile": {"default_content_setting_values": {"cookies": 2}}}
        (profile / "Default" / "Preferences").write_text(json.dumps(refused), "utf-8")
    if CHROMIUM is None:
        pytest.skip("no chromium found")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=BLOCKED, accept_downloads=True
        )
        yield context
        with contextlib.suppress(Exception):  # it may have been killed
            context.close()


def kill(profile: Path) -> None:
    """End a learner's browser as a power cut does."""
    found = subprocess.run(
        ["pgrep", "-f", f"user-data-dir={profile}"], capture_output=True, text=True, check=True
    )
    for pid in found.stdout.split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)


def opened(context: BrowserContext, site: str, path: str) -> Page:
    page = context.new_page()
    page.goto(f"{site}/notebooks/index.html?path={path}")
    page.wait_for_function(ALIVE, timeout=120_000)
    return page


def choose(page: Page, question: str, answer: str, says: str = "Saved.") -> None:
    box = page.locator(".kit-q", has_text=question)
    box.get_by_label(answer).check()
    expect(box.locator(".kit-status")).to_contain_text(says)


def _bytes_of(folder: Path, site: str, asked: list[str]) -> int:
    """Return how many bytes the files have that were asked for, each counted once."""
    files = set()
    for url in asked:
        name = url.split("?")[0].removeprefix(f"{site}/")
        if (folder / name).is_file():
            files.add(folder / name)
    return sum(file.stat().st_size for file in files)


START, TRY_OUT = "notebooks/00-start-here.ipynb", "Who stands behind the statement that the museum"


def test_an_answer_survives_a_killed_browser_and_a_correction_arrives(host: Host, tmp_path):
    site, asked = f"{host.address}/school/site", []
    with a_browser(tmp_path / "profile") as browser:
        browser.on("request", lambda request: asked.append(request.url))
        page = opened(browser, site, LESSON)
        expect(page.get_by_text("Your answers are kept in this browser")).to_be_visible()
        folder = host.folder / "school" / "site"
        assert sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) < LARGEST
        assert _bytes_of(folder, site, asked) < LARGEST_BEFORE
        choose(page, FIRST, "It depends, and I could say on what.")
        page.keyboard.press("Control+s")
        start = opened(browser, site, START)
        choose(start, TRY_OUT, "The newspaper: it printed the sentence.")
        question = start.locator(".kit-q", has_text=TRY_OUT)
        question.get_by_role("button", name="Check").click()
        expect(question.locator(".kit-verdict")).to_be_visible()
        expect(question.locator(".kit-reason:visible")).to_have_count(1)
        kill(tmp_path / "profile")
    inside = (host.address, "blob:", "data:")
    assert [url for url in asked if not url.startswith(inside)] == []

    book = host.folder / "school" / "site" / "files" / LESSON
    page_title = "Who says so?"
    text = book.read_text("utf-8")
    assert page_title in text
    corrected = text.replace(page_title, "Corrected today.", 1)
    book.write_text(corrected, "utf-8")
    with a_browser(tmp_path / "profile") as browser:
        page = opened(browser, site, LESSON)
        expect(page.get_by_role("heading", name="Corrected today.")).to_be_visible()
        box = page.locator(".kit-q", has_text=FIRST)
        expect(box.get_by_label("It depends, and I could say on what.")).to_be_checked()

        other = opened(browser, site, LESSON)
        choose(other, FIRST, "I trust it, if the newspaper is a good one.")
        page.bring_to_front()
        page.wait_for_timeout(2100)  # so long a page trusts what it has heard
        box.get_by_label("I trust it, if the newspaper is a good one.").focus()
        expect(box.get_by_label("I trust it, if the newspaper is a good one.")).to_be_checked()

        page.locator("summary", has_text="Answers on another computer").click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Take my answers with me").click()
        taken = json.loads(Path(download.value.path()).read_text("utf-8"))
        assert "01-who-says-so" in taken["records"]


@with_keys
def test_what_is_handed_in_is_graded_as_a_file_and_as_a_text(host: Host, tmp_path):
    site, box = f"{host.address}/school/site", tmp_path / "handed-in"
    box.mkdir()
    with a_browser(tmp_path / "profile") as browser:
        page = browser.new_page()
        page.goto(f"{site}/tree?path={EXERCISE}")  # where a link from another page leads
        page.wait_for_function(ALIVE, timeout=120_000)
        code = page.locator(".kit-q", has_text="class code").first
        code.get_by_role("textbox").fill("Ada 7")
        page.keyboard.press("Tab")
        page.locator(".kit-q input[type=radio]").first.check()
        page.get_by_role("button", name="Hand in").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download").click()
        download.value.save_as(box / "01.json")
        text = page.locator(".kit-hand-in textarea").input_value()
    sealed, intact = submission.read(box / "01.json")
    assert intact
    assert sealed.learner == "Ada 7"
    assert paste.unpack(text) == (box / "01.json").read_bytes()
    (box / "01.json").unlink()
    (box / "form.csv").write_text(f'"When","Text"\n"today","{text}"\n', "utf-8")
    assert main(["grade", str(box), "--out", str(tmp_path / "marks")]) == 0
    assert "Ada 7" in (tmp_path / "marks" / "marks.csv").read_text("utf-8")


def test_on_a_phone_a_text_of_one_s_own_is_pasted_and_marked(host: Host, tmp_path):
    with a_browser(tmp_path / "profile") as browser:
        page = browser.new_page()
        page.set_viewport_size({"width": 400, "height": 800})
        page.goto(f"{host.address}/school/site/notebooks/index.html?path={OWN_TEXT}")
        page.wait_for_function(ALIVE, timeout=120_000)
        assert page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollWidth") <= 400
        page.locator("summary", has_text="Answers on another computer").click()
        carry = page.locator(".kit-carry")
        carry.get_by_role("textbox").fill("A bridge\nAbout 40 people may have crossed it.")
        carry.get_by_role("button", name="Keep it as my own text").click()
        expect(carry.get_by_role("status")).to_contain_text("Your text is kept")
        choose(page, "Which text do you take", "A text of my own")
        page.get_by_role("button", name="Show my text").click()
        expect(page.get_by_text("About 40 people").first).to_be_visible()


def test_nothing_is_called_saved_that_is_not(host: Host, tmp_path):
    site, folder = f"{host.address}/school/site", host.folder / "school" / "site"
    address = f"{site}/notebooks/index.html?path={LESSON}"
    with a_browser(tmp_path / "full") as browser:
        page = opened(browser, site, LESSON)
        choose(page, FIRST, "It depends, and I could say on what.")
        box = page.locator(".kit-q", has_text=FIRST)
        status = box.locator(".kit-status")
        room = {"origin": host.address}
        line = browser.new_cdp_session(page)
        line.send("Storage.overrideQuotaForOrigin", {**room, "quotaSize": 1})
        for n in range(20):  # the browser measures its room now and then
            choose(page, FIRST, ("I trust it, if", "It depends, and")[n % 2], "aved")
            expect(status).to_contain_text(re.compile("Saved|no room left"))
            if "no room left" in status.inner_text():
                break
            page.wait_for_timeout(2000)
        assert "Saved" not in status.inner_text()
        line.send("Storage.overrideQuotaForOrigin", room)
        box.get_by_role("button", name="Save again").click()
        expect(status).to_contain_text("Saved.")
        kept = box.locator("input:checked").input_value()

        # Python does not come: the page says so, and gives the answers without it.
        line.send("Network.clearBrowserCache")
        packages = next(folder.glob("static/pyodide/packages-*.bin"))
        packages.rename(packages.with_suffix(".gone"))
        page.goto(address)
        late = page.locator(".kit-late")
        expect(late).to_contain_text("did not come", timeout=60_000)
        expect(late).to_contain_text("who-says-so/first-thought")
        with page.expect_download() as download:
            late.get_by_role("button", name="Take my answers with me").click()
        taken = json.loads(Path(download.value.path()).read_text("utf-8"))
        entry = taken["records"]["01-who-says-so"]["entries"]["who-says-so/first-thought"]
        assert entry["value"] == kept
        packages.with_suffix(".gone").rename(packages)

        # It never comes: within a minute the page says that.
        browser.route("**/packages-*", lambda _: None)
        page.clock.install()
        page.goto(address)
        page.wait_for_timeout(2000)
        page.clock.fast_forward(61_000)
        expect(late).to_contain_text("After a minute")
        browser.unroute_all()
    with a_browser(tmp_path / "full-before") as browser:
        page = browser.new_page()
        line = browser.new_cdp_session(page)
        line.send("Storage.overrideQuotaForOrigin", {"origin": host.address, "quotaSize": 1})
        page.goto(address)
        expect(page.locator(".kit-late")).to_contain_text("no room left")
        assert page.get_by_text("Saved.", exact=True).count() == 0
    with a_browser(tmp_path / "blocked", keeps=False) as browser:
        page = browser.new_page()
        for where in (f"{site}/", address):
            page.goto(where)
            expect(page.get_by_text("This browser cannot keep answers here")).to_be_visible()


def test_a_course_of_one_s_own_is_a_site(host: Host, tmp_path):
    with a_browser(tmp_path / "profile") as browser:
        page = browser.new_page()
        page.goto(f"{host.address}/lynx/")
        page.get_by_role("link", name="lynx").first.click()
        page.wait_for_function(ALIVE, timeout=120_000)
        question = page.locator(".kit-q").first
        question.locator("input[type=radio]").first.check()
        expect(question.locator(".kit-status")).to_contain_text("Saved")
