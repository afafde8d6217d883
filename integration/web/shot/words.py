"""What the pages of a cut and of an entry say, in Japanese and English."""

from integration.language import Words
from integration.ledger.vocabulary import Claim, Kind, LayerState, Role, Verdict
from integration.workflow.menu_words import OUTCOMES

KINDS = {
    Kind.LAYOUT_DRAWN: Words(ja="レイアウト作画", en="Layout drawn"),
    Kind.LAYOUT_CORRECTED: Words(ja="作監修正", en="Layout corrected"),
    Kind.LAYOUT_CLEANED: Words(ja="原図整理", en="Genzu cleaned up"),
    Kind.LAYOUT_APPROVED: Words(ja="原図承認", en="Layout approved"),
    Kind.LAYOUT_REOPENED: Words(ja="差し戻し", en="Layout reopened"),
    Kind.DRAFT_REQUESTED: Words(ja="下描きを依頼", en="Drafts asked for"),
    Kind.DRAFT_REFUSED: Words(ja="下描き不可", en="Draft refused"),
    Kind.DRAFT_RENDERED: Words(ja="AI下描き", en="AI draft"),
    Kind.DRAFT_DELIVERED: Words(ja="下描き到着", en="Draft delivered"),
    Kind.DRAFT_CANCELLED: Words(ja="下描き中止", en="Draft cancelled"),
    Kind.DRAFT_SUPERSEDED: Words(ja="下描き無効", en="Draft superseded"),
    Kind.DRAFT_CHOSEN: Words(ja="下描き選択", en="Draft chosen"),
    Kind.DRAFT_REJECTED: Words(ja="品質確認で不良", en="Found bad by the quality gate"),
    Kind.DRAFT_OUTCOME: Words(ja="下描きの扱い", en="Draft outcome"),
    Kind.PROMPT_CORRECTED: Words(ja="プロンプト修正", en="Prompt corrected"),
    Kind.HANDOVER: Words(ja="引き渡し", en="Handed over"),
    Kind.LAYERS_SHIPPED: Words(ja="レイヤーファイル添付", en="Layered file attached"),
    Kind.REVISION_SUBMITTED: Words(ja="背景提出", en="Background handed in"),
    Kind.REVISION_APPROVED: Words(ja="背景承認", en="Background approved"),
    Kind.REVISION_RETAKE: Words(ja="リテイク", en="Retake asked"),
    Kind.VERSION_RETIRED: Words(ja="バージョン削除", en="Version deleted in the tracker"),
    Kind.VERSION_REVIVED: Words(ja="バージョン復活", en="Version taken back in the tracker"),
    Kind.MEASURE_COMPUTED: Words(ja="測定", en="Measured"),
    Kind.TIME_LOGGED: Words(ja="時間記入", en="Time logged"),
    Kind.TIME_ESTIMATED: Words(ja="見込み時間", en="Task estimated"),
    Kind.CREDIT_OVERRIDDEN: Words(ja="クレジット変更", en="Credit put right by hand"),
    Kind.STATEMENT_SIGNED: Words(ja="本人の申告", en="Statement"),
    Kind.APPROVAL_GRANTED: Words(ja="AI使用許可", en="AI use permitted"),
    Kind.POLICY_CHANGED: Words(ja="方針変更", en="Policy changed"),
    Kind.FLAG_RAISED: Words(ja="質問", en="Question"),
    Kind.FLAG_ANSWERED: Words(ja="質問への答え", en="Question answered"),
    Kind.NOTICE_GIVEN: Words(ja="お知らせ配布", en="Notice given"),
    Kind.NOTICE_ACKNOWLEDGED: Words(ja="お知らせ確認", en="Notice acknowledged"),
    Kind.CORRECTION: Words(ja="訂正", en="Correction"),
    Kind.CHECKPOINT_PUBLISHED: Words(ja="チェックポイント公開", en="Checkpoint published"),
    Kind.REPORT_EXPORTED: Words(ja="報告書出力", en="Report exported"),
}
ROLES = {
    Role.LAYOUT_ARTIST: Words(ja="レイアウト", en="layout artist"),
    Role.LAYOUT_CORRECTOR: Words(ja="作監修正", en="layout corrector"),
    Role.GENZU_CLEANER: Words(ja="原図整理", en="genzu cleaner"),
    Role.ANIMATION_DIRECTOR: Words(ja="作画監督", en="animation director"),
    Role.BACKGROUND_ARTIST: Words(ja="背景", en="background artist"),
    Role.ART_DIRECTOR: Words(ja="美術監督", en="art director"),
    Role.DIRECTOR: Words(ja="演出・監督", en="director"),
    Role.COORDINATOR: Words(ja="制作進行", en="coordinator"),
    Role.PRODUCER: Words(ja="プロデューサー", en="producer"),
    Role.RENDERER: Words(ja="生成機械", en="machine"),
    Role.PIPELINE: Words(ja="haikei", en="haikei"),
}
VERDICTS = OUTCOMES | {
    Verdict.APPROVED: Words(ja="承認", en="approved"),
    Verdict.WITHDRAWN: Words(ja="取り消し", en="withdrawn"),
    Verdict.REFUSED: Words(ja="不可", en="refused"),
    Verdict.CHOSEN: Words(ja="選択", en="chosen"),
    Verdict.REJECTED: Words(ja="不良", en="rejected"),
    Verdict.RETAKE: Words(ja="リテイク", en="retake"),
}
CLAIMS = {
    Claim.PAINTED_BY_HAND: Words(ja="手で描いた", en="painted by hand"),
    Claim.DRAFT_NOT_USED: Words(ja="下描きを使っていない", en="draft not used"),
    Claim.AI_TOOL_USED: Words(ja="AIツールを使った", en="AI tool used"),
    Claim.TRACED: Words(ja="トレースした", en="traced"),
    Claim.GRADED_ONLY: Words(ja="色調整のみ", en="graded only"),
    Claim.TOOL_USED: Words(ja="ツールを使った", en="tool used"),
}
LAYERS = {
    LayerState.SHIPPED: Words(ja="渡したまま", en="as handed out"),
    LayerState.NEW: Words(ja="新しく描かれた", en="new"),
    LayerState.CHANGED: Words(ja="手を入れた", en="changed"),
}
FOUND = {
    "said": Words(ja="本人たちの申告による", en="as people say"),
    "same": Words(ja="同じ画像", en="it is that very picture"),
    "layers": Words(ja="ファイルの中のレイヤーによる", en="by a layer of the hand-off in the file"),
    "pixels": Words(ja="画素の比較による", en="by its pixels"),
    "unknown": Words(ja="不明", en="unknown"),
}

