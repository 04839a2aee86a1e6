"""Configuration: one TOML file, read only; each room owns its settings type. See `kvit.config.config`."""

from kvit.config.config import Config, Setting, load
from kvit.config.problem import ConfigError

__all__ = ["Config", "ConfigError", "Setting", "load"]
