"""The same question in the kit, in a bare anywidget and in the peers; notebooks full of each.

The question is ``showroom/one`` of the tests' course; every side shows its three options, takes the
right one and says the reason that stands beside it.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import nbformat
from attrs import frozen
from playwright.sync_api import Locator, expect

SHOWROOM = Path(__file__).parents[2] / "tests" / "showroom"
ITEMS = (SHOWROOM / "items" / "01-showroom.toml").read_text(encoding="utf-8")
QUESTION = tomllib.loads(ITEMS)["item"][0]
RIGHT = next(o for o in QUESTION["options"] if o.get("right"))
REASON: str = RIGHT["reason"]
PER_SHEET = 20  #: questions in a lesson

BARE = f'''"""The smallest anywidget that tells its kernel something and shows the answer."""
import anywidget


class Bare(anywidget.AnyWidget):
    _esm = """
    function render({{ model, el }}) {{
      const answer = document.createElement("p");
      const ask = (word) => {{
        const button = document.createElement("button");
        button.textContent = word;
        button.onclick = () => model.send({{ word }});
        return button;
      }};
      const both = document.createElement("div");
      both.className = "bare";
      both.append(ask("Choose"), ask("Check"));
      model.on("msg:custom", (message) => {{ answer.textContent = message.reason; }});
      el.append(both, answer);
    }}
    export default {{ render }};
    """

    def __init__(self):
        super().__init__()
        self.on_msg(self.answer)

    def answer(self, _, message, buffers):
        self.send({{"reason": {REASON!r} if message["word"] == "Check" else "Noted."}})
'''


@frozen
class Side:
    """One way of asking the question: its cell, what to do before, and what is then clicked."""

    name: str
    cell: Callable[[int], str]  #: source of the cell with the nth question
    choose: Callable[[Locator], None]
    press: Callable[[Locator], Locator]


def kit_id(n: int) -> str:
    """Return the id of the nth question of the generated course."""
    return f"sheet-{n // PER_SHEET}/q{n}"


def _kit(n: int, work: Path | None = None) -> str:
    where = f'os.environ["KIT_WORK"] = {str(work)!r}' if work else 'os.environ.pop("KIT_WORK", 0)'
    return f'import os\n\nimport kit\n\n{where}\nkit.ask("{kit_id(n)}")'


def _choose_kit(cell: Locator) -> None:
    cell.get_by_label(RIGHT["text"]).check()
    expect(cell.locator(".kit-status")).to_have_text("Saved.")


def _choose_bare(cell: Locator) -> None:
    # One message goes before the one that is measured, as in the kit: a line at rest is slower.
    cell.get_by_role("button", name="Choose").click()
    expect(cell.get_by_text("Noted.")).to_be_visible()


def _quiz() -> list[dict[str, object]]:
    answers = [
        {"answer": o["text"], "correct": o.get("right", False), "feedback": o["reason"]}
        for o in QUESTION["options"]
    ]
    return [{"question": QUESTION["prompt"], "type": "multiple_choice", "answers": answers}]


def _package() -> list[dict[str, object]]:
    return [
        {
            "type": "MULTIPLE_CHOICE",
            "body": QUESTION["prompt"],
            "answers": [o["text"] for o in QUESTION["options"]],
            "answer": [RIGHT["text"]],
            "notes": [REASON],
        }
    ]


def _nothing(_: Locator) -> None:
    """Choose nothing: the click itself is the answer."""


KIT = Side("kit", _kit, _choose_kit, lambda c: c.get_by_role("button", name="Check"))
BARE_SIDE = Side(
    "bare",
    lambda _: "from bare import Bare\n\nBare()",
    _choose_bare,
    lambda c: c.get_by_role("button", name="Check"),
)
JUPYTERQUIZ = Side(
    "jupyterquiz",
    lambda _: f"from jupyterquiz import display_quiz\n\ndisplay_quiz({_quiz()!r})",
    _nothing,
    lambda c: c.locator(".MCButton", has_text=RIGHT["text"]),
)
IPYQUIZJB = Side(
    "ipyquizjb",
    lambda _: (
        "from ipyquizjb import display_questions\n\n"
        f"display_questions({_package()!r}, as_group=False)"
    ),
    lambda c: c.get_by_role("button", name=RIGHT["text"]).click(),
    lambda c: c.get_by_role("button", name="Check answer"),
)


def kit_in(work: Path) -> Side:
    """Return the kit's side with the learner's records in the folder ``work``."""
    return Side("kit-fast-disk", lambda n: _kit(n, work), KIT.choose, KIT.press)


def make_course(home: Path, sheets: int) -> None:
    """Write a course of ``sheets`` lessons, each of the same question ``PER_SHEET`` times.

    The lesson ``all-kinds`` has as many questions and takes the showroom's kinds in turn.
    """
    for folder in ("items", "evidence", "notebooks"):
        (home / folder).mkdir()
    for name in ("article.toml", "evidence/clock.toml"):
        (home / name).write_bytes((SHOWROOM / name).read_bytes())
    rows = [f"[[item]]{part}" for part in ITEMS.split("[[item]]")[1:]]
    _write_items(home, "all-kinds", [rows[n % len(rows)] for n in range(PER_SHEET)])
    for s in range(sheets):
        _write_items(home, f"sheet-{s}", rows[:1] * PER_SHEET, s * PER_SHEET)
    names = ["all-kinds", *(f"sheet-{s}" for s in range(sheets))]
    listed = "".join(
        f'\n[[sheets]]\nid = "{n}"\ntitle = "{n}"\nnotebook = "notebooks/{n}.ipynb"\n'
        for n in names
    )
    (home / "course.toml").write_text(f'id = "bench"\ntitle = "Bench"\n{listed}', encoding="utf-8")
    (home / "notebooks" / "bare.py").write_text(BARE, encoding="utf-8")


def _write_items(home: Path, sheet: str, rows: list[str], first: int = 0) -> None:
    named = []
    for n, row in enumerate(rows, first):
        old = tomllib.loads(row)["item"][0]["id"]
        named.append(row.replace(f'id = "{old}"', f'id = "{sheet}/q{n}"'))
    (home / "items" / f"{sheet}.toml").write_text("\n".join(named), encoding="utf-8")


def make_notebook(path: Path, sources: list[str]) -> None:
    """Write a notebook with these code cells, each folded away as the kit's lessons have them."""
    book = nbformat.v4.new_notebook()
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    for source in sources:
        cell = nbformat.v4.new_code_cell(source)
        cell.metadata["jupyter"] = {"source_hidden": True}
        book.cells.append(cell)
    path.write_text(json.dumps(book), encoding="utf-8")