GENZU = Words(ja="背景原図", en="Genzu")
REVISION = Words(ja="加筆", en="Revision")
FINAL = Words(ja="決定", en="Final")
DRAFT = Words(ja="AI下描き", en="AI draft")

STORY = Words(ja="絵でたどる", en="In pictures")
COMPARE = Words(ja="見比べる", en="Compare")
LEFT = Words(ja="左", en="Left")
RIGHT = Words(ja="右", en="Right")
DIVIDER = Words(ja="境目の位置", en="Where the two meet")
NO_PICTURE = Words(ja="画像なし", en="No picture")
WHO = Words(ja="だれが、いつ", en="Who and when")
WHAT = Words(ja="内容", en="What")
PERSON = Words(ja="だれが", en="Who")
WHEN = Words(ja="いつ", en="When")
ENTRY = Words(ja="記録", en="Entry")
SAID = Words(ja="ことば", en="Said")
WORDS_ERASED = Words(ja="(ことばは消去されました)", en="(words erased)")
LATE = Words(ja="記入", en="written down")
SET_BY = Words(ja="ステータス変更", en="status set by")
DECIDED_BY = Words(ja="判断", en="decided by")
FOR_WHOM = Words(ja="代理入力", en="put down by")
TO = Words(ja="宛先", en="to")
NOT_ON_TASK = Words(ja="担当外の人が提出", en="handed it in, was not on the task")
PUT_RIGHT = Words(ja="訂正あり", en="put right by")
CORRECTS = Words(ja="訂正の対象", en="corrects")
STATEMENTS = Words(ja="申告と訂正", en="Statements and corrections")
NO_STATEMENTS = Words(ja="申告も訂正もまだありません。", en="Nobody stated or corrected anything yet.")
HOURS = Words(ja="作業時間", en="Hours")
LOGGED = Words(
    ja="記入されています。だれが何時間かは、本人と給与担当のためのもので、ここには出ません。",
    en="Logged. Whose and how many is kept for the person and payroll, and is not shown here.",
)
NOT_LOGGED = Words(ja="記入なし。作業がなかったという意味ではありません。", en="Not logged, which does not mean that nobody worked.")
CHANGED = Words(ja="下描きから何が変わったか", en="What changed from the draft")
MAP = Words(ja="変化の地図", en="Map of areas")
AREAS = {
    "kept": Words(ja="見た目の変化なし", en="no visible change"),
    "adjusted": Words(ja="調整", en="adjusted"),
    "repainted": Words(ja="描き直し", en="repainted"),
    "cannot": Words(ja="判断できない", en="cannot tell"),
}
LEAST_MOST = Words(ja="描き直しの範囲", en="Repainted, least to most")
LAYER_LIST = Words(ja="レイヤー", en="Layers")
LAYER_AREA = Words(ja="見えている面積", en="Visible area")
LAYER_NAME = Words(ja="名前", en="Name")
LIMITS = Words(ja="この数字の限界", en="What limits this")
COMES_FROM = Words(ja="もとの下描き", en="Comes from")
FROM_NO_DRAFT = Words(ja="どの下描きからでもない", en="no draft")
MEASURE_CAVEATS = (
    Words(
        ja="面積は絵の面積で、人の仕事の量ではありません。だれが描いたか、どれだけかかったかは表しません。",
        en="Areas are of the picture, not of anybody's work: they tell neither who painted nor how long it took.",
    ),
    Words(
        ja="描き直しは少なめに見えます。同じ平塗りの色で忠実に描き直したところは見分けられません。",
        en="What was repainted is told from below; a faithful repaint in the same flat colours cannot be seen.",
    ),
)
TOOLS = Words(ja="使われたツール", en="Tools used")
TOOL_LICENCE = Words(ja="ライセンス", en="licence")
TOOL_WEIGHTS = Words(ja="重み", en="weights")
TOOL_LOOK = Words(ja="設定", en="settings")
EVERYTHING = Words(ja="記録のすべて", en="Everything recorded")
PROOF = Words(ja="確かめる", en="Does the record hold?")
VERIFY = Words(ja="いま確かめる", en="Verify now")
VERIFY_WHAT = Words(
    ja="このカットの記録を一つずつ読み直し、署名された最新のチェックポイントまで計算でたどります。",
    en="Reads this cut's entries anew, one by one, and follows each by arithmetic up to the newest signed checkpoint.",
)
UNKNOWN = Words(ja="不明", en="unknown")
ROUNDS = Words(ja="下描きの回数", en="Draft rounds")
RETAKES = Words(ja="リテイク", en="Retakes")
ALSO_SERVES = Words(ja="この背景を使うほかのカット", en="Its background also serves")
RENAMED = Words(ja="このカットの名前は変わりました。今の名前:", en="This cut was renamed. It is now called:")
FORMER = Words(ja="以前の名前", en="Earlier called")
NO_CUT = Words(
    ja="このカットの記録はありません。まだ何も起きていないか、あなたの作品にないカットです。",
    en="Nothing is recorded of such a cut: nothing happened yet, or it is in none of your shows.",
)
WHICH = Words(ja="どのカットですか", en="Which cut?")
SEVERAL = Words(ja="同じ番号のカットがいくつかあります。", en="Several cuts have this code.")

