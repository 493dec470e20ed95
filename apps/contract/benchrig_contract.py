"""What all apps are told and share: settings from the environment, and the SQL they run."""

import os

DATABASE_URL = os.environ["DATABASE_URL"]
POOL_SIZE = int(os.environ.get("POOL_SIZE", "1"))

BRANDS = "SELECT brand_id, brand_name FROM brand"
