"""The application that granian serves."""

import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

# the database, the store and the keys are for the installation's own account only
os.umask(0o077)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinzhi.config.settings")
application = get_wsgi_application()

from jinzhi.web.patents.warming import warm  # noqa: E402  only now that the apps are loaded

Thread(target=warm, name="warm", daemon=True).start()
