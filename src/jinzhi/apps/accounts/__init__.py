"""Accounts, posts and sessions: who acts, in which role, and what a second person must confirm."""
