"""Grading a folder of hand-ins: read without running anything, scored as the lessons score."""

from kit.grading.folder import grade_folder

__all__ = ["grade_folder"]
