"""Engines that know no app: search, charts, documents, spreadsheets, indicators, flow charts, signatures."""
