// Keeps the page up to date, and says so plainly when it cannot.

const SCHEMA = 1;
const PATIENCE = 8000;
const EVERY = 5000;
const EVERY_WHEN_HIDDEN = 30000;
const EVERY_WHEN_ASKED = 1000;
const LONGEST_PAUSE = 60;
const LONGEST_WAIT = 90000;

const walk = document.getElementById("walk");
const asked = document.getElementById("asked");
const life = { failures: 0, trouble: "", heard: null, last: null, waitingFor: null, timer: 0 };

async function fetched() {
  const options = { cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PATIENCE) };
  const response = await fetch("./state.json", options).catch(() => {
    throw new Error("it cannot be reached");
  });
  if (!response.ok) throw new Error(`it answers with status ${response.status}`);
  const state = await response.json();
  if (state.schema !== SCHEMA) throw new Error("it is of another version than this page: load the page again");
  return state;
}

async function poll() {
  clearTimeout(life.timer);
  try {
    const state = await fetched();
    behind = state.serve.now - Date.now() / 1000;
    show(state);
    [life.failures, life.heard] = [0, Date.now()];
  } catch (error) {
    life.failures += 1;
    life.trouble = error.message;
  }
  showStale();
  clearTimeout(life.timer);
  life.timer = setTimeout(poll, pause());
}

function pause() {
  if (life.failures) return Math.min(LONGEST_PAUSE, 2 ** (life.failures - 1)) * 1000;
  if (life.waitingFor) return EVERY_WHEN_ASKED;
  return document.hidden ? EVERY_WHEN_HIDDEN : EVERY;
}

function show(state) {
  announce(state);
  showReadout(state);
  showFindings(state);
  showNeeds(state);
  showChain(state);
  showHistory(state);
  showTimes(state);
  life.last = state;
}

// Only a changed verdict is worth an interruption.
function announce({ report, told: now }) {
  const before = life.last?.told;
  if (!life.last || !now || (before && before.standing === now.standing && before.label === now.label)) return;
  document.getElementById("announce").textContent = clean(`Now ${now.standing}: ${now.label}. ${report.verdict.summary}`);
}

function showTimes({ serve }) {
  const what = [serve.walked, serve.next_walk, serve.walked === null];
  fill("times", what, ([walked, next]) => [
    ...(walked === null ? ["Not walked yet"] : ["Walked ", when(walked)]),
    ...(next === null ? [", walking now"] : [", next ", away(next, "due")]),
  ].map((one) => make("span", "", one)));
  const { waitingFor } = life;
  if (waitingFor && (serve.walked_whole !== waitingFor.walked || Date.now() - waitingFor.since > LONGEST_WAIT)) {
    asked.textContent = serve.walked_whole === waitingFor.walked ? "Still not finished." : "Walked.";
    rest();
  }
}

function rest() {
  life.waitingFor = null;
  walk.removeAttribute("aria-disabled");
}

// Two misses in a row: one may be a port-forward that takes up its work again. A walk is overdue after three intervals.
function showStale() {
  const serve = life.last?.serve;
  const overdue = serve && serve.walked !== null && serve.now - serve.walked > 3 * serve.interval_seconds + 60;
  const lost = life.failures > 1;
  document.body.classList.toggle("stale", Boolean(lost || overdue));
  const what = lost ? ["lost", life.heard, life.trouble] : overdue ? ["overdue", serve.walked] : null;
  fill("stale", what, ([kind, since, trouble]) => {
    if (kind === "overdue") return [make("p", "", make("strong", "", "No walk has ended since ", when(since)), ". The sidecar answers, and its walks do not end. What stands below is from then.")];
    if (since === null) return [make("p", "", make("strong", "", "Nothing to show yet"), `: ${trouble}. This page keeps trying.`)];
    return [make("p", "", make("strong", "", "Not heard since ", when(since / 1000 + behind)), `: ${trouble}. What stands below is from then. This page keeps trying.`)];
  });
}

async function askForWalk() {
  if (walk.getAttribute("aria-disabled") === "true") return;
  walk.setAttribute("aria-disabled", "true");
  life.waitingFor = { walked: life.last?.serve.walked_whole ?? null, since: Date.now() };
  const status = await posted();
  if (status === 202) asked.textContent = "A whole walk is on its way.";
  else if (status === 409) asked.textContent = "One is waiting already.";
  else {
    asked.textContent = status ? `Refused with status ${status}.` : "The sidecar cannot be reached.";
    rest();
  }
  poll();
}

async function posted() {
  try {
    const headers = { "X-Requested-With": "aws-credential-probe" };
    const response = await fetch("./walk", { method: "POST", headers, redirect: "error", signal: AbortSignal.timeout(PATIENCE) });
    return response.status;
  } catch {
    return null;
  }
}

walk.addEventListener("click", askForWalk);
document.addEventListener("visibilitychange", () => document.hidden || poll());
setInterval(tick, 1000);
poll();
