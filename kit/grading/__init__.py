"""Grading submissions: they are read without running anything, scored as the lessons score."""

from kit.grading.folder import Choices, grade_folder
from kit.grading.times import LateRule

__all__ = ["Choices", "LateRule", "grade_folder"]
