"""Star CloudPRNT: printers that poll for their jobs."""
