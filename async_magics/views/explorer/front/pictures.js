// What is shown, as a file of its own.

function saveBlob(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function saveText(name, text) { saveBlob(name, new Blob([text], { type: "text/plain" })); }

function saving(view) {
  const found = menu(view, view.words("export"));
  const fileName = (view.data.name.replace(/[^\p{L}\p{N}_-]+/gu, "_").replace(/^_+|_+$/g, "") || "trace").slice(0, 60);
  found.body.append(button("PNG", () => view.canvas.toBlob((blob) => saveBlob(fileName + ".png", blob))));
  if (view.host.save) {
    for (const suffix of [".json", ".html"]) found.body.append(button(suffix.slice(1).toUpperCase(), () => saveThere(view, suffix)));
  }
  return found.box;
}

// The kernel writes the file, and says what it is called.
async function saveThere(view, suffix) {
  let told = "";
  try {
    told = fill(view, "saved", [await view.host.save(suffix)]);
  } catch (error) {
    told = String(error && error.message ? error.message : error);
  }
  view.hint(told);
  announce(view, told);
}
