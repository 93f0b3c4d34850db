"""When infringing IP is a crime.

Amounts are in yuan. Each crime has its own figures: for a first act, for somebody who was punished for such an act
within two years or who acts against two or more rights (``…-repeat``), for goods not yet sold (a multiple of the figure
of sales), and for especially serious cases (a multiple of the figures of a first act). **Labels** (标识, § 6) reach the
heavier band at 5 times; marks, their sale, copyright and secrets at 10 times; passing off patents (§ 10) and selling
infringing copies (§ 14) have no such band.
"""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.law import Law, Parameter, Provision, Rank

LAW = Law(
    id="ip-crime-interpretation-2025",
    zh="最高人民法院、最高人民检察院关于办理侵犯知识产权刑事案件适用法律若干问题的解释",
    en="Interpretation on Criminal Cases of Infringing IP (2025)",
    rank=Rank.INTERPRETATION,
    number="",
    issuer="最高人民法院、最高人民检察院",
    promulgated=date(2025, 4, 24),
    in_force=date(2025, 4, 26),
    source="IPR 书34（解释文本的公开汇编）逐条；施行日期见第31条",
    note="条文全文未随项目，数额按来源逐条录入；文号未检到。",
    provisions=(
        Provision(
            "3",
            "假冒注册商标入罪：商品看违法所得或经营额，服务看违法所得；两种以上商标或二年内再犯从低；"
            "商品与服务并存合并按服务数额。",
            "Counterfeiting marks: goods by gain or turnover, services by gain; lower for two or more marks or "
            "a repeat within two years; goods and services add up against the figure for services.",
            (
                Parameter(
                    id="mark-goods-gain",
                    zh="假冒注册商标（商品）违法所得",
                    en="counterfeit marks on goods: gain",
                    value=30_000,
                ),
                Parameter(
                    id="mark-goods-turnover",
                    zh="假冒注册商标（商品）经营额",
                    en="counterfeit marks on goods: turnover",
                    value=50_000,
                ),
                Parameter(
                    id="mark-goods-gain-repeat",
                    zh="假冒注册商标（商品）违法所得，两种以上商标或再犯",
                    en="counterfeit marks on goods: gain, two marks or repeated",
                    value=20_000,
                ),
                Parameter(
                    id="mark-goods-turnover-repeat",
                    zh="假冒注册商标（商品）经营额，两种以上商标或再犯",
                    en="counterfeit marks on goods: turnover, two marks or repeated",
                    value=30_000,
                ),
                Parameter(
                    id="mark-services-gain",
                    zh="假冒注册商标（服务）违法所得",
                    en="counterfeit marks on services: gain",
                    value=50_000,
                ),
                Parameter(
                    id="mark-services-gain-repeat",
                    zh="假冒注册商标（服务）违法所得，两种以上商标或再犯",
                    en="counterfeit marks on services: gain, two marks or repeated",
                    value=30_000,
                ),
            ),
        ),
        Provision(
            "5",
            "销售假冒注册商标的商品入罪：违法所得或销售额；再犯从低；尚未销售或已售加未售的货值达销售额标准的三倍。",
            "Selling counterfeits: gain or sales; lower for a repeat; goods unsold, or sold and unsold "
            "together, worth three times the figure of sales.",
            (
                Parameter(
                    id="mark-sale-gain", zh="销售假冒商品违法所得", en="selling counterfeits: gain", value=30_000
                ),
                Parameter(
                    id="mark-sale-turnover", zh="销售假冒商品销售额", en="selling counterfeits: sales", value=50_000
                ),
                Parameter(
                    id="mark-sale-gain-repeat",
                    zh="销售假冒商品违法所得，再犯",
                    en="selling counterfeits: gain, repeated",
                    value=20_000,
                ),
                Parameter(
                    id="mark-sale-turnover-repeat",
                    zh="销售假冒商品销售额，再犯",
                    en="selling counterfeits: sales, repeated",
                    value=30_000,
                ),
                Parameter(
                    id="mark-sale-unsold-multiple",
                    zh="未销售货值相当于销售额标准的倍数",
                    en="unsold goods: times the figure of sales",
                    value=3,
                ),
            ),
        ),
        Provision(
            "6",
            "非法制造、销售非法制造的注册商标标识入罪：件数、违法所得或经营额；两种以上商标或再犯从低；"
            "未销售为三倍；情节特别严重为五倍。",
            "Illegally made trade-mark labels: number, gain or turnover; lower for two marks or a repeat; "
            "unsold three times; especially serious at five times.",
            (
                Parameter(id="labels-count", zh="非法制造商标标识件数", en="labels: number", value=10_000),
                Parameter(id="labels-gain", zh="非法制造商标标识违法所得", en="labels: gain", value=20_000),
                Parameter(id="labels-turnover", zh="非法制造商标标识经营额", en="labels: turnover", value=30_000),
                Parameter(
                    id="labels-count-repeat",
                    zh="非法制造商标标识件数，两种以上商标或再犯",
                    en="labels: number, two marks or repeated",
                    value=5_000,
                ),
                Parameter(
                    id="labels-gain-repeat",
                    zh="非法制造商标标识违法所得，两种以上商标或再犯",
                    en="labels: gain, two marks or repeated",
                    value=10_000,
                ),
                Parameter(
                    id="labels-turnover-repeat",
                    zh="非法制造商标标识经营额，两种以上商标或再犯",
                    en="labels: turnover, two marks or repeated",
                    value=20_000,
                ),
                Parameter(
                    id="labels-unsold-multiple",
                    zh="未销售标识相当于标准的倍数",
                    en="unsold labels: times the figure",
                    value=3,
                ),
                Parameter(
                    id="labels-grave-multiple",
                    zh="商标标识情节特别严重的倍数",
                    en="labels: multiple for grave cases",
                    value=5,
                ),
            ),
        ),
        Provision(
            "10",
            "假冒专利入罪：违法所得、经营额或直接损失；两项以上专利或再犯从低；没有情节特别严重一档。",
            "Passing off patents: gain, turnover or loss; lower for two patents or a repeat; no heavier band.",
            (
                Parameter(id="patent-gain", zh="假冒专利违法所得", en="passing off patents: gain", value=100_000),
                Parameter(id="patent-turnover", zh="假冒专利经营额", en="passing off patents: turnover", value=200_000),
                Parameter(id="patent-loss", zh="假冒专利直接损失", en="passing off patents: loss", value=300_000),
                Parameter(
                    id="patent-gain-repeat",
                    zh="假冒专利违法所得，两项以上专利或再犯",
                    en="passing off patents: gain, two patents or repeated",
                    value=50_000,
                ),
                Parameter(
                    id="patent-turnover-repeat",
                    zh="假冒专利经营额，两项以上专利或再犯",
                    en="passing off patents: turnover, two patents or repeated",
                    value=100_000,
                ),
            ),
        ),
        Provision(
            "13",
            "侵犯著作权入罪：违法所得、经营额、复制件或网络传播数量；再犯从低；两项各达一半亦可；"
            "提供规避技术措施的工具同罪；十倍为情节特别严重。",
            "Copyright: gain, turnover, copies or use on the network; lower for a repeat; two measures each at "
            "half; tools of circumvention too; especially serious at ten times.",
            (
                Parameter(id="copyright-gain", zh="侵犯著作权违法所得", en="copyright: gain", value=30_000),
                Parameter(id="copyright-turnover", zh="侵犯著作权经营额", en="copyright: turnover", value=50_000),
                Parameter(
                    id="copyright-gain-repeat",
                    zh="侵犯著作权违法所得，再犯",
                    en="copyright: gain, repeated",
                    value=20_000,
                ),
                Parameter(
                    id="copyright-turnover-repeat",
                    zh="侵犯著作权经营额，再犯",
                    en="copyright: turnover, repeated",
                    value=30_000,
                ),
                Parameter(id="copyright-copies", zh="侵犯著作权复制件（件）", en="copyright: copies", value=500),
                Parameter(
                    id="copyright-works", zh="网络传播他人作品（件）", en="copyright: works on the network", value=500
                ),
                Parameter(id="copyright-downloads", zh="网络传播下载（次）", en="copyright: downloads", value=10_000),
                Parameter(id="copyright-clicks", zh="网络传播点击（次）", en="copyright: clicks", value=100_000),
                Parameter(id="copyright-members", zh="网络传播注册会员（人）", en="copyright: members", value=1_000),
                Parameter(
                    id="copyright-half",
                    zh="两项以上各达标准的比例",
                    en="copyright: two measures, each at this share",
                    value=Decimal("0.5"),
                ),
                Parameter(
                    id="copyright-grave-multiple",
                    zh="侵犯著作权情节特别严重的倍数",
                    en="copyright: multiple for grave cases",
                    value=10,
                ),
            ),
        ),
        Provision(
            "14",
            "销售侵权复制品入罪：违法所得、销售额或件数；再犯从低；未销售为三倍；没有更高一档。",
            "Selling infringing copies: gain, sales or copies; lower for a repeat; unsold three times; no "
            "heavier band.",
            (
                Parameter(
                    id="copies-sale-gain",
                    zh="销售侵权复制品违法所得",
                    en="selling infringing copies: gain",
                    value=50_000,
                ),
                Parameter(
                    id="copies-sale-turnover",
                    zh="销售侵权复制品销售额",
                    en="selling infringing copies: sales",
                    value=100_000,
                ),
                Parameter(
                    id="copies-sale-gain-repeat",
                    zh="销售侵权复制品违法所得，再犯",
                    en="selling infringing copies: gain, repeated",
                    value=30_000,
                ),
                Parameter(
                    id="copies-sale-turnover-repeat",
                    zh="销售侵权复制品销售额，再犯",
                    en="selling infringing copies: sales, repeated",
                    value=50_000,
                ),
                Parameter(
                    id="copies-sale-count", zh="销售侵权复制品件数", en="selling infringing copies: number", value=1_000
                ),
                Parameter(
                    id="copies-sale-unsold-multiple",
                    zh="未销售复制品相当于标准的倍数",
                    en="unsold copies: times the figure",
                    value=3,
                ),
            ),
        ),
        Provision(
            "17",
            "侵犯商业秘密入罪：损失或违法所得；再犯从低；致权利人破产或达十倍为情节特别严重。",
            "Trade secrets: loss or gain; lower for a repeat; especially serious where the owner goes bankrupt "
            "or at ten times.",
            (
                Parameter(id="secret-loss", zh="侵犯商业秘密损失", en="trade secrets: loss", value=300_000),
                Parameter(id="secret-gain", zh="侵犯商业秘密违法所得", en="trade secrets: gain", value=300_000),
                Parameter(
                    id="secret-repeat", zh="侵犯商业秘密数额，再犯", en="trade secrets: figure, repeated", value=100_000
                ),
                Parameter(
                    id="secret-grave-multiple",
                    zh="侵犯商业秘密情节特别严重的倍数",
                    en="trade secrets: multiple for grave cases",
                    value=10,
                ),
            ),
        ),
        Provision(
            "29",
            "未经处理的多次行为数额累计；尚未附标识的成品，有证据证明将附的计入。",
            "Acts not yet punished add up; finished goods without labels count where it is proven that they "
            "would get them.",
        ),
        Provision(
            "31",
            "自 2025 年 4 月 26 日起施行，废止此前三个解释和一个批复。",
            "In force from 26 April 2025; repeals the earlier interpretations.",
        ),
        Provision(
            "",
            "假冒注册商标、销售假冒注册商标的商品情节特别严重的倍数；不适用于商标标识、假冒专利和销售侵权复制品。",
            "The multiple for grave cases of counterfeiting marks and of their sale; not for labels, passing "
            "off patents, or selling copies.",
            (
                Parameter(
                    id="grave-multiple",
                    zh="假冒注册商标及其销售情节特别严重的倍数",
                    en="marks and their sale: multiple for grave cases",
                    value=10,
                    verified=False,
                    note="倍数见来源，条号待核。",
                ),
            ),
        ),
    ),
)
