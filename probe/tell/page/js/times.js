// Times arrive as unix seconds by the sidecar's clock and are shown in the reader's zone, with UTC in the title.

// How far this browser's clock is behind the sidecar's, in seconds.
let behind = 0;

function sidecarNow() {
  return Date.now() / 1000 + behind;
}

function utc(seconds) {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? null : `${date.toISOString().slice(0, 19)}Z`;
}

function clock(seconds) {
  const date = new Date(seconds * 1000);
  const far = Math.abs(seconds - sidecarNow()) > 79200;
  const day = far ? { weekday: "short", day: "numeric", month: "short" } : {};
  return date.toLocaleString([], { ...day, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
}

function when(seconds, text) {
  const told = utc(seconds);
  if (told === null) return make("span", "", `${seconds}`);
  const node = make("time", "", text ?? clock(seconds));
  node.dateTime = told;
  node.title = told.replace("T", " ").replace("Z", " UTC");
  return node;
}

function span(seconds) {
  const length = Math.abs(seconds);
  if (length < 120) return `${Math.round(length)} s`;
  if (length < 7200) return `${Math.round(length / 60)} min`;
  return length < 172800 ? `${Math.round(length / 3600)} h` : `${Math.round(length / 86400)} days`;
}

// A distance from now that keeps itself up to date.
function away(seconds, overdue) {
  const node = make("span", "away");
  node.dataset.then = seconds;
  if (overdue) node.dataset.overdue = overdue;
  tell(node);
  return node;
}

function tell(node) {
  const left = Number(node.dataset.then) - sidecarNow();
  const past = node.dataset.overdue ?? `${span(left)} ago`;
  const text = left >= 0 ? `in ${span(left)}` : past;
  if (node.textContent !== text) node.textContent = text;
}

function tick() {
  for (const node of document.querySelectorAll("[data-then]")) tell(node);
}
