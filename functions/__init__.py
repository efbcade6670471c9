"""What Cuadra does: the WhatsApp channel and the reading of documents. Nothing here imports `infra`."""
