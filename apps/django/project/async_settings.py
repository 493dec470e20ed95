"""The same project with asynchronous views."""

from project.settings import *  # noqa: F403 - Django's own way to derive settings

ROOT_URLCONF = "project.async_urls"
