"""What a class does together while the teacher stands in front of it: votes."""
