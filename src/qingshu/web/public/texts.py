"""The words of the public pages, Chinese first."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "zh": {
        "html": "zh-CN", "report": "化粪池报修", "progress": "办理进度", "number": "编号",
        "here": "扫码得到的位置", "tank": "池号", "elsewhere": "不是这里，改地址",
        "where": "在哪里", "where_hint": "小区、楼号、方位", "where_eg": "如：裕园社区3号楼北侧",
        "what": "怎么了", "overflow": "污水冒出来", "blockage": "马桶下不去", "odour": "有臭味",
        "lid": "井盖坏了", "more": "再说两句", "optional": "可不填", "phone": "手机号",
        "phone_why": "只用来告诉您进度", "name": "称呼", "send": "报上去", "call": "不会填？打",
        "same": "已有 {n} 位邻居报过。", "same_more": "您再报会并到一起，催得更快。",
        "thanks": "收到了", "keep": "请记下编号", "follow": "看办理进度",
        "due": "最晚 {at} 前答复您", "tail_ask": "手机号后四位", "tail_why": "核对是您本人的报修",
        "look": "查看", "again": "又冒水了？", "report_again": "再报一次", "rate": "您满意吗",
        "rate_send": "提交评价", "solved": "问题解决了吗", "yes": "解决了", "no": "没有",
        "rated": "谢谢，已记下您的评价", "s5": "很满意", "s4": "满意", "s3": "一般",
        "s2": "不满意", "s1": "很不满意", "step_received": "收到您的报修",
        "step_sent": "已派车", "step_sent_truck": "{truck} 号车出发",
        "step_arrived": "到场，亮明身份",
        "step_cleared": "抽完，通水正常", "step_answered": "答复您", "later": "后续",
        "now_received": "已收到，正在安排", "now_sent": "已派车，正在路上",
        "now_arrived": "班组已到场", "now_cleared": "已清疏", "now_answered": "已答复您",
        "now_returned": "不归我们管，已退回转办单位", "now_closed": "已办结", "danger":
        "闻到煤气味、有人掉进池里：先离开，马上打 119 或 110。", "unfit": "没报成：",
        "simulated": "仿真演示，不是真实报修", "other_lang": "English", "unknown":
        "没有找到这个编号，或手机号后四位不对。",
        "busy": "报得太勤了，请过几分钟再试，急事打 12345。",
    },
    "en": {
        "html": "en", "report": "Report a septic tank", "progress": "Progress",
        "number": "No.", "here": "Place from the code you scanned", "tank": "Tank",
        "elsewhere": "Not here, change the place", "where": "Where",
        "where_hint": "compound, building, side", "where_eg": "e.g. 裕园社区 building 3, north",
        "what": "What is wrong", "overflow": "Sewage comes up", "blockage": "Toilet is blocked",
        "odour": "It smells", "lid": "Lid is broken", "more": "Tell us more",
        "optional": "optional", "phone": "Mobile number", "phone_why": "only to tell you",
        "name": "Your name", "send": "Send", "call": "Rather call?",
        "same": "{n} neighbours reported this already.",
        "same_more": "Yours is joined to theirs and adds weight.", "thanks": "Received",
        "keep": "Please keep this number", "follow": "Follow it",
        "due": "You will have an answer by {at}", "tail_ask": "Last four digits of your phone",
        "tail_why": "so that only you can look", "look": "Look", "again": "Is it back?",
        "report_again": "Report again", "rate": "Are you satisfied", "rate_send": "Send",
        "solved": "Is it solved", "yes": "Yes", "no": "No", "rated": "Thank you, it is noted",
        "s5": "very", "s4": "satisfied", "s3": "so-so", "s2": "not", "s1": "not at all",
        "step_received": "We have your report", "step_sent": "A truck is sent",
        "step_sent_truck": "Truck {truck} left", "step_arrived": "The crew is there",
        "step_cleared": "Emptied, it runs again", "step_answered": "Answer to you",
        "later": "later", "now_received": "Received, being arranged",
        "now_sent": "A truck is on its way", "now_arrived": "The crew is there",
        "now_cleared": "Emptied", "now_answered": "Answered",
        "now_returned": "Not ours: passed back to who sent it", "now_closed": "Finished", "danger":
        "Gas smell, or somebody fell in: get away first, then call 119 or 110.",
        "unfit": "Not sent: ", "simulated": "Simulated city, no real report",
        "other_lang": "中文", "unknown": "No report with this number and phone tail.",
        "busy": "Too many reports from here. Try in a few minutes; if urgent call 12345.",
    },
}  # fmt: skip


def words(lang: str) -> dict[str, str]:
    """The dictionary of a language; anything but ``en`` is Chinese.

    >>> words("fr")["send"]
    '报上去'
    """
    return TEXTS["en" if lang == "en" else "zh"]
