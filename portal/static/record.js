// Save, share and print on the page of a record. What is saved stays in this browser.
const read = () => { try { return JSON.parse(localStorage.saved || "{}"); } catch { return {}; } };
const kept = read(), list = document.querySelector("[data-saved-list]");
const show = () => list && list.replaceChildren(...Object.entries(kept).map(([path, title]) => {
  const link = Object.assign(document.createElement("a"), { href: path, textContent: title });
  const item = document.createElement("li");
  item.append(link);
  return item;
}));
show();
const save = document.querySelector("[data-save]");
const words = save && save.querySelector("span"), before = words && words.textContent;
const mark = () => { words.textContent = kept[location.pathname] ? save.dataset.saved : before; };
if (save) {
  mark();
  save.addEventListener("click", (event) => {
    event.preventDefault();
    if (kept[location.pathname]) delete kept[location.pathname];
    else kept[location.pathname] = document.querySelector("h1").textContent.trim();
    localStorage.saved = JSON.stringify(kept);
    mark();
    show();
  });
}
const share = document.querySelector("[data-share]");
if (share && navigator.share) share.addEventListener("click", (event) => {
  event.preventDefault();
  navigator.share({ title: document.title, url: share.dataset.share }).catch(() => {});
});
const print = document.querySelector("[data-print]");
if (print) print.addEventListener("click", (event) => { event.preventDefault(); window.print(); });
