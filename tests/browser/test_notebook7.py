"""The same lesson in Notebook 7, the other front end that schools have."""

from __future__ import annotations

from playwright.sync_api import expect

from kit.learner import submission

EXERCISE = "exercises/01-exercise.ipynb"


def test_answer_by_keyboard_and_hand_in(open_notebook7) -> None:
    front = open_notebook7(EXERCISE)
    front.run_all()
    question = front.question("Paragraph 20 lists")
    radios = question.get_by_role("radio")
    radios.first.focus()
    front.page.keyboard.press("Space")
    front.page.keyboard.press("ArrowDown")
    front.page.keyboard.press("ArrowDown")
    expect(radios.nth(2)).to_be_checked()
    expect(question.locator(".kit-status")).to_have_text("Saved.")
    assert front.value("exercise-01", "exercise-01/companions") == "not-said"
    front.run_all()
    expect(front.question("Paragraph 20 lists").get_by_role("radio").nth(2)).to_be_checked()
    front.hand_in("1 of 9")
    seal, intact = submission.read(front.home / EXERCISE)
    assert intact
    assert seal.answers["exercise-01/companions"].value == "not-said"
