"""The cockpit and the wall: where the plan stands."""
