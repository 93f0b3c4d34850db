"""The JSON API under /api/v1 (django-ninja, OpenAPI 3.1, RFC 9457), made from the same declarations as the pages."""
