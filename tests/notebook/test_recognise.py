"""What runs unasked when a notebook opens: calls of the kit with literal arguments, nothing else.

Node runs the recogniser; IPython and ``ast`` say what each text that it lets through would do.
"""

from __future__ import annotations

import ast
import json
import random
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from helpers import COURSE
from IPython.core.inputtransformer2 import TransformerManager

import kit
from kit.authoring import build

RECOGNISER = (
    Path(kit.__file__).parent
    / "notebook"
    / "labextensions"
    / "source-criticism-kit"
    / "static"
    / "recognise.js"
)
GOOD = [
    'import kit\n\nkit.begin("01-who-says-so")',
    "import kit\n\nkit.progress()",
    "import kit\n\nkit.article(1, 5, 15)\n",
    'import kit\nkit.age("95-billion/real-estate", to=2013, live=True)',
    "import kit\n\n\nkit.heard('might', item=\"how-sure/might\")",
    'import kit\n\nkit.evidence("Großbritannien – 2,5 ‰ 😀 # not a comment")',
    'import kit\n\nkit.age("x", to=-1.5, recipe=None)',
]
BAD = [
    # nothing, or not ours
    "",
    "kit.progress()",
    "import kit",
    "import kit\n\nkit",
    "import kit\n\nkit.nothing()",
    "import kit as k\n\nk.progress()",
    "import kit\n\nkit.KitError('x')",
    "import kit\n\nkit.main()",
    # comments, magics, shell, help
    "import kit\n\n# kit.progress()",
    "import kit # x\n\nkit.progress()",
    "%%sh\nimport kit\n\nkit.progress()",
    "import kit\n\n%run x",
    "import kit\n\n!ls",
    "import kit\n\nkit.progress()?",
    "?import kit\n\nkit.progress()",
    "import kit\n\nkit.progress();",
    "import kit\n\nkit.progress() # ok",
    "# -*- coding: utf-7 -*-\nimport kit\n\nkit.progress()",
    "#!/bin/sh\nimport kit\n\nkit.progress()",
    "import kit\n\nkit.look(!ls)",
    "import kit\n\nkit.look(%pwd)",
    # continuations and line ends of every kind
    "import kit\\\n\nkit.progress()",
    'import kit\n\nkit.ask("a\\\nb")',
    "import kit\r\nkit.progress()",
    "import kit\n\rkit.progress()",
    "import kit\n\nkit.progress()\n\nprint(1)",
    "import kit\n\nkit.progress()\x0cprint(1)",
    "import kit\n\nkit.progress()\u2028print(1)",
    "import kit\n\nkit.progress()\x85print(1)",
    "import kit\n\nkit.ask('a\u2028b')",
    "import kit\n\nkit.ask('a\nb')",
    "import kit\n\nkit.ask(\n'a')",
    "import kit\n\n kit.progress()",
    "import kit; import os\n\nkit.progress()",
    # nested and chained calls, expressions, unpacking
    "import kit\n\nkit.look(kit.story('x').text)",
    "import kit\n\nkit.ask(open('x').read())",
    "import kit\n\nkit.article().show(1)",
    "import kit\n\nkit.ask(*['a'])",
    "import kit\n\nkit.ask(**{})",
    "import kit\n\nkit.ask(['a'])",
    "import kit\n\nkit.ask('a' 'b')",
    "import kit\n\nkit.ask('a' + 'b')",
    "import kit\n\nkit.ask(x)",
    "import kit\n\nkit.ask('a')[0]",
    "import kit\n\nkit.ask('a').x",
    "import kit\n\nkit.ask('a') or print(1)",
    "import kit\n\nkit.ask('a'), print(1)",
    "import kit\n\nkit.ask('a', (print(1)))",
    "import kit\n\nkit.ask(a:='x')",
    "import kit\n\nkit.ask(lambda: 1)",
    "import kit\n\nkit.ask('a' if 1 else 'b')",
    # strings of every other kind
    "import kit\n\nkit.ask(f'{print(1)}')",
    "import kit\n\nkit.ask(b'a')",
    "import kit\n\nkit.ask(r'a')",
    "import kit\n\nkit.ask('''a''')",
    'import kit\n\nkit.ask("""a""")',
    "import kit\n\nkit.ask('\\')",
    "import kit\n\nkit.ask('a\\'), print(1) # ')",
    "import kit\n\nkit.ask(t'{x}')",
    "import kit\n\nkit.ask('a\x00b')",
    "import kit\n\nkit.ask('\ud800')",
    "import kit\n\nkit.ask('\u202eabc')",
    "import kit\n\nkit.ask('\u2066abc')",
    # letters that look like ours, and that Python reads as ours
    "import kit\n\nkit.\u1d56rogress()",
    "\uff49mport kit\n\nkit.progress()",
    "import k\u0131t\n\nkit.progress()",
    "import\u00a0kit\n\nkit.progress()",
    "import kit\n\nkit.progress\uff08\uff09",
    "\ufeffimport kit\n\nkit.progress()",
    "import kit\u200b\n\nkit.progress()",
    "import kit\n\nkit\u2024progress()",
    # attributes and names of JavaScript's own
    "import kit\n\nkit.__class__()",
    "import kit\n\nkit.constructor()",
    "import kit\n\nkit.toString()",
    "import kit\n\nkit.install.main()",
    "import kit\n\nkit.ask(" + "'a', " * 500 + ")",
    "import kit\n\nkit.ask('" + "a" * 5000 + "')",
    # numbers that are calls or names in disguise
    "import kit\n\nkit.age('x', to=1e9)",
    "import kit\n\nkit.age('x', to=0x10)",
    "import kit\n\nkit.age('x', to=1_0)",
    "import kit\n\nkit.age('x', to=1j)",
    "import kit\n\nkit.age('x', to=1.real)",
    "import kit\n\nkit.age('x', to=--1)",
    "import kit\n\nkit.age('x', to=" + "9" * 400 + ")",
]
#: What a mutation puts in: what has a meaning to Python, to IPython, or to neither but looks so.
ODD = [
    *"\"'\\()[]{}#%!?;,.=:@*+-/|&~^`$ \n\r\t\x0b\x0c\x00\x1c\x85\xa0",
    *"\u2028\u2029\u200b\u202e\ufeff\ud800",
    "'''",
    '"""',
    "f'",
    "\\\n",
    "\n\n",
    "%%",
    "!!",
    "??",
    "import os",
    "kit.",
    "eval(",
    "print(1)",
    "{x}",
    "ｋ",
    "𝐤",
]

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")


