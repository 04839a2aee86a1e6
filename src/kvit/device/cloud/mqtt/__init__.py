"""CloudPRNT over MQTT: the same printers, told at once."""
