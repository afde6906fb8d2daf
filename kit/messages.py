"""Every sentence that the kit itself says, looked up by key.

The words stand in ``content/messages.toml``; a course may lay its own file over them, which is
also how another language is added.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

CONTENT = Path(__file__).parent / "content"


class KitError(Exception):
    """Something the user can mend, told in a sentence that says what to do."""

    def _render_traceback_(self) -> list[str]:
        """Show the sentence alone where IPython would print a traceback."""
        return [str(self)]


@cache
def words(folder: Path = CONTENT) -> dict[str, str]:
    """Return the kit's sentences by key, those of ``folder`` laid over the built-in ones.

    Keys are dotted: the table ``[view]`` with ``saved = "…"`` gives ``view.saved``.
    """
    table: dict[str, str] = {}
    for path in dict.fromkeys([CONTENT / "messages.toml", folder / "messages.toml"]):
        if path.is_file():
            groups = tomllib.loads(path.read_text(encoding="utf-8"))
            table |= {f"{g}.{k}": v for g, rows in groups.items() for k, v in rows.items()}
    return table


def say(key: str, /, **values: object) -> str:
    """Return the built-in sentence ``key`` with ``values`` filled in."""
    return words()[key].format(**values)
