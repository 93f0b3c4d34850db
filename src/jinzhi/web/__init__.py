"""Pages and the JSON API, by areas: one folder has an area's views, forms, words and templates."""
