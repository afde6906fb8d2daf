"""The kinds of question that there are. A new one is a folder beside this file, and a line here."""

from __future__ import annotations

from collections import UserDict
from importlib import import_module
from pathlib import Path
from typing import Any

from kit.questions.base import Question

_HERE = Path(__file__).parent


class _Kinds(UserDict[str, Any]):
    """The classes of questions; one that is given as text is imported when it is first asked for.

    A lesson uses few of them, and a reader waits until the first question is there.
    """

    def __getitem__(self, name: str) -> type[Question]:
        kind = self.data[name]
        if isinstance(kind, str):
            room, _, cls = kind.partition(".")
            kind = getattr(import_module(f"kit.questions.{room}"), cls)
            self.data[name] = kind
        found: type[Question] = kind
        return found

    def folders(self) -> list[Path]:
        """Return the folder of each kind, each once; nothing is imported for that."""
        folders = []
        for kind in self.data.values():
            if isinstance(kind, str):
                folders.append(_HERE / kind.partition(".")[0])
            else:
                folders.append(kind.folder())
        return list(dict.fromkeys(folders))


#: By the name that an author gives as ``kind``: the class, or its folder here and its name in it.
KINDS = _Kinds(
    {
        "choose-one": "choice.ChooseOne",
        "choose-many": "choice.ChooseMany",
        "label": "label.LabelEach",
        "number": "number.GiveNumber",
        "order": "order.PutInOrder",
        "probability": "probability.GiveProbability",
        "write": "write.Write",
    }
)
