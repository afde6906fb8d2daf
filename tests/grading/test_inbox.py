"""Folders and zips as an LMS makes them; and zips that nobody should open."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest
from helpers import a_seal, key_answers, notebook

from kit.course.messages import KitError
from kit.grading import inbox
from kit.learner import paste, submission

GOOD = submission.to_json(a_seal(answers=key_answers())).encode()
MOODLE = "Ada de la Cruz_12345_assignsubmission_file_/01-exercise.ipynb"
MOODLE_FLAT = "Ada de la Cruz_12345_assignsubmission_file_01-exercise.ipynb"
CANVAS = "cruzada_LATE_777_4242_01-exercise-2.ipynb"


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def contents(where: Path) -> dict[str, bytes | str]:
    """Return what each file of an inbox gives: its bytes, or why it is not read."""
    read: dict[str, bytes | str] = {}
    with inbox.opened(where, lambda _: False) as found:
        for file in found.files:
            try:
                read[file.name] = file.read()
            except KitError as fault:
                read[file.name] = str(fault)
    return read


@pytest.mark.parametrize(
    ("name", "sender"),
    [
        (MOODLE, inbox.Sender("Ada de la Cruz")),
        ("7B_4321_assignsubmission_file/x.ipynb", inbox.Sender("7B")),
        ("Default group_assignsubmission_file/x.ipynb", inbox.Sender("Default group")),
        (f"{CANVAS}.zip/01-exercise.ipynb", inbox.Sender("cruzada", "777", late=True)),
        ("anon_LATE_fA3xQ_501_x.json", inbox.Sender("anon fA3xQ", late=True)),
        ("Ex 01_acruz_attempt_2026-02-01-10-00-00_x.ipynb", inbox.Sender("acruz")),
        ("Ex 01_b_smith_attempt_2026-02-01-10-00-00.ipynb", inbox.Sender("b_smith")),
        ("12-345 - Ada Cruz - Feb 1, 2026 1000 AM/x.ipynb", inbox.Sender("Ada Cruz")),
        ("12-345 - Ada Cruz - Feb 1, 2026 1000 AM - x.ipynb", inbox.Sender("Ada Cruz")),
        ("Submitted files/Ada Cruz/Exercise 01/Version 2/x.ipynb", inbox.Sender("Ada Cruz")),
        (
            "7b - Aufgaben der Schüler/Gesendete Dateien/Ada Cruz/Übung 01/Version 2/x.ipynb",
            inbox.Sender("Ada Cruz"),
        ),
        ("Archivos enviados/Ada Cruz/Ejercicio 01/Versión 1/x.ipynb", inbox.Sender("Ada Cruz")),
        ("397063-2557369 - Mary-Ann Li - Sep 24, 2024 926 PM/x.json", inbox.Sender("Mary-Ann Li")),
        ("7b/Working files/Ada Cruz/Exercise 01/x.ipynb", inbox.Sender("Ada Cruz")),
        ("ex-1-submissions/ex-1-ada-cruz/exercises/x.ipynb", inbox.Sender("ada-cruz")),
        ("in/ada+exercise-01+2026-02-01 10:00:00.1 UTC+a9/x.ipynb", inbox.Sender("ada")),
        ("in/a+b+exercise-01+2026-02-01 10:00:00.1 UTC/x.ipynb", inbox.Sender("a+b")),
        ("submitted/ada/exercise-01/01-exercise.ipynb", inbox.Sender("ada")),
        (MOODLE_FLAT, inbox.Sender("Ada de la Cruz")),
        (f"class.zip/{MOODLE}", inbox.Sender("Ada de la Cruz")),
        (CANVAS, inbox.Sender("cruzada", "777", late=True)),
        ("ada_c_LATE_777_4242_x-1.json", inbox.Sender("ada_c", "777", late=True)),
        ("cruzada_777_text.html", inbox.Sender("cruzada", "777")),
        ("ada_c_LATE_777_text.html", inbox.Sender("ada_c", "777", late=True)),
        ("anon_fA3xQ_text.html", inbox.Sender("anon fA3xQ")),
        ("ex_ada_c_01_02_2026.json", inbox.Sender()),
        ("ex_01_02_03_ada.json", inbox.Sender()),
        ("cruzada_777_4242_01-exercise.json", inbox.Sender("cruzada", "777")),
        ("7b/01-exercise.ipynb", inbox.Sender()),
        ("my_1_note.ipynb", inbox.Sender()),
        ("Ada de la Cruz_12345_assignsubmission_file/x.ipynb", inbox.Sender("Ada de la Cruz")),
        ("Ana_Maria Lopez_12_assignsubmission_file/x.ipynb", inbox.Sender("Ana_Maria Lopez")),
        ("Participant_12345_assignsubmission_file/x.ipynb", inbox.Sender("Participant 12345")),
        ("sub\\Ada Cruz_1_assignsubmission_file_\\x.ipynb", inbox.Sender("Ada Cruz")),
        ("anon_fA3xQ_501_x.json", inbox.Sender("anon fA3xQ")),
    ],
)
def test_who_sent_it_is_read_from_the_names_that_an_lms_gives(name, sender):
    assert inbox.SubmittedFile(name, Path(name)).sender == sender


def test_a_zip_is_read_without_being_unpacked(tmp_path):
    path = zipped(tmp_path / "class.zip", {MOODLE: GOOD, CANVAS: GOOD, "__MACOSX/._x": b""})
    assert contents(path) == {f"class.zip/{MOODLE}": GOOD, f"class.zip/{CANVAS}": GOOD}
    assert [p.name for p in tmp_path.rglob("*")] == ["class.zip"]


def test_zips_of_several_classes_lie_in_one_folder(tmp_path):
    for name in ("7a.zip", "7b.ZIP"):
        zipped(tmp_path / name, {"x.json": GOOD})
    assert contents(tmp_path) == {"7a.zip/x.json": GOOD, "7b.ZIP/x.json": GOOD}


def test_one_file_alone_can_be_graded(tmp_path):
    (tmp_path / "x.json").write_bytes(GOOD)
    assert contents(tmp_path / "x.json") == {"x.json": GOOD}


def as_link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("link.json")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


BAD_NAMES = [
    "../up.json",
    "a/../../up.json",
    "/etc/x.json",
    "..\\up.json",
    "C:/x.json",
    "C:\\x.json",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_member_that_points_outside_is_listed_and_not_opened(tmp_path, name):
    path = zipped(tmp_path / "class.zip", {name: GOOD, "good.json": GOOD})
    found = contents(path)
    assert found.pop("class.zip/good.json") == GOOD
    [why] = found.values()
    assert "outside the zip" in why


def test_a_link_is_listed_and_not_followed(tmp_path):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(as_link(), "/etc/passwd")
        archive.writestr("good.json", GOOD)
    assert "a link" in contents(path)["class.zip/link.json"]


def test_a_bomb_is_listed_and_not_opened(tmp_path, monkeypatch):
    path = zipped(tmp_path / "class.zip", {"bomb.json": b" " * 10 * 2**20, "good.json": GOOD})
    assert path.stat().st_size < 20_000
    opened = []
    real = zipfile.ZipFile.open
    monkeypatch.setattr(
        zipfile.ZipFile, "open", lambda z, m, *a: opened.append(m.filename) or real(z, m, *a)
    )
    assert "hundred times" in contents(path)["class.zip/bomb.json"]
    assert opened == ["good.json"]


def test_a_member_that_lies_about_its_size_is_not_taken_in_whole(tmp_path, monkeypatch):
    """The list of the zip says 10 bytes; 3 MB come out."""
    monkeypatch.setattr(submission, "LARGEST_FILE", 2**20)
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("liar.json", b"x" * 3 * 2**20)
        archive.infolist()[0].file_size = 10
    [why] = contents(path).values()
    assert isinstance(why, str)


def a_zip(**members: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def test_a_zip_in_a_zip_is_opened_one_deep(tmp_path):
    inner = a_zip(**{"x.json": GOOD, ".hidden": b"", "deeper.zip": a_zip(**{"y.json": GOOD})})
    path = zipped(tmp_path / "class.zip", {"ada.zip": inner, "cut.zip": a_zip(x=GOOD)[:-20]})
    found = contents(path)
    assert found.pop("class.zip/ada.zip/x.json") == GOOD
    assert "in a zip" in str(found.pop("class.zip/ada.zip/deeper.zip"))
    assert "cannot be opened" in str(found.pop("class.zip/cut.zip"))
    assert found == {}


def test_what_is_hidden_a_link_or_empty_is_counted_or_listed(tmp_path):
    (tmp_path / "x.json").write_bytes(GOOD)
    (tmp_path / ".DS_Store").write_bytes(b"")
    (tmp_path / "link.json").symlink_to(tmp_path / "x.json")
    (tmp_path / "away").symlink_to(tmp_path.parent)
    zipped(tmp_path / "empty.zip", {})
    zipped(tmp_path / "mac.zip", {"__MACOSX/._x.json": b""})
    with inbox.opened(tmp_path, lambda _: False) as found:
        listed = {file.name: file.refused for file in found.files}
    assert found.hidden == [".DS_Store", "mac.zip/__MACOSX/._x.json"]
    assert listed.pop("x.json") == ""
    assert listed.keys() == {"link.json", "away", "empty.zip"}
    assert all(listed.values())


def test_the_time_of_day_in_a_folder_s_name_is_no_drive(tmp_path):
    """A zip of nbgrader's inbound folder was 'outside the zip: talk to the learner'."""
    name = "ada+exercise-01+2026-02-01 10:00:00.123 UTC+a9/01-exercise.json"
    path = zipped(tmp_path / "inbound.zip", {name: GOOD})
    assert contents(path) == {f"inbound.zip/{name}": GOOD}


