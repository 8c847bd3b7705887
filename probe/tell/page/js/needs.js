// What stands beside the chain: what the controller needs, and what Kubernetes says of the pod.

function showNeeds(state) {
  const rows = state.told?.needs.rows ?? [];
  fill("needs", rows.length ? { ...state.told.needs, ...besideChain(state) } : null, ({ title: heading, rows: needs, ...chain }) => [
    title(2, "needs-title", heading),
    make("ol", "steps needs", needs.map((need) => needRow(need, chain))),
  ]);
  const lines = state.told?.kubernetes ?? [];
  fill("kubernetes", lines.length ? { lines, ...besideChain(state) } : null, ({ lines: told, ...chain }) => [
    title(2, "kubernetes-title", "What Kubernetes says"),
    make("p", "small", "Read with the pod's own token, as far as its rights go."),
    make("ol", "steps", told.map((line) => stop(line, new Map(chain.steps.map((step) => [step.id, step])), chain))),
  ]);
}

function besideChain({ report, told }) {
  return { standing: told.standing, breaks: told.breaks_at, steps: report.steps };
}

function needRow(need, chain) {
  const [sign, words] = SIGNS[need.outcome] ?? ["?", need.outcome];
  const breaks = need.step === chain.breaks && ["fail", "warn"].includes(need.outcome);
  return make("li", `step ${need.outcome}${breaks ? " breaking" : ""}`, make("div", "row", [
    make("span", "sign", hidden(make("span", "", sign)), heard(`${words}: `)),
    make("span", "name", value(need.name)),
    make("span", "telling", breaks ? [flag("breaks", breakWords(chain)), " "] : null, value(need.text)),
  ]));
}
