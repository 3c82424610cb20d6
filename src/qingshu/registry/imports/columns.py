"""Which columns each kind of table may have, under which heads, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from qingshu.registry.model import Kind


class Form(Enum):
    """How a cell is read."""

    CODE = "code"
    TEXT = "text"
    NUMBER = "number"
    COUNT = "count"
    FLAG = "flag"
    DAY = "day"
    CLOCK = "clock"
    CHOICE = "choice"
    REF = "ref"
    SEALED = "sealed"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its stored name, form, heads, and what it means when it is left out.

    ``unit`` is ``m``, ``m2``, ``m3`` or empty; ``refers`` is the kind a REF points at;
    ``longest`` bounds a text; ``choices`` maps what people write to what is stored.
    """

    name: str
    form: Form
    heads: tuple[str, ...]
    required: bool = False
    unit: str = ""
    refers: Kind | None = None
    longest: int = 256
    choices: Mapping[str, str] | None = None


HISTORY = "history"

_SHAPES = {
    "rectangular": "rectangular", "rect": "rectangular", "矩形": "rectangular",
    "方形": "rectangular", "长方形": "rectangular", "砖砌": "rectangular",
    "round": "round", "圆形": "round", "圆": "round", "cylinder": "cylinder",
    "卧式圆柱": "cylinder", "圆柱": "cylinder", "玻璃钢": "cylinder",
}  # fmt: skip
_MEASURES = {
    "level": "level", "液位": "level", "水位": "level", "投入式": "level", "distance": "distance",
    "距离": "distance", "空高": "distance", "超声波": "distance", "雷达": "distance",
}  # fmt: skip
_CLASSES = {
    "mini": "mini", "微型": "mini", "small": "small", "小型": "small", "medium": "medium",
    "中型": "medium", "large": "large", "大型": "large",
}  # fmt: skip


def _code(*heads: str) -> Field:
    return Field(
        "code", Form.CODE, ("code", "编号", "编码", "代码", "id", *heads), required=True, longest=64
    )


def _name(*heads: str, longest: int = 64, required: bool = True) -> Field:
    return Field("name", Form.TEXT, ("name", "名称", *heads), required=required, longest=longest)


def _text(name: str, *heads: str, longest: int = 256) -> Field:
    return Field(name, Form.TEXT, (name, *heads), longest=longest)


def _number(name: str, unit: str, *heads: str, required: bool = False) -> Field:
    return Field(name, Form.NUMBER, (name, *heads), unit=unit, required=required)


def _ref(name: str, refers: Kind, *heads: str) -> Field:
    return Field(name, Form.REF, (name, name.removesuffix("_id"), *heads), refers=refers)


def _place(required: bool) -> tuple[Field, Field]:
    return (
        Field("lat", Form.NUMBER, ("lat", "latitude", "纬度", "y"), required=required),
        Field("lon", Form.NUMBER, ("lon", "lng", "longitude", "经度", "x"), required=required),
    )


_ACTIVE = Field("active", Form.FLAG, ("active", "在用", "启用", "使用中"))
_OFFICE = _ref("office_id", Kind.OFFICES, "街道", "街道办", "街道办事处", "办事处", "officecode",
               "streetcode", "所属街道", "街道编码", "镇街")  # fmt: skip
_GRID = _ref("grid_id", Kind.GRIDS, "网格", "网格编号", "所属网格", "gridcode")

