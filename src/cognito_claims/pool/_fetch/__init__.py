"""Fetch a pool: its pages, the journal that resumes them, and how usernames are stored."""
