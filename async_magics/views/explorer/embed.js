// Opens the charts that stand in a page: each has a picture, its data, and an empty place. Runs after the page program.
// The data are gzip in base64, which browsers unpack by themselves; where one cannot, the picture stays and a line says so.

(() => {
  const { explore } = globalThis.asyncMagics;

  async function unpacked(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  function say(box, text) {
    const line = document.createElement("p");
    line.className = "am-said";
    line.textContent = text;
    box.prepend(line);
  }

  // While the picture turns into the chart the box keeps its height: what stands below it would come into sight for a moment, and the
  // browser would then hold that in its place, not what is being read.
  async function open(box) {
    const place = box.querySelector(":scope > .am-live");
    try {
      const content = await unpacked(box.querySelector(":scope > .am-data").textContent);
      box.style.minHeight = box.offsetHeight + "px";
      requestAnimationFrame(() => requestAnimationFrame(() => { box.style.minHeight = ""; }));
      box.classList.add("am-opened");
      explore(place, content, { alive: false });
    } catch (error) {
      box.classList.remove("am-opened");
      say(box, box.dataset.failed + " (" + (error && error.message || error) + ")");
    }
    box.dispatchEvent(new Event("am-done"));
  }

  // A chart is opened a screen before it is reached: a page of thirty opens as fast as a page of one.
  function openWhenReached(box) {
    if (typeof DecompressionStream === "undefined" || typeof IntersectionObserver === "undefined") {
      say(box, box.dataset.old);
      return;
    }
    const watch = new IntersectionObserver((seen) => {
      if (seen.some((entry) => entry.isIntersecting)) {
        watch.disconnect();
        open(box);
      }
    }, { rootMargin: "100% 0px" });
    watch.observe(box);
  }

  // Front ends put a script of an output into the page later, or more than once: each opens what was not taken before.
  for (const box of document.querySelectorAll(".am-embed:not(.am-taken)")) {
    box.classList.add("am-taken");
    openWhenReached(box);
  }
})();
