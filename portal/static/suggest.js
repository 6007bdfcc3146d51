// Suggestions for a search box: titles and concepts, as the browser's own list.
for (const box of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("datalist");
  list.id = "suggestions";
  box.after(list);
  box.setAttribute("list", list.id);
  let asked = 0;
  box.addEventListener("input", async () => {
    const words = box.value.trim(), mine = ++asked;
    if (words.length < 2) return;
    await new Promise((done) => setTimeout(done, 150));
    if (mine !== asked) return;
    const path = box.form.action.replace(/search$/, "api/v1/suggest");
    const answer = await fetch(`${path}?size=8&q=${encodeURIComponent(words)}`).catch(() => null);
    if (!answer || !answer.ok || mine !== asked) return;
    const { suggestions } = await answer.json();
    list.replaceChildren(...suggestions.map(({ text, count }) => new Option(count ? String(count) : "", text)));
  });
}
