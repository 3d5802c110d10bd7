"""Vedette's SDK for Python: what a web application counts about itself, offered on `/metrics`.

from vedette_sdk import Metrics

Metrics().instrument(app)  # a FastAPI, Starlette or Flask application
"""

from vedette_sdk.metrics import Answer, Metrics

__all__ = ["Answer", "Metrics"]
__version__ = "0.1.0"
