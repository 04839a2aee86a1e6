"""Configuration: one TOML file, read only; each room owns its settings type. See `kvit.config.config`."""

from kvit.config.config import NAMED, Config, Setting, load
from kvit.config.problem import ConfigError

__all__ = ["NAMED", "Config", "ConfigError", "Setting", "load"]