COLUMNS: Mapping[str, tuple[Field, ...]] = {
    Kind.OFFICES: (
        _code("街道编号", "街道编码", "办事处编号"),
        _name("街道", "街道名称", "街道办", "办事处"),
        _text("district", "区", "区县", "行政区", "areacode", "区划", longest=64),
        _GRID,
        *_place(required=False),
    ),
    Kind.COMMUNITIES: (
        _code("社区编号", "社区编码"),
        _name("社区", "社区名称", "居委会", "小区", "小区名称", longest=128),
        _OFFICE,
        *_place(required=False),
    ),
    Kind.GRIDS: (
        _code("网格编号", "网格号"),
        _name("网格", "网格名称"),
        _ref("lead_id", Kind.PEOPLE, "负责人", "网格长", "网格负责人", "负责人编号"),
    ),
    Kind.PEOPLE: (
        _code("人员编号", "工号", "staffno"),
        Field("name", Form.SEALED, ("name", "姓名", "名字"), required=True, longest=64),
        Field("phone", Form.PHONE, ("phone", "电话", "手机", "手机号", "联系电话", "mobile")),
        _text("duty", "职务", "岗位", "role", longest=64),
        _text("qualifications", "资质", "证书", "持证"),
        _ACTIVE,
    ),
    Kind.CREWS: (
        _code("班组编号"),
        _name("班组", "班组名称"),
        _ref("leader_id", Kind.PEOPLE, "班长", "组长", "班长编号"),
        _GRID,
        _text("qualifications", "资质"),
    ),
    Kind.TRUCKS: (
        _code("车辆编号", "自编号", "车号"),
        _text("plate", "车牌", "车牌号", "号牌", longest=32),
        _text("terminal", "终端", "终端号", "终端手机号", "设备号", "sim", longest=32),
        _number("capacity_m3", "m3", "capacity", "容积", "罐容", "载量", "核载", required=True),
        _number("width_m", "m", "width", "车宽", "宽度", required=True),
        _number("height_m", "m", "height", "车高", "高度"),
        _number("hose_m", "m", "hose", "管长", "吸管长度", "胶管长度"),
        Field("truck_class", Form.CHOICE, ("truck_class", "class", "车型", "类型"),
              choices=_CLASSES),
        Field("gas_kit", Form.FLAG, ("gas_kit", "气体检测仪", "检测仪")),
        Field("yard_lat", Form.NUMBER, ("yard_lat", "停车场纬度", "车场纬度")),
        Field("yard_lon", Form.NUMBER, ("yard_lon", "停车场经度", "车场经度")),
        Field("shift_start", Form.CLOCK, ("shift_start", "上班", "上班时间", "出车时间")),
        Field("shift_end", Form.CLOCK, ("shift_end", "下班", "下班时间", "收车时间")),
        _ref("crew_id", Kind.CREWS, "班组", "所属班组", "班组编号"),
        _ACTIVE,
    ),
    Kind.PLANTS: (
        _code("厂编号", "处理厂编号"),
        _name("处理厂", "厂名", "处理厂名称"),
        *_place(required=True),
        Field("open_from", Form.CLOCK, ("open_from", "开门", "开门时间", "开放时间")),
        Field("open_to", Form.CLOCK, ("open_to", "关门", "关门时间", "截止时间")),
        _number("capacity_m3_day", "m3", "capacity", "日处理量", "处理能力", required=True),
        _number("unload_min", "", "卸粪时间", "卸料时间", "卸车分钟"),
    ),
    Kind.TANKS: (
        _code("化粪池编号", "池号", "池编号", "tankcode", "tankid"),
        _name("化粪池", "化粪池名称", "位置", "池名", "地点", longest=128),
        _OFFICE,
        _ref("community_id", Kind.COMMUNITIES, "社区", "所属社区", "小区", "社区编号"),
        _GRID,
        _ref("keeper_id", Kind.PEOPLE, "包池人", "责任人", "责任人编号", "包池责任人"),
        _text("address", "地址", "详细地址"),
        *_place(required=True),
        Field("shape", Form.CHOICE, ("shape", "形状", "池形"), choices=_SHAPES),
        Field("chambers", Form.COUNT, ("chambers", "格数", "几格", "池格")),
        _number("area_m2", "m2", "area", "面积", "池底面积", "水面面积"),
        _number("length_m", "m", "length", "长", "长度", "池长"),
        _number("width_m", "m", "width", "宽", "宽度", "池宽"),
        _number("diameter_m", "m", "diameter", "直径", "内径"),
        _number("depth_m", "m", "depth", "深度", "池深", "深", required=True),
        _number("outlet_m", "m", "outlet", "出水口高", "出水管高", "出水口高度", "出水管底高"),
        _number("cover_m", "m", "cover", "盖高", "井盖高", "井口高", "井盖高度"),
        _number("volume_m3", "m3", "volume", "容积", "有效容积", "体积"),
        Field("households", Form.COUNT, ("households", "户数", "住户数", "服务户数")),
        _text("building_type", "建筑类型", "楼宇类型", longest=32),
        _text("lid_position", "井盖位置", "池盖位置", longest=128),
        _number("access_width_m", "m", "access_width", "通道宽", "通道宽度", "进车宽度"),
        _number("hose_distance_m", "m", "hose_distance", "铺管距离", "管距", "停车距离"),
        Field("low_lying", Form.FLAG, ("low_lying", "低洼", "是否低洼")),
        _text("gas_history", "气体记录", "有害气体", longest=2000),
        Field("last_desludged_on", Form.DAY,
              ("last_desludged_on", "上次清疏", "上次清掏", "最近清疏日期", "上次清疏日期")),
        Field("interval_days", Form.COUNT, ("interval_days", "清疏周期", "周期", "清掏周期")),
        _ACTIVE,
    ),
    Kind.SENSORS: (
        _code("传感器编号", "设备编号", "设备号", "device", "deveui", "imei"),
        _ref("tank_id", Kind.TANKS, "化粪池编号", "池号", "化粪池", "tankcode"),
        Field("measures", Form.CHOICE, ("measures", "测量", "测量方式", "类型"),
              choices=_MEASURES),
        _number("offset_m", "m", "offset", "偏移", "安装高度", "基准高"),
        _text("model", "型号", longest=64),
        _number("interval_s", "", "interval", "上报间隔", "间隔秒"),
        _number("range_m", "m", "range", "量程"),
        _ACTIVE,
    ),
    HISTORY: (
        Field("code", Form.CODE, ("code", "tank", "tankcode", "编号", "化粪池编号", "池号"),
              required=True, longest=64),
        Field("desludged_on", Form.DAY,
              ("desludged_on", "date", "日期", "清疏日期", "清掏日期", "作业日期"),
              required=True),
        _number("volume_m3", "m3", "volume", "清运量", "抽走", "方量"),
    ),
}  # fmt: skip
IMPORT_KINDS = tuple(str(kind) for kind in COLUMNS)
