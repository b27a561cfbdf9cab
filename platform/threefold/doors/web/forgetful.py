"""After each answer nothing is left of its request in this process."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WHOLE_AFTER = 500  # answers


class Forgetful:
    """A WSGI application, after each answer of which nothing is left of the request: what is only held by itself, in a circle (a form's
    class, an error with its frames), is let go at once, and not when Python next looks for such.

    What outlasts an answer is kept by the application, and is not looked through again with each of them; now and then it is.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app, self._answers = app, 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return ClosingIterator(self._app(environ, start_response), lambda: self._forget(environ))

    def _forget(self, environ: WSGIEnvironment) -> None:
        environ.pop("werkzeug.request", None)  # it holds its environment, which the server holds still
        self._answers += 1
        if self._answers % WHOLE_AFTER == 0:
            gc.unfreeze()
        gc.collect()
        gc.freeze()
