"""Making a course: notebooks from their Markdown, solved notebooks, and the check of everything."""
