"""Settings that are well written and still can not be: a country there is none of, two windows on one port.

The rooms' types say what one setting looks like; here stands what no type can say. Each rule gives the setting's name and
a sentence; the first that speaks refuses the start, with the line of the file. Cheap on purpose: the line process reads the
settings too, so nothing here needs more than the standard library. Only who names a printer's profile pays for the list.
"""

from __future__ import annotations

import ipaddress
import zoneinfo
from collections.abc import Iterator

from kvit.config import Config, ConfigError
from kvit.config.problem import nearest
from kvit.device.adapters.address import parse
from kvit.device.address import NAME
from kvit.device.reader import address as reader_address
from kvit.device.reader.settings import READERS_MAX, ReadersSettings
from kvit.i18n import LANGUAGES, say
from kvit.refusal import Refusal
from kvit.relay.jobs.settings import JobsSettings, check
from kvit.relay.settings import RelaySettings
from kvit.shop import ShopSettings

COUNTRIES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM
    FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT
    JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM
    MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR
    PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH
    TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()  # noqa: SIM905 - a list of 247 strings is no easier to read
)
"""The two letters of every country with a time zone (ISO 3166-1 and Kosovo's XK)."""
LINK_LETTERS_MAX = 49
"""The longest link the weakest printer prints as a code (365 wifi), and a small code on a narrow roll holds."""
TOKEN_LETTERS = 22
"""As `kvit.receipt.links` makes them, which is not imported here: the line process reads the settings, too."""
DATABASES = ("postgresql://", "postgres://")
Wrong = Iterator[tuple[str, str]]


def refuse(config: Config) -> None:
    """Raise `ConfigError` for the first setting that can not be."""
    for rule in (_shop, _data, _web, _lines, _profiles, _printers, _readers, _routing, _jobs):
        for key, sentence in rule(config):
            origin = config.origin(key)
            raise ConfigError(origin if origin != "default" else "kvit.toml", key, sentence)


def _shop(config: Config) -> Wrong:
    shop: ShopSettings = config["shop"]
    if shop.country not in COUNTRIES:
        yield "shop.country", f"There is no country {shop.country}; write its two letters, as in KR or KZ."
    if shop.language not in LANGUAGES:
        yield "shop.language", f"Kvit does not speak {shop.language}. Possible: {', '.join(LANGUAGES)}."
    if shop.time_zone and not _is_time_zone(shop.time_zone):
        near = nearest(shop.time_zone, zoneinfo.available_timezones())
        near = near if near.startswith("Did") else 'Write it as in "Asia/Almaty".'
        yield "shop.time_zone", f"There is no time zone {shop.time_zone}. {near}"


def _data(config: Config) -> Wrong:
    database = config["data"].database
    if database and not database.startswith(DATABASES):
        said = "data.database must begin with postgresql://, or be left out for the embedded data base."
        yield "data.database", said


def _web(config: Config) -> Wrong:
    web = config["web"]
    if web.port == web.staff_port != 0:
        yield "web.staff_port", f"Customers' and staff's pages can not both have port {web.port}; give one another."
    for key, address in (("base_url", web.base_url), ("staff_url", web.staff_url)):
        if address and not address.startswith(("http://", "https://")):
            yield f"web.{key}", f"{address} is no address of a page; it begins with https:// or http://."
    for proxy in web.proxies:
        if not _is_network(proxy):
            yield "web.proxies", f"{proxy} is no address; write it as in 10.0.0.5 or 10.0.0.0/24."


def _lines(config: Config) -> Wrong:
    relay: RelaySettings = config["relay"]
    for index, line in enumerate(relay.line):
        if line.till == line.printer:
            said = f"The till and the printer of line {line.name} are the same place: it would print to itself."
            yield f"relay.line[{index}].printer", said
        for network in line.allow:
            if not _is_network(network):
                said = f"{network} is no network; write it as in 192.168.1.0/24."
                yield f"relay.line[{index}].allow", said


def _profiles(config: Config) -> Wrong:
    relay: RelaySettings = config["relay"]
    named = [(f"relay.line[{index}].profile", line.profile) for index, line in enumerate(relay.line) if line.profile]
    printer = config["printer"]
    if printer.virtual and config.origin("printer.profile") != "default":
        named.append(("printer.profile", printer.profile))
    ports: JobsSettings = config["jobs"]
    named += [(f"jobs.port[{index}].profile", port.profile) for index, port in enumerate(ports.port) if port.profile]
    for name, each in printer.named.items():
        given = parse(each.address)
        if not isinstance(given, Refusal) and given.profile and not given.profile.endswith(".toml"):
            named.append((f"printer.{name}.address", given.profile))
    if not named:
        return
    from kvit.escpos.profiles import UnknownProfileError, load

    for key, name in named:
        try:
            load(name)
        except UnknownProfileError as error:
            near = f"Did you mean {' or '.join(error.nearest)}?" if error.nearest else "All: kvit profiles."
            yield key, f"There is no printer profile {name}. {near}"


def _printers(config: Config) -> Wrong:
    for name, printer in config["printer"].named.items():
        if not NAME.fullmatch(name):
            yield f"printer.{name}", f"{name} can not be a printer's name: letters, digits, dot, dash and underscore."
        wrong = parse(printer.address)
        if isinstance(wrong, Refusal):
            yield f"printer.{name}.address", say("en", wrong.code, **wrong.values)


def _readers(config: Config) -> Wrong:
    readers: ReadersSettings = config["reader"]
    if len(readers.named) > READERS_MAX:
        yield "reader", f"There are more than {READERS_MAX} readers; one machine has as many as it has counters."
    for name, reader in readers.named.items():
        if not NAME.fullmatch(name):
            yield f"reader.{name}", f"{name} can not be a reader's name: letters, digits, dot, dash and underscore."
        wrong = reader_address.parse(reader.address)
        if isinstance(wrong, Refusal):
            yield f"reader.{name}.address", say("en", wrong.code, **wrong.values)


def _routing(config: Config) -> Wrong:
    """A link must fit the smallest code a printer's foot holds; a reader's line must be there."""
    relay: RelaySettings = config["relay"]
    readers: ReadersSettings = config["reader"]
    names = [line.name for line in relay.line]
    for name, reader in readers.named.items():
        if reader.line and names and reader.line not in names:
            yield f"reader.{name}.line", f"There is no line {reader.line}; there are {', '.join(names)}."
    web = config["web"]
    base_url = (web.base_url or f"http://{web.host}:{web.port}").rstrip("/")
    letters = len(base_url) + len("/r/") + TOKEN_LETTERS
    if letters > LINK_LETTERS_MAX and any(line.hold_s for line in relay.line):
        said = f"Customers' links would have {letters} letters; the code at a receipt's foot holds {LINK_LETTERS_MAX}."
        yield "web.base_url", f"{said} Take an address of at most {LINK_LETTERS_MAX - letters + len(base_url)} letters."


def _jobs(config: Config) -> Wrong:
    jobs: JobsSettings = config["jobs"]
    wrong = check(jobs)
    if wrong is not None:
        yield "jobs.port", say("en", wrong.code, **wrong.values)
    allowed = [("ipp.allow", network) for network in config["ipp"].allow]
    allowed += [
        (f"jobs.port[{index}].allow", network) for index, port in enumerate(jobs.port) for network in port.allow
    ]
    for key, network in allowed:
        if not _is_network(network):
            yield key, f"{network} is no network; write it as in 192.168.1.0/24."


def _is_time_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return False
    return True


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True
