"""Grading submissions: they are read without running anything, scored as the lessons score.

:mod:`~kit.grading.folder` takes a class's work through the stages: what lies there (``inbox``),
whose it is (``whose``, ``roster``), which attempt counts (``attempts``), what the program gives
(``marks``), and what readers give (``by_hand``, at the ``desk``). It comes out as tables
(``mark_rows``, ``tables``, ``lms``), as a page for each learner (``feedback``), and as a class
report (``report``, ``report_page``, ``tomorrow``, ``pictures``).
"""

from kit.grading.folder import Choices, grade_folder
from kit.grading.times import LateRule

__all__ = ["Choices", "LateRule", "grade_folder"]
