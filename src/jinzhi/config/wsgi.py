"""The application that granian serves."""

import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

# the database, the store and the keys are for the installation's own account only
os.umask(0o077)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinzhi.config.settings")
application = get_wsgi_application()


def warm() -> None:
    """Read the patents' index before anybody asks; pages are served meanwhile, and a failure is only told."""
    import logging

    from django.db import connections

    from jinzhi.web.patent_search import warm

    try:
        warm()
    except Exception:
        logging.getLogger(__name__).warning("the search of patents is not warm yet", exc_info=True)
    finally:
        connections.close_all()


Thread(target=warm, name="warm", daemon=True).start()