@pytest.mark.parametrize("harm", ["cut", "no zip", "password", "unknown packing", "bad sum"])
def test_what_cannot_be_taken_out_is_listed_with_a_reason(tmp_path, harm):
    path = zipped(tmp_path / "class.zip", {"a.json": GOOD})
    data = bytearray(path.read_bytes())
    if harm == "cut":
        data = data[:-30]
    elif harm == "no zip":
        data = bytearray(b"PK\x03\x04 nothing")
    elif harm == "password":
        data[data.index(b"PK\x01\x02") + 8] |= 1
        data[6] |= 1
    elif harm == "unknown packing":
        data[data.index(b"PK\x01\x02") + 10] = 77
        data[8] = 77
    else:
        data[data.index(b"PK\x01\x02") + 16] ^= 0xFF
    path.write_bytes(data)
    (tmp_path / "good.json").write_bytes(GOOD)
    found = contents(tmp_path)
    assert found.pop("good.json") == GOOD
    [why] = found.values()
    assert isinstance(why, str)
    assert "zip" in why


def test_a_zip_with_absurdly_many_files_is_not_gone_through(tmp_path, monkeypatch):
    monkeypatch.setattr(inbox, "MOST_MEMBERS", 3)
    path = zipped(tmp_path / "class.zip", {f"{n}.json": GOOD for n in range(4)})
    [why] = contents(path).values()
    assert "more than 3" in why


