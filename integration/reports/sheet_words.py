"""What every sheet says, whatever it is about."""

from integration.language import Words
from integration.reports.scope import Scope
from integration.reports.sheet import Head

NOT_FINAL = Words(ja="未確定", en="Not final")
NOTHING = Words(ja="該当なし", en="nothing")
ALL_MONTHS = Words(ja="全期間", en="from the beginning")
NO_HEAD = Words(ja="この記録はまだ署名されていません（haikei keys create）。", en="This record is not signed yet (haikei keys create).")
NO_PICTURE = Words(ja="この画像は保管されていません", en="this picture is not kept")


def scope_words(scope: Scope) -> Words:
    """What a report is about, in one line."""
    place = [part for part in (scope.show, scope.episode) if part]
    cuts = ", ".join(scope.shots)
    months = _months(scope)
    return Words(
        ja="、".join([*place, *([f"カット {cuts}"] if cuts else []), months.ja]),
        en=", ".join([*place, *([f"cut {cuts}"] if cuts else []), months.en]),
    )


def head_words(head: Head | None) -> Words:
    """From which record, and how anybody can check the report later."""
    if head is None:
        return NO_HEAD
    return Words(
        ja=f"記録 {head.origin}、{head.size}件、{head.root_sha256[:16]}…。確認: haikei verify --report ファイル",
        en=f"Record {head.origin}, {head.size} entries, {head.root_sha256[:16]}…. Check: haikei verify --report FILE",
    )


def _months(scope: Scope) -> Words:
    if scope.first is None and scope.last is None:
        return ALL_MONTHS
    first, last = (month.strftime("%Y-%m") if month else "" for month in (scope.first, scope.last))
    return Words(ja=f"{first}〜{last}", en=first if first == last else f"{first or '…'} to {last or 'now'}")
