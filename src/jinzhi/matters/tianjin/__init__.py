"""What only this city has: its roles, units, plan and targets."""