def let_through(sources: list[object]) -> list[str]:
    """Return for each cell the public name that the recogniser finds in it, '' for none."""
    code = (
        f"import {{ callOf }} from {json.dumps(RECOGNISER.as_uri())};"
        "let s = ''; process.stdin.setEncoding('utf8');"
        "for await (const part of process.stdin) s += part;"
        "process.stdout.write(JSON.stringify(JSON.parse(s).map(callOf)));"
    )
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", code],
        input=json.dumps(sources).encode(),
        capture_output=True,
        check=True,
    )
    return list(json.loads(done.stdout))


def is_one_literal_call(source: str) -> bool:
    """Whether IPython would run this text as `import kit` and one call with literal arguments.

    What Python cannot read runs nothing, so that will do as well.
    """
    if TransformerManager().transform_cell(source) not in (source, f"{source}\n"):
        return False
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return True
    if len(body) != 2 or ast.unparse(body[0]) != "import kit" or not isinstance(body[1], ast.Expr):
        return False
    call = body[1].value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return False
    if not isinstance(call.func.value, ast.Name) or call.func.value.id != "kit":
        return False
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    if not all(keyword.arg for keyword in call.keywords):
        return False
    try:
        for value in values:
            ast.literal_eval(value)
    except ValueError:
        return False
    return call.func.attr in kit.__all__


def test_the_kits_own_calls_run():
    assert all(let_through(list(GOOD)))
    assert [source for source in GOOD if not is_one_literal_call(source)] == []


def test_nothing_else_runs():
    found = let_through(list(BAD))
    assert [source for source, name in zip(BAD, found, strict=True) if name] == []


def test_what_is_no_text_does_not_run():
    assert not any(let_through([None, 1, True, {}, [], ["import kit\n\nkit.progress()"]]))


def test_what_a_mutation_makes_runs_only_if_it_is_one_literal_call():
    dice = random.Random(20261128)
    made = []
    for _ in range(20_000):
        source = dice.choice(GOOD)
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            at = dice.randrange(len(source) + 1)
            gone = dice.choice((0, 0, 1, 2, 8))
            source = source[:at] + dice.choice(ODD) + source[at + gone :]
        made.append(source)
    found = let_through(list(made))
    through = [source for source, name in zip(made, found, strict=True) if name]
    assert len(through) > 100  # else nothing was tried
    assert [source for source in through if not is_one_literal_call(source)] == []


SEALED = """import kit

kit.hand_in("exercise-01")

# kit-seal Your sealed answers. Leave the lines below as they are.
#:{"course": "c", "answers": {}}
#:"digest": "0"}"""


def test_what_was_handed_in_without_the_button_runs_as_the_call_alone():
    sealed = SEALED.replace(" answers.", " antworten für ß.")
    assert let_through([SEALED, sealed, f"{SEALED}\n"]) == ["hand_in"] * 3
    assert [one for one in (SEALED, sealed) if not is_one_literal_call(one)] == []
    dice = random.Random(20261129)
    made = []
    for _ in range(20_000):
        at = dice.randrange(20, len(SEALED) + 1)
        gone = dice.choice((0, 0, 1, 2, 8))
        made.append(SEALED[:at] + dice.choice(ODD) + SEALED[at + gone :])
    found = let_through(list(made))
    through = [source for source, name in zip(made, found, strict=True) if name]
    assert len(through) > 1000
    assert [source for source in through if not is_one_literal_call(source)] == []


def test_its_names_are_public_ones_that_only_show():
    code = (
        f"import {{ CALLS }} from {json.dumps(RECOGNISER.as_uri())};"
        "console.log(JSON.stringify(CALLS))"
    )
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", code], capture_output=True, check=True
    )
    assert set(json.loads(done.stdout)) <= set(kit.__all__)


@pytest.mark.parametrize("sheet", COURSE.sheets, ids=lambda sheet: sheet.id)
def test_every_page_of_the_course_runs(sheet):
    book = nbformat.from_dict(build.bare(COURSE, sheet))
    code = [cell.source for cell in book.cells if cell.cell_type == "code"]
    found = let_through(code)
    assert [source for source, name in zip(code, found, strict=True) if not name] == []
