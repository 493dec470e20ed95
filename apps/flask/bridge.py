"""The synchronous Flask app behind asgiref's bridge, for ASGI servers."""

from app import app as flask_app
from asgiref.wsgi import WsgiToAsgi

app = WsgiToAsgi(flask_app)
