"""What is asked of an item of evidence, and why: the points that a court looks at, each with its article.

A hash and a time prove only that nothing changed *since*; what happened *before* (who, when, where, device, tool,
source, environment) is asked for here (人民法院在线诉讼规则 18, 互联网法院规定 11, 民事诉讼证据规定 93).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jinzhi.kernel.declare import Named
from jinzhi.kernel.fields import Field, FieldError, Type, Value

KINDS = (
    Named("web", "网络平台发布的信息", "Information published on the web"),
    Named("messages", "短信、邮件、即时通信等通信信息", "Messages, mail, chats"),
    Named("records", "注册、认证、交易、日志等记录", "Registrations, transactions, logs"),
    Named("file", "文档、图片、音视频、程序等电子文件", "Documents, pictures, sound, film, programs"),
    Named("other", "其他数字化信息", "Other digital information"),
)
WAYS = (
    Named("web-page", "网页固定", "Capture of a web page"),
    Named("screen-record", "屏幕录像", "Recording of the screen"),
    Named("photograph", "拍照", "Photograph"),
    Named("sound-film", "录音、录像", "Sound or film recording"),
    Named("file-copy", "复制电子文件", "Copy of a file"),
    Named("system-export", "从业务系统导出", "Export from a system"),
    Named("scan", "实物扫描或翻拍", "Scan of a physical object"),
    Named("handed-in", "由他人提交", "Handed in by others"),
)
ENVIRONMENTS = (
    Named("clean", "清洁、运行正常", "Clean and in order"),
    Named("abnormal", "有异常", "Not in order"),
    Named("not-checked", "未检查", "Not checked"),
)

TITLE = Field(id="title", zh="名称", en="Title", max_length=200, searchable=True)
DESCRIPTION = Field(
    id="description", zh="内容和证明目的", en="Content and what it shows", type=Type.LONG, required=False,
    searchable=True,
    help_zh="对来源、证明对象和内容作简要说明（民事诉讼证据规定第19条）",
    help_en="Say briefly where it comes from, what it holds and what it shows (Civil Evidence art. 19)",
)  # fmt: skip
KIND = Field(
    id="kind", zh="证据种类", en="Kind", type=Type.CHOICE, choices=KINDS, filtered=True,
    help_zh="按民事诉讼证据规定第14条分类", help_en="As listed in Civil Evidence art. 14",
)  # fmt: skip
CAPTURE = (
    Field(id="captured_by", zh="采集人", en="Captured by", max_length=120, searchable=True,
          help_zh="提取和固定的主体（互联网法院规定第11条第4项）",
          help_en="Who captured it (Internet Courts art. 11 (4))"),
    Field(id="captured_on", zh="采集日期", en="Day of capture", type=Type.DATE,
          help_zh="生成主体和时间应明确（互联网法院规定第11条第2项）",
          help_en="Author and time must be clear (Internet Courts art. 11 (2))"),
    Field(id="captured_time", zh="采集时刻", en="Time of capture", max_length=5, help_zh="24 小时制，如 09:30",
          help_en="24 hours, such as 09:30"),
    Field(id="place", zh="采集地点", en="Place", max_length=200),
    Field(id="device", zh="采集设备", en="Device", max_length=200, searchable=True,
          help_zh="型号、编号、操作系统；依赖的硬件、软件环境（互联网法院规定第11条第1项）",
          help_en="Model, number, operating system: what it depended on (Internet Courts art. 11 (1))"),
    Field(id="way", zh="采集方式", en="Way of capture", type=Type.CHOICE, choices=WAYS, filtered=True,
          help_zh="提取和固定的方式（互联网法院规定第11条第4项）",
          help_en="How it was captured (Internet Courts art. 11 (4))"),
    Field(id="tool", zh="采集工具", en="Tool", max_length=200,
          help_zh="软件名称和版本（互联网法院规定第11条第4项）",
          help_en="Name and version of the software (Internet Courts art. 11 (4))"),
    Field(id="source", zh="来源", en="Source", max_length=1000, searchable=True,
          help_zh="网页写完整网址；其他写出处或提交人（在线诉讼规则第18条：具体来源）",
          help_en="For a web page its full address; else where it comes from (Online Litigation art. 18)"),
    Field(id="steps", zh="采集过程", en="How it was done", type=Type.LONG,
          help_zh="逐步写明，使他人可以重做一遍（互联网法院规定第11条第4项：提取过程可以重现）",
          help_en="Step by step, so that others can do it again (Internet Courts art. 11 (4))"),
    Field(id="original", zh="原始载体", en="Original medium", max_length=300, required=False,
          help_zh="原件或原始载体现在何处（民事诉讼证据规定第15条）",
          help_en="Where the original is now (Civil Evidence art. 15)"),
)  # fmt: skip
ENVIRONMENT = (
    Field(id="env_result", zh="采集前环境检查", en="Environment before capture", type=Type.CHOICE, choices=ENVIRONMENTS,
          help_zh="计算机系统是否处于正常运行状态、有无防止出错的核查（民事诉讼证据规定第93条第2、3项）；没有检查请如实选择",
          help_en="Was the system in order and checked (Civil Evidence art. 93 (2), (3)); if not, say so"),
    Field(id="env_by", zh="检查人", en="Checked by", max_length=120, required=False),
    Field(id="env_what", zh="检查了什么", en="What was checked", type=Type.LONG, required=False,
          help_zh="例如：病毒查杀、系统时间、代理和 hosts 文件、浏览器缓存、网络连接",
          help_en="Such as: virus scan, system time, proxy and hosts file, browser cache, network"),
    Field(id="env_note", zh="异常或未检查的说明", en="Why, and what it means", type=Type.LONG, required=False,
          help_zh="有异常或未检查时必填：原因和对内容的影响（民事诉讼证据规定第93条第2项）",
          help_en="Needed where it was not in order or not checked (Civil Evidence art. 93 (2))"),
)  # fmt: skip
SEALED = (
    Named("sealed", "已封存", "Sealed"),
    Named("not-sealed", "未封存", "Not sealed"),
    Named("no-medium", "没有可封存的原始存储介质（如网络数据）", "No medium to seal (such as data on the web)"),
)
#: what 法发〔2016〕22号 (electronic data in criminal cases) asks beside; which of its articles is not verified here
FORENSIC = (
    Field(id="sealed", zh="原始存储介质封存", en="Original medium sealed", type=Type.CHOICE, choices=SEALED,
          required=False, help_zh="可能进入刑事程序的请填写（法发〔2016〕22号）；没有做的请如实选择",
          help_en="Where it may go into a criminal case (法发〔2016〕22号); if it was not done, say so"),
    Field(id="seal_note", zh="封存情况", en="How it was sealed", type=Type.LONG, required=False,
          help_zh="介质的名称、型号、序列号，封条编号，封存前后的照片，由谁保管；未封存的写明原因",
          help_en="Medium, model, serial number, number of the seal, photographs, who keeps it; if not sealed, why"),
    Field(id="attended_by", zh="见证人", en="Attended by", max_length=300, required=False, searchable=True,
          help_zh="姓名、身份；没有见证人的写明原因和是否录像",
          help_en="Name and who they are; if nobody, why, and whether it was filmed"),
    Field(id="minutes", zh="提取笔录", en="Written record", max_length=300, required=False,
          help_zh="笔录的名称、编号，现存何处", help_en="Name and number of the record, and where it is"),
    Field(id="signed_by", zh="笔录签名", en="Signed by", max_length=300, required=False,
          help_zh="谁在笔录上签名或盖章：采集人、持有人或提供人、见证人",
          help_en="Who signed or sealed the record: who captured, who held or gave it, who attended"),
)  # fmt: skip
BEFORE = (
    Field(id="before_sha256", zh="采集时的 SHA-256", en="SHA-256 at capture", max_length=64, required=False,
          help_zh="采集时已算出摘要的，填在这里；收到的文件与它不一致时不予保存",
          help_en="If it was made at capture; a file that differs is not kept"),
    Field(id="before_sm3", zh="采集时的 SM3", en="SM3 at capture", max_length=64, required=False),
)  # fmt: skip
EXPIRES = Field(
    id="expires_on", zh="保管期限至", en="Kept until", type=Type.DATE, required=False,
    help_zh="留空表示长期保管；到期后也只有经办理才会处置，处于保全中的不能处置",
    help_en="Empty: without end. After that day it is disposed of only by an action, and never under a hold",
)  # fmt: skip
REASON = Field(id="reason", zh="原因", en="Reason", type=Type.LONG, max_length=500)

#: what a version says of its capture, what an item says of itself
FACTS = (*CAPTURE, *ENVIRONMENT, *FORENSIC, *BEFORE)
ABOUT = (TITLE, KIND, DESCRIPTION)
ITEM = (*ABOUT, *FACTS, EXPIRES)
BY_ID = {f.id: f for f in ITEM}


def parse_time(text: object) -> tuple[int, int] | None:
    """Hour and minute of "09:30"; None where it is no time of day."""
    hour, colon, minute = str(text).replace("：", ":").partition(":")
    if not colon or not hour.isdecimal() or not minute.isdecimal() or len(minute) != 2 or len(hour) > 2:
        return None
    return (int(hour), int(minute)) if int(hour) < 24 and int(minute) < 60 else None


def contradictions(values: Mapping[str, Value]) -> Iterator[FieldError]:
    """What the fields together do not allow; each field for itself is right already."""
    if values.get("captured_time") and parse_time(values["captured_time"]) is None:
        yield FieldError(BY_ID["captured_time"], "应为 24 小时制的时刻，如 09:30", "must be a time such as 09:30")
    source = str(values.get("source") or "")
    if values.get("way") == "web-page" and not source.startswith(("http://", "https://")):
        yield FieldError(
            BY_ID["source"], "网页固定须写完整网址（以 http:// 或 https:// 开头）", "a web page needs its full address"
        )
    result = values.get("env_result")
    for id in ("env_by", "env_what"):
        if result in ("clean", "abnormal") and not values.get(id):
            yield FieldError(BY_ID[id], "写了检查结果，须写明检查人和检查内容", "say who checked, and what")
    if result in ("abnormal", "not-checked") and not values.get("env_note"):
        yield FieldError(
            BY_ID["env_note"], "有异常或未检查时须说明原因和影响", "say why, and what it means for the content"
        )
    if values.get("sealed") in ("sealed", "not-sealed") and not values.get("seal_note"):
        yield FieldError(
            BY_ID["seal_note"], "写了是否封存，须写明封存情况或未封存的原因", "say how it was sealed, or why not"
        )
    for id in ("before_sha256", "before_sm3"):
        text = str(values.get(id) or "").lower()
        if text and (len(text) != 64 or set(text) - set("0123456789abcdef")):
            yield FieldError(BY_ID[id], "应为 64 位十六进制数字", "must be 64 hexadecimal digits")
