"""What an author writes down: the folder, its TOML and sentences, its article and evidence."""
