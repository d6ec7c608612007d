"""Processors that are busy, or not ours."""
