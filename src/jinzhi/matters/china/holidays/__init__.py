"""Holiday notices of the State Council: one file each, nothing computed."""
