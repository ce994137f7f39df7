"""Makers of the fixtures: one module for each, run by make_fixtures.py."""
