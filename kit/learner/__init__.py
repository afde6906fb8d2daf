"""What one learner has done: the record, the submission, practice, reveals, calibration."""