def test_a_notebook_in_a_zip_gives_its_seal(tmp_path):
    sealed = a_seal(answers=key_answers())
    text = notebook(submission.to_cell("kit.hand_in()", sealed)).encode()
    path = zipped(tmp_path / "class.zip", {MOODLE: text})
    [data] = contents(path).values()
    assert submission.hand_ins(data) == [(sealed, True)]


def test_names_that_a_mac_wrote_in_utf8_are_read_as_that(tmp_path):
    path = tmp_path / "m.zip"
    name = "José Núñez_1_assignsubmission_file/x.json"
    raw = name.encode("utf-8")
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("x" * len(raw))
        archive.writestr(info, GOOD)
    data = path.read_bytes().replace(b"x" * len(raw), raw)
    path.write_bytes(data)
    assert list(contents(path)) == [f"m.zip/{name}"]


def test_what_begins_with_two_underscores_is_no_hidden_file(tmp_path):
    path = zipped(tmp_path / "m.zip", {"__final.json": GOOD, "__MACOSX/._x.json": b""})
    assert list(contents(path)) == ["m.zip/__final.json"]


def test_a_hand_in_is_known_by_what_is_in_it_however_its_name_ends(tmp_path):
    """A notebook saved as .ipynb.txt was 'cut short or edited'; none of these is the learner's."""
    text = notebook(submission.to_cell("kit.hand_in()", a_seal(answers=key_answers()))).encode()
    names = ("x.ipynb.txt", "x.json.html", "x.ipynb.download", "x.ipynb.zip", "exercise", "x.htm")
    for name in names:
        (tmp_path / name).write_bytes(text)
    assert submission.hand_ins(text.decode().encode("utf-16")) == submission.hand_ins(text)
    (tmp_path / "notebook.html").write_bytes(b"<pre># kit-seal Leave these lines.\n#:{}</pre>")
    (tmp_path / "LICENSE").write_bytes(b"No hand-in.")
    found = contents(tmp_path)
    for name in ("notebook.html", "LICENSE"):
        assert str(found.pop(name)).startswith("left out")
    assert found == dict.fromkeys(names, text)


def test_an_archive_of_another_kind_is_called_that_and_not_damaged(tmp_path):
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("x.json"))
    zipped(tmp_path / "zip.ipynb", {"x.json": GOOD})
    (tmp_path / "class.tar.gz").write_bytes(gzip.compress(tar.getvalue()))
    (tmp_path / "tar.zip").write_bytes(tar.getvalue())
    (tmp_path / "a.7z").write_bytes(b"7z\xbc\xaf\x27\x1c rest")
    (tmp_path / "rar.json").write_bytes(b"Rar!\x1a\x07\x01\x00")
    found = contents(tmp_path)
    assert len(found) == 5
    assert all("unpack it" in str(why) for why in found.values())


def test_what_systems_leave_in_folders_is_no_row_of_problems(tmp_path):
    (tmp_path / "x.json").write_bytes(GOOD)
    names = ("desktop.ini", "Thumbs.db", "Icon\r", "~$notes.docx")
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    with inbox.opened(tmp_path, lambda _: False) as found:
        assert sorted(found.hidden) == sorted(names)
        assert [file.name for file in found.files] == ["x.json"]


def test_pasted_hand_ins_are_found_beside_the_files(tmp_path):
    text = paste.to_paste(a_seal(answers=key_answers()))
    page = "Ada Cruz_7_assignsubmission_onlinetext_/onlinetext.html"
    table = f'"When","Paste it here"\n"1 May","{text}"\n"2 May","forgot"\n'
    members = {
        page: f"<p>{text}</p>".replace("\n", "<br>").encode(),
        "form.csv": table.encode(),
        "note.txt": b"Dear teacher, the computer ate it.",
        "mail.txt": f"Here it is:\n{text}".encode(),
    }
    where = zipped(tmp_path / "moodle.zip", members)
    found = contents(where)
    assert found.pop("moodle.zip/note.txt").startswith("left out")
    assert found == {f"moodle.zip/{name}": GOOD for name in (page, "form.csv/2", "mail.txt")}
