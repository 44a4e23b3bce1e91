/* The words of the page in Chinese and English, and the switch between them. */

const STORED = "temperament.lang";

const LABELS = {
  choleric: ["胆汁质", "choleric"],
  sanguine: ["多血质", "sanguine"],
  phlegmatic: ["黏液质", "phlegmatic"],
  melancholic: ["抑郁质", "melancholic"],
  unclear: ["难以判断", "unclear"],
  angry: ["愤怒", "angry"],
  confused: ["思维混乱", "confused"],
  anxious: ["焦急", "anxious"],
  difficult: ["难缠", "difficult"],
  calm: ["平稳", "calm"],
};
export const STATES = ["angry", "confused", "anxious", "difficult", "calm"];
export const TEMPERAMENTS = ["choleric", "sanguine", "phlegmatic", "melancholic", "unclear"];
export const FIGURES = {
  choleric: ["悟", "孙悟空", "Sun Wukong"],
  sanguine: ["戒", "猪八戒", "Zhu Bajie"],
  phlegmatic: ["净", "沙和尚", "Sha Wujing"],
  melancholic: ["唐", "唐僧", "Tang Seng"],
  unclear: ["？", "", ""],
};

const WORDS = {
  title: ["客服台 · temperament", "Agent's desk · temperament"],
  boardTitle: ["组长看板 · temperament", "Team board · temperament"],
  skip: ["跳到回复框", "Skip to the reply"],
  desk: ["客服台", "Desk"],
  board: ["看板", "Board"],
  pages: ["页面", "Pages"],
  fresh: ["新对话", "New"],
  freshAsk: ["清空这段对话，开始新的？", "Clear this conversation and begin a new one?"],
  settings: ["设置", "Settings"],
  shortcuts: ["快捷键", "Shortcuts"],
  otherLanguage: ["English", "中文"],
  talk: ["对话", "Conversation"],
  advice: ["建议", "Advice"],
  panels: ["分栏", "Panels"],
  close: ["关闭", "Close"],
  cancel: ["取消", "Cancel"],
  save: ["保存", "Save"],
  customer: ["客户", "Customer"],
  agent: ["客服", "Agent"],
  other: ["其他", "Other"],

  startHead: ["客户说了什么？", "What did the customer say?"],
  startText: [
    "把客户的话贴进来，马上看到这段话里的情绪、方式和该怎么回。只在您自己的服务上读，不发往别处。",
    "Paste the customer's words and see at once how they feel, how they deal with it, and how to answer. Nothing leaves your own service.",
  ],
  startLabel: ["客户的话，或整段对话", "The customer's words, or a whole conversation"],
  startHolder: [
    "粘贴一句话，或整段对话：\n客户：说好三天到，现在第九天了！\n客服：您好，我帮您查一下。",
    "Paste one message, or a whole conversation:\n客户：说好三天到，现在第九天了！\n客服：您好，我帮您查一下。",
  ],
  read: ["读一读", "Read it"],
  examples: ["试一个例子", "Try an example"],
  exampleAngry: ["生气的", "Angry"],
  exampleAnxious: ["着急的", "Anxious"],
  exampleTalk: ["一段对话", "A conversation"],
  listenTo: ["接入实时对话…", "Listen to a live conversation…"],
  pasteWhole: ["粘贴整段…", "Paste a whole one…"],
  said: ["客户又说了", "The customer goes on"],
  saidHolder: ["客户又说了什么？回车加入", "What does the customer say next? Enter adds it"],
  add: ["加入", "Add"],
  remove: ["删掉第 {} 句", "Remove turn {}"],
  turnNumber: ["第 {} 句", "turn {}"],
  repeats: ["又提了第 {} 句的要求", "makes the demand of turn {} again"],
  answered: ["等了 {}", "waited {}"],
  trustOf: ["信任度 {}", "trust {}"],
  worse: ["这里变差了", "It gets worse here"],
  better: ["这里好转了", "It gets better here"],
  legendState: ["情绪的依据", "why this feeling"],
  legendManner: ["方式的依据", "why this manner"],
  evidence: ["依据", "because of"],
  signal: ["升级信号", "escalation signal"],
  findingsIn: ["这句里有 {} 处要改", "{} to change in this turn"],
  reading: ["正在读…", "Reading…"],
  judge: ["评一评第 {} 句的判断", "Judge the reading of turn {}"],
  judgeShort: ["改判断", "Correct"],

  manner: ["这段话里的方式", "Manner in this text"],
  feeling: ["这段话里的情绪", "Feeling in this text"],
  mannerNote: ["只说这段话，不是说这个人", "about this text, never about the person"],
  also: ["也有", "also"],
  high: ["把握高", "sure"],
  medium: ["把握中", "fairly sure"],
  low: ["把握低", "unsure"],
  why_empty: ["没有内容，读不出", "nothing to read"],
  why_symbols_only: ["只有符号，读不出", "only symbols, cannot be read"],
  why_not_chinese: ["主要不是中文，读不出", "not Chinese in the main, cannot be read"],
  why_too_short: ["太短，读不出", "too short to tell"],
  why_bot_text: ["像是机器写的，不判断", "looks like a machine's text, not read"],
  why_no_cue: ["没有可依据的字词", "nothing in it to go by"],
  rightReading: ["读对了", "Right"],
  correct: ["改标签", "Correct it"],
  dispute: ["有异议", "Dispute"],
  judgeRow: ["这样读对吗？", "Is this reading right?"],

  cardEmptyHead: ["策略卡", "Strategy card"],
  cardEmpty: [
    "读完客户的话，这里会写：原则、现在做哪一步、可以直接说的话、不要说的话、多久内回、要不要升级。",
    "Once the customer's words are read, this shows: the principle, the step to take now, sentences to say, what never to say, by when to answer, and whether to escalate.",
  ],
  principle: ["原则", "Principle"],
  pace: ["节奏", "Pace"],
  quick: ["快", "quick"],
  even: ["先稳后快", "steady, then quick"],
  slow: ["慢", "slow"],
  silence: ["最多静听 {} 秒", "listen silently for at most {} s"],
  priority: ["优先级", "Priority"],
  urgent: ["紧急", "urgent"],
  p_urgent: ["紧急", "urgent"],
  p_high: ["高", "high"],
  p_normal: ["中", "normal"],
  p_low: ["低", "low"],
  escalateNow: ["现在就交给{}", "Hand over to the {} now"],
  escalateNot: ["暂不升级", "No need to escalate yet"],
  supervisor: ["上级", "supervisor"],
  howToHand: ["怎么交接", "How to hand over"],
  wholeManner: ["整段看：{}（{} 句）", "over all: {} ({} turns)"],
  handOver: ["要交代的", "Hand over"],
  tellCustomer: ["跟客户说", "Tell the customer"],
  nowStep: ["现在 · 第 {} 步，共 {} 步", "Now · step {} of {}"],
  nextStep: ["下一步", "Next"],
  lastStep: ["这是最后一步", "This is the last step"],
  allSteps: ["全部步骤", "All steps"],
  stepDone: ["已做", "done"],
  stepNow: ["现在", "now"],
  say: ["可以直接说", "Say now"],
  sayHint: ["按 1–5 放进回复，Shift 加数字复制", "1–5 puts it into the reply, Shift + digit copies"],
  sayStep: ["第 {} 步", "step {}"],
  part_opening: ["开头", "opening"],
  part_empathy: ["共情", "empathy"],
  part_question: ["提问", "question"],
  part_options: ["选项", "options"],
  part_commitment: ["承诺", "commitment"],
  part_closing: ["结尾", "closing"],
  insert: ["放进回复", "Into the reply"],
  copy: ["复制", "Copy"],
  copied: ["已复制", "Copied"],
  notCopied: ["浏览器不让复制，请手动选中", "The browser would not copy; select it by hand"],
  inserted: ["已放进回复", "Put into the reply"],
  more: ["还有 {} 条", "{} more"],
  avoid: ["不要说", "Never say"],
  instead: ["换成", "rather"],
  ask: ["还要问清", "Still to ask"],
  tuning: ["对这种方式，怎么做", "With this manner"],
  notes: ["留意", "Mind"],
  causes: ["可能的原因", "What may lie behind"],
  stages: ["办到哪一步", "Procedure"],
  duties: ["这一段要做的", "What this stage asks for"],
  sources: ["出处（{}）", "Sources ({})"],
  ours: ["本项目", "this project"],
  side_customer: ["客户这边", "customer"],
  side_organisation: ["我们这边", "our side"],
  side_accident: ["意外", "accident"],
  promises: ["答应过的", "Promises"],
  kept: ["做到了", "kept"],
  broken: ["没做到", "not kept"],
  open: ["还没兑现", "open"],
  channel: ["渠道", "Channel"],
  industry: ["行业", "Trade"],
  group: ["客户群体", "Customer group"],
  easygoing: ["随和型", "Easygoing"],
  stubborn: ["顽固不合作型", "Stubborn, uncooperative"],
  forceful: ["强硬好胜型", "Forceful, out to win"],
  vain: ["虚荣型", "Vain"],
  irritable: ["易怒型", "Quick to anger"],
  near: ["相近", "near"],
  nearNote: ["“相近”是按这段话推的，认识这位客户的人来定。", "“near” follows from this text; whoever knows the customer decides."],
  any: ["不限", "any"],
  phone: ["电话", "Phone"],
  face: ["当面", "Face to face"],
  chat: ["在线聊天", "Chat"],
  letter: ["信件", "Letter"],
  hotel: ["酒店", "Hotel"],
  property: ["物业", "Property management"],
  food: ["食品", "Food"],

  deadline: ["回复时限", "Answer by"],
  acknowledge: ["先应一声", "Acknowledge"],
  firstReply: ["给出答复", "Reply"],
  promised: ["兑现承诺", "Keep the promise"],
  left: ["还剩 {}", "{} left"],
  lateBy: ["已超 {}", "{} late"],
  doneIn: ["已回应", "answered"],
  trust: ["现在答复的信任度", "Trust if answered now"],
  trustNote: ["（1 − 已用 ÷ 时限）× 100；越早越高，过时为负", "(1 − taken ÷ due) × 100; earlier is higher, late is below 0"],
  progressEvery: ["没办完也每 {} 报一次进展", "report progress every {} until it is done"],
  sinceHere: ["从 {} 收到起算", "counted from {}"],

  reply: ["我的回复", "My reply"],
  replyHolder: ["在这里写回复，边写边查；不拦着发送", "Write the reply here; it is checked as you type and never blocked"],
  record: ["记入对话", "Add to conversation"],
  recorded: ["已记入对话", "Added to the conversation"],
  copyReply: ["复制回复", "Copy reply"],
  checking: ["检查中…", "Checking…"],
  clean: ["没有发现要改的话", "Nothing to change"],
  uncheckable: ["没查成：{}", "Not checked: {}"],
  notChecked: ["先写几个字", "Nothing to check yet"],
  nFindings: ["{} 处要改", "{} to change"],
  nMissing: ["还可以补 {} 点", "{} could be added"],
  error: ["必改", "must change"],
  warning: ["该改", "should change"],
  suggestion: ["可补", "could add"],
  missing: ["还缺", "Missing"],
  rewrites: ["可以换成", "Say instead"],
  fillGap: ["填这个空", "Fill this gap"],
  additions: ["可以补上", "Could add"],
  allow: ["这样说没问题", "This is fine"],
  allowed: ["这次不再提醒“{}”", "“{}” is not marked again in this conversation"],
  allowedMissing: ["这段对话里不再提醒这一点", "This is not mentioned again in this conversation"],
  source: ["出处", "source"],
  applied: ["已换成新的说法", "Replaced"],
  appliedGap: ["已换上，请填选中的空", "Replaced; fill in the selected gap"],

  judgeHead: ["这样读对吗？", "Is this reading right?"],
  judgeText: ["改的只是这段话的标签，不是给这个人下结论。存之前先遮住电话、证件号、订单号、地址。", "You correct the labels of this text, not of the person. Phone, ID and order numbers and addresses are masked before it is stored."],
  verdict: ["我的意见", "My verdict"],
  v_accept: ["读对了", "right"],
  v_correct: ["应该是别的标签", "other labels are right"],
  v_dispute: ["有异议，说不准", "I disagree, not sure what is right"],
  state: ["情绪", "Feeling"],
  temperament: ["方式", "Manner"],
  reason: ["理由", "Reason"],
  reasonHolder: ["哪几个字让您这样看？", "Which words make you think so?"],
  send: ["提交", "Send"],
  thanks: ["已记下，谢谢", "Kept, thank you"],
  needReason: ["写一句理由，别人才看得懂", "Give a reason, so that others can follow"],

  pasteHead: ["粘贴整段对话", "Paste a whole conversation"],
  pasteText: ["一行一句，写明谁说的：客户：…… 客服：……；带时间的聊天记录也行。", "One turn a line, saying who speaks: 客户：… 客服：…; exported chat logs with times will do."],
  pasteLabel: ["对话", "Conversation"],
  liveHead: ["接入实时对话", "Live conversation"],
  liveText: ["呼叫中心或聊天系统把每一句发到下面的地址，这里就跟着读；也可以填一个已有的编号。", "Your phone or chat system sends every turn to the address below and this page follows; or enter the number of one that exists."],
  liveId: ["对话编号", "Conversation number"],
  liveIdHolder: ["留空就新建一个", "leave empty to make a new one"],
  connect: ["接入", "Connect"],
  liveOn: ["实时 · 正在听", "Live · listening"],
  liveLost: ["实时 · 断了，正在重连", "Live · lost, connecting again"],
  liveEnd: ["断开", "Disconnect"],
  liveGone: ["这段实时对话已结束，内容还在这里", "The live conversation has ended; what it held is still here"],
  livePost: ["把每一句发到", "Send every turn to"],

  settingsHead: ["设置", "Settings"],
  agentName: ["我的名字或工号", "My name or number"],
  agentNote: ["写进看板和反馈", "goes to the board and the feedback"],
  key: ["访问密钥", "API key"],
  keyNote: ["服务要密钥时才填；关掉标签页就忘掉", "only where the service asks for one; forgotten with this tab"],
  keep: ["把这段对话存进看板（先遮住个人信息）", "Keep this conversation for the board (personal data masked first)"],
  oneKey: ["单键快捷键", "Single-key shortcuts"],
  oneKeyNote: ["用语音输入时请关掉", "switch off when you dictate"],
  stored: ["已保存", "Saved"],

  k_reply: ["写回复", "write the reply"],
  k_customer: ["写客户的话", "write the customer's words"],
  k_say: ["把第几句放进回复（在输入框里加 Alt）", "put that sentence into the reply (with Alt inside a field)"],
  k_copy: ["复制第几句", "copy that sentence"],
  k_next: ["看下一处要改的", "show the next thing to change"],
  k_apply: ["换成第一种说法", "take the first rewrite"],
  k_record: ["回复记入对话", "add the reply to the conversation"],
  k_paste: ["粘贴整段对话", "paste a whole conversation"],
  k_judge: ["评判断", "judge the reading"],
  k_language: ["中文 / English", "中文 / English"],
  k_fresh: ["新对话", "new conversation"],
  k_help: ["这张表", "this list"],
  k_escape: ["离开输入框、关掉窗口", "leave the field, close the window"],

  away: ["连不上服务。您写的都还在，连上后自动继续。", "The service cannot be reached. What you wrote is still here; it goes on by itself once the service is back."],
  back: ["又连上了", "Connected again"],
  turnTooLong: ["这一句有 {} 字，一句最多 {} 字。请分成几句，或只留要紧的。", "That is {} characters; one turn holds {}. Split it, or keep what matters."],
  tooLarge: ["内容太长，服务不收。请分成几段，或只贴最近的几句。", "That is too long for the service. Split it, or paste the latest turns only."],
  tooMany: ["请求太多，{} 秒后自动再试。", "Too many requests; it tries again in {} s."],
  needKey: ["服务要密钥。请在设置里填访问密钥。", "The service asks for a key. Enter it in the settings."],
  broken500: ["服务内部出错，请再试；还不行就告诉管理员。", "The service failed; try again, and tell its administrator if it goes on."],
  busy: ["服务忙，请稍后再试。", "The service is busy; try again in a moment."],
  retry: ["再试一次", "Try again"],

  boardHead: ["今天的客户", "Today's customers"],
  boardOf: ["{} 的客户", "Customers on {}"],
  day: ["日期", "Day"],
  today: ["今天", "Today"],
  export: ["导出 XLSX", "Export XLSX"],
  refresh: ["刷新", "Refresh"],
  updated: ["{} 更新", "updated {}"],
  tileCases: ["个案", "cases"],
  tileWaiting: ["等上级处理", "escalations waiting"],
  tileRising: ["上升的投诉", "rising complaints"],
  tileFindings: ["该改的话", "things said wrongly"],
  states: ["情绪", "Feelings"],
  temperaments: ["方式（只说文字，不说人）", "Manners (of texts, not of people)"],
  rising: ["上升的投诉", "Rising complaints"],
  risingNote: ["今天比前七天的日均多", "today against the mean of the seven days before"],
  usual: ["平时", "usual"],
  waiting: ["等上级处理", "Escalations waiting"],
  findingsHead: ["客服用语", "What agents said"],
  agents: ["客服", "Agents"],
  unnamed: ["未署名", "unnamed"],
  words: ["原话", "words"],
  level: ["轻重", "level"],
  times: ["次数", "times"],
  cases: ["个案", "cases"],
  mustFix: ["该改的话", "to change"],
  handle: ["已接手", "Taken up"],
  handleOf: ["标为已接手：{}", "Mark as taken up: {}"],
  handledDone: ["已标为接手", "Marked as taken up"],
  none: ["没有", "none"],
  noCases: ["这一天还没有个案。客服台读过的对话会存到这里（先遮住个人信息）。", "No cases on this day yet. Conversations read at the desk are kept here, with personal data masked."],
  form: ["登记", "Record"],
  formTitle: ["投诉登记 · temperament", "Complaint form · temperament"],
  formHead: ["登记一件投诉", "Record a complaint"],
  recordText: ["客户怎么说", "What the customer says"],
  recordCustomer: ["客户编号或电话", "Customer's id or phone"],
  recordCustomerNote: ["只存加盐的摘要，再来时认得出", "Only a salted hash is kept, by which they are known again"],
  recordAgent: ["受理人", "Taken by"],
  recordPrivacy: ["姓名、联系方式、地址只记“已留”，不存原文；别的内容遮住个人信息再存。", "Name, contact and address are noted as taken, not kept; personal data in the rest is masked before it is stored."],
  recordTaken: ["（只记已留，不存原文）", "(noted as taken, not kept)"],
  recordSend: ["登记", "Record"],
  recordDone: ["已登记：个案 {}", "Recorded: case {}"],
  recordWanted: ["还要补：{}", "Still wanted: {}"],
  dueHead: ["个案：24 小时内到期要办", "Cases: due within 24 hours"],
  dueWhen: ["几时", "When"],
  dueCase: ["个案", "Case"],
  dueWhat: ["办什么", "What"],
  dueLate: ["迟了 {}", "late by {}"],
  dueLeft: ["还有 {}", "in {}"],
  noDue: ["没有到期要办的", "nothing is due"],
  noWaiting: ["没有在等的", "nobody is waiting"],
  noRising: ["没有上升的", "nothing is rising"],
  noFindings: ["没有要改的话", "nothing to change"],
  waitingSince: ["等了 {}", "waiting for {}"],
  count: ["{} 个", "{}"],
  chartText: ["{}：{}", "{}: {}"],
  loading: ["正在取数…", "Loading…"],

  day_: [" 天", " d"],
  hour_: [" 小时", " h"],
  minute_: [" 分钟", " min"],
  second_: [" 秒", " s"],
};

