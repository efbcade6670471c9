"""Adapters to the outside world, one file for each service. They implement the ports that `functions`
declares.
"""
