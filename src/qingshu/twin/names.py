"""Invented people and places in the style of the city; nobody here exists."""

from __future__ import annotations

import numpy as np

SURNAMES = "王李张刘陈杨赵孙周徐马朱胡林郭何高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶"
GIVEN = tuple(
    (  # noqa: SIM905 - a list of fifty is harder to read.
        "建国 秀芹 志强 桂兰 晓岚 文博 海燕 德福 玉梅 立新 春生 丽华 国栋 凤英 明亮 小军 "
        "红霞 永胜 淑珍 振华 佳怡 长河 秀云 庆林 雪梅 福顺 爱民 翠萍 东升 玉兰 保国 静怡 "
        "传喜 月娥 兴旺 巧玲 守义 慧敏 金山 素芳 学文 春燕 广平 彩霞 继业 晓东 荣珍 向阳"
    ).split()
)
# Known from the newspaper that the product was asked for from, or from the design pages.
FIXED_COMMUNITIES = {
    "中大槐树街道": ("裕园",),
    "王官庄街道": ("王官庄九区", "王官庄四区"),
    "六里山街道": ("玉函北区", "玉函南区"),
    "五里沟街道": ("信义庄",),
    "七贤街道": ("兴济河",),
    "道德街街道": ("纬九路",),
}
PATTERNS = ("{}东区", "{}西区", "{}南区", "{}北区", "{}新村", "{}花园", "{}家园", "{}里")
FANCY = tuple(
    (  # noqa: SIM905 - a list of fifty is harder to read.
        "锦绣 阳光 丽景 翠苑 康宁 和兴 瑞景 春晖 金泉 泉景 银座 绿园 祥和 福苑 嘉园 文苑 "
        "明湖 望岳 安泰 清泉 德馨 兴盛 育才 光明 友谊 建设 前进 新华 平安 学府 怡景 世纪"
    ).split()
)
STREET_HEADS = (
    *FANCY, "槐树", "泉城", "建新", "永庆", "馆驿", "济安", "昆仑", "营市", "胜利", "聚善",
)  # fmt: skip
STREET_TAILS = ("街", "东街", "西街", "南路", "北路", "路")
LIDS = (
    "楼北绿化带内",
    "单元门前人行道",
    "楼东侧停车位下",
    "小区主路中央",
    "围墙根，靠配电箱",
    "自行车棚前",
    "垃圾房旁",
    "楼南花坛边",
)
GAS_NOTES = (
    "",
    "",
    "",
    "",
    "",
    "",
    "硫化氢曾测得 18 mg/m³，通风后作业",
    "甲烷曾测得 14 %LEL，盖板锈死",
)


def person_name(rng: np.random.Generator) -> str:
    """One invented person."""
    return SURNAMES[int(rng.integers(len(SURNAMES)))] + str(rng.choice(GIVEN))


def office_stem(office: str) -> str:
    """The short name people use for an office's area.

    >>> office_stem("中大槐树街道"), office_stem("道德街街道")
    ('中大槐树', '道德街')
    """
    return office.removesuffix("街道")


def community_names(
    office: str, count: int, taken: set[str], rng: np.random.Generator
) -> list[str]:
    """``count`` community names for one office, none of them in ``taken``."""
    stem = office_stem(office).removesuffix("街")
    own = [p.format(stem) for p in PATTERNS[:4]] + [f"{stem}第{c}" for c in "一二三四"]
    fancy = [str(rng.choice(PATTERNS[4:])).format(f) for f in FANCY]
    rng.shuffle(own)
    rng.shuffle(fancy)
    pool = [*FIXED_COMMUNITIES.get(office, ()), *own[: (count + 1) // 2], *fancy]
    free = [name for name in dict.fromkeys(f"{stem}社区" for stem in pool) if name not in taken]
    taken.update(free[:count])
    return free[:count]
