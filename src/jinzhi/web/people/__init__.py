"""People, posts, accounts and their ways in."""
