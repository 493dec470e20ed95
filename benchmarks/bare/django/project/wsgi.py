"""The least that answers four paths: Django with the middleware ours has, and its own cursor."""

import os
import random
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.urls import path

url = urlsplit(os.environ["DATABASE_URL"])
size = int(os.environ["POOL_SIZE"])
settings.configure(
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="bare",  # noqa: S106 - signs nothing
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": url.hostname,
            "PORT": url.port,
            "NAME": url.path.lstrip("/"),
            "USER": url.username,
            "PASSWORD": url.password,
            "OPTIONS": {"pool": {"min_size": size, "max_size": size}},
        }
    },
)
django.setup()
SQL = "SELECT id, randomnumber FROM world WHERE id = %s"


def row(cursor):
    cursor.execute(SQL, (random.randint(1, 10_000),))
    number, value = cursor.fetchone()
    return {"id": number, "randomNumber": value}


def plaintext(_):
    return HttpResponse("Hello, World!", content_type="text/plain")


def json(_):
    return JsonResponse({"message": "Hello, World!"})


def db(_):
    with connection.cursor() as cursor:
        return JsonResponse(row(cursor))


def queries(_):
    with connection.cursor() as cursor:
        return JsonResponse([row(cursor) for _ in range(20)], safe=False)


urlpatterns = [
    path("plaintext", plaintext),
    path("json", json),
    path("db", db),
    path("queries", queries),
]
application = get_wsgi_application()
