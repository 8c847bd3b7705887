// The chain as a path: five stations in the order in which SDKs ask, each with its steps.

const SIGNS = {
  ok: ["✓", "went well"],
  warn: ["!", "in doubt"],
  fail: ["✗", "failed"],
  skipped: ["", "left out"], // the ring around a sign is the sign here
  absent: ["·", "not configured"],
};
const SOURCES = {
  environment: ["Environment keys", ""],
  "shared-config": ["Shared files", ""],
  "web-identity": ["Web identity", "IRSA"],
  container: ["Container credentials", "Pod Identity, ECS"],
  imds: ["IMDS", "the node's role"],
};
const MOMENTS = new Set(["expires", "issued", "modified", "not_before"]);

// What both drawings of the chain are made from.
function chainOf({ report, told }) {
  const { standing, lanes, gives } = told;
  return { standing, lanes, gives, breaks: told.breaks_at, steps: report.steps };
}

function showChain(state) {
  fill("chain", state.told && chainOf(state), (chain) => [
    title(2, "chain-title", "The chain"),
    make("p", "small", "In the order in which SDKs ask. Open a step for its facts. The bar is its time, from 0.1 ms to 10 s; each mark is ten times the one before."),
    legend(),
    make("ol", "chain", chain.lanes.map((lane, at) => station(lane, at + 1, chain))),
  ]);
}

// The chain in one row for the display: where it breaks, or where the credentials come from, at a glance.
function glance(chain) {
  const items = chain.lanes.map((lane, at) => {
    const [kind, words] = glanceOf(lane, chain);
    const link = make("a", "", hidden(make("span", "", `${at + 1} `)), nameOf(lane)[0], heard(`: ${words}`));
    link.href = `#lane-${lane.source}`;
    link.dataset.key = `glance ${lane.source}`;
    return make("li", kind, link, hidden(make("span", "word", words)));
  });
  const node = make("nav", "glance", make("ol", "", items));
  node.setAttribute("aria-label", "The chain at a glance");
  return node;
}

function glanceOf(lane, chain) {
  if (breaksAt(lane, chain)) return ["bad", breakWords(chain).toLowerCase()];
  if (chain.gives === lane.source) return ["good", "gives the credentials"];
  if (!lane.configured) return ["none", "not configured"];
  return ["walked", /^gives/.test(lane.state) ? "gives keys" : "no keys"];
}

function breaksAt(lane, chain) {
  return chain.breaks !== null && chain.steps.some((step) => step.id === chain.breaks && step.source === lane.source);
}

function nameOf(lane) {
  return SOURCES[lane.source] ?? [lane.source, ""];
}

function legend() {
  const entries = Object.entries(SIGNS).map(([outcome, [sign, words]]) =>
    make("li", outcome, hidden(make("span", "sign", sign)), words),
  );
  return make("ul", "legend", entries);
}

function station(lane, number, chain) {
  const steps = new Map(chain.steps.map((step) => [step.id, step]));
  const atSource = breaksAt(lane, chain);
  const atStep = lane.lines.some((line) => line.steps.includes(chain.breaks));
  const gives = chain.gives === lane.source;
  const [name, hint] = nameOf(lane);
  const state = make("p", "state", value(lane.state));
  if (lane.aside && lane.configured) state.append("; not what the verdict is about");
  if (gives) state.append(" ", flag("gives", "Credentials come from here"));
  if (atSource && !atStep) state.append(" ", flag("breaks", breakWords(chain)));
  const kinds = [gives && "giving", lane.aside && "aside", !lane.configured && "unconfigured"];
  const node = make("li", ["lane", ...kinds.filter(Boolean)].join(" "), [
    hidden(make("span", "station", String(number))),
    make("div", "head", make("h3", "", name, hint ? make("small", "", ` (${hint})`) : null), state),
  ]);
  node.id = `lane-${lane.source}`;
  if (atSource) node.classList.add("broken");
  if (lane.lines.length) node.append(make("ol", "steps", lane.lines.map((line) => stop(line, steps, chain))));
  return node;
}

// A step that went well can still be the trouble: keys that work, of a role that nobody wanted.
function breakWords(chain) {
  if (chain.standing !== "BROKEN") return "Undecided here";
  const failed = chain.steps.some((step) => step.id === chain.breaks && step.outcome === "fail");
  return failed ? "Breaks here" : "The trouble is here";
}

function flag(kind, words) {
  return make("strong", `flag ${kind}`, words);
}

function stop(line, steps, chain) {
  const [sign, words] = SIGNS[line.outcome] ?? ["?", line.outcome];
  const breaks = line.steps.includes(chain.breaks);
  const known = steps.get(line.steps[0]);
  const row = [
    make("span", "sign", hidden(make("span", "", sign)), heard(`${words}: `)),
    make("code", "name", line.name),
    make("span", "telling", breaks ? [flag("breaks", breakWords(chain)), " "] : null, value(line.text)),
    line.took ? gauge(known?.duration_ms) : null,
    line.took ? make("span", "took", line.took) : null,
  ];
  const node = make("li", `step ${line.outcome}${breaks ? " breaking" : ""}`);
  const facts = known?.evidence ? factsOf(known.evidence) : null;
  node.append(
    facts ? opening(line.steps[0], "", make("summary", "row", row), make("div", "facts", facts)) : make("div", "row", row),
  );
  return node;
}

// Five decades, 0.1 ms to 10 s.
function gauge(milliseconds) {
  const node = hidden(make("span", "gauge"));
  const decades = Math.log10(Math.max(milliseconds ?? 0, 0.1)) + 1;
  node.style.setProperty("--filled", `${Math.min(100, Math.max(3, decades * 20))}%`);
  return node;
}

function isNothing(one) {
  return one === null || one === "" || (typeof one === "object" && Object.values(one).every(isNothing));
}

// What was not observed is left out; state.json has it.
function factsOf(facts, unit = "") {
  const rows = Object.entries(facts).filter(([, one]) => !isNothing(one));
  return make("dl", "", rows.map(([name, one]) => [make("dt", "", name.replaceAll("_", " ")), make("dd", "", factOf(name, one), typeof one === "number" ? unit : "")]));
}

function factOf(name, one) {
  if (Array.isArray(one)) return make("ol", "", one.map((each) => make("li", "", factOf(name, each))));
  if (typeof one === "object") return factsOf(one, name === "phases" ? " ms" : "");
  if (typeof one === "boolean") return one ? "yes" : "no";
  if (typeof one === "number" && MOMENTS.has(name)) return [when(one), ` (${span(one - sidecarNow())} ${one < sidecarNow() ? "ago" : "ahead"})`];
  return value(one);
}
