"""Bytes in, invoices with evidence out. Knows nothing of WhatsApp, Postgres or Google Cloud."""
