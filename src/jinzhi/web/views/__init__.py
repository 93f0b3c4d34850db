"""Views, a module an area; each holds its own ``urlpatterns``."""
