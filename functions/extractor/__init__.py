"""Bytes in, invoices with evidence out. The package knows nothing of WhatsApp, Postgres or Google Cloud."""

import os

# Set before numpy is loaded. Its threads wait for one another by spinning; on cores that are busy with OCR
# the second reader then took ten times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
