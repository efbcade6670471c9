"""Bytes in, invoices with evidence out. Knows nothing of WhatsApp, Postgres or Google Cloud."""

import os

# Before numpy is loaded: its threads wait for one another by spinning, which on cores that are busy with OCR
# took the second reader ten times its own time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