let place = initial();

function initial() {
  const asked = new URLSearchParams(location.search).get("lang") ?? remembered();
  return asked === "en" ? 1 : 0;
}

function remembered() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

export function language() {
  return place ? "en" : "zh";
}

/** Return words in the present language; {} are filled in order. */
export function t(key, ...values) {
  const found = WORDS[key] ?? LABELS[key];
  if (!found) return key;
  let at = 0;
  return found[place].replace(/\{\}/g, () => values[at++] ?? "");
}

export function label(name) {
  return LABELS[name]?.[place] ?? name;
}

export function figure(name) {
  return FIGURES[name]?.[place + 1] ?? "";
}

export function has(key) {
  return key in WORDS;
}

/** Return a span of seconds in its two largest units. */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 86400), "day_"],
    [Math.floor(whole / 3600) % 24, "hour_"],
    [Math.floor(whole / 60) % 60, "minute_"],
    [whole % 60, "second_"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return `0${t("second_")}`;
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => count + t(unit))
    .join(" ");
}

/** Return a source line as it is shown. */
export function sourceName(source) {
  return source === "ours" ? t("ours") : source;
}

const FILLED = { t: "textContent", holder: "placeholder", tip: "title" };

/** Write the words into everything that names one: data-t, data-holder, data-tip, data-name (aria-label). */
export function fill(root = document) {
  for (const [name, property] of Object.entries(FILLED))
    for (const one of root.querySelectorAll(`[data-${name}]`)) one[property] = t(one.dataset[name]);
  for (const one of root.querySelectorAll("[data-name]")) one.setAttribute("aria-label", t(one.dataset.name));
  document.documentElement.lang = place ? "en" : "zh-CN";
}

export function switchLanguage() {
  place = 1 - place;
  const address = new URL(location.href);
  address.searchParams.delete("lang");
  history.replaceState(null, "", address);
  try {
    localStorage.setItem(STORED, language());
  } catch {
    /* a browser that keeps nothing still switches */
  }
  fill();
  document.dispatchEvent(new CustomEvent("language"));
}
