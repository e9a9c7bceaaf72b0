// The playground's page: draws the chat, follows the event stream, sends what the user types and presses.

import { clock, tally } from "./pipeline.js";
import { fill, linked, make } from "./text.js";

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const chatId = Number(query.get("chat") || 1);
const list = $("chat");
const input = $("text");
const MOST = 1000; // messages kept on the page; older ones stay in the ledger
const messages = new Map(); // id -> <li>
let newest = 0;
const answered = new Set(); // callback queries that were answered before we knew their id
let zone;
let commands = [];
let unseen = 0;

// ---- small tools

async function tell(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ chat: chatId, ...body }),
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error || `refused (${answer.status})`);
  return told;
}

let toastTimer;
function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, 4000);
}

// ---- messages

function drawn(message) {
  const text = make("div", "text");
  fill(text, message.text, message.entities.map((entity) => ({ ...entity })), 0, message.text.length);
  const meta = make("div", "meta");
  if (message.edited) meta.append(make("span", "", "edited"));
  if (message.from !== "user") {
    const bell = make("span", "bell");
    bell.setAttribute("role", "img");
    bell.setAttribute("aria-label", message.silent ? "silent" : "rings");
    meta.append(bell);
  }
  const time = make("time", "", clock(message.date * 1000, zone));
  time.dateTime = new Date(message.date * 1000).toISOString();
  meta.append(time);
  text.style.setProperty("--room", message.from === "user" ? "2.7rem" : message.edited ? "6rem" : "3.9rem");
  return [make("div", "bubble", text, meta), ...message.rows.map((row) => keyboard(message.id, row))];
}

function keyboard(id, row) {
  const line = make("div", "row");
  for (const button of row) {
    if (button.url) {
      const anchor = linked(button.url);
      anchor.textContent = button.text;
      line.append(anchor);
    } else {
      const element = make("button", "", button.text);
      element.type = "button";
      element.addEventListener("click", () => press(element, id, button.callback_data));
      line.append(element);
    }
  }
  return line;
}

function show(message, live) {
  const known = messages.get(message.id);
  if (!known && message.id < newest) return; // an edit of a message older than the page
  newest = Math.max(newest, message.id);
  const item = known || make("li");
  const focused = known && known.contains(document.activeElement);
  const kind = message.from === "user" ? "user" : "bot";
  item.className = `message ${kind}${message.silent ? " hushed" : ""}${message.alerts ? " alerting" : ""}`;
  item.dataset.id = message.id;
  item.replaceChildren(...drawn(message));
  if (focused) list.focus();
  if (live) {
    void item.offsetWidth; // restarts the animation of a message that changes twice
    item.classList.add(known ? "changed" : "arrived");
  }
  if (known) return;
  messages.set(message.id, item);
  list.append(item);
  if (messages.size > MOST) heard.gone({ id: messages.keys().next().value });
}

function empty() {
  $("empty").hidden = messages.size > 0;
}

function atEnd() {
  return list.scrollHeight - list.scrollTop - list.clientHeight < 80;
}

function toEnd() {
  list.scrollTop = list.scrollHeight;
  unseen = 0;
  count();
}

function count() {
  $("newer").hidden = unseen === 0;
  $("newer").textContent = `${unseen} new ↓`;
  const base = `${$("bot").textContent} playground`;
  document.title = unseen ? `(${unseen}) ${base}` : base;
}

// ---- what the server tells

const heard = {
  hello(told) {
    zone = told.zone;
    $("bot").textContent = told.bot;
    $("label").textContent = told.label;
    $("label").hidden = !told.label;
    messages.clear();
    newest = 0;
    list.replaceChildren();
    for (const message of told.messages) show(message, false);
    heard.commands(told.commands);
    empty();
    toEnd();
  },
  message(message) {
    const follow = atEnd();
    const isNew = message.id > newest;
    show(message, true);
    empty();
    if (follow && !document.hidden) toEnd();
    else if (isNew && message.from !== "user") { unseen += 1; count(); if (follow) list.scrollTop = list.scrollHeight; }
    if (isNew && message.from === "user") toEnd();
  },
  gone({ id }) {
    messages.get(id)?.remove();
    messages.delete(id);
    empty();
  },
  toast({ callback, text, alert }) {
    answered.add(callback);
    release(callback);
    if (!text) return;
    if (!alert) return toast(text);
    $("alert").querySelector("p").textContent = text;
    $("alert").showModal();
  },
  commands(told) {
    commands = told;
    $("try").hidden = !told.length;
    $("chips").replaceChildren(...told.map(([name, about]) => {
      const chip = make("button", "", `/${name}`);
      chip.type = "button";
      chip.title = about;
      chip.addEventListener("click", () => propose(name));
      return chip;
    }));
  },
  counters: (told) => tally(told, zone),
};

