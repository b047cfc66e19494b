// Beside the code: who has the loop, who is ready, timers, tasks, pools, what was printed. Filled anew after every step.

const replayLists = (function () {
  const { make, SIGNS } = standing, MOST = 40;

  function lists(view, replay, chip, called) {
    const box = make("div", "am-r-lists"), w = replay.words;
    const section = (name, title) => {
      const found = make("section", `am-r-${name}`), body = make("div", "am-r-body"), heading = make("h4", "", title);
      found.append(heading, body);
      box.appendChild(found);
      return { found, heading, body };
    };
    const loop = section("loop", w.ready), timers = section("timers", w.timers), tasks = section("states", w.tasks);
    const pools = make("div", "am-r-pools"), printed = section("printed", w.printed);
    box.insertBefore(pools, printed.found);
    printed.body.setAttribute("role", "log");
    printed.body.setAttribute("aria-live", "off");
    const looped = replay.tasks.track.some((track, task) => track >= 0 && task > 0);
    loop.found.hidden = timers.found.hidden = !looped;

    function show(now, hidden) {
      loop.heading.textContent = hidden ? w.hidden : w.ready;
      loop.body.replaceChildren(...loopsOf(now, hidden));
      timers.body.replaceChildren(...some(now.timers, ([due, task]) => entry(chip(task), fill(w.in, { time: view.say.duration(Math.max(0, due - now.t)) }))));
      tasks.body.replaceChildren(...some(shown(now), (state) => entry(chip(state.task, SIGNS[state.phase]), doing(state), make("span", "am-r-called", called(state.task)[1] || ""))));
      pools.replaceChildren(...now.pools.map((pool) => poolOf(pool)));
      printed.body.replaceChildren(...some(now.printed.slice(-MOST), ([, task, text]) => line(task, text)));
      printed.body.scrollTop = printed.body.scrollHeight;
    }

    function loopsOf(now, hidden) {
      const tracks = new Set([...now.ready.keys(), ...now.running.keys()]), made = [];
      tracks.forEach((track) => {
        const queue = (now.ready.get(track) || []).slice();
        if (hidden) queue.sort((a, b) => a - b);
        made.push(make("div", "am-r-has", now.running.has(track) ? fill(w.runs, { who: replay.tasks.name[now.running.get(track)] }) : w.free));
        const row = make("div", "am-r-queue");
        row.append(...(queue.length ? queue.slice(0, MOST).map((task, at) => chip(task, hidden ? "" : String(at + 1))) : [make("span", "am-r-none", w.nobody)]));
        made.push(row);
      });
      return made.length ? made : [make("div", "am-r-has", w.free)];
    }

    // Workers and calls stand with their pool.
    function shown(now) {
      return Array.from(now.states.values()).filter((state) => replay.tasks.pool[state.task] < 0).sort((a, b) => a.task - b.task);
    }

    function doing(state) {
      if (state.phase === PHASE.waiting && state.wait >= 0) return `${replay.phases[state.phase]}: ${replay.texts[state.wait]}`;
      return replay.phases[state.phase];
    }

    function poolOf(pool) {
      const found = make("section", "am-r-pool");
      found.append(make("h4", "", fill(w.pool, { who: replay.tasks.name[pool.pool] })));
      const row = (title, chips) => {
        const made = make("div", "am-r-row");
        made.append(make("span", "am-r-title", `${title}: `), ...(chips.length ? chips : [make("span", "am-r-none", w.nothing)]));
        found.appendChild(made);
      };
      row(w.queue, cut(pool.queue, (task) => chip(task)));
      pool.workers.slice(0, MOST).forEach((worker) => {
        const job = pool.runs.get(worker);
        found.appendChild(entry(make("span", "am-r-worker", replay.tasks.name[worker]), job === undefined ? w.idle : chip(job, SIGNS[0])));
      });
      row(w.results, cut(pool.done, (task) => {
        const made = chip(task);
        if (!pool.back.has(task)) made.append(` (${w["on its way"]})`);
        return made;
      }));
      return found;
    }

    function cut(all, one) {
      const made = all.slice(0, MOST).map(one);
      if (all.length > MOST) made.push(make("span", "am-r-none", fill(w.more, { n: all.length - MOST })));
      return made;
    }

    function some(all, one) { return all.length ? cut(all, one) : [make("span", "am-r-none", w.nothing)]; }

    function line(task, text) {
      const made = make("div", "am-r-print");
      if (task >= 0) made.appendChild(chip(task));
      made.append(make("span", "am-r-said", text));
      return made;
    }

    function entry(...parts) {
      const made = make("div", "am-r-entry");
      made.append(...parts.map((part) => (typeof part === "string" ? make("span", "am-r-doing", part) : part)));
      return made;
    }

    return { box, show };
  }

  function fill(text, values) { return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name])); }

  return { lists, fill };
})();
