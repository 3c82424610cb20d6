"""Alarms in plain words and numbers: what, since when, against what, what clears it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from qingshu.kernel.instants import from_ms
from qingshu.warn.model import Cause, Channel, Reason, Silence, Transition
from qingshu.warn.params import WarnParams

# Quantity numbers of sense to Chinese, English and unit.
_GAS = {
    2: ("甲烷", "Methane", "%LEL"),
    3: ("硫化氢", "Hydrogen sulphide", "mg/m³"),
    4: ("氧气", "Oxygen", "%"),
    5: ("一氧化碳", "Carbon monoxide", "mg/m³"),
}
_OXYGEN = 4
_SHORT_H = 48.0


def reason_of(transition: Transition, params: WarnParams, zone: str) -> Reason:
    """Why this severity, for a person who has ten seconds."""
    if transition.channel is Channel.LEVEL:
        return _level(transition, params, zone)
    if transition.channel is Channel.GAS:
        return _gas(transition, zone)
    if transition.channel is Channel.LID:
        since = _clock(transition.since_ms, zone)
        return Reason(
            f"井盖自 {since} 起处于打开状态，有坠落危险；盖好后即解除。",
            f"The lid has been open since {since}: danger of falling. Clears when it is shut.",
        )
    return _fault(transition, params, zone)


def _level(t: Transition, params: WarnParams, zone: str) -> Reason:
    level, base, cover = t.level_m or 0.0, t.base_m or 0.0, t.cover_m
    since = _clock(t.since_ms, zone)
    left_zh, left_en = _left(t, params)
    room_zh = f"，余高 {cover - level:.2f} m" if cover is not None else ""
    room_en = f", freeboard {cover - level:.2f} m" if cover is not None else ""
    hours = (t.at_ms - t.since_ms) / 3.6e6
    hold_min = t.hold_s / 60
    below = t.clears_below or 0.0
    over = level - base
    if t.cause is Cause.FORESIGHT:
        zh = (
            f"液位 {level:.2f} m，比此刻平常（{base:.2f} m）{_more(over)} {abs(over):.2f} m，"
            f"自 {since} 起已 {hours:.1f} 小时"
        )
        en = (
            f"Level {level:.2f} m is {abs(over):.2f} m {'above' if over >= 0 else 'below'} what "
            f"is usual now ({base:.2f} m), since {since} ({hours:.1f} h)"
        )
    elif t.cause is Cause.EXCESS and over > 0:
        zh = (
            f"液位 {level:.2f} m，比平时（{base:.2f} m）高 {over:.2f} m，"
            f"自 {since} 起已持续 {hours:.1f} 小时"
        )
        en = (
            f"Level {level:.2f} m is {over:.2f} m above its usual {base:.2f} m "
            f"since {since} ({hours:.1f} h)"
        )
    else:
        zh = f"液位自 {since} 起越过限值，现为 {level:.2f} m（平时 {base:.2f} m）"
        en = f"Level passed its limit at {since} and is {level:.2f} m (usual {base:.2f} m)"
    return Reason(
        f"{zh}{room_zh}。{left_zh}液位低于 {below:.2f} m 并保持 {hold_min:.0f} 分钟即解除。",
        f"{en}{room_en}. {left_en}"
        f"Clears when the level stays below {below:.2f} m for {hold_min:.0f} min.",
    )


def _more(over: float) -> str:
    return "高" if over >= 0 else "低"


def _foreseen(t: Transition) -> tuple[str, str]:
    """How sure a learned engine is, and when."""
    chance = 100 * (t.probability or 0.0)
    sure_zh, sure_en = (
        f"24 小时内外溢概率 {chance:.0f}%",
        (f"Probability of overflow within 24 h is {chance:.0f} %"),
    )
    if t.overflow_h is None or t.overflow_h > _SHORT_H:
        return f"{sure_zh}，两天内预计不会外溢。", (
            f"{sure_en}; no overflow expected within two days. "
        )
    low, high = t.overflow_low_h or 0.0, t.overflow_high_h or t.overflow_h
    return (
        f"{sure_zh}，约 {t.overflow_h:.1f} 小时后外溢（80% 区间 {low:.1f}–{high:.0f} 小时）。",
        f"{sure_en}, in about {t.overflow_h:.1f} h (80 % interval {low:.1f} to {high:.0f} h). ",
    )


def _left(t: Transition, params: WarnParams) -> tuple[str, str]:
    rate_cm = 100 * (t.rate_m_h or 0.0)
    if t.level_m is not None and t.cover_m is not None and t.level_m >= t.cover_m:
        return "已到井盖，正在外溢。", "It has reached the cover: overflowing. "
    if t.probability is not None:
        return _foreseen(t)
    if t.overflow_h is None:
        return "目前未见明显上升。", "No clear rise at present. "
    low, high = t.overflow_h / params.left_factor, t.overflow_h * params.left_factor
    if t.overflow_h > _SHORT_H:
        return f"上升 {rate_cm:.1f} cm/h，两天内预计不会外溢。", (
            f"Rising {rate_cm:.1f} cm/h; no overflow expected within two days. "
        )
    return (
        f"上升 {rate_cm:.1f} cm/h，约 {t.overflow_h:.1f} 小时后可能外溢"
        f"（80% 区间 {low:.1f}–{high:.0f} 小时）。",
        f"Rising {rate_cm:.1f} cm/h; may overflow in about {t.overflow_h:.1f} h "
        f"(80 % interval {low:.1f} to {high:.0f} h). ",
    )


def _gas(t: Transition, zone: str) -> Reason:
    zh, en, unit = _GAS.get(t.quantity, ("气体", "Gas", ""))
    since = _clock(t.since_ms, zone)
    limit, minutes = t.clears_below or 0.0, t.hold_s / 60
    word_zh, word_en = ("高于", "above") if t.quantity == _OXYGEN else ("低于", "below")
    return Reason(
        f"{zh} {t.value or 0.0:.1f} {unit}，自 {since} 起超限；"
        f"{word_zh} {limit:.1f} {unit} 并保持 {minutes:.0f} 分钟即解除。",
        f"{en} {t.value or 0.0:.1f} {unit}, beyond its limit since {since}. "
        f"Clears when it stays {word_en} {limit:.1f} {unit} for {minutes:.0f} min.",
    )


def _fault(t: Transition, params: WarnParams, zone: str) -> Reason:
    since = _clock(t.since_ms, zone)
    if t.cause is Cause.STUCK:
        return Reason(
            f"传感器读数自 {since} 起一直为 {t.value or 0.0:.3f}，疑似卡死；"
            "读数恢复变化后解除。液位报警不受影响。",
            f"The sensor has said {t.value or 0.0:.3f} without change since {since}: "
            "probably stuck. Clears when it moves again. Level alarms are not touched.",
        )
    if t.cause is Cause.SPIKES:
        return Reason(
            f"传感器近 {params.spike_tau_h:.0f} 小时内多次跳变，读数不可信；"
            f"连续 {params.fault_clear_samples} 次正常且跳变消退后解除。",
            f"The sensor jumped many times within about {params.spike_tau_h:.0f} h and cannot "
            f"be trusted. Clears after {params.fault_clear_samples} good readings once the "
            "jumps fade.",
        )
    return Reason(
        f"传感器自 {since} 起只报出超出量程或故障的读数，已看不见液位；"
        f"连续 {params.fault_clear_samples} 次正常读数后解除。",
        f"Since {since} the sensor has given only readings out of range: it is blind. "
        f"Clears after {params.fault_clear_samples} good readings.",
    )


def silent_reason(silence: Silence, now: datetime, zone: str) -> Reason:
    """One sensor has not been heard."""
    since = _clock(silence.last_seen_ms, zone)
    minutes, every = (
        (now - from_ms(silence.last_seen_ms)).total_seconds() / 60,
        silence.interval_s / 60,
    )
    return Reason(
        f"传感器 {silence.sensor_code} 自 {since} 起无数据，已 {minutes:.0f} 分钟"
        f"（应每 {every:.0f} 分钟一次）；恢复上报后解除。",
        f"Sensor {silence.sensor_code} has been silent since {since}, {minutes:.0f} min "
        f"(it should report every {every:.0f} min). Clears when it reports again.",
    )


def outage_reason(group: tuple[Silence, ...], zone: str) -> Reason:
    """Many sensors fell silent together."""
    since = _clock(max(s.last_seen_ms for s in group), zone)
    return Reason(
        f"{len(group)} 个传感器自 {since} 前后同时失联，疑似网关或网络中断；多数恢复上报后解除。",
        f"{len(group)} sensors fell silent together around {since}: probably a gateway or "
        "network outage. Clears when most of them report again.",
    )


def _clock(ms: int, zone: str) -> str:
    local = from_ms(ms).astimezone(ZoneInfo(zone))
    return f"{local:%m-%d %H:%M}"