function listen() {
  const language = encodeURIComponent(navigator.language || "");
  const source = new EventSource(`/stream?chat=${chatId}&language=${language}`);
  source.addEventListener("open", () => state("live", "bot · online"));
  source.addEventListener("error", () => {
    state("lost", "reconnecting…");
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
  });
  for (const [name, hear] of Object.entries(heard)) {
    source.addEventListener(name, (event) => hear(JSON.parse(event.data)));
  }
}

function state(name, words) {
  $("status").dataset.state = name;
  $("status").textContent = words;
}

// ---- what the user does

async function say(text) {
  try {
    await tell("/say", { text });
    return true;
  } catch (error) {
    toast(error instanceof TypeError ? "Not sent: the program does not answer." : `Not sent: ${error.message}`);
    return false;
  }
}

async function press(button, message, data) {
  button.setAttribute("aria-busy", "true");
  setTimeout(() => button.removeAttribute("aria-busy"), 15000);
  try {
    const { callback } = await tell("/press", { message, data });
    button.dataset.callback = callback;
    if (answered.has(callback)) release(callback);
  } catch (error) {
    button.removeAttribute("aria-busy");
    toast(error instanceof TypeError ? "The program does not answer." : error.message);
  }
}

function release(callback) {
  for (const button of list.querySelectorAll("[data-callback]")) {
    if (button.dataset.callback === callback) button.removeAttribute("aria-busy");
  }
}

$("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (!text) return;
  closeMenu();
  input.value = "";
  grow();
  if (!(await say(text)) && !input.value) { input.value = text; grow(); }
});

function grow() {
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight}px`;
}

// ---- the command menu: a listbox the text field controls

const menu = $("menu");

function matching() {
  const typed = input.value.trim();
  if (!typed.startsWith("/")) return commands;
  return commands.filter(([name]) => name.startsWith(typed.slice(1).toLowerCase()));
}

function openMenu() {
  const found = matching();
  if (!found.length) return closeMenu();
  menu.replaceChildren(...found.map(([name, about], place) => {
    const item = make("li", "", make("b", "", `/${name}`), make("span", "", about));
    item.id = `command-${place}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(place === 0));
    item.addEventListener("pointerdown", (event) => event.preventDefault());
    item.addEventListener("click", () => propose(name));
    return item;
  }));
  menu.hidden = false;
  for (const element of [input, $("slash")]) element.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-activedescendant", "command-0");
}

function closeMenu() {
  menu.hidden = true;
  for (const element of [input, $("slash")]) element.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function move(step) {
  const items = [...menu.children];
  const now = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  const next = items[(now + step + items.length) % items.length];
  for (const item of items) item.setAttribute("aria-selected", String(item === next));
  input.setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}

function propose(name) {
  closeMenu();
  input.value = `/${name} `;
  input.focus();
  grow();
}

$("slash").addEventListener("click", () => {
  if (!menu.hidden) return closeMenu();
  input.focus();
  openMenu();
});

input.addEventListener("input", () => {
  grow();
  if (/^\/\w*$/.test(input.value)) openMenu();
  else closeMenu();
});

const KEYS = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  Escape: closeMenu,
  Tab: () => choose(),
};

function choose() {
  menu.querySelector('[aria-selected="true"]')?.click();
}

input.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (!menu.hidden && KEYS[event.key]) {
    event.preventDefault();
    KEYS[event.key]();
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    const whole = commands.some(([name]) => input.value.trim() === `/${name}`);
    if (!menu.hidden && !whole) choose();
    else $("composer").requestSubmit();
  }
});

document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|TEXTAREA)$/.test(document.activeElement?.tagName || "");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    input.focus();
    input.value = "/";
    openMenu();
  }
});
document.addEventListener("pointerdown", (event) => {
  if (!$("composer").contains(event.target)) closeMenu();
});

// ---- scrolling and attention

list.addEventListener("command", (event) => say(event.detail));
let sticking = true; // at the end, and to be kept there when the room for the chat changes
new ResizeObserver(() => { if (sticking) list.scrollTop = list.scrollHeight; }).observe(list);
list.addEventListener("scroll", () => {
  sticking = atEnd();
  if (unseen && atEnd() && !document.hidden) { unseen = 0; count(); }
});
$("newer").addEventListener("click", toEnd);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && atEnd()) toEnd();
});

const narrow = matchMedia("(max-width: 54rem)");
const fold = () => { $("pipeline").open = !narrow.matches; };
narrow.addEventListener("change", fold);
fold();
listen();
