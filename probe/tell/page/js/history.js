// The last 24 hours, and what the sidecar has done.

const DAY = 86400;
const MOST_LISTED = 200;
const KINDS = { OK: "good", BROKEN: "bad", "COULD NOT FIND OUT": "unknown" };
const MARKS = { OK: "✓", BROKEN: "✗", "COULD NOT FIND OUT": "?" };
const REASONS = {
  start: "the sidecar had started",
  interval: "it was due",
  changed: "a step had changed",
  "token-changed": "the token file had been replaced",
  expiry: "a credential was near its end",
  asked: "somebody asked for it",
};

function showHistory({ serve }) {
  const what = serve.history.length ? { spans: serve.history, now: Math.floor(serve.now / 30) * 30, begun: serve.begun } : null;
  fill("history", what, ({ spans, now, begun }) => [
    title(2, "history-title", "The last 24 hours"),
    strip(spans, now),
    axis(now),
    begun > now - DAY ? make("p", "small", "The sidecar has watched since ", when(begun), ".") : null,
    opening("spans", "", make("summary", "", `As a list (${spans.length})`), listed(spans)),
  ].filter(Boolean));
  fill("sidecar", sidecarFacts(serve), (rows) => [
    title(2, "sidecar-title", "This sidecar"),
    make("dl", "", rows.flatMap(([name, content]) => [make("dt", "", name), make("dd", "", told(content))])),
  ]);
}

function strip(spans, now) {
  const node = make("div", "strip");
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", summed(spans, now));
  for (const one of spans) {
    const begun = Math.max(one.begun, now - DAY);
    const segment = make("span", KINDS[one.standing] ?? "unknown");
    segment.style.left = `${((begun - now + DAY) / DAY) * 100}%`;
    segment.style.width = `${(Math.max(0, Math.min(one.ended, now) - begun) / DAY) * 100}%`;
    segment.title = clean(`${one.standing} ${one.code ?? ""} ${clock(one.begun)} – ${clock(one.ended)}`);
    node.append(segment);
  }
  return node;
}

function summed(spans, now) {
  const seconds = new Map();
  for (const one of spans) {
    const length = Math.max(0, one.ended - Math.max(one.begun, now - DAY));
    seconds.set(one.standing, (seconds.get(one.standing) ?? 0) + length);
  }
  const parts = [...seconds].map(([standing, length]) => `${standing} ${span(length)}`);
  return clean(`In the last 24 hours: ${parts.join(", ")}. The list below has every span.`);
}

function axis(now) {
  const node = hidden(make("div", "axis"));
  for (let hours = 24; hours >= 0; hours -= 6) {
    const date = new Date((now - hours * 3600) * 1000);
    const text = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    node.append(make("span", "", hours ? text : "now"));
  }
  return node;
}

function listed(spans) {
  const latest = spans.slice(-MOST_LISTED).reverse();
  const items = latest.map((one) => make("li", KINDS[one.standing] ?? "unknown", [
    hidden(make("span", "sign", MARKS[one.standing] ?? "?")),
    make("p", "", make("strong", "", one.standing), " ", one.code ? make("code", "", one.code) : null),
    make("p", "small", when(one.begun), " to ", when(one.ended), `, ${span(one.ended - one.begun)}`),
    make("p", "", value(one.summary)),
  ]));
  const left = spans.length - latest.length;
  return make("div", "", make("ol", "spans", items), left ? make("p", "small", `${left} earlier ones are in state.json.`) : null);
}

// Plain values, so that equal facts are not drawn again; [null, seconds] stands for a moment.
function sidecarFacts(serve) {
  const walks = serve.counts.walks.filter((one) => one.number);
  const calls = serve.counts.calls.filter((one) => one.number);
  return [
    ["Started", [[null, serve.begun]]],
    ["Walks", [`light every ${span(serve.interval_seconds)}, whole every ${span(serve.deep_interval_seconds)} and when something changes`]],
    serve.walked_whole === null ? null : ["Last whole walk", [[null, serve.walked_whole], `, because ${REASONS[serve.because] ?? serve.because}`]],
    serve.next_whole_walk === null ? null : ["Next whole walk", [[null, serve.next_whole_walk]]],
    serve.succeeded === null ? null : ["Last good verdict", [[null, serve.succeeded]]],
    serve.consecutive_failures ? ["Not good since", [[null, serve.failing_since], `, ${serve.consecutive_failures} walks in a row`]] : null,
    ["Changes of verdict", [`${serve.counts.transitions}`]],
    walks.length ? ["Walks so far", [walks.map((one) => `${one.number} ${one.depth} ${one.ending}`).join(", ")]] : null,
    calls.length ? ["AWS calls so far", [calls.map((one) => `${one.number} ${one.operation} ${one.result}`).join(", ")]] : null,
  ].filter(Boolean);
}

function told(content) {
  return content.flatMap((one) => {
    if (!Array.isArray(one)) return [one];
    return one[1] === null ? ["unknown"] : [when(one[1]), ", ", away(one[1], undefined)];
  });
}
