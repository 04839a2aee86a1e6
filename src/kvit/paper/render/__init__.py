"""Ways to look at a sheet: ``RENDERERS["png"](sheet)`` gives bytes; the module behind a name is loaded at its first use."""

from kvit.paper.render.registry import RENDERERS, Renderer

__all__ = ["RENDERERS", "Renderer"]
