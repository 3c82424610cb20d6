"""The MQTT codec: whole streams, cut streams, oversize packets and noise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshu.wire import mqtt

MESSAGES = st.lists(
    st.tuples(st.binary(max_size=20), st.binary(max_size=300), st.integers(0, 65535)), max_size=20
)


@given(MESSAGES, st.integers(1, 50))
def test_feed_when_cut_anywhere_then_the_same_messages(
    messages: list[tuple[bytes, bytes, int]], step: int
) -> None:
    """However the stream is cut, the same publishes come out in order."""
    stream = b"".join(mqtt.publish(*message) for message in messages)
    receiver = mqtt.Receiver()
    found = []
    for at in range(0, len(stream), step):
        got = receiver.feed(stream[at : at + step])
        found += list(zip(got.topics, got.payloads, got.packet_ids, strict=True))
    assert found == messages


@given(st.lists(st.binary(max_size=400), max_size=8))
def test_feed_when_noise_then_only_bad_mqtt(chunks: list[bytes]) -> None:
    """Random bytes raise nothing but BadMqtt."""
    receiver = mqtt.Receiver(max_bytes=100, keep_bytes=50)
    try:
        for chunk in chunks:
            receiver.feed(chunk)
    except mqtt.BadMqtt:
        pass


def test_feed_when_ten_megabytes_then_beginning_kept_and_stream_goes_on() -> None:
    """An oversize publish is cut, named with its true size, and the next one is read."""
    stream = mqtt.publish(b"t", b"x" * 10_000_000, 7) + mqtt.publish(b"u", b"next", 8)
    receiver = mqtt.Receiver()
    topics, sizes, kept = [], [], []
    for at in range(0, len(stream), 65_536):
        got = receiver.feed(stream[at : at + 65_536])
        topics += got.topics
        sizes += got.too_long.values()
        kept += [len(payload) for payload in got.payloads]
    assert topics == [b"t", b"u"]
    assert sizes == [10_000_000]
    assert kept == [65_536, 4]


def test_connect_when_user_then_flags_and_fields() -> None:
    """MQTT 3.1.1 section 3.1: protocol name, level 4, flags, keep-alive, payload."""
    packet = mqtt.connect("id", keepalive_s=60, username="u", password="p")
    assert packet == bytes.fromhex("1014 0004 4d515454 04 c0 003c 0002 6964 0001 75 0001 70")


def test_check_connack_when_refused_then_says_why() -> None:
    """A wrong password is named."""
    assert mqtt.check_connack(b"\x01\x00")
    with pytest.raises(mqtt.BadMqtt, match="user or password"):
        mqtt.check_connack(b"\x00\x04")
    with pytest.raises(mqtt.BadMqtt):
        mqtt.check_suback(b"\x00\x01\x80")
