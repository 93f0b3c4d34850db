"""How a plan is run: reports, supervision orders, adjustments, and the rule of the lights."""
