"use strict";
// The page is whole without this: it adds sorting, filters, and a chart that can be moved and zoomed.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);

  // The table: sorting by a head, filters, and what is lit in the chart and the time line with it.
  const table = one("#alerts");
  if (table) {
    const rows = all("tbody tr", table);
    all("th", table).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        all("th", table).forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const value = (row) => row.cells[column].dataset.v;
        const numbers = rows.every((row) => value(row) === "" || !Number.isNaN(Number(value(row))));
        const order = (a, b) => {
          const [x, y] = [value(a), value(b)];
          if (x === "" || y === "") return (x === "") - (y === "");
          return (numbers ? x - y : x.localeCompare(y, "en", { numeric: true })) * (down ? -1 : 1);
        };
        rows.sort((a, b) => order(a, b) || a.dataset.n - b.dataset.n).forEach((row) => row.parentNode.append(row));
      });
    });
    const [severity, detector, find, shown] = ["#severity", "#detector", "#find", "#shown"].map(one);
    const drawn = all("svg [data-n]");
    const filter = () => {
      const words = find.value.toLowerCase().trim();
      const kept = new Set();
      for (const row of rows) {
        const fits = row.dataset.rank >= Number(severity.value) && (!detector.value || row.dataset.detector === detector.value) && row.dataset.words.includes(words);
        row.hidden = !fits;
        if (fits) kept.add(row.dataset.n);
      }
      drawn.forEach((mark) => mark.toggleAttribute("hidden", !kept.has(mark.dataset.n)));
      shown.textContent = kept.size === rows.length ? `${rows.length} alerts` : `${kept.size} of ${rows.length} alerts`;
    };
    [severity, detector, find].forEach((field) => field.addEventListener("input", filter));
    one(".filters").hidden = false;
    filter();
    const light = (number, on) => all(`[data-n="${number}"]`).forEach((part) => part.classList.toggle("lit", on));
    for (const part of [...rows, ...drawn])
      for (const [event, on] of [["pointerenter", true], ["pointerleave", false], ["focusin", true], ["focusout", false]])
        part.addEventListener(event, () => light(part.dataset.n, on));
    window.addEventListener("hashchange", () => {
      const row = /^#alert-\d+$/.test(location.hash) && one(location.hash);
      if (row && row.hidden) { severity.value = "0"; detector.value = find.value = ""; filter(); row.scrollIntoView(); }
      if (row) row.focus({ preventScroll: true });
    });
    // What is folded away is printed too.
    window.addEventListener("beforeprint", () => all("details").forEach((part) => { part.dataset.was = part.open; part.open = true; }));
    window.addEventListener("afterprint", () => all("details").forEach((part) => { part.open = part.dataset.was === "true"; }));
  }

  // The chart: its view is a window on what was drawn, half a chart wider on every side.
  const chart = one("#chart");
  if (!chart) return;
  const WIDE = 1000, HIGH = 620, MOST = 40;
  const world = { left: Number(chart.dataset.left), top: Number(chart.dataset.top), scale: Number(chart.dataset.scale) };
  const latitude = (y) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
  const mercator = (lat) => 0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI);
  let size, view;
  const measure = () => { const box = chart.getBoundingClientRect(); size = { width: box.width, height: box.height }; };
  const limits = () => {
    view.width = Math.min(Math.max(view.width, WIDE / MOST), 2 * WIDE, (2 * HIGH * size.width) / size.height);
    view.height = (view.width * size.height) / size.width;
    view.x = Math.min(Math.max(view.x, -WIDE / 2), 1.5 * WIDE - view.width);
    view.y = Math.min(Math.max(view.y, -HIGH / 2), 1.5 * HIGH - view.height);
  };
  const make = (name, attributes, text) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text) made.textContent = text;
    return made;
  };
  const STEPS = [45, 30, 15, 10, 5, 2, 1, 1 / 2, 1 / 6, 1 / 12, 1 / 30, 1 / 60, 1 / 120, 1 / 600];
  const spoken = (value, step, sides) => {
    const tenths = Math.round(Math.abs(value) * 600), side = tenths ? sides[value < 0 ? 1 : 0] : "";
    if (step >= 1) return `${Math.round(tenths / 600)}°${side}`;
    return `${Math.floor(tenths / 600)}°${((tenths % 600) / 10).toFixed(step < 1 / 60 ? 1 : 0).padStart(2, "0")}′${side}`;
  };
  const grid = (k) => {
    const parts = [];
    const put = (x, y, text) => { const g = make("g", { transform: `translate(${x} ${y})` }); g.append(make("text", { class: "fixed" }, text)); parts.push(g); };
    const step = STEPS.filter((deg) => ((deg / 360) * world.scale) / k >= 100).pop() || 45;
    const lon = (x) => (world.left + x / world.scale) * 360 - 180;
    for (let n = Math.ceil(lon(view.x) / step); n * step <= lon(view.x + view.width); n++) {
      const x = ((n * step + 180) / 360 - world.left) * world.scale;
      parts.push(make("path", { d: `M${x} ${view.y}v${view.height}` }));
      put(x + 4 * k, view.y + 14 * k, spoken(((((n * step + 180) % 360) + 360) % 360) - 180, step, "EW"));
    }
    const south = latitude(world.top + (view.y + view.height) / world.scale), north = latitude(world.top + view.y / world.scale);
    for (let n = Math.ceil(south / step); n * step <= north; n++) {
      const y = (mercator(n * step) - world.top) * world.scale;
      parts.push(make("path", { d: `M${view.x} ${y}h${view.width}` }));
      if (y - view.y > 34 * k && view.y + view.height - y > 130 * k) put(view.x + 6 * k, y - 4 * k, spoken(n * step, step, "NS"));
    }
    one("#chart .grid").replaceChildren(...parts);
    const unit_nm = (21600 * Math.cos((latitude(world.top + (view.y + view.height / 2) / world.scale) * Math.PI) / 180)) / world.scale;
    const miles = [2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1].find((n) => n / unit_nm <= Math.min(180 * k, view.width / 3)) || 0.05;
    const right = view.x + view.width - 16 * k, y = view.y + view.height - 14 * k, left = right - miles / unit_nm;
    const label = make("g", { transform: `translate(${(left + right) / 2} ${y - 5 * k})` });
    label.append(make("text", { class: "fixed", "text-anchor": "middle" }, `${miles} nm`));
    one("#chart .scale").replaceChildren(make("path", { d: `M${left} ${y - 6 * k}V${y}H${right}V${y - 6 * k}` }), label);
  };
  const names = all(".name", chart);
  const SIDES = [[16, 4, "start"], [-16, 4, "end"], [0, -18, "middle"], [0, 26, "middle"]];
  const uncrowd = () => {
    // Each name on the first side where it lies over nothing and within the chart; hidden where there is none.
    const edge = chart.getBoundingClientRect();
    const taken = [...all(".mark:not([hidden]) use", chart), ...all(".zoom, .inset")].map((part) => part.getBoundingClientRect());
    const free = (box) => !taken.some((b) => box.left < b.right && box.right > b.left && box.top < b.bottom && box.bottom > b.top);
    for (const name of names) {
      name.classList.remove("crowded");
      const fits = SIDES.some(([x, y, anchor]) => {
        for (const [key, value] of Object.entries({ x, y, "text-anchor": anchor })) name.setAttribute(key, value);
        const box = name.getBoundingClientRect();
        const inside = box.left >= edge.left && box.right <= edge.right && box.top >= edge.top && box.bottom <= edge.bottom;
        return inside && free(box) && taken.push(box);
      });
      name.classList.toggle("crowded", !fits);
    }
  };
  let waiting = 0;
  const draw = () => {
    if (waiting) return;
    waiting = requestAnimationFrame(() => {
      waiting = 0;
      limits();
      const k = view.width / size.width;
      chart.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
      chart.style.setProperty("--k", k);
      grid(k);
      uncrowd();
    });
  };
  const whole = () => {
    // All of the picture as it is printed: on a tall screen there is more of it above and below.
    const width = Math.max(WIDE, (HIGH * size.width) / size.height);
    view = { x: (WIDE - width) / 2, y: (HIGH - (width * size.height) / size.width) / 2, width, height: (width * size.height) / size.width };
    draw();
  };
  const zoom = (factor, x = 0.5, y = 0.5) => {
    const before = { ...view };
    view.width *= factor;
    limits();
    view.x = before.x + (before.width - view.width) * x;
    view.y = before.y + (before.height - view.height) * y;
    draw();
  };
  const move = (right, down) => { view.x += right * view.width; view.y += down * view.height; draw(); };
  const at = (event) => { const box = chart.getBoundingClientRect(); return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]; };
  all("[data-zoom]").forEach((button) => button.addEventListener("click", () => {
    if (button.dataset.zoom === "all") whole(); else zoom(button.dataset.zoom === "in" ? 0.6 : 1 / 0.6);
  }));
  one(".zoom").hidden = false;
  chart.addEventListener("wheel", (event) => {
    // The page scrolls over a chart that nobody has taken hold of.
    if (!event.ctrlKey && document.activeElement !== chart) return;
    event.preventDefault();
    zoom(Math.exp(Math.sign(event.deltaY) * 0.2), ...at(event));
  }, { passive: false });
  chart.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };
    if (event.target !== chart || event.ctrlKey || event.metaKey || event.altKey) return;
    if (steps[event.key]) move(...steps[event.key]);
    else if (event.key === "+" || event.key === "=") zoom(0.6);
    else if (event.key === "-") zoom(1 / 0.6);
    else if (event.key === "0") whole();
    else return;
    event.preventDefault();
  });
  const held = new Map();
  let moved = 0;
  chart.addEventListener("pointerdown", (event) => { held.set(event.pointerId, at(event)); moved = 0; });
  chart.addEventListener("pointermove", (event) => {
    const from = held.get(event.pointerId);
    if (!from || (event.pointerType === "touch" && held.size < 2)) return;
    const to = at(event);
    moved += Math.hypot(to[0] - from[0], to[1] - from[1]);
    if (held.size === 2) {
      const other = [...held].find(([id]) => id !== event.pointerId)[1];
      const apart = (place) => Math.max(Math.hypot((place[0] - other[0]) * size.width, (place[1] - other[1]) * size.height), 20);
      zoom(apart(from) / apart(to), (to[0] + other[0]) / 2, (to[1] + other[1]) / 2);
    } else if (moved > 0.005) {
      if (!chart.hasPointerCapture(event.pointerId)) chart.setPointerCapture(event.pointerId);
      move(from[0] - to[0], from[1] - to[1]);
    }
    held.set(event.pointerId, to);
  });
  for (const end of ["pointerup", "pointercancel"]) chart.addEventListener(end, (event) => held.delete(event.pointerId));
  chart.addEventListener("click", (event) => { if (moved > 0.005) event.preventDefault(); }, true);
  chart.addEventListener("dragstart", (event) => event.preventDefault());
  const resize = () => { const first = !size; measure(); if (size.width) first ? whole() : draw(); };
  new ResizeObserver(resize).observe(chart);
  for (const field of all(".filters select, .filters input")) field.addEventListener("input", () => size && draw());
})();
