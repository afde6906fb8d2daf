from __future__ import annotations

import pytest

from kit.course.course import find_course, load_course
from kit.course.messages import CONTENT, KitError
from kit.course.toml import read_toml
from kit.questions.bank import load_questions

MINIMAL = 'id = "mine"\ntitle = "Mine"\n'


def test_the_built_in_course_serves_a_folder_without_one(home):
    (home / "notebooks").mkdir()
    course = find_course(home / "notebooks")
    assert course.root == CONTENT
    assert course.home == home


def test_a_course_of_ones_own_is_found_from_below(home):
    (home / "course.toml").write_text(MINIMAL, encoding="utf-8")
    (home / "notebooks" / "deep").mkdir(parents=True)
    course = find_course(home / "notebooks" / "deep")
    assert (course.id, course.root, course.home) == ("mine", home, home)


def test_without_any_project_the_folder_itself_is_home(tmp_path):
    assert find_course(tmp_path).home == tmp_path


def test_kit_work_says_where_records_stand(home, monkeypatch):
    course = find_course()
    assert course.work == home / "my-work"
    monkeypatch.setenv("KIT_WORK", str(home / "elsewhere"))
    assert course.work == home / "elsewhere"
    monkeypatch.delenv("KIT_WORK")
    assert course.work == home / "my-work"


def test_a_sheet_is_found_by_id_by_prefix_and_by_its_items(course):
    for sheet in course.sheets:
        assert course.sheet(sheet.id) is sheet
        assert course.sheet(sheet.prefix) is sheet
        assert {course.sheet(item_id) for item_id in load_questions(course, sheet)} <= {sheet}


def test_prefixes_are_unique(course):
    assert len({s.prefix for s in course.sheets}) == len(course.sheets)


def test_an_unknown_sheet_names_those_there_are(course):
    with pytest.raises(KitError, match=course.sheets[0].id):
        course.sheet("nonsense/x")


def test_paths_are_shown_below_the_project(course, tmp_path):
    assert course.show_path(course.home / "my-work" / "x.json") == "my-work/x.json"
    shown = course.show_path(tmp_path / "else" / "where" / "x.json")
    assert shown == "where/x.json"


@pytest.mark.parametrize(
    "text",
    [
        'id = "x"\n',  # no title
        MINIMAL + 'tittle = "misspelt"\n',
        MINIMAL + "[[sheets]]\nid = 5\n",
        MINIMAL + "id = ",
        "\udcff",
    ],
    ids=["missing", "misspelt", "wrong type", "not TOML", "not UTF-8"],
)
def test_a_faulty_course_file_is_told_in_a_sentence(tmp_path, text):
    path = tmp_path / "course.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(KitError, match=r"course\.toml"):
        load_course(tmp_path, tmp_path)


def test_every_fault_of_a_file_is_told_at_once(tmp_path):
    path = tmp_path / "course.toml"
    path.write_text("id = 1\ntitle = 2\nextra = 3\n", encoding="utf-8")
    with pytest.raises(KitError) as caught:
        load_course(tmp_path, tmp_path)
    assert str(caught.value).count("\n") >= 3


def test_a_missing_file_is_told_in_a_sentence(tmp_path):
    with pytest.raises(KitError, match=r"nothing\.toml"):
        read_toml(tmp_path / "nothing.toml")


# --- What only looks like a course --------------------------------------------------------------


def test_an_empty_course_file_is_told(home):
    (home / "course.toml").write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(KitError, match=r"course\.toml is empty"):
        find_course(home)
