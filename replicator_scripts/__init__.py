"""What users run: each file works in the script editor, headless and on the embedded engine."""
