"""The plan: documents read into releases, milestones, reports, supervision orders and lights."""
