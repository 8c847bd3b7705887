// The top of the page: the verdict, how long applications can live with it, and what it was measured against.

function showReadout(state) {
  const { report, told, serve } = state;
  document.body.dataset.standing = told ? told.standing : "waiting";
  fill("where", where(state), (text) => [value(text)]);
  if (!report) {
    fill("readout", { waiting: serve.begun, walks: serve.counts.walks }, waiting);
    fill("about", null);
    document.title = "Waiting – aws-credential-probe";
    return;
  }
  const certain = told.decisive === null ? null : report.findings[told.decisive].becomes_certain_with;
  const facts = { verdict: report.verdict, told: [told.standing, told.label], certain, outlook: serve.outlook };
  facts.chain = chainOf(state);
  facts.since = report.verdict.exit_code === 0 ? null : serve.failing_since;
  fill("readout", facts, verdict);
  fill("about", told.about, (rows) => rows.flatMap((row) => [make("dt", "", row.name), make("dd", "", value(row.text))]));
  document.title = clean(`${told.standing}: ${told.label} – aws-credential-probe`);
}

function where({ told }) {
  return told?.about.find((row) => row.name === "Pod")?.text.split(", ")[0] ?? "";
}

function waiting({ waiting: begun, walks }) {
  const missed = walks.filter((one) => one.ending !== "finished").reduce((sum, one) => sum + one.number, 0);
  const text = make("div", "words", [
    title(1, "verdict", "First walk under way"),
    make("p", "summary", "The verdict stands here as soon as the whole chain has been walked. It takes seconds."),
    make("p", "small", "The sidecar started at ", when(begun), ", ", away(begun), "."),
    missed ? make("p", "small", `Walks that did not finish so far: ${missed}.`) : null,
  ]);
  return [make("div", "display", lamp("waiting"), text)];
}

function verdict({ verdict: one, told: [standing, label], certain, chain, outlook, since }) {
  const text = make("div", "words", [
    title(1, "verdict", standing),
    make("p", "tags", [
      value(label, "code"),
      one.certainty ? make("span", "tag", one.certainty) : null,
      make("span", "tag", `exit code ${one.exit_code}`),
      since ? make("span", "tag", "since ", when(since), ", ", away(since)) : null,
    ]),
    make("p", "summary", value(one.summary)),
    certain && one.certainty !== "certain" ? make("p", "small", "Certain with: ", value(certain)) : null,
  ]);
  return [make("div", "display", lamp(standing), text, glance(chain)), ...runway(outlook)];
}

// How long applications can go on, as a length of road: safe until `earliest`, at an end by `latest`.
function runway(outlook) {
  if (!outlook) return [];
  const { earliest, latest, sentence } = outlook;
  const node = make("div", "runway", make("h2", "label", "How long have we got"), make("p", "", value(sentence)));
  const bounds = [
    earliest === null ? null : make("li", "", "Applications may fail from ", when(earliest), ", ", away(earliest)),
    latest === null ? null : make("li", "", "The last credentials end at ", when(latest), ", ", away(latest)),
  ].filter(Boolean);
  if (bounds.length) node.append(make("ul", "bounds", bounds));
  if (latest !== null && latest > sidecarNow()) {
    const safe = ((earliest ?? sidecarNow()) - sidecarNow()) / (latest - sidecarNow());
    const road = hidden(make("div", "road"));
    road.style.setProperty("--safe", `${Math.min(100, Math.max(0, safe * 100))}%`);
    node.append(road);
  }
  return [node];
}
