"""The clouds' other side: servers that answer as the makers' documents say, and fail as they are told.

`machine` is a cloud printer (orders, paper, power), `server` the HTTP around it with its faults, and `feie`, `yilianyun`,
`xpyun`, `wifi365`, `sunmi` are one maker's answers each, which check signatures by their own arithmetic. Tests use them,
and people by ``kvit emulate cloud``. What a maker's document does not say is not invented, but answered as unknown.
"""
