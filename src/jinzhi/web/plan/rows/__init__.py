"""The rows of the plan and the matrix of rows and units."""
