"""Help texts of the command line, in Chinese and English."""

import sys
from itertools import pairwise

from temperament.language import LANGUAGES, Language, default_language

_TEXTS: dict[str, tuple[str, str]] = {
    "app": (
        "读懂客户：气质与情绪 → 处理步骤、可以说的话、不能说的话。",
        "Read customers: manner and state → steps, sentences to say, phrases to avoid.",
    ),
    "playbook": (
        "看、查、验话术库，改成自己的。",
        "List, show and validate the playbook, and make it your own.",
    ),
    "lang": (
        "输出语言：zh 或 en（默认看系统）。",
        "Output language: zh or en (default: locale).",
    ),
    "format": (
        "text 给人看，json 每行一个对象。",
        "text for people, json: one object a line.",
    ),
    "model": (
        "模型：default（快）、semantic（准，需装 temperament\\[semantic]）、auto（单条消息用 semantic，成批用 default），或模型文件夹。",
        "Model: default (fast), semantic (better, needs temperament\\[semantic]), auto (semantic for a single message, default "
        "for batches), or a model folder.",
    ),
    "channel": (
        "渠道：phone、face、chat、letter。",
        "Channel: phone, face, chat or letter.",
    ),
    "industry": (
        "行业：hotel 酒店、property 物业、food 食品。",
        "Line of business: hotel, property or food.",
    ),
    "group": (
        "客户群体：easygoing 随和型、stubborn 顽固型、forceful 强硬型、vain 虚荣型、irritable 易怒型。",
        "Customer group: easygoing, stubborn, forceful, vain or irritable.",
    ),
    "impact": (
        "影响多大：low、normal、high（不给则看客户的话）。",
        "How much hangs on it: low, normal, high (default: from the words).",
    ),
    "tag": (
        "另见的表现：one-for-all、doubts-every-remedy、no-patience、hides-facts（可多次）。",
        "Behaviour seen beside: one-for-all, doubts-every-remedy, no-patience, hides-facts (repeatable).",
    ),
    "fact": (
        "填空：名称=内容，如 agent=小林（可多次）。",
        "Fill a gap: name=value, such as agent=Lin (repeatable).",
    ),
    "own_playbook": (
        "自己的话术文件夹，盖在自带的上面。",
        "A folder of your own entries, laid over the shipped ones.",
    ),
    "force": (
        "已有的文件也覆盖。",
        "Replace files that exist.",
    ),
    "advise.text": (
        "客户的原话：据此找信号、看还缺什么。",
        "The customer's words: for signals and what is missing.",
    ),
    "guide": (
        "看对话走到哪一步、下一步做什么、说什么。\n\n"
        "例：temperament guide 对话.txt --channel phone\n\n"
        "例：temperament guide --state 愤怒 --done listen --done empathise",
        "Where a conversation stands, what comes next and what to say.\n\n"
        "Example: temperament guide talk.txt --channel phone\n\n"
        "Example: temperament guide --state angry --done listen --done empathise",
    ),
    "guide.file": (
        "对话：每行“客户：…”“客服：…”，或 jsonl、csv、xlsx（speaker、text）；- 读标准输入。",
        "Conversation: lines 客户：… and 客服：…, or jsonl, csv, xlsx (speaker, text); - for standard input.",
    ),
    "guide.done": (
        "已做过的动作：listen、empathise、ask、restate、options、commit …（可多次）。",
        "A move made already: listen, empathise, ask, restate, options, commit … (repeatable).",
    ),
    "template": (
        "信件和固定话术：收到通知、答复信、致歉信、无声电话、转接……，空格可以填上。\n\n"
        "例：temperament template apology --fact matter=快递晚到六天 --fact company=晨光",
        "Letters and scripts (receipt, reply, apology, silent call, transfer …), gaps filled.\n\n"
        "Example: temperament template apology --fact matter=快递晚到六天 --fact company=晨光",
    ),
    "template.name": (
        "编号，如 letter.apology 或 silent-call；不给则列出全部。",
        "An id such as letter.apology or silent-call; all are listed if not given.",
    ),
    "trust": (
        "信任度＝(1－回复用时÷承诺用时)×100，超时为负；一件或一张表。\n\n"
        "例：temperament trust --promised 24h --replied 3h\n\n"
        "例：temperament trust --file 案件.xlsx",
        "Trust = (1 − time taken ÷ time promised) × 100, below zero when late; one case or a table.\n\n"
        "Example: temperament trust --promised 24h --replied 3h\n\n"
        "Example: temperament trust --file cases.xlsx",
    ),
    "trust.promised": (
        "承诺多久内回复：24h、90m、2d、1天、3小时。",
        "How soon an answer was promised: 24h, 90m, 2d, 1天, 3小时.",
    ),
    "trust.replied": (
        "实际多久回复。",
        "How long it took.",
    ),
    "playbook.list.kind": (
        "只列一类，如 wording、scripts。",
        "One kind only, such as wording or scripts.",
    ),
    "playbook.list.row": (
        "只列回应需求表某一行的条目。",
        "Only entries that answer this row of the requirements.",
    ),
    "playbook.init": (
        "新建自己的话术文件夹，带说明和样例。\n\n例：temperament playbook init 我的话术",
        "Make a folder for your own entries, with notes and examples.\n\nExample: temperament playbook init my-playbook",
    ),
    "playbook.init.dir": (
        "新文件夹。",
        "The new folder.",
    ),
    "playbook.export": (
        "把话术规则导出到 Excel，或整套导出到文件夹。\n\n例：temperament playbook export 话术.xlsx",
        "Write the wording rules to Excel, or the whole playbook to a folder.\n\n"
        "Example: temperament playbook export rules.xlsx",
    ),
    "playbook.export.target": (
        "写到哪里：.xlsx 文件（话术规则）或文件夹（全部）。",
        "Where to: an .xlsx file (wording rules) or a folder (everything).",
    ),
    "playbook.import": (
        "把 Excel 里改过的话术规则写回自己的文件夹。\n\n例：temperament playbook import 话术.xlsx 我的话术",
        "Bring the changes of an Excel workbook into your own folder.\n\n"
        "Example: temperament playbook import rules.xlsx my-playbook",
    ),
    "playbook.import.file": (
        "由 playbook export 导出、改过的工作簿。",
        "A workbook written by playbook export, and changed.",
    ),
    "playbook.import.dir": (
        "写到哪个文件夹。",
        "The folder to write to.",
    ),
    "text_column": (
        "表格里放消息的那一列。",
        "The column that holds the messages.",
    ),
    "file": (
        "消息文件：txt（一行一条）、jsonl、csv、tsv、xlsx。",
        "A file of messages: txt (one a line), jsonl, csv, tsv, xlsx.",
    ),
    "version": (
        "显示版本。",
        "Show the version.",
    ),
    "classify": (
        "读消息：气质、情绪、依据、概率，以及先做什么、说什么。\n\n"
        '例：temperament classify "说好三天到，第九天了！到底管不管？！"\n\n'
        "例：temperament classify --file 消息.csv --format json > 读数.jsonl",
        "Read messages: manner, state, evidence, probabilities, and what to do and say first.\n\n"
        'Example: temperament classify "说好三天到，第九天了！到底管不管？！"\n\n'
        "Example: temperament classify --file messages.csv --format json > readings.jsonl",
    ),
    "classify.texts": (
        "消息；不给或给 - 则读标准输入，一行一条。",
        "Messages; none or - reads standard input, one a line.",
    ),
    "batch": (
        "成批读几百万条：流式、内存不涨，断了能接着做，结果写好才换上。各列和行序原样保留，后面加上读数；"
        "不成行的记录连同行号和原因写进另一个文件。\n\n"
        "例：temperament batch 留言.csv 读数.csv --jobs 2\n\n"
        "例：temperament batch 留言.csv.gz 读数.parquet --text-column 内容 --resume\n\n"
        "例：zcat 留言.jsonl.gz | temperament batch - - --columns state,probabilities | head\n\n"
        "格式：csv、tsv、jsonl、txt（都可加 .gz）、xlsx、parquet（需装 temperament\\[parquet]）；"
        "UTF-8、GBK/GB18030、Big5、UTF-16 自动识别。",
        "Read millions of messages: streamed in flat memory, can go on after a kill, moved into place when done. All columns "
        "and the order of rows stay; the reading comes after them. Records that are no rows go to a file of their own, "
        "with line and reason.\n\n"
        "Example: temperament batch messages.csv readings.csv --jobs 2\n\n"
        "Example: temperament batch messages.csv.gz readings.parquet --text-column content --resume\n\n"
        "Example: zcat messages.jsonl.gz | temperament batch - - --columns state,probabilities | head\n\n"
        "Formats: csv, tsv, jsonl, txt (all with .gz too), xlsx, parquet (needs temperament\\[parquet]); "
        "UTF-8, GBK/GB18030, Big5 and UTF-16 are told apart by themselves.",
    ),
    "batch.source": (
        "要读的文件；- 读标准输入。",
        "The file to read; - for standard input.",
    ),
    "batch.target": (
        "写到哪个文件；- 写标准输出。",
        "The file to write; - for standard output.",
    ),
    "batch.columns": (
        "写哪些读数，逗号分开： temperament、 state、 also、 probabilities、 present_probabilities、 confidence、 "
        "reason、 evidence、 model、 text、 all。",
        "What to write, by commas: temperament, state, also, probabilities, present_probabilities, confidence, reason, "
        "evidence, model, text, all.",
    ),
    "batch.jobs": (
        "用几个进程；0＝每个核一个。",
        "How many processes; 0: one a core.",
    ),
    "batch.resume": (
        "接着上次没做完的做；没有断点就从头开始。",
        "Go on where a run was cut off; from the start where there is no checkpoint.",
    ),
    "batch.rejects": (
        "不成行的记录写到哪里 （CSV；默认：输出文件名加 .rejects.csv）。",
        "Where records that are no rows go (CSV; default: the output's name with .rejects.csv).",
    ),
    "batch.safe_cells": (
        "以 = + - @ 开头的格子前加 '， 免得表格软件当公式执行。",
        "Put ' before cells that begin with =, +, - or @, so that no spreadsheet runs them as formulas.",
    ),
    "batch.evidence": (
        "也写依据（慢得多）。",
        "Write the evidence too (much slower).",
    ),
    "batch.encoding": (
        "CSV 的编码：utf-8-sig（默认，Excel 能直接打开）、utf-8、gb18030。",
        "Encoding of CSV: utf-8-sig (default, opens in Excel), utf-8 or gb18030.",
    ),
    "batch.from": (
        "输入的格式： csv、 tsv、 jsonl、 txt、 xlsx、 parquet （默认看文件名； 标准输入看第一行）。",
        "csv, tsv, jsonl, txt, xlsx or parquet (default: by the input's name; standard input by its first line).",
    ),
    "batch.to": (
        "输出的格式 （默认看文件名； 标准输出与输入相同）。",
        "The same for the output (default: by its name; standard output like the input).",
    ),
    "batch.progress": (
        "--progress 总显示进度， --quiet 什么都不说 （默认：终端上显示进度， 最后报数）。",
        "--progress always shows progress, --quiet says nothing (default: progress on a terminal, counts at the end).",
    ),
    "advise": (
        "给出某类客户的完整策略卡。\n\n例：temperament advise --state 愤怒 --temperament 孙悟空 --channel phone",
        "Print the whole strategy card for a kind of customer.\n\n"
        "Example: temperament advise --state angry --temperament choleric --channel phone",
    ),
    "advise.state": (
        "情绪：angry 愤怒、confused 混乱、anxious 焦急、difficult 难缠、calm 平稳。",
        "State: angry, confused, anxious, difficult or calm.",
    ),
    "advise.temperament": (
        "气质：choleric 孙悟空、sanguine 猪八戒、phlegmatic 沙和尚、melancholic 唐僧、unclear。",
        "Temperament: choleric, sanguine, phlegmatic, melancholic or unclear.",
    ),
    "check": (
        "检查客服要发出的回复：不能说的话、为什么、可以换成什么。有 --fail-on 或更重的问题，退出码为 1。\n\n"
        '例：temperament check "您先冷静一下，这不归我们管。" --state angry\n\n'
        "例：temperament check --file 回复.csv --format json > 检查.jsonl\n\n"
        "例：temperament check --explain calm-down\n\n"
        "在回复里写 <!-- temperament: off calm-down --> 或行尾写 # temperament: off calm-down，就不查这条规则（不写规则＝全不查）；"
        "单独成行时管到 temperament: on 为止。",
        "Check draft replies: what not to say, why, and what instead. Exit code 1 for findings as grave as --fail-on.\n\n"
        'Example: temperament check "您先冷静一下，这不归我们管。" --state angry\n\n'
        "Example: temperament check --file replies.csv --format json > findings.jsonl\n\n"
        "Example: temperament check --explain calm-down\n\n"
        "In a reply, <!-- temperament: off calm-down --> or, at the end of a line, # temperament: off calm-down turns the "
        "rule off (no rule: all of them); on a line of its own it holds until temperament: on.",
    ),
    "check.texts": (
        "回复；不给或给 - 则读标准输入，一行一条。",
        "Replies; none or - reads standard input, one a line.",
    ),
    "check.state": (
        "客户的情绪；给了就按它定轻重，并指出缺了什么。",
        "The customer's state: sets the levels, and missing parts are named.",
    ),
    "check.temperament": (
        "客户的气质；给了就按它定轻重。",
        "The customer's temperament: sets the levels.",
    ),
    "check.disable": (
        "不要的规则或类别（可多次），如 calm-down、policy、missing。",
        "A rule or kind to leave out (may be repeated): calm-down, policy, missing …",
    ),
    "check.allow": (
        "允许说的话（可多次）：整处落在里面的不报。",
        "A phrase that may be said (may be repeated): findings inside it are left out.",
    ),
    "check.fail_on": (
        "多重算不通过（退出码 1）：error 必须改、warning 应该改、suggestion 建议。",
        "What counts as failing (exit code 1): error, warning or suggestion.",
    ),
    "check.format": (
        "text 给人看，json 每行一个对象，sarif 给代码扫描平台，github 给 GitHub Actions。",
        "text for people, json: one object a line, sarif for scanning tools, github for GitHub Actions.",
    ),
    "check.baseline": (
        "已知问题的文件：里面有的不再报。",
        "A file of known findings: they are not reported again.",
    ),
    "check.write_baseline": (
        "把现有的问题记成已知（只存摘要，不存原话），不报，退出码 0。",
        "Note all present findings as known (digests only, no words) and exit with 0.",
    ),
    "check.no_learned": (
        "只用规则，不听第二读者（学出来的小模型：没有规则对得上时给建议，把多半是误报的降为建议）。",
        "Rules only: leave out the second reader, a small learned model that suggests where no rule matches and turns likely "
        "false alarms into suggestions.",
    ),
    "check.explain": (
        "讲一条规则：为什么、对谁多重、一定报和一定不报的例句、出处。",
        "Explain a rule: why, how grave for whom, what must and must not fire, source.",
    ),
    "check.self_test": (
        "用规则自带的例句试一遍全部规则（连同 --playbook 的）；有不符的，退出码 1。",
        "Try all rules, those of --playbook too, on their own examples; exit code 1 names what fails.",
    ),
    "transcript": (
        "读整段对话：每句的情绪、转折、升级信号、承诺、客服该改的话、哪些步骤没做。\n\n"
        "例：temperament transcript 聊天记录.txt\n\n"
        "例：temperament transcript 会话.csv --speaker-column 发送人 --conversation 1024\n\n"
        "例：temperament transcript 一个文件夹 --format json > 对话.jsonl\n\n"
        "例：temperament transcript 一个文件夹 --html 报告.html\n\n"
        "例：temperament transcript 一个文件夹 --scorecard --channel chat",
        "Read whole conversations: state by turn, turning points, signals, promises, what to say otherwise, steps missing.\n\n"
        "Example: temperament transcript chat.txt\n\n"
        "Example: temperament transcript chats.csv --speaker-column sender --conversation 1024\n\n"
        "Example: temperament transcript a-folder --format json > conversations.jsonl\n\n"
        "Example: temperament transcript a-folder --html report.html\n\n"
        "Example: temperament transcript a-folder --scorecard --channel chat",
    ),
    "transcript.files": (
        "对话文件或文件夹：txt（客户：… 客服：…，或导出的聊天记录）、jsonl、json、csv、tsv、xlsx，也可是 .gz；不给或给 - 则读标准输入。",
        "Files or folders: txt (客户：… 客服：…, or an exported chat log), jsonl, json, csv, tsv, xlsx, also .gz; none or - reads "
        "standard input.",
    ),
    "transcript.conversation": (
        "只看这一段（编号）。",
        "Only the conversation with this id.",
    ),
    "transcript.speaker": (
        "表格里写谁说的那一列。",
        "The column that says who speaks.",
    ),
    "transcript.time": (
        "表格里写时间的那一列。",
        "The column with the time.",
    ),
    "transcript.html": (
        "写成一个网页报告（一个文件，不联网，可打印）：总览、每位客服、辅导要点、原因、哪天多，再逐句看。",
        "Write a report as one page (one file, nothing fetched, fit to print): overview, agents, coaching points, causes, "
        "busy days, then turn by turn.",
    ),
    "transcript.scorecard": (
        "客服的评分卡：每项做到几次、有几次机会，凭据在哪一句；几段合起来按每位客服、按手册的清单，再加客户对规定的意见。",
        "The agents' scorecard: how often each item was done of how many occasions, and the turn that shows it; for several "
        "talks by agent and by the manuals' lists, with what customers say about rules.",
    ),
    "transcript.conversation_column": (
        "表格里写对话编号的那一列。",
        "The column with the id of the conversation.",
    ),
    "transcript.step_in": (
        "收场不好的可能达到多少（0 到 1）时说该请主管介入。漏掉一次的代价若是白叫一次的九倍，用 0.1。",
        "The risk of a bad end (0 to 1) from which a supervisor should step in: 0.1 if missing one costs nine needless calls.",
    ),
    "transcript.patience": (
        "要连续几句都达到，才说该介入。",
        "After how many turns in a row at that risk.",
    ),
    "topics": (
        "一批消息或对话各说什么事：类别、原因、占多少、多少带情绪；同一件事短时间内许多客户来说，就报集中爆发。\n\n"
        "例：temperament topics 留言.csv\n\n"
        "例：temperament topics 会话.jsonl.gz --format json\n\n"
        "例：temperament topics 留言.csv --each > 类别.jsonl",
        "What many messages or conversations are about: topics, causes, shares, how many are upset; and bursts, one matter from "
        "many customers in a short time.\n\n"
        "Example: temperament topics messages.csv\n\n"
        "Example: temperament topics chats.jsonl.gz --format json\n\n"
        "Example: temperament topics messages.csv --each > topics.jsonl",
    ),
    "topics.files": (
        "消息或对话文件：txt、jsonl、json、csv、tsv、xlsx，也可是 .gz；有时间列才看得出集中爆发。",
        "Files of messages or conversations: txt, jsonl, json, csv, tsv, xlsx, also .gz; bursts need a column of times.",
    ),
    "topics.customer": (
        "写哪位客户的那一列（没有就当每条一位）。",
        "The column that names the customer (default: every message is another's).",
    ),
    "topics.each": (
        "不汇总，每条消息一行 JSON，写明类别和字样。",
        "No summary: one JSON line a message, with its topics and the words that showed them.",
    ),
    "practice": (
        "练习：看一位客户的话，写一句回复，马上看要改什么、做到哪一步、可以怎么说。\n\n"
        "例：temperament practice\n\n"
        "例：temperament practice --file data/corpus/test.jsonl --count 5 --state angry",
        "Practise: read a customer, type a reply, see at once what to change, which steps it makes, what one could say.\n\n"
        "Example: temperament practice\n\n"
        "Example: temperament practice --file data/corpus/test.jsonl --count 5 --state angry",
    ),
    "practice.count": (
        "练几位客户（0：全部）。",
        "How many customers (0: all).",
    ),
    "practice.state": (
        "只练这种情绪的客户。",
        "Only customers in this state.",
    ),
    "practice.file": (
        "用自己的消息（有标签就用标签，没有就由模型读）；不给则用话术库里的练习。",
        "Your own messages (labels are used where there are any, else the model reads); default: the playbook's drills.",
    ),
    "practice.seed": (
        "抽题的种子；相同则题目相同。",
        "Seed of the choice; the same seed gives the same customers.",
    ),
    "case": (
        "存下来的个案：受理、记录、分析、解决、跟进、回顾，表格、到期提醒、老客户、案例库、报表。",
        "Stored cases from receipt to review: forms, reminders, earlier cases, a library, figures.",
    ),
    "case.new": (
        "为客户的话建一个个案：读情绪、定级、定回话时间、列出还缺什么。\n\n"
        '例：temperament case new "说好三天到，第九天了！" --customer 13800138000 --channel phone --by 小林 --db 个案.sqlite\n\n'
        "例：temperament case new --ask --industry hotel --db 个案.sqlite",
        "Open a case for a customer's words: read, graded, with deadlines and what is still wanted.\n\n"
        'Example: temperament case new "说好三天到，第九天了！" --customer 13800138000 --channel phone --by Lin --db cases.sqlite\n\n'
        "Example: temperament case new --ask --industry hotel --db cases.sqlite",
    ),
    "case.list": (
        "列出个案；--customer 查老客户，--like 查案例库。\n\n"
        "例：temperament case list --customer 13800138000 --db 个案.sqlite\n\n"
        "例：temperament case list --like 快递丢了 --stage closed --db 个案.sqlite",
        "List cases; --customer looks a customer up, --like searches the library.\n\n"
        "Example: temperament case list --customer 13800138000 --db cases.sqlite\n\n"
        "Example: temperament case list --like 快递丢了 --stage closed --db cases.sqlite",
    ),
    "case.show": (
        "看一个个案：到哪一步、还缺什么、待办、表格、经过、以前来过几次。\n\n例：temperament case show 261122-1 --db 个案.sqlite",
        "Show a case: where it stands, what it lacks, what is due, forms, history, earlier cases.\n\n"
        "Example: temperament case show 261122-1 --db cases.sqlite",
    ),
    "case.note": (
        "往个案里记一笔：备注、填表、办完的事，不往下走。\n\n"
        "例：temperament case note 261122-1 已打电话 --done reply --by 小林 --db 个案.sqlite",
        "Write into a case without moving it: a note, fields, tasks done.\n\n"
        "Example: temperament case note 261122-1 called --done reply --by Lin --db cases.sqlite",
    ),
    "case.step": (
        "个案往下走一步（或退回）；没填完、没办完的会拦下。\n\n"
        "例：temperament case step 261122-1 --field wish=退款 --field name=已留 --db 个案.sqlite\n\n"
        "例：temperament case step 261122-1 solve --note 客户不同意，再想办法 --db 个案.sqlite",
        "Move a case to the next stage (or back); what is not filled in or done holds it up.\n\n"
        "Example: temperament case step 261122-1 --field wish=refund --field name=taken --db cases.sqlite\n\n"
        "Example: temperament case step 261122-1 solve --note refused --db cases.sqlite",
    ),
    "case.due": (
        "到期要办的：先应一声、首次答复、报进展、跟进、回访。\n\n例：temperament case due --within 24h --db 个案.sqlite",
        "What is due: receipts, first replies, progress, follow-ups, return visits.\n\n"
        "Example: temperament case due --within 24h --db cases.sqlite",
    ),
    "case.report": (
        "个案汇总：共同的类别和原因、每步花多久、超时、信任度、满意度、转给哪些部门。\n\n例：temperament case report --db 个案.sqlite",
        "What the cases add up to: common topics and causes, time in each stage, late tasks, trust, satisfaction, departments."
        "\n\nExample: temperament case report --db cases.sqlite",
    ),
    "case.export": (
        "导出成表格（xlsx、csv、tsv、jsonl），可只导一种表，如酒店的值班日记。\n\n"
        "例：temperament case export 值班日记.xlsx --form duty-log --db 个案.sqlite",
        "Write cases to a table (xlsx, csv, tsv, jsonl), or one form only, such as a hotel's duty log.\n\n"
        "Example: temperament case export log.xlsx --form duty-log --db cases.sqlite",
    ),
    "case.db": (
        "存个案的 SQLite 文件，可与 serve --db 同一个（也可设环境变量 TEMPERAMENT_DB）；个人信息先遮住，客户编号只存加盐的摘要。",
        "The SQLite file of cases, the one of serve --db if you like (or set TEMPERAMENT_DB); personal data is masked, of a "
        "customer's id only a salted hash is kept.",
    ),
    "case.by": (
        "经手人。",
        "Who does it.",
    ),
    "case.field": (
        "填表：名称=内容，如 wish=退款、满意度=满意；内容写 now 就是现在（可多次）。",
        "Fill in a form: name=value, such as wish=refund; the value now is the time (repeatable).",
    ),
    "case.done": (
        "办完的待办：reply、progress、follow-up、return-visit …（可多次）。",
        "A task that is done: reply, progress, follow-up, return-visit … (repeatable).",
    ),
    "case.id": (
        "个案编号。",
        "The case's id.",
    ),
    "case.text": (
        "客户的话。",
        "The customer's words.",
    ),
    "case.customer": (
        "客户的编号或电话：只存加盐的摘要，再来时认得出。",
        "The customer's id or phone: only a salted hash is kept, by which they are known again.",
    ),
    "case.ask": (
        "在屏幕上一项一项填登记表。",
        "Fill in the record form on screen, field by field.",
    ),
    "case.stage": (
        "只列这一步的：accept、record、analyse、solve、follow-up、review、closed。",
        "Only cases at this stage: accept, record, analyse, solve, follow-up, review or closed.",
    ),
    "case.list.customer": (
        "只列这位客户的（编号或电话，写法不限）。",
        "Only cases of this customer (id or phone, however it is spaced).",
    ),
    "case.topic": (
        "只列这个类别的，如 delivery、refund。",
        "Only cases about this topic, such as delivery or refund.",
    ),
    "case.like": (
        "找像这样的个案，看当时怎么办的。",
        "Find cases like these words, and what was done about them.",
    ),
    "case.note.text": (
        "备注。",
        "A note.",
    ),
    "case.step.to": (
        "到哪一步；不给就到下一步，更早的一步就是退回，最后是 closed。",
        "The stage to go to; default: the next one; an earlier one goes back; the last is closed.",
    ),
    "case.anyway": (
        "没完也往下走，写明为什么；经过里会留着。",
        "Go on although something is wanting, and say why; the history keeps it.",
    ),
    "case.within": (
        "多久之内到期的，如 24h、2天（不给：全部）。",
        "Due within this time, such as 24h or 2d (default: all).",
    ),
    "case.export.target": (
        "写到哪个文件：.xlsx、.csv、.tsv、.jsonl。",
        "The file to write: .xlsx, .csv, .tsv or .jsonl.",
    ),
    "case.export.form": (
        "只导出一种表：complaint、duty-log、property、closing …（不给：填过的都导）。",
        "One form only: complaint, duty-log, property, closing … (default: whatever is filled in).",
    ),
    "label": (
        "按键给消息打标签：看一条，按几个键，存一条。\n\n"
        "例：temperament label 消息.csv -o 我的标注.jsonl\n\n"
        "例：temperament label 消息.csv -o 我的标注.jsonl --select 50 --annotator 小林\n\n"
        "例：temperament label 消息.csv -o 我的标注.jsonl --export 训练.csv",
        "Label messages with single keys: read one, press a few keys, it is kept.\n\n"
        "Example: temperament label messages.csv -o mine.jsonl\n\n"
        "Example: temperament label messages.csv -o mine.jsonl --select 50 --annotator Lin\n\n"
        "Example: temperament label messages.csv -o mine.jsonl --export training.csv",
    ),
    "label.file": (
        "消息文件（txt、jsonl、csv、tsv、xlsx）。",
        "A file of messages (txt, jsonl, csv, tsv, xlsx).",
    ),
    "label.output": (
        "标注存在哪个 .jsonl 文件；已有的接着标。",
        "The .jsonl file that keeps the labels; labelling goes on where it stopped.",
    ),
    "label.annotator": (
        "标注的人（默认：登录名）。第二个人换个名字，看不到第一个人的标注。",
        "Who labels (default: login name). A second person uses another name and sees nothing of the first one's labels.",
    ),
    "label.suggest": (
        "模型的看法何时出现：after 定了以后，before 一开始，never 不出现。",
        "When to show the model's reading: after the decision, before it, or never.",
    ),
    "label.select": (
        "只标最值得标的 N 条：模型拿不准、又互不重复的。",
        "Label only the N most useful messages: the model is unsure of them, and they differ from each other.",
    ),
    "label.overlap": (
        "只标别人标过的，好比较两人是否一致。",
        "Label only what others have labelled, to measure agreement.",
    ),
    "label.dry_run": (
        "只打印会标哪些，每行一个 JSON 对象。",
        "Only print what would be labelled, one JSON object a line.",
    ),
    "label.export": (
        "不标注，把标注导出成 .jsonl、.csv 或 .xlsx。",
        "Do not label; export the labels to .jsonl, .csv or .xlsx.",
    ),
    "label.shape": (
        "导出成：majority 每条消息一行，取多数（给 train、evaluate）；votes 连同每人的标注；all 每次决定一行。agreement 直接读标注文件。",
        "Export as: majority, one row a message with what most say (for train, evaluate); votes, with everybody's labels; all, "
        "one row a decision. agreement reads the file of labels itself.",
    ),
    "serve": (
        "开一个服务：HTTP 接口（说明见 /openapi.json）、客服页面（/）、主管看板（/board）和登记表（/form）。\n\n"
        "例：temperament serve\n\n"
        "例：temperament serve --port 8811 --db 数据.sqlite --workers 2\n\n"
        "例：temperament serve --host 0.0.0.0 --api-key-file 密钥.txt",
        "Run a service: an HTTP interface (described at /openapi.json), the agent's page (/), the board (/board) "
        "and the record form (/form).\n\n"
        "Example: temperament serve\n\n"
        "Example: temperament serve --port 8811 --db data.sqlite --workers 2\n\n"
        "Example: temperament serve --host 0.0.0.0 --api-key-file keys.txt",
    ),
    "serve.host": (
        "绑定的地址；除本机外都要密钥。",
        "The address to bind to; any but this machine's own loopback needs keys.",
    ),
    "serve.port": (
        "端口（0：由系统挑）。",
        "The port (0: the system's choice).",
    ),
    "serve.workers": (
        "另开几个进程读消息（0：不另开，省内存）。",
        "Reading processes beside the one that speaks HTTP (0: none, which takes least memory).",
    ),
    "serve.db": (
        "存反馈和个案的 SQLite 文件（不给则只在内存，停了就没了）；个人信息先遮住再存。",
        "The SQLite file of feedback and cases (default: memory, lost at the end); personal data is masked first.",
    ),
    "serve.keys": (
        "密钥文件，一行一个；也可用环境变量 TEMPERAMENT_API_KEYS（逗号隔开）。",
        "A file of API keys, one a line; or the variable TEMPERAMENT_API_KEYS, parted by commas.",
    ),
    "serve.insecure": (
        "别的机器能访问也不要密钥。",
        "Ask for no key although other machines can reach the service.",
    ),
    "serve.rate": (
        "每个密钥（没有密钥则每个地址）每秒最多几个请求；0 不限。",
        "Requests per second for each key, or each address without keys; 0: no limit.",
    ),
    "serve.max_body": (
        "请求体最多多少字节。",
        "The most bytes a request's body may have.",
    ),
    "serve.log_text": (
        "日志里记不记消息原文（默认不记）。",
        "Whether the log holds the words of messages (default: it does not).",
    ),
    "feedback": (
        "服务收到的反馈。",
        "Feedback that a service has kept.",
    ),
    "feedback.export": (
        "导出反馈，一行一个 JSON，可交给 temperament train --feedback。\n\n例：temperament feedback export --db 数据.sqlite -o 反馈.jsonl",
        "Export feedback, one JSON object a line, as temperament train --feedback takes it.\n\n"
        "Example: temperament feedback export --db data.sqlite -o feedback.jsonl",
    ),
    "feedback.output": (
        "写到哪个文件（不给则写到标准输出）。",
        "The file to write (default: standard output).",
    ),
    "train": (
        "用自己的标注训练模型，写成模型文件夹；默认在自带模型上接着训练，并比较好了多少。\n\n"
        "例：temperament train 我的标注.csv -o 我的模型\n\n"
        "例：temperament train 我的标注.csv -o 我的模型 --test 测试.csv --feedback 反馈.jsonl\n\n"
        "例：temperament train 大量标注.csv -o 我的模型 --start none",
        "Train a model on your own labels and write a model folder; by default the shipped model is adapted, and the gain "
        "over it is shown.\n\n"
        "Example: temperament train mine.csv -o my-model\n\n"
        "Example: temperament train mine.csv -o my-model --test test.csv --feedback feedback.jsonl\n\n"
        "Example: temperament train many.csv -o my-model --start none",
    ),
    "train.files": (
        "标注文件（jsonl、csv、xlsx；列 text、temperament、state）。",
        "Labelled files (jsonl, csv, xlsx; columns text, temperament, state).",
    ),
    "train.output": (
        "写到哪个文件夹；那里已有的模型改名为 名字.previous-1 留着。",
        "The folder to write; a model that is there is kept as NAME.previous-1.",
    ),
    "train.test": (
        "只用来打分、绝不参加训练的标注文件。",
        "Labelled files for scoring only; never trained on.",
    ),
    "train.feedback": (
        "反馈文件（jsonl：text、reading、verdict、labels、reason）：accepted 和 corrected 当作例子，disputed 只计数。",
        "Feedback (jsonl: text, reading, verdict, labels, reason): accepted and corrected are learned, disputed counted.",
    ),
    "train.start": (
        "从哪个模型接着训练：default（默认）、自己的模型文件夹，或 none 从头训练。",
        "The model to adapt: default (unless given), a model folder, or none to begin with nothing.",
    ),
    "train.duplicates": (
        "文字相同而标签不同：refuse 列出来并停下，drop 都不用，keep 各算一票。",
        "Same text, different labels: refuse and list them, drop them all, or keep each as a vote.",
    ),
    "train.leaks": (
        "训练消息也在测试文件里：refuse 列出来并停下，drop 从训练里剔除。",
        "Training messages that stand in a test file: refuse and list them, or drop them from training.",
    ),
    "train.typical": (
        "训练文件中最像将来要读的那些；按它们校准，linear 里其余的只算一半（默认：全部）。",
        "Those of the training files that are like what will be read: calibrated on, the rest counts half (default: all).",
    ),
    "train.last": (
        "训练文件中标得最准的那些：编码器最后一轮只读它们（只用于 --kind encoder）。",
        "Those of the training files with the surest labels: the encoder's last epoch reads them alone (--kind encoder).",
    ),
    "train.soft": (
        "另一个模型读过的文本（classify --format json 的输出），作软标签。",
        "Texts as another model read them (output of classify --format json), learned as soft labels.",
    ),
    "train.kind": (
        "linear：快，只用 numpy；encoder：微调小型编码器，需装 temperament\\[finetune]，两核约一小时。",
        "linear: fast, numpy alone; encoder: fine-tunes the compact encoder, needs temperament\\[finetune], about an hour.",
    ),
    "evaluate": (
        "在标注好的消息（或对话里客户的话）上给模型打分：各标签、混淆、是否可信、区间、最有把握的误读，也可两个模型相比。\n\n"
        "例：temperament evaluate 标注.xlsx --by 渠道\n\n"
        "例：temperament evaluate 标注.csv --compare semantic -o 报告.html",
        "Score a model on labelled messages (or a customer's labelled turns): by label, confusion, calibration, intervals, surest "
        "wrong readings; or compare two models.\n\n"
        "Example: temperament evaluate labelled.xlsx --by channel\n\n"
        "Example: temperament evaluate labelled.csv --compare semantic -o report.html",
    ),
    "evaluate.file": (
        "标注文件（jsonl、csv、tsv、xlsx）：列 text，加 temperament、state 之一；多位标注者用 votes_t、votes_s，或 state_1、state_2。",
        "A labelled file (jsonl, csv, tsv, xlsx): a column text, and temperament or state or both; several annotators in votes_t, "
        "votes_s, or in state_1, state_2.",
    ),
    "evaluate.compare": (
        "另一个模型：两者相比，带成对检验。",
        "Another model: both are compared, with paired tests.",
    ),
    "evaluate.by": (
        "按这一列的值分别打分，如 source、channel（可多次）。",
        "Scores by every value of this column, such as source or channel (repeatable).",
    ),
    "evaluate.worst": (
        "每项列出多少条最有把握的误读，连同依据。",
        "How many of the surest wrong readings to show, with their evidence.",
    ),
    "evaluate.temperament_column": (
        "气质标签那一列。",
        "The column of temperament labels.",
    ),
    "evaluate.state_column": (
        "情绪标签那一列。",
        "The column of state labels.",
    ),
    "evaluate.output": (
        "报告写到哪个文件；.html、.md、.json 各按其格式。",
        "The file for the report; .html, .md and .json set the format.",
    ),
    "report_format": (
        "text 给人看，json 一个对象，markdown，html 单个文件带图。",
        "text for people, json: one object, markdown, html: one file with plots.",
    ),
    "bootstrap": (
        "自助法重抽次数；0 不算区间。",
        "Bootstrap draws for the intervals; 0 for none.",
    ),
    "seed": (
        "重抽的种子；相同则结果相同。",
        "Seed of the draws; the same seed gives the same intervals.",
    ),
    "agreement": (
        "几位标注者有多一致：百分比、Cohen、Fleiss、Krippendorff、各标签、不一致的消息；-o 写出多数标签。\n\n"
        "例：temperament agreement 标注.xlsx -o 多数.csv\n\n"
        "例：temperament agreement 小王.csv 小李.csv 小张.csv",
        "How far annotators agree: per cent, Cohen, Fleiss, Krippendorff, by label, the messages they disagree on; -o writes the "
        "majority's labels.\n\n"
        "Example: temperament agreement labelled.xlsx -o majority.csv\n\n"
        "Example: temperament agreement wang.csv li.csv zhang.csv",
    ),
    "agreement.files": (
        "一个文件（列 state_1、state_2……，或 votes_s，或一行一次标注带 annotator 列），或每人一个文件（按 id，没有则按原文对上）。",
        "One file (columns state_1, state_2 …, or votes_s, or a row for every annotation with a column annotator), or one file for "
        "each annotator (joined by id, else by text).",
    ),
    "agreement.columns": (
        "各位标注者的列（可多次）。",
        "A column with one annotator's labels (repeatable).",
    ),
    "agreement.show": (
        "列出多少条不一致的消息。",
        "How many disagreements to list.",
    ),
    "agreement.output": (
        "把多数标签写到这个文件（jsonl、csv、xlsx）。",
        "Write the majority's labels to this file (jsonl, csv, xlsx).",
    ),
    "playbook.list": (
        "列出话术库的全部条目。\n\n例：temperament playbook list",
        "List all entries.\n\nExample: temperament playbook list",
    ),
    "playbook.show": (
        "看一个条目。\n\n例：temperament playbook show calm-down",
        "Show one entry.\n\nExample: temperament playbook show calm-down",
    ),
    "playbook.show.id": (
        "条目编号，或标签如 angry。",
        "An entry's id, or a label such as angry.",
    ),
    "playbook.validate": (
        "检查话术库：形状、编号、引用。\n\n例：temperament playbook validate 我的话术",
        "Check a playbook: shapes, ids, references.\n\nExample: temperament playbook validate my-playbook",
    ),
    "playbook.validate.dir": (
        "自己的话术文件夹；不给则查自带的。",
        "A folder of your own entries; the shipped playbook if not given.",
    ),
}


def _early_language() -> Language:
    """Find the language for help texts before the options are parsed."""
    for before, after in pairwise([*sys.argv, ""]):
        option, _, value = before.partition("=")
        asked = value or after
        if option == "--lang" and asked in LANGUAGES:
            return asked
    return default_language()


_LANGUAGE = _early_language()


def tell(key: str) -> str:
    """Return a help text in the language of this run."""
    return _TEXTS[key][_LANGUAGE == "en"]
