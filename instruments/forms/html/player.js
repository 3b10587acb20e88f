// Plays the page: shows what applies, computes, checks answers when they are given, repeats rosters.
// Nothing is sent anywhere and nothing is kept.
(() => {
  const parts = () => [...document.querySelectorAll("[data-part]")];
  const own = (part, selector) => [...part.querySelectorAll(selector)].filter((one) => one.closest("[data-part]") === part);
  const rule = (part) => (Object.hasOwn(rules, part.dataset.part) ? rules[part.dataset.part] : {});
  const instanceOf = (part) => part.parentElement.closest(".instance");
  const computed = {};
  // What is computed for an entry of a roster, by the entry.
  const computedIn = new WeakMap();
  const computedInRosters = Object.entries(rules).filter(([, one]) => one.compute && one.within);
  const entriesOf = (name) => [...document.querySelectorAll(`[data-roster="${CSS.escape(name)}"] .instance`)]
    .filter((entry) => entry.closest("[data-part]").dataset.part === name);
  const touched = new WeakSet();
  let relevant = new Set();

  function stamp() {
    const now = new Date();
    const local = new Date(now.getTime() - now.getTimezoneOffset() * 60000);
    return hieuluatRuntime.readDate(local.toISOString().slice(0, 23));
  }

  function written(part) {
    const boxes = own(part, "input[type=radio], input[type=checkbox]");
    if (boxes.length) {
      const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
      return chosen.length ? chosen.join(" ") : null;
    }
    const field = own(part, "input, select, textarea")[0];
    return field && field.value.trim() !== "" ? field.value.trim() : null;
  }

  const digits = (text) => (/^-?[1-9]\d{0,2}(\.\d{3})+$/.test(text) ? text.replaceAll(".", "") : text.replace(",", "."));

  // Vietnamese writes 1.250.000 and 3,5; a number that is none stays a text and is refused.
  function answer(part) {
    const text = written(part);
    if (text === null || !["integer", "decimal"].includes(part.dataset.type)) return text;
    const plain = digits(text), number = Number(plain);
    const fits = /^-?\d+(\.\d+)?$/.test(plain) && (part.dataset.type === "decimal" || Number.isInteger(number));
    return fits ? number : text;
  }

  // What an expression at a place may read: the record, the entry it stands in, and all entries.
  // Places in one entry share it until an answer or what applies changes.
  let contexts = new Map();
  function contextOf(place) {
    const around = place ? instanceOf(place) : null;
    if (!contexts.has(around)) contexts.set(around, contextIn(around));
    return contexts.get(around);
  }

  function contextIn(around) {
    const answers = { ...computed }, rosters = {};
    for (const part of parts()) {
      const name = part.dataset.part, entry = instanceOf(part);
      if (part.dataset.roster) rosters[name] = own(part, ".instance").map(() => "");
      if (part.matches("section") || part.matches(".note")) continue;
      const value = relevant.has(part) ? answer(part) : null;
      if (entry === null || entry === around || (around && entry.contains(around))) answers[name] = value;
      else (rosters[name] ??= []).push(value);
    }
    for (const [name, one] of computedInRosters) {
      for (const entry of entriesOf(one.within)) {
        const value = computedIn.get(entry)?.[name] ?? null;
        (rosters[name] ??= []).push(value);
        if (around && entry.contains(around)) answers[name] = value;
      }
    }
    for (const name of Object.keys(answers)) {
      if (around && parts().some((part) => part.dataset.part === name && instanceOf(part) === around)) {
        rosters[name] = parts().filter((part) => part.dataset.part === name).map((part) => (relevant.has(part) ? answer(part) : null));
      }
    }
    const siblings = around ? [...around.parentElement.children].filter((one) => one.matches(".instance")) : [];
    return { now: stamp(), answers, rosters, position: siblings.indexOf(around) + 1, random: Math.random };
  }

  const run = (test, context, more = {}) => test(hieuluatRuntime.runtime({ ...context, ...more }));

  function computeIn(entry, name, one) {
    const context = contextOf(entry.firstElementChild), known = computedIn.get(entry) ?? {};
    known[name] = hieuluatRuntime.toText(run(one.compute, context, { current: known[name] ?? null }));
    computedIn.set(entry, known);
    context.answers[name] = known[name];
  }

  const everyComputed = () => JSON.stringify([computed, ...[...document.querySelectorAll(".instance")].map((entry) => computedIn.get(entry) ?? null)]);

  function recompute() {
    for (let pass = 0; pass < 10; pass += 1) {
      const before = everyComputed(), shown = new Set();
      contexts = new Map();
      for (const [name, one] of Object.entries(rules)) {
        if (!one.compute) continue;
        if (one.within) {
          for (const entry of entriesOf(one.within)) computeIn(entry, name, one);
          continue;
        }
        computed[name] = hieuluatRuntime.toText(run(one.compute, contextOf(null), { current: computed[name] ?? null }));
        contextOf(null).answers[name] = computed[name];
      }
      for (const part of parts()) {
        const above = part.parentElement.closest("[data-part]");
        const test = rule(part).show;
        if ((above === null || shown.has(above)) && (!test || run(test, contextOf(part)))) shown.add(part);
      }
      const same = shown.size === relevant.size && [...shown].every((part) => relevant.has(part));
      relevant = shown;
      contexts = new Map();
      if (same && before === everyComputed()) break;
    }
    for (const part of parts()) part.hidden = !relevant.has(part);
    parts().forEach(filterOptions);
    document.querySelectorAll("output[data-shows]").forEach(showAnswer);
  }

  // An answer within a text: the words of its codes as they stand in the page, else the answer itself.
  function showAnswer(place) {
    const name = place.dataset.shows, value = contextOf(place.closest("[data-part]")).answers[name];
    if (value === null || value === undefined || value === "") {
      place.textContent = "……";
      return;
    }
    const words = String(value).split(" ").map((code) => wordsOf(name, code, place));
    if (words.includes(null)) place.textContent = value;
    else place.replaceChildren(...words.flatMap((nodes, at) => (at ? [", ", ...nodes] : nodes)));
  }

  function wordsOf(name, code, place) {
    const around = place.closest(".instance") ?? document;
    const selector = `[data-part="${CSS.escape(name)}"]`;
    const part = around.querySelector(selector) ?? document.querySelector(selector);
    const box = part && own(part, ".choice").find((one) => one.querySelector("input").value === code);
    const option = part && own(part, "option").find((one) => one.value === code && code !== "");
    const level = document.querySelector(`[data-words="${CSS.escape(name)}"] > [data-code="${CSS.escape(code)}"]`);
    const source = box ? box.querySelector("input + span") : option ?? level;
    return source ? [...source.childNodes].map((node) => node.cloneNode(true)) : null;
  }

  function filterOptions(part) {
    const { filter, columns } = rule(part);
    if (!filter) return;
    const options = own(part, "option:not([value=''])");
    const boxes = options.length ? options : own(part, ".choice");
    const context = contextOf(part);
    boxes.forEach((box, at) => {
      const fits = run(filter, context, { columns: columns[at] });
      box.hidden = !fits;
      const input = box.querySelector("input") ?? box;
      input.disabled = !fits;
      if (!fits && input.checked) input.checked = false;
      if (!fits && input.selected) input.selected = false;
    });
  }

  // The names of what is wrong with an answer; soft checks warn and do not block.
  function wrong(part, { whole }) {
    if (!relevant.has(part) || !part.matches(".item")) return [];
    const value = answer(part), { checks = [], hard = 0 } = rule(part);
    if (value === null) return whole && part.hasAttribute("data-required") ? ["required"] : [];
    const isNumber = ["integer", "decimal"].includes(part.dataset.type);
    if (isNumber && typeof value !== "number") return ["number"];
    const context = contextOf(part);
    return checks.flatMap((test, at) => (run(test, context, { current: value }) ? [] : [at < hard ? `rule-${at}` : `rule-${at}:soft`]));
  }

  function mark(part, names) {
    const shown = new Set(names.map((name) => name.split(":")[0]));
    for (const message of own(part, ".problem")) message.hidden = !shown.has(message.dataset.problem);
    part.classList.toggle("wrong", names.some((name) => !name.endsWith(":soft")));
    part.classList.toggle("doubtful", names.length > 0 && names.every((name) => name.endsWith(":soft")));
  }

  function changed(event) {
    const part = event.target.closest(".item");
    recompute();
    if (part) touched.add(part);
    for (const one of parts()) if (touched.has(one)) mark(one, wrong(one, { whole: false }));
    if (document.querySelector(".record").open) tellRecord();
  }

  function checkAll() {
    const faulty = parts().filter((part) => {
      const names = wrong(part, { whole: true });
      if (part.matches(".item")) mark(part, names);
      return names.some((name) => !name.endsWith(":soft"));
    });
    const asked = parts().filter((part) => part.matches(".item:not(.note)") && relevant.has(part));
    document.getElementById("good").hidden = faulty.length > 0;
    document.getElementById("bad").hidden = faulty.length === 0;
    for (const place of document.querySelectorAll(".count-faulty")) place.textContent = faulty.length;
    for (const place of document.querySelectorAll(".count-answered")) place.textContent = asked.filter((part) => answer(part) !== null).length;
    for (const place of document.querySelectorAll(".count-asked")) place.textContent = asked.length;
    const first = faulty[0] ?? document.getElementById("good");
    first.scrollIntoView({ block: "center" });
    (first.querySelector("input, select, textarea") ?? first).focus();
  }

  // The answers as KoboToolbox gives them out: by form path, the entries of a roster as a list.
  const pathOf = (part) => {
    const above = part.parentElement.closest("[data-part]");
    return above ? `${pathOf(above)}/${part.dataset.part}` : part.dataset.part;
  };

  function given(entry) {
    const found = {};
    for (const part of parts()) {
      if (instanceOf(part) !== entry || !relevant.has(part)) continue;
      if (part.dataset.roster) {
        const entries = own(part, ".instance").map(given).filter((one) => Object.keys(one).length);
        if (entries.length) found[pathOf(part)] = entries;
      } else if (part.matches(".item:not(.note)") && answer(part) !== null) {
        const value = answer(part);
        found[pathOf(part)] = typeof value === "number" ? digits(written(part)) : value;
      }
    }
    if (entry) for (const [name, value] of Object.entries(computedIn.get(entry) ?? {})) if (value) found[rules[name].path] = value;
    return found;
  }

  // What nobody types: drawn and computed values, and the times that a device notes.
  function noted() {
    const found = {};
    const sections = new Map(parts().filter((part) => part.matches("section")).map((part) => [pathOf(part), part]));
    for (const [name, one] of Object.entries(rules)) {
      if (one.path === undefined || one.within || (one.show && !run(one.show, contextOf(null)))) continue;
      const block = one.path.split("/").slice(0, -1).join("/");
      if (sections.has(block) && !relevant.has(sections.get(block))) continue;
      const value = one.type === "end" ? hieuluatRuntime.toText(stamp()) : computed[name];
      if (value) found[one.path] = value;
    }
    return found;
  }

  const uuid = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  function tellRecord() {
    const record = {
      _uuid: uuid, _xform_id_string: form.id, __version__: form.version,
      _submission_time: new Date().toISOString().slice(0, 19), ...noted(), ...given(null),
    };
    const text = JSON.stringify({ count: 1, next: null, previous: null, results: [record] }, null, 2);
    document.getElementById("record").value = text;
    document.getElementById("save").href = `data:application/json;charset=utf-8,${encodeURIComponent(text)}`;
  }

  function rename(entry, number) {
    for (const one of entry.querySelectorAll("[id], [name], [for]")) {
      for (const attribute of ["id", "name", "for"]) {
        const name = one.getAttribute(attribute);
        if (name) one.setAttribute(attribute, `${name.replace(/~\d+$/, "")}~${number}`);
      }
    }
    entry.querySelector(".entry").textContent = number;
  }

  function addEntry(button) {
    const first = button.parentElement.querySelector(".instance");
    const entry = first.cloneNode(true);
    for (const field of entry.querySelectorAll("input, select, textarea")) {
      if (["radio", "checkbox"].includes(field.type)) field.checked = false;
      else field.value = "";
    }
    for (const message of entry.querySelectorAll(".problem")) message.hidden = true;
    rename(entry, own(button.parentElement, ".instance").length + 1);
    button.before(entry);
    recompute();
    entry.querySelector("input, select, textarea")?.focus();
  }

  function begin(part) {
    const start = rule(part).begin, field = own(part, "input, select, textarea")[0];
    if (!start || !field || written(part) !== null) return;
    const value = hieuluatRuntime.toText(run(start, contextOf(part)));
    const boxes = own(part, "input[type=radio], input[type=checkbox]");
    if (boxes.length) boxes.forEach((box) => { box.checked = value.split(" ").includes(box.value); });
    else field.value = value;
  }

  function speak(at) {
    for (const option of document.querySelectorAll("option[data-l0]")) option.textContent = option.dataset[`l${at}`] ?? option.dataset.l0;
  }

  document.documentElement.classList.add("playing");
  document.querySelectorAll(".instance").forEach((entry) => rename(entry, 1));
  recompute();
  parts().forEach(begin);
  recompute();
  document.addEventListener("change", changed);
  document.querySelectorAll("button.add").forEach((button) => button.addEventListener("click", () => addEntry(button)));
  document.getElementById("check").addEventListener("click", checkAll);
  document.querySelector(".record").addEventListener("toggle", tellRecord);
  document.querySelectorAll("input[name=language]").forEach((choice, at) => choice.addEventListener("change", () => speak(at)));
})();
