// What is wrong with the page that is open, one line a fault. A thing that can be scrolled by itself is not cut, but at
// the desk no input cell should need that.
([wide]) => {
  const found = [], root = document.documentElement, article = document.querySelector("article.bd-article");
  const short = node => node.textContent.trim().replace(/\s+/g, " ").slice(0, 60);
  const say = (what, node) => found.push(what + ": " + (short(node) || node.outerHTML.slice(0, 80)));
  const scrolls = node => ["auto", "scroll"].includes(getComputedStyle(node).overflowX);
  const inside = node => {
    for (let up = node.parentElement; up && up !== article; up = up.parentElement) if (scrolls(up)) return true;
    return false;
  };
  if (root.scrollWidth > innerWidth) found.push(`the page is ${root.scrollWidth} px wide`);
  if (!article) return [...found, "no article"];
  const edge = article.getBoundingClientRect().right + 1;
  for (const node of article.querySelectorAll("*")) {
    const box = node.getBoundingClientRect(), style = getComputedStyle(node);
    if (!box.width || style.position === "absolute" || node.closest("mjx-assistive-mml, .visually-hidden")) continue;
    if (box.right > edge && !inside(node)) say(`${node.tagName.toLowerCase()} leaves the page by ` +
      `${Math.round(box.right - edge)} px`, node);
    const hidden = ["hidden", "clip"].includes(style.overflowX) && !node.closest("mjx-container");
    const more = node.clientWidth ? node.scrollWidth - node.clientWidth : 0;
    if (hidden && more > 1) say(`${node.tagName.toLowerCase()} is cut by ${more} px`, node);
  }
  for (const node of article.querySelectorAll(".cell_input pre, .highlight-python pre"))
    if (wide && node.scrollWidth > node.clientWidth + 1) say(`code needs ${node.scrollWidth - node.clientWidth} px ` +
      "more", node);
  for (const node of article.querySelectorAll("div.math"))
    if (wide && node.scrollWidth > node.clientWidth + 1) say("an equation is too wide", node);
  for (const node of article.querySelectorAll("table.dataframe td"))
    if (parseFloat(getComputedStyle(node).paddingLeft) < 4) { say("a table without room", node); break; }
  for (const node of article.querySelectorAll("img")) {
    const box = node.getBoundingClientRect();
    if (!node.naturalWidth) say("a picture does not load", node);
    else if (node.closest(".cell_output") && box.width < 0.6 * node.naturalWidth)
      say(`a picture of ${node.naturalWidth} px is shown at ${Math.round(box.width)} px`, node);
  }
  const boxes = [...document.querySelectorAll(".search-button__button, input[type=search]")];
  const seen = boxes.filter(node => node.offsetParent && node.getBoundingClientRect().left >= 0);
  if (seen.length > 1) found.push(`${seen.length} search boxes`);
  return found;
}
