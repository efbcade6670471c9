"""Runs all of Cuadra on one machine: embedded Postgres, stand-ins for the Google services, the simulated
WhatsApp. Never deployed.
"""
