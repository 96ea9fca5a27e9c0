"""Reads a Vietnamese administrative plan or decision from plain text. Pure: imports no Django."""
