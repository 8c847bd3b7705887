// What the walk means and what to do about it.

function showFindings({ report, told }) {
  const all = report ? report.findings.map((finding, at) => ({ ...finding, told: told.findings[at] })) : [];
  const decisive = told && told.decisive !== null ? all[told.decisive] : null;
  const others = all.filter((one) => one !== decisive);
  fill("todo", decisive, todo);
  fill("findings", others.length ? others : null, (list) => [
    title(2, "findings-title", decisive ? "Other findings" : "Findings"),
    ...list.map((one, at) => other(one, at)),
  ]);
  fill("sdks", told?.sdks.length ? told.sdks : null, sdks);
}

function todo(finding) {
  const rest = [seen(finding), apart(finding)].filter(Boolean);
  const why = rest.length ? opening("why", "why", make("summary", "", "Why the probe says so"), rest) : null;
  const nothing = make("p", "", "The probe knows no remedy; what it saw is below.");
  return [
    title(2, "todo-title", "What to do"),
    finding.remedies.length ? remedies(finding, "todo") : nothing,
    why,
    more(finding),
  ].filter(Boolean);
}

function remedies(finding, key) {
  const items = finding.remedies.map((one, at) => {
    const { changes, command } = finding.told.remedies[at];
    const badge = changes ? make("strong", "changes", changes) : null;
    const text = make("p", "", value(one.text), " ", badge);
    return make("li", "", text, command === null ? null : commandBox(command, one.tool, `${key} ${at}`));
  });
  return make("ol", "remedies", items);
}

function commandBox(command, tool, key) {
  const text = make("pre", "", make("code", "", command));
  text.tabIndex = 0;
  text.setAttribute("role", "group");
  text.setAttribute("aria-label", tool === "text" ? "To paste" : "Command");
  const button = make("button", "copy", "Copy");
  button.type = "button";
  button.dataset.key = key;
  const note = make("p", "note");
  note.setAttribute("role", "status");
  button.addEventListener("click", () => copy(text, button, note));
  const kind = tool === null || tool === "text" ? "to paste" : tool;
  return make("div", "command", make("span", "tool", kind), text, make("div", "hand", button, note));
}

async function copy(text, button, note) {
  try {
    await navigator.clipboard.writeText(text.textContent);
    note.textContent = "Copied";
  } catch {
    // Without the clipboard API (a page that is not from localhost or https) the reader copies by hand.
    getSelection().selectAllChildren(text);
    note.textContent = "Selected: copy it with Ctrl+C or ⌘C";
  }
  setTimeout(() => (note.textContent = ""), 4000);
}

function seen(finding) {
  if (!finding.told.seen.length) return null;
  return make("div", "", make("h3", "label", "Seen"), list(finding.told.seen));
}

function apart(finding) {
  if (!finding.told_apart_from.length) return null;
  return make("div", "", make("h3", "label", "Told apart from"), list(finding.told_apart_from));
}

function list(texts) {
  return make("ul", "", texts.map((one) => make("li", "", value(one))));
}

function more(finding) {
  return make("p", "small", "More: ", make("code", "", `probe explain ${finding.code}`));
}

function other(finding, at) {
  const key = `finding ${finding.code} ${finding.source}`;
  const place = finding.step ? `, at ${finding.step}` : "";
  const head = make("summary", finding.severity, [
    make("span", "severity", finding.severity),
    make("code", "code", finding.code),
    make("span", "small", `${finding.certainty}${place}`),
    value(finding.summary, "brief"),
  ]);
  const certain = finding.becomes_certain_with;
  return opening(`${key} ${at}`, "finding", head, make("div", "inside", [
    finding.sdks.length ? make("p", "", "Concerns ", value(finding.sdks.join(", "))) : null,
    seen(finding),
    apart(finding),
    certain ? make("p", "", finding.certainty === "likely" ? "Certain with: " : "Know more with: ", value(certain)) : null,
    finding.remedies.length ? make("h3", "label", "What to do") : null,
    finding.remedies.length ? remedies(finding, `${key} ${at}`) : null,
    more(finding),
  ]));
}

const WOULD = { credentials: ["✓", "ok"], error: ["✗", "fail"], none: ["∅", "fail"], unknown: ["?", "skipped"] };

function sdks(rows) {
  const head = make("tr", "", ["SDK", "Would do", "Because"].map((text) => {
    const cell = make("th", "", text);
    cell.scope = "col";
    return cell;
  }));
  const body = rows.map((row) => {
    const [sign, kind] = WOULD[row.outcome] ?? WOULD.unknown;
    const name = make("th", "", make("ul", "", row.names.map((one) => make("li", "", value(one)))));
    name.scope = "row";
    const ending = make("td", kind, hidden(make("span", "sign", sign)), value(row.ending));
    return make("tr", "", name, ending, make("td", "because", row.because.map((one) => make("p", "", value(one)))));
  });
  return [
    title(2, "sdks-title", "What each SDK would do here"),
    make("table", "sdks", make("thead", "", head), make("tbody", "", body)),
  ];
}
