"""The whole thing on one machine: embedded Postgres, stand-ins for the Google services, the simulated
WhatsApp. Never deployed.
"""
