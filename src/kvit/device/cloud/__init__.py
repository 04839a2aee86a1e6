"""Printers that call in, and services that push: whoever takes a job otherwise than by a wire of ours."""
