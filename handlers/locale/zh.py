"""What the bot says in Chinese: Telegram HTML with fields that are escaped when filled in."""

from collections.abc import Mapping
from types import MappingProxyType

TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "language.name": "中文",
        "language.set": "此后用中文交流。",
        "language.ask": "选择语言",
        "start": (
            "<b>Tickbell</b> 逐笔盯盘，到点只响一次，并说明原因。\n\n"
            "1. 发送代码或名称：<code>300308</code>、<code>中际旭创</code>、<code>zjxc</code>，也可粘贴一串\n"
            "2. 点“关注”：自动设好常用提醒，并告诉你在什么价位响\n"
            "3. 自设价位：<code>/alert 300308 价格 &gt; 560</code>\n\n"
            "/near 看离触发最近的提醒，/help 看全部命令。不构成投资建议。"
        ),
        "help.head": "发送代码、名称或一串代码，或使用命令：",
        "help.tail": (
            "例如：<code>/watch 300308 588330</code>、<code>/alert 300308 涨跌幅 &gt; 5%</code>、"
            "<code>/alert 300308 站上20日线 | 每日</code>。也可直接发“关注 300308”。不构成投资建议。"
        ),
        "help.conditions": (
            "提醒的写法是 <code>代码 条件</code>，例如 <code>300308 价格 &gt; 560</code>。"
            "可用 <code>且</code>、<code>或</code>、<code>非</code> 组合；选项写在 <code>|</code> 之后："
            "<code>一次</code>、<code>每日</code>、<code>每30分钟</code>、<code>至 2026-12-31</code>、"
            '<code>备注 "..."</code>、<code>静音</code>。'
        ),
        "button.undo": "撤销",
        "button.ring": "立即提醒",
        "button.watch": "关注",
        "button.all": "全部关注",
        "button.refresh": "刷新",
        "more": "……还有 {count} 条",
        "unknown": "不认识 {words}。",
        "unknown.more": "等另外 {count} 个",
        "unknown.near": "是不是 {near}？",
        "unknown.help": "可发送 300308、AAPL.US、BTCUSDT 这样的代码，或已知名称；/help 看全部。",
        "command.unknown": "没有 {name} 这个命令；/help 看全部命令。",
        "command.near": "是不是 /{name}？",
        "failed": "抱歉，处理时出错，未作任何改动。请再试一次。",
        "denied": "只有本群管理员可以改动提醒。",
        "toast.stale": "此按钮已失效",
        "toast.nothing": "没有可撤销的内容",
        "toast.undone": "已撤销",
        "toast.deleted": "已删除",
        "toast.quiet": "目前没有已满足的条件",
        "toast.fresh": "已刷新",
        "undo.done": "已撤销 {count} 条。",
        "ring.done": "立即提醒：",
        "quote.usage": "查哪个代码？例如 <code>/quote 300308</code>",
        "quote.none": "暂无行情",
        "quote.open": "开 {price}",
        "quote.high": "高 {price}",
        "quote.low": "低 {price}",
        "quote.prev": "昨收 {price}",
        "quote.amount": "成交 {amount}",
        "quote.time": "截至 {time}",
        "list.empty": "还没有关注任何品种。发送代码，或 <code>/watch 300308</code>",
        "list.head": "<b>自选 {count}</b>",
        "watch.usage": "关注什么？例如 <code>/watch 300308 588330</code>",
        "watch.made": "<b>新关注 {count} 个</b>",
        "watch.already": "此前已关注：{names}",
        "watch.quota": "已关注 {have} 个，再加 {new} 个会超过上限 {most}。可用 /unwatch 腾出位置。",
        "unwatch.usage": "取消哪个？例如 <code>/unwatch 300308</code>",
        "unwatch.done": "已取消关注 {names}。",
        "unwatch.absent": "并未关注：{names}",
        "part.rung": "{label}%",
        "part.extended": "盘外{label}%",
        "part.record": "历史新{label}",
        "part.milestone": "市值破{label}",
        "part.leaders": "领涨{label}家",
        "label.high": "高",
        "label.low": "低",
        "armed.ring": "{label} 响铃",
        "armed.ring.at": "{label} 在{price}响铃",
        "armed.silent": "{label} 静音",
        "armed.silent.at": "{label} 在{price}静音推送",
        "armed.true": "{label} 已满足",
        "armed.move": "5分钟±{size}% 响铃",
        "armed.edits": "仅更新卡片：{labels}",
        "armed.count": "已设 {count} 条提醒，首个行情到达后给出价位",
        "alert.usage": "什么时候响？例如 <code>/alert 300308 价格 &gt; 560</code>；/help alert 看全部写法。",
        "alert.long": "一条提醒最多 {most} 个字符。",
        "alert.made": "✓ <b>{rule}</b>",
        "alert.twice": "这条提醒已存在：{rule}。/alerts 看全部。",
        "alert.quota": "已有 {have} 条提醒，再加 {new} 条会超过上限 {most}。可用 /delete 腾出位置。",
        "group.empty": "{group} 没有已知成员。",
        "mode.once": "只响一次",
        "mode.daily": "每日一次",
        "mode.every": "每 {minutes} 分钟",
        "standing.unquoted": "暂无行情，首个行情到达后开始判断",
        "standing.now": "现价 {last}",
        "standing.value": "现值 {value}，现价 {last}",
        "standing.rings": "在 {price} 响铃，还差 {away}",
        "standing.waits": "尚未满足",
        "standing.true": "<b>已满足</b>，将立即响铃",
        "standing.beyond": "已越过，下次穿越时响铃",
        "standing.absent": "暂时无法判断：{reason}",
        "standing.unknown": "其中有未知数据",
        "alerts.empty": "还没有自设提醒。例如 <code>/alert 300308 价格 &gt; 560</code>",
        "alerts.head": "<b>自设提醒 {count} 条</b>",
        "alerts.armed": "另有 {count} 条由 /watch 自动设置：{names}",
        "delete.usage": "删除哪条？<code>/delete 2</code> 即 /alerts 第 2 条，<code>/delete all</code> 全删",
        "delete.done": "已删除 {count} 条",
        "delete.absent": "你没有提醒 {words}；/alerts 看全部。",
        "near.none": "还没有提醒。发送代码，或 <code>/alert 300308 价格 &gt; 560</code>",
        "near.empty": "你的 {count} 条提醒目前都没有前方价位。",
        "near.head": "<b>离触发最近</b>（{count}）",
    }
)
