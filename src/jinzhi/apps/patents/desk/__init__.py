"""What searchers keep: history, saved queries, alerts, collections, notes."""
