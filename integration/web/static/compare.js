/* Lays two pictures over each other; a range input, which the keyboard moves too, says where they meet. */
"use strict";
for (const place of document.querySelectorAll("[data-compare]")) {
  const pair = place.querySelector(".pair");
  const [left, right] = pair.querySelectorAll("img");
  const slide = place.querySelector(".slide");
  const range = slide.querySelector("input");
  const meet = (share) => pair.style.setProperty("--meet", `${share}%`);
  const follow = (event) => {
    if (event.buttons !== 1) return;
    const box = pair.getBoundingClientRect();
    range.value = Math.round(Math.min(100, Math.max(0, (100 * (event.clientX - box.left)) / box.width)));
    meet(range.value);
  };
  pair.classList.add("laid");
  slide.hidden = false;
  meet(range.value);
  range.addEventListener("input", () => meet(range.value));
  pair.addEventListener("pointerdown", follow);
  pair.addEventListener("pointermove", follow);
  for (const select of place.querySelectorAll("select")) {
    select.addEventListener("change", () => {
      const picture = select.dataset.side === "left" ? left : right;
      picture.src = select.value;
      picture.alt = select.selectedOptions[0].textContent;
    });
  }
}
