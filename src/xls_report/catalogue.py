"""Every finding code: level, sentence, what to do. Codes are stable and can be read out on the telephone.

Families: F file and identity, S form and structure, V values, T text and cover, D against last year, R roster and
merging. Relations (G) are declared in the form file. The rules are those of the statutory form and of the common
treatment of returned workbooks; sentences quote the file's own text only where `given` stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from xls_report.form import Level

_E, _X, _W = Level.ERROR, Level.EXPLAIN, Level.WARNING


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of finding; braces in text and advice are facts."""

    level: Level
    text: str
    advice: str


_RESEND = "请用发放的原表填报后重新报送。"
_SAVE_AS = "请用 WPS 或 Excel 打开后“另存为”Excel 工作簿（.xlsx）再报，数据不用重填。"
_ALIKE = "请核对文字和表格；文中说的是其中一部分的，请写清楚。"

CATALOGUE: dict[str, Entry] = {
    # F1: the file
    "F101": Entry(_E, "不是 Excel 工作簿，实际是{detail}。", "请在发放的 Excel 数据表中填报后重新报送。"),
    "F102": Entry(_E, "文件为{detail}格式，无法读取。", _SAVE_AS),
    "F103": Entry(_E, "这是{detail}，无法读取。", "请去掉密码、解除加密后重新报送，不用告知密码。"),
    "F104": Entry(
        _E,
        "文件打不开，可能没有传完整或已损坏（{detail}）。",
        "请重新发送原文件；仍打不开的，用 WPS 或 Excel 打开后另存一份再报。",
    ),
    "F105": Entry(_E, "文件是空的（0 字节）。", "请重新发送原文件。"),
    "F106": Entry(_E, "文件超出限度：{detail}。", "请用发放的原表填报，不要粘贴大量其他内容。"),
    "F107": Entry(_E, "文件含有{detail}，为安全起见不读取。", "请另存为不含宏的 Excel 工作簿（.xlsx）再报。"),
    "F108": Entry(
        _E,
        "文件内部已损坏或被别的软件改过，不读取（{detail}）。",
        "请用 WPS 或 Excel 打开后另存一份，或用发放的原表重填。",
    ),
    "F109": Entry(_E, "文件打不开：{detail}。", "请确认文件还在、没有被别的程序打开，再试一次。"),
    "F110": Entry(_E, "不是普通文件（{detail}），没有打开。", "请把文件本身放进收件夹，不要放快捷方式或链接。"),
    "F111": Entry(_W, "表格程序的临时文件，已忽略。", ""),
    "F112": Entry(
        _W,
        "这是{detail}，不是数据表，已列入“其他材料”，未读取数据。",
        "请该单位在发放的 Excel 数据表中填报；此件另行留存。",
    ),
    "F113": Entry(_W, "本工具生成的{detail}，不是报送数据，已忽略。", ""),
    "F114": Entry(
        _E, "文件里嵌有别的文件、控件或连接（{detail}），为安全起见不读取。", "请删去后重新报送，或把数填进发放的原表。"
    ),
    "F115": Entry(_W, "文件带有{detail}，未读取，也不会带入汇总。", ""),
    "F116": Entry(_W, "这是{detail}，没有打开。", "请先解压，再把里面的 Excel 数据表放进收件夹。"),
    "F117": Entry(
        _W, "这是“{given}”的临时文件，旁边却没有这份文件。", "可能有人正打开着原文件；请确认收到的是保存后的那一份。"
    ),
    "F118": Entry(_E, "一次最多审核 {due} 个数据表，本文件未读取。", "请分批审核，放进几个文件夹分别审核。"),
    # F2: identity
    "F201": Entry(_E, "找不到表样标识，不是发放的数据表，或者内容被复制到了新工作簿。", _RESEND),
    "F202": Entry(_E, "这份表的单位标识前后不一致（{detail}），可能拼入了别的表，或者标识被改动。", _RESEND),
    "F203": Entry(
        _E, "这份表的格式本工具不认识（表样“{given}”，{year} 年度）。", "请用本年度发放的表填报，或更新本工具。"
    ),
    "F204": Entry(_E, "这是 {given} 年度的表，本次收 {due} 年度。", "请用今年发放的表填报。"),
    "F205": Entry(
        _E,
        "这份表是发给“{due}”的，{place}却写“{given}”。本文件不计入任何单位。",
        "请用发给本单位的表重填，不要用其他单位的表改名。",
    ),
    "F206": Entry(_E, "这是发放的空表，一格也没有填。", "请核对是否发错了文件。"),
    "F207": Entry(_W, "这份表是用另一版本的工具发放的，标签已逐格比对，照常读取。", ""),
    "F208": Entry(_W, "表样标识不全（少了{detail}），多因另存，仍认得出是哪个单位的表，已照常读取。", ""),
    "F209": Entry(_W, "与 {given} 内容完全相同，只计一份。", ""),
    "F210": Entry(_E, "这是阶段汇总（{given}），不是收齐的汇总表。", "请收齐后重新汇总再报。"),
    "F211": Entry(_W, "这份汇总表有单位暂不计入。", "请看“汇总概况”里暂不计入的单位；不同意的，请对方补齐后重新汇总。"),
    # S: structure
    "S101": Entry(_E, "缺少工作表“{given}”。", _RESEND),
    "S102": Entry(_E, "工作表“{due}”{detail}，不能判断以哪张为准。", "请只保留一张填好的表，删除副本后重新报送。"),
    "S103": Entry(_W, "工作表“{due}”被改名为“{given}”，已按表内标签识别。", ""),
    "S104": Entry(_W, "另有工作表“{given}”，未读取、不汇总。", "如含申请人姓名、电话，请删除后重发，原文件不要外传。"),
    "S105": Entry(
        _E,
        "{table}的结构被改动：{acts}。本表数据未读取。",
        "请用发放的原表填报，不要增删行列、不要移动内容。",
    ),
    "S106": Entry(_E, "{table} {cell} 的“{due}”{there}。", "请恢复原来的文字，或用发放的原表填报。"),
    "S107": Entry(
        _E,
        "{table}“{item}”应由公式算出，被改填为{typed}，{computed}。",
        "请核对各分项与合计哪个正确，再用原表的公式。",
    ),
    "S108": Entry(_W, "{table}“{item}”的公式被数值 {given} 替换，与计算结果一致。", ""),
    "S109": Entry(_W, "{table}“{item}”的公式被改动或删除，{shows}已按各分项重新计算。", ""),
    "S110": Entry(
        _W,
        "{table}{detail}：文件没有重新计算，或有数字是文本格式、公式没有计入；已按各分项计算。",
        "盖章的那一份可能不是这些数，请核对。",
    ),
    "S111": Entry(_E, "{table} {given} 的填报格被合并，只有一格能保留数值。", "请取消合并单元格，逐格填写。"),
    "S112": Entry(_W, "{table}有隐藏的部分（{given}），其中的数据照常读取。", ""),
    "S113": Entry(_W, "{table}表外有内容：{given}，未读取。", "要报送的内容请填在浅黄色格里。"),
    "S114": Entry(_W, "“{table}”的自查公式被改动，自查结论可能不准。", "不影响数据；请以审核结果为准。"),
    "S115": Entry(_W, "“{table}”的说明文字被改动，不影响数据。", ""),
    "S116": Entry(
        _E,
        "{table}的合并单元格被拆开，里面另有内容：{given}，不能判断以哪一格为准。",
        "请把数填在合并格里，其余清空，或用原表重填。",
    ),
    "S117": Entry(
        _E, "{table} {cell} 应为“{due}”，{there}：明细行被移动或改动。", "请用原来的汇总表，不要排序、增删明细行。"
    ),
    "S118": Entry(
        _W,
        "表内灰色的上年数被改动或删除，与上年的核对靠不住。",
        "请附上年数据（--prior）再审核一次，或向单位核实上年结转。",
    ),
    "S119": Entry(_W, "文件里有会改变数字显示的条件格式，已按存的数读取。", "盖章的那一份可能显示别的数，请核对。"),
    # V1: figures
    "V101": Entry(_E, "{where}空白。", "没有请填 0。"),
    "V102": Entry(_E, "{where}填“{given}”：没有请填 0。", "确有数字的，填阿拉伯数字。"),
    "V103": Entry(_E, "{where}填“{given}”，不是数。", "请填阿拉伯数字。"),
    "V104": Entry(_E, "{where}填 {given}，应为整数。", "请核对后填整数。"),
    "V105": Entry(_E, "{where}填 {given}，不能是负数。", "请核对后填 0 或正数。"),
    "V106": Entry(
        _E,
        "{where}被自动转换为日期（{given}），原来填的内容已看不出。",
        "请复制旁边一个正常的浅黄色格，粘贴到这一格，再重新填数。",
    ),
    "V107": Entry(_E, "{where}填的是逻辑值 {given}，不是数。", "请填阿拉伯数字。"),
    "V108": Entry(_E, "{where}是错误值 {given}。", "请改填数字。"),
    "V109": Entry(_E, "{where}是公式 {given}，不是数值，不能采用。", "请把计算结果粘贴为数值。"),
    "V110": Entry(_W, "{where}填的是算式 {given}，已按 {due} 读取。", ""),
    "V111": Entry(_W, "{where}的数字是文本格式，已按数字读取。", ""),
    "V112": Entry(_W, "{where}填“{given}”，已按 {due} 读取。", ""),
    "V113": Entry(_W, "{where}填“{given}”，已按 {due} 读取。", "下次只填数字，不带单位。"),
    "V114": Entry(_E, "{where}填“{given}”，带有数量级或别的单位。{hint}", "请换算成本栏的单位，只填数字，不带单位。"),
    "V115": Entry(_E, "{where}填“{given}”，是汉字数字。{hint}", "请填阿拉伯数字。"),
    "V116": Entry(_E, "{where}填“{given}”，逗号、点或空格的位置有两种读法。", "请只填数字和一个小数点。"),
    "V117": Entry(_E, "{where}填“{given}”，含特殊数字符号。", "请选中这一格按 Delete，用键盘上的数字键重填。"),
    "V118": Entry(_E, "{where}填 {given}，超出可接受的范围（最多 15 位有效数字）。", "请核对后重填。"),
    "V119": Entry(
        _W,
        "{where}填 {given}，像日期序号（2000—2058 年的某一天）。",
        "如原来填的是“3/4”一类的内容，请重填；确是这个数的不用改。",
    ),
    "V120": Entry(
        _E, "{where}是百分比（{given}），本栏不填百分比。", "请复制旁边一个正常的浅黄色格，粘贴到这一格，再填数。"
    ),
    "V121": Entry(_W, "{where}带有看不见的小数尾数（{given}），已按 {due} 读取。", ""),
    "V122": Entry(
        _E,
        "{where}填 {given}，但本表已选“本表各项均为 0：是”。",
        "本表有数的，把“是”改为“否”并填齐各格；确实没有的，改为 0。",
    ),
    "V123": Entry(_W, "{where}填 {given}，小数超过 6 位（不到 1 分钱）。", "请核对是否按万元填报。"),
    "V124": Entry(_E, "{where}填“{given}”，夹有看不见的字符。", "请选中这一格按 Delete，重新键入数字。"),
    "V125": Entry(_W, "{where}是百分比格式，已按 {due} 读取。", "请核对数值。"),
    "V126": Entry(_E, "{where}填“{given}”，是科学记数法的文字。", "请填完整的数字，如 1000。"),
    "V127": Entry(_W, "{where}填“{given}”，已按 {due} 读取。", "下次用正负号：增加填正数，减少填负数。"),
    "V128": Entry(_E, "{where}里是图片，不是数。", "请删去图片，键入数字。"),
    "V129": Entry(
        _W,
        "{where}存的是 {given}，单元格的数字格式没有显示全部小数，已按 {due} 读取。",
        "盖章的那一份可能是四舍五入的数，请核对。",
    ),
    "V130": Entry(
        _E,
        "{where}存的是 {given}，单元格的数字格式却显示成别的数，不能判断以哪个为准。",
        "请复制旁边一个正常的浅黄色格，粘贴到这一格，再填数。",
    ),
    "V131": Entry(_E, "{table}“本表各项均为 0”填“{given}”，只能填“是”或“否”。", "请从下拉列表选“是”“否”，或留空。"),
    "V132": Entry(
        _W, "{table}显示的数据校验码是 {given}，按表内数据应为 {due}。", "打印、盖章的那一份可能不是这些数，请核对。"
    ),
    "V133": Entry(
        _E,
        "{table}的数据校验码是 {given}，按表内的数应为 {due}：上报稿写好以后，有数被改过。",
        "请用原来的上报稿；数要更正的，由原单位更正后重新汇总。",
    ),
    # D: against last year, where the rule is no equation
    "D204": Entry(
        _W,
        "{table}上年有 {given} 件“{carried}”，本年各项都是 0。",
        "这些案件本年应有结果，或仍列为“{carried}”，请核对。",
    ),
    "D205": Entry(_W, "全部数据与上年完全相同。", "请核对是否误用了上年的数据。"),
    "D206": Entry(_W, "{where}填 {given}，上年为 {due}，相差 100 倍以上。", "请核对。"),
    "D207": Entry(_W, "没有找到该单位的上年数据，与上年的核对没有进行。", "请补充上年数据，或人工核对上年结转。"),
    "D208": Entry(_W, "{where}没有与上年核对：上年数据里缺这一项。", "请补充上年数据，或人工核对。"),
    "D209": Entry(_W, "该单位有两份不同的上年数据，与上年的核对没有进行。", "请只留一份上年数据后重新审核。"),
    "D216": Entry(
        _X,
        "{where}填 {given} 万元，上年为 {due} 万元，约为上年的 1 万倍，疑似按“元”填报。本栏单位是万元。",
        "确属填错请改；确有原因请在“{reasons}”表 D216 一行写明。",
    ),
    # T: cover and texts
    "T101": Entry(_W, "封面“{given}”没有填。", "请补填后打印签字；不影响数据汇总。"),
    "T102": Entry(_W, "成文日期 {given} {when}统计期末 {period}，疑似年份写错，是否应为 {due}？", "请核对成文日期。"),
    "T103": Entry(_W, "成文日期“{given}”看不出是哪一天。", "请按 2026-01-20 的样子填写。"),
    "T104": Entry(
        _X,
        "{relation} 的说明只写了“{given}”，没有讲原因。",
        "请写清相差的数是怎么回事（如：上年多计、申请人撤回、随职能划转；上年年报已更正的写明更正日期）。",
    ),
    "T106": Entry(_W, "封面办公电话“{given}”不像电话号码。", "请核对。"),
    # T11, T12: what an annual report lacks before it can be published; found by `report` alone
    "T110": Entry(_E, "年度报告缺少“{given}”：{detail}。", "请补写后再生成。"),
    "T111": Entry(_E, "“{title}”只写了“{given}”，不足 {due} 个字。", "请写明存在的主要问题和改进情况，不能只写“无”。"),
    "T112": Entry(_W, "“{title}”里没有写“{given}”。", "请补写这一方面的情况。"),
    "T113": Entry(_W, "“{title}”里没有写到{given}。", "各级人民政府的年度报告应写明这些情况，请补写。"),
    "T114": Entry(_E, "没有成文日期。", "请在封面填写，或用 --date 给出，如 2026-01-20。"),
    "T115": Entry(
        _E,
        "成文日期 {given} {when}统计期末 {period}，不能用于年度报告。{hint}",
        "请在封面改正成文日期，或用 --date 给出。",
    ),
    "T116": Entry(_E, "成文日期“{given}”看不出是哪一天。", "请在封面按 2026-01-20 的样子填写，或用 --date 给出。"),
    "T117": Entry(_W, "发文字号“{given}”的年份不是 {due}：{year} 年度的报告在次年制发。", "请核对发文字号。"),
    "T118": Entry(
        _W, "{table}末尾的落款“{given}”与单位名称“{due}”不一致。", "请核对；落款和日期由本工具印出，文字里不用再写。"
    ),
    "T119": Entry(_W, "“{page}”的文字里引用“{given}”，本年度报告格式的依据是“{due}”。", "请核对引用的文件。"),
    "T120": Entry(_W, "没有填{given}，年度报告的联系方式不完整。", "请在封面补填。"),
    "T121": Entry(_E, "没有填办公电话，年度报告里没有联系方式可写。", "请在封面填写，或用 --phone 给出。"),
    "T122": Entry(
        _E,
        "“{page}”的文字里，花括号中的“{given}”不是指标名称{near}。",
        "请改正名称；要写花括号本身，请左右各连写两个。",
    ),
    "T123": Entry(_E, "“{page}”的文字里，花括号中的“{given}”还没有数。", "请先在表里填数。"),
    "T124": Entry(_E, "“{page}”的文字里有不成对的花括号（{given}）。", "请补齐或删去；要写花括号本身，请连写两个。"),
    # T2: the prose against the tables
    "T201": Entry(_W, "{text}：文中 {given}，{where}为 {due}。", _ALIKE),
    "T202": Entry(_W, "{text}：文中 {given}，{where}为 {due}。", _ALIKE),
    "T203": Entry(_W, "{text}：文中 {given}，{where}为 {due}。", _ALIKE),
    "T204": Entry(_W, "{text}：文中 {given}，{where}为 {due}。", _ALIKE),
    "T205": Entry(_W, "{text}：文中 {given}，{where}为 {due}。", _ALIKE),
    "T206": Entry(_W, "{text}：文中 {given}，{where}为 {due}。", _ALIKE),
    "T207": Entry(_W, "{text}：文中 {given}，{where}为 {due}。", _ALIKE),
    "T208": Entry(_W, "{text}：{where}却为 {due}。", "请核对：确实没有收到的，表里应为 0。"),
    "T209": Entry(
        _W,
        "{text}：文中收取 {given} 万元，{where}只有 {due} 万元。",
        "本栏含信息处理费，单位是万元；请核对文字和表格。",
    ),
    "T210": Entry(_W, "{text}：文中各数自己对不上：{detail}。", "请核对这几个数，与表内的数一致。"),
    "T212": Entry(_W, "{text}：写的是 {given} 年，本表是 {due} 年度。", "请核对是否沿用了旧稿；年份没有错的，不用改。"),
    # R: merging
    "R201": Entry(_E, "单位“{given}”不在单位名单里。", "请核对代码和名单；应计入的先补进名单。"),
    "R202": Entry(
        _W, "代码“{given}”疑为“{due}”，前面的 0 被表格软件去掉了。", "请把名单的代码列改为文本，补回前面的 0，再审核。"
    ),
    "R203": Entry(
        _E,
        "{unit}报来不止一份都能通过、但数据不同的表，请确认用哪一份：{detail}。",
        "重新汇总时加 --prefer 和要采用的文件，或把不用的文件移出收件夹；未确认前不汇总该单位。",
    ),
    "R204": Entry(_W, "{unit}另有一份数据相同的表，已采用 {given}。", ""),
    "R205": Entry(_W, "{unit}另有一份通过的表，本份不用，已采用 {given}。", ""),
    "R206": Entry(
        _E,
        "{given}从两条途径计入：{detail}。",
        "同一单位只能计入一次，请定从哪一份计入，把另一份移出或请对方去掉该单位；如是两个不同的单位，代码不能相同。",
    ),
    "R207": Entry(_W, "{unit}在单位名单中不计入汇总。", ""),
    "R208": Entry(_W, "{unit}暂不计入（{detail}）。", ""),
    "R209": Entry(_W, "与“{given}”的数据完全相同。", "请核对是否抄用了其他单位的表。"),
    "R210": Entry(_W, "这是汇总单位自己的汇总表，不作为报送数据。", ""),
    "R211": Entry(_W, "文件中的单位名称“{given}”与名单中的“{due}”不同。", ""),
    "R212": Entry(_W, "按处理记录（电话核实空格为 0{detail}），{where}的空格按 0 计。", "请该单位补报一份填齐的表。"),
    "R213": Entry(
        _W,
        "上年有、今年名单没有的单位：{detail}。",
        "请在名单的“上年代码”或“承接单位”登记由谁承接；确已撤销又没有遗留事项的，不必处理。",
    ),
    "R214": Entry(_W, "各项数都不小于其余单位之和，疑似填报了全区数。", "请核对：只填本单位自己的数，不填汇总数。"),
}