ENTRY_TITLE = Words(ja="記録", en="Entry")
AS_WRITTEN = Words(ja="書かれたとおり", en="As it was written")
NAMES = Words(ja="名前とことば", en="Names and words")
NAMES_NOTE = Words(
    ja="記録そのものには名前も文章もありません。ここに出ているのは、消すことのできる別の表からのものです。",
    en="The entry itself holds no name and no sentence; these stand beside it and can be erased.",
)
HEAD = Words(ja="署名された最新のチェックポイント", en="Newest signed checkpoint")
NO_HEAD = Words(ja="まだ署名されたチェックポイントがありません。", en="No checkpoint was signed yet.")
HEAD_SIZE = Words(ja="記録の数", en="Entries")
ROOT = Words(ja="ハッシュ", en="Root hash")
SIGNED_AT = Words(ja="署名", en="Signed")
ORIGIN = Words(ja="記録の名前", en="Record")
NOT_COVERED = Words(ja="この記録はまだチェックポイントに含まれていません。", en="No checkpoint covers this entry yet.")
GET_PROOF = Words(ja="証明をダウンロード (.tlog-proof)", en="Download the proof (.tlog-proof)")
GET_ENTRY = Words(ja="記録をダウンロード (.json)", en="Download the entry (.json)")
HOW_TO_CHECK = Words(
    ja="二つのファイルと、外に保管されたチェックポイントがあれば、haikeiがなくても確かめられます。",
    en="With both files, and a checkpoint kept elsewhere, anybody can check it without haikei.",
)
KEPT_FOR_PERSON = Words(ja="この記録は本人と給与担当のためのものです。", en="This entry is kept for the person it is about, and payroll.")
KEPT_FOR_NAMED = Words(ja="この記録は、尋ねられた人だけが読めます。", en="This entry is for those who were asked.")
NO_ENTRY = Words(ja="その記録はないか、あなたの作品のものではありません。", en="There is no such entry, or it is of none of your shows.")

