"""Delivered scripts: JavaScript behind walls, for what data can not say. It gives values, never bytes for a device."""
