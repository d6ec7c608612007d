"""Odd targets, inputs and standard streams."""
