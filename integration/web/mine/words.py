"""What the pages of one's own record say, in Japanese and English."""

from integration.language import Words
from integration.web.shot.words import CLAIMS, KINDS, ROLES, VERDICTS

__all__ = ["CLAIMS", "KINDS", "ROLES", "VERDICTS"]

TITLE = Words(ja="わたしの記録", en="My record")
LEAD = Words(
    ja="haikeiがあなたについて記録していることの全部です。ほかの人には、あなたの時間は見えません。",
    en="Everything haikei has recorded about you. Nobody else sees your hours.",
)
NOBODY = Words(
    ja="トラッカーの誰なのか分からないので、見せられる記録がありません。テクニカルディレクターに伝えてください。",
    en="It is not known who you are in the tracker, so there is no record to show: tell the pipeline TD.",
)
NOTHING = Words(ja="まだ何も記録されていません。", en="Nothing is recorded of you yet.")
WHEN = Words(ja="日時", en="when")
WHAT = Words(ja="内容", en="what")
WHERE = Words(ja="カット", en="cut")
AS = Words(ja="役割", en="as")
ENTRY = Words(ja="記録", en="entry")
OPEN = Words(ja="申告・訂正", en="State or correct")
CORRECTED = Words(ja="訂正あり", en="put right since")
NAMED = Words(ja="決定者・相手として", en="named as who decided, set or was given it")
HOURS = Words(ja="わたしの時間", en="My hours")
HOURS_NOTE = Words(
    ja="本人と給与の担当者だけのものです。違っていたらトラッカーで直すか、ここで訂正してください。",
    en="For you and payroll, and nobody else. Wrong? Change the time log in the tracker, or correct it here.",
)
OVERTIME = Words(
    ja="残業が上限を超えています。あなたに最初に知らせています。", en="Your overtime is over a limit. You are the first to be told."
)
OVER_BY = Words(ja="残業（時間）／上限", en="hours of overtime / limit")
NO_HOURS = Words(ja="時間の記入はありません。", en="No hours are logged.")
DAY = Words(ja="日", en="day")
MINUTES = Words(ja="時間", en="hours")
STEP = Words(ja="工程", en="step")
COUNTED = Words(ja="集計に入る", en="counted")
NOT_COUNTED = Words(ja="集計に入らない", en="not counted")
UNKNOWN_DAY = Words(ja="不明", en="unknown")
NAMING = Words(ja="クレジットの名前", en="Your name in credits")
NAMING_NOW = {
    False: Words(ja="名前を載せています。", en="You are named."),
    True: Words(ja="名前を載せないことにしています。", en="You declined to be named."),
}
DECLINE = Words(ja="名前を載せない", en="Decline to be named")
ACCEPT = Words(ja="名前を載せる", en="Be named")
DOWNLOAD = Words(ja="全部ダウンロード", en="Download it all")
DOWNLOAD_NOTE = Words(
    ja="記録の全文と、あなたの言葉、それぞれの証明が入ったzipです。",
    en="A zip with every entry in full, your own words, and a proof for each.",
)
BACK = Words(ja="わたしの記録へ戻る", en="Back to my record")
ABOUT = Words(ja="この記録について", en="About this entry")
STATE = Words(ja="どう描いたかを申告する", en="State how you worked")
STATE_NOTE = Words(
    ja="あなたの申告として記録に加わります。言い直せますが、消えません。",
    en="It joins the record as your word; you can say it anew, and nothing is erased.",
)
TOOL = Words(ja="使ったソフト", en="Program you used")
OWN_WORDS = Words(ja="自分の言葉で（あとで消せます）", en="In your own words (can be erased later)")
SEND = Words(ja="記録する", en="Record it")
CORRECT = Words(ja="訂正する", en="Put it right")
CORRECT_NOTE = Words(
    ja="違っている点と正しい内容を書いてください。元の記録と並べて示されます。",
    en="Say what is wrong and what is right. Both are shown side by side.",
)
WORDS = Words(ja="訂正の内容", en="What is right")
DONE = Words(ja="記録しました。", en="It is recorded.")
CHOOSE_CLAIM = Words(ja="少なくともひとつ選んでください。", en="Choose at least one.")
EARLIER = Words(ja="前へ", en="Newer")
LATER = Words(ja="次へ", en="Older")
