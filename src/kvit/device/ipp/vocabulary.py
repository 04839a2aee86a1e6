"""Numbers of IPP with names: operations, statuses, states (RFC 8011 sections 4.1.6.1, 4.2, 5.3.7, 5.4.11; PWG 5100.13)."""

from __future__ import annotations

import enum


class Operation(enum.IntEnum):
    """What a request asks for. Those not here are answered as not supported."""

    PRINT_JOB = 0x0002
    VALIDATE_JOB = 0x0004
    CREATE_JOB = 0x0005
    SEND_DOCUMENT = 0x0006
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B
    CANCEL_MY_JOBS = 0x0039
    CLOSE_JOB = 0x003B
    IDENTIFY_PRINTER = 0x003C


class Status(enum.IntEnum):
    """How a request fared."""

    OK = 0x0000
    OK_IGNORED = 0x0001
    """Some attribute was left aside; the unsupported group names it."""
    BAD_REQUEST = 0x0400
    FORBIDDEN = 0x0401
    NOT_AUTHENTICATED = 0x0402
    NOT_POSSIBLE = 0x0404
    TIMEOUT = 0x0405
    NOT_FOUND = 0x0406
    TOO_LARGE = 0x0408
    FORMAT_NOT_SUPPORTED = 0x040A
    NOT_SUPPORTED = 0x040B
    """An attribute or its value, where the caller insists."""
    CHARSET_NOT_SUPPORTED = 0x040D
    COMPRESSION_NOT_SUPPORTED = 0x040F
    COMPRESSION_ERROR = 0x0410
    FORMAT_ERROR = 0x0411
    INTERNAL = 0x0500
    OPERATION_NOT_SUPPORTED = 0x0501
    UNAVAILABLE = 0x0502
    VERSION_NOT_SUPPORTED = 0x0503
    TEMPORARY = 0x0505
    NOT_ACCEPTING = 0x0506
    BUSY = 0x0507
    MULTIPLE_NOT_SUPPORTED = 0x0509
    """A second document in a job."""


class JobState(enum.IntEnum):
    """``job-state``. From canceled on it is over."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9


class PrinterState(enum.IntEnum):
    """``printer-state``."""

    IDLE = 3
    PROCESSING = 4
    STOPPED = 5
