"""What the webhook's cold start is compared with: the framework, settings, and the clients that it must use;
answers hello.
"""

from typing import Any

import requests
from flask import Request
from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore, storage, tasks_v2
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """As many as the clients need."""

    google_cloud_project: str
    media_bucket: str
    tasks_endpoint: str


given: dict[str, Any] = {}  # all comes from the environment
settings = Settings(**given)
session = requests.Session()
inbox = firestore.Client(project=settings.google_cloud_project)
media = storage.Client(project=settings.google_cloud_project).bucket(settings.media_bucket)
queue = tasks_v2.CloudTasksClient(
    transport="rest",
    client_options=ClientOptions(api_endpoint=settings.tasks_endpoint),
    credentials=AnonymousCredentials(),
)


def hello(request: Request) -> tuple[str, int]:
    request.get_data()
    return "hello", 200
