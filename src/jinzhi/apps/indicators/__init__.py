"""Indicators: values counted from records, kept by day, with what stands behind them."""
