"""Services that push: a maker's cloud, or a printer's own web service, takes a paper by HTTP and prints it.

`model` has the words of all; `feie`, `yilianyun`, `xpyun`, `wifi365`, `sunmi`, `house` are one service each (pure:
questions out, answers in), `services` is their table; `client` asks, `tokens` keeps Yilianyun's; `runner` is one printer's
queue, `crew` all of them; `emulators` are the other side. docs/protocols/printer-clouds.md says what no device has proven.
"""
