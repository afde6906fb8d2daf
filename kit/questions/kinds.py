"""The kinds of question that there are. A new one is a folder beside this file, and a line here."""

from __future__ import annotations

from kit.questions.base import Question
from kit.questions.choice import ChooseMany, ChooseOne
from kit.questions.label import LabelEach
from kit.questions.number import GiveNumber
from kit.questions.order import PutInOrder
from kit.questions.probability import GiveProbability
from kit.questions.write import Write

_CLASSES = (ChooseOne, ChooseMany, LabelEach, GiveNumber, PutInOrder, GiveProbability, Write)

#: By the name that an author gives as ``kind``.
KINDS: dict[str, type[Question]] = {cls.kind: cls for cls in _CLASSES}
