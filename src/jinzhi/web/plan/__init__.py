"""The plan: cockpit, rows, milestones, releases, reports, orders."""
