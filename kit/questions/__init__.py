"""What a question is, and what an answer to it earns. No files but its own."""
