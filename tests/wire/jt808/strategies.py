"""Hypothesis strategies for whole JT/T 808 messages."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from qingshu.wire import jt808
from qingshu.wire.jt808 import items
from qingshu.wire.jt808.messages.attributes import Attributes
from qingshu.wire.jt808.messages.authenticate import Authenticate
from qingshu.wire.jt808.messages.batch import Batch
from qingshu.wire.jt808.messages.heartbeat import Heartbeat
from qingshu.wire.jt808.messages.location import SOUTH, WEST, Location
from qingshu.wire.jt808.messages.location_answer import LocationAnswer
from qingshu.wire.jt808.messages.logout import Logout
from qingshu.wire.jt808.messages.media import Media
from qingshu.wire.jt808.messages.parameters import Parameter, ParametersAnswer, SetParameters
from qingshu.wire.jt808.messages.passthrough import PassThrough
from qingshu.wire.jt808.messages.platform_ack import PlatformAck
from qingshu.wire.jt808.messages.query_location import QueryLocation
from qingshu.wire.jt808.messages.register import Edition, Register
from qingshu.wire.jt808.messages.register_ack import RegisterAck
from qingshu.wire.jt808.messages.terminal_ack import TerminalAck
from qingshu.wire.jt808.messages.text import Text
from qingshu.wire.jt808.registry import BY_ID, BY_TYPE

U8, U16, U32 = (st.integers(0, 2**bits - 1) for bits in (8, 16, 32))
DATA = st.binary(max_size=40)
TIMES = st.datetimes(datetime(2000, 1, 1, 16), datetime(2099, 12, 30), timezones=st.just(UTC)).map(
    lambda t: t.replace(microsecond=0)
)


def text(most: int) -> st.SearchStrategy[str]:
    """Words that survive padding: GBK, no blank or NUL at the ends."""
    letters = st.sampled_from("鲁济南市中槐荫区清疏吸污车测AZaz09-_.")
    return st.text(letters, max_size=most // 2)


def tenths(most: int) -> st.SearchStrategy[float]:
    """Multiples of 0.1 as the wire counts them."""
    return st.integers(0, most).map(lambda n: n / 10)


ITEMS = st.one_of(
    st.builds(items.Mileage, tenths(2**32 - 1)),
    st.builds(items.Fuel, tenths(2**16 - 1)),
    st.builds(items.RecorderSpeed, tenths(2**16 - 1)),
    st.builds(items.AlarmToConfirm, U16),
    st.builds(items.Overspeed, st.just(0), st.none()),
    st.builds(items.Overspeed, st.integers(1, 255), U32),
    st.builds(items.AreaCrossing, U8, U32, U8),
    st.builds(items.RouteTime, U32, U16, U8),
    st.builds(items.VideoAlarm, U32),
    st.builds(items.VehicleSignals, U32),
    st.builds(items.InputOutput, U16),
    st.builds(items.Analogue, U16, U16),
    st.builds(items.SignalStrength, U8),
    st.builds(items.Satellites, U8),
    st.builds(items.RawItem, st.integers(0x50, 0xFF), DATA),
)


@st.composite
def locations(draw: st.DrawFn, *, bare: bool = False) -> Location:
    """Any location, absurd ones too, with the hemisphere bits that its signs ask for."""
    status = draw(U32)
    lat, lon = draw(U32) / 1e6, draw(U32) / 1e6
    return Location(
        lat_deg=-lat if status & SOUTH else lat,
        lon_deg=-lon if status & WEST else lon,
        at=draw(st.none() | TIMES),
        speed_kmh=draw(tenths(2**16 - 1)),
        heading_deg=draw(U16),
        altitude_m=draw(U16),
        alarm_bits=draw(U32),
        status_bits=status,
        items=() if bare else tuple(draw(st.lists(ITEMS, max_size=4))),
        tail=b"" if bare else draw(st.binary(max_size=1)),
    )


PARAMETERS = st.lists(st.builds(Parameter, U32, DATA), max_size=3).map(tuple)
DIGITS_20 = st.text("0123456789", min_size=20, max_size=20)
ANY_LAYOUT = [
    st.builds(TerminalAck, U16, U16, U8),
    st.builds(PlatformAck, U16, U16, U8),
    st.builds(Heartbeat, DATA),
    st.builds(Logout, DATA),
    st.builds(QueryLocation, DATA),
    st.builds(RegisterAck, U16, U8, text(20)),
    locations(),
    st.builds(LocationAnswer, U16, locations()),
    st.builds(Batch, U8, st.lists(locations(), max_size=3).map(tuple)),
    st.builds(SetParameters, PARAMETERS),
    st.builds(ParametersAnswer, U16, PARAMETERS),
    st.builds(PassThrough, U8, DATA),
    st.builds(Media, U32, U8, U8, U8, U8, locations(bare=True), DATA),
    st.builds(Attributes, U16, text(4), text(20), text(6), DIGITS_20, text(20), text(20), U8, U8),
]


def _register(edition: Edition) -> st.SearchStrategy[Register]:
    plate = text(10) if edition is Edition.E2011 else text(16)
    return st.builds(Register, U16, U16, text(4), text(8), text(6), U8, plate, st.just(edition))


@st.composite
def messages(draw: st.DrawFn) -> jt808.Message:
    """A message of any known kind in any layout."""
    layout = draw(st.sampled_from(jt808.Layout))
    is_2019 = layout is jt808.Layout.V2019
    if is_2019:
        special = [
            _register(Edition.E2019),
            st.builds(Authenticate, text(20), text(14), text(20)),
            st.builds(Text, U8, text(40), U8),
        ]
    else:
        special = [
            _register(Edition.E2011),
            _register(Edition.E2013).filter(lambda r: len(r.plate.encode("gbk")) > 0),
            st.builds(Authenticate, text(40)),
            st.builds(Text, U8, text(40)),
        ]
    if layout is jt808.Layout.SHORT_SERIAL:
        body = jt808.UnknownMessage(draw(DATA))
        msg_id = draw(st.sampled_from([0x5501, 0x5502]))
    elif draw(st.integers(0, 9)) == 0:
        body = jt808.UnknownMessage(draw(DATA))
        msg_id = draw(st.integers(0, 0x5500).filter(lambda i: i not in BY_ID))
    else:
        body = draw(st.one_of(*ANY_LAYOUT, *special))
        msg_id = BY_TYPE[type(body)].msg_id
    width = 20 if is_2019 else 12
    header = jt808.Header(
        msg_id=msg_id,
        phone=draw(st.text("0123456789", min_size=width, max_size=width)),
        serial=draw(U8 if layout is jt808.Layout.SHORT_SERIAL else U16),
        layout=layout,
        protocol_version=draw(U8) if is_2019 else 0,
    )
    return jt808.Message(header, body)