HOLDS = Words(ja="確かめました。合っています。", en="Checked: it holds.")
BROKEN = Words(
    ja="合いません。記録が後から変えられています。`haikei verify` が、どこかを言います。",
    en="It does not hold: the record was changed. `haikei verify` says where.",
)
OPEN = Words(ja="すべては確かめられませんでした。", en="Not everything could be checked.")
OWN_HEADS = Words(
    ja="チェックポイントはこの記録自身から読みました。データベースと鍵の両方を持つ人なら書き換えられます。それを見破るのは、外に保管されたチェックポイントだけです。",
    en="The checkpoints were read from the record itself. Whoever holds database and key could have written both anew: only one kept outside shows that.",
)


def checked(included: int, size: int) -> Words:
    """How many entries lead to the head."""
    return Words(
        ja=f"{included}件の記録が、{size}件のチェックポイントまでたどれました。",
        en=f"{included} entries lead to the checkpoint over {size}.",
    )


def objected(objection: str) -> Words:
    """Why the checkpoint's signature is not believed."""
    return Words(ja=f"チェックポイントの署名を信じられません: {objection}", en=f"The checkpoint is not to be believed: {objection}.")


def compared(fitting: int) -> Words:
    """How many earlier heads fit."""
    return Words(ja=f"以前のチェックポイント{fitting}件とも矛盾しません。", en=f"{fitting} earlier checkpoints fit it.")


def newer(count: int) -> Words:
    """How many entries no head covers."""
    return Words(ja=f"{count}件はまだチェックポイントに含まれていません。", en=f"{count} are under no checkpoint yet.")


def unread(count: int) -> Words:
    """How many there was no time for."""
    return Words(ja=f"{count}件は時間内に読めませんでした。", en=f"There was no time for {count}.")


def astray(indexes: list[int]) -> Words:
    """Which lead elsewhere."""
    named = ", ".join(f"#{index}" for index in indexes[:20]) + ("…" if len(indexes) > 20 else "")
    return Words(ja=f"たどり着かない記録: {named}", en=f"These do not lead there: {named}")


def unfit(sizes: list[int]) -> Words:
    """Which heads the record does not lead to."""
    named = ", ".join(str(size) for size in sizes[:20])
    return Words(ja=f"合わないチェックポイント: {named}件のもの", en=f"Checkpoints that do not fit: over {named} entries")


def draft_title(number: int, round_: int | None) -> Words:
    """Which draft."""
    letter = chr(ord("A") + number) if number < 26 else str(number + 1)
    which = Words(ja=f"{round_}回目", en=f"round {round_}") if round_ is not None else UNKNOWN
    return Words(ja=f"AI下描き {letter}({which.ja})", en=f"AI draft {letter} ({which.en})")


def tool_made(drafts: int, seconds: float) -> Words:
    """What a tool made."""
    return Words(ja=f"下描き{drafts}枚、計{seconds:.1f}秒", en=f"{drafts} drafts in {seconds:.1f} s")
