// What scrolls by itself can be reached by keyboard.
const scrolls = "article pre, article .table-wrapper";
function makeReachable() {
  for (const one of document.querySelectorAll(scrolls)) {
    if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
    else one.removeAttribute("tabindex");
  }
}
addEventListener("load", makeReachable);
addEventListener("resize", makeReachable);
