"""The same project with asynchronous views."""

from project.settings import *  # noqa: F403

ROOT_URLCONF = "project.async_urls"
