"""Components: how values are shown, in Chinese and English."""
