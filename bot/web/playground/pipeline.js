// The counters beside the chat: what the pipeline has done so far, and the market's clock.

import { make } from "./text.js";

const $ = (id) => document.getElementById(id);

export function clock(when, zone, seconds) {
  const style = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone || undefined };
  if (seconds) style.second = "2-digit";
  return new Intl.DateTimeFormat("en-GB", style).format(when);
}

const STAGES = [
  ["frames", "batches from the feed"],
  ["quotes", "read, one by one"],
  ["refused", "kept out by the gate, with a reason"],
  ["rings", "conditions that became true"],
  ["claims", "rules that hear them"],
  ["sent", "new messages"],
  ["edited", "messages changed in place"],
  ["waiting", "due, not yet sent"],
];

export function tally(told, zone) {
  const values = {};
  for (const [name, value] of Object.entries(told)) values[name.toLowerCase().replace(/\W+/g, "_")] = value;
  const { market_time: time, speed, ...rest } = values;
  const stages = STAGES.filter(([name]) => name in rest);
  const others = Object.entries(rest).filter(([name]) => !STAGES.some(([known]) => known === name));
  const shown = marketTime(time, zone);
  $("market").textContent = shown || "–";
  $("speed").textContent = pace(speed);
  $("counters").replaceChildren(...stages.map(([name, about]) => counter(name, rest[name], about)));
  $("others").textContent = others.map(([name, value]) => `${name.replaceAll("_", " ")} ${figures(value)}`).join(" · ");
  const brief = [shown, ...["rings", "sent"].filter((name) => name in rest).map((name) => `${total(rest[name])} ${name}`)];
  $("brief").textContent = brief.filter(Boolean).join(" · ");
}

function counter(name, value, about) {
  const title = name[0].toUpperCase() + name.slice(1);
  const box = make("div", "", make("dt", "", title), make("dd", "", total(value)));
  box.dataset.counter = name;
  box.append(make("dd", "", kinds(value).length ? figures(value) : about));
  return box;
}

// A counter is a number, a text, or numbers by kind: {"stale": 2, "off grid": 1}.
const kinds = (value) => (value && typeof value === "object" ? Object.entries(value).filter(([, number]) => number) : []);

function figures(value) {
  const parts = kinds(value);
  return parts.length ? parts.map(([kind, number]) => `${whole(number)} ${kind}`).join(", ") : total(value);
}

function total(value) {
  if (!value || typeof value !== "object") return whole(value);
  return whole(value.claimed ?? Object.values(value).reduce((sum, one) => sum + Number(one), 0));
}

function whole(value) {
  return typeof value === "number" ? value.toLocaleString("en-US", { maximumFractionDigits: 1 }) : String(value ?? "–");
}

function marketTime(value, zone) {
  if (typeof value === "number") return clock(value * 1000, zone, true);
  const when = /^\d{4}-\d\d-\d\dT/.test(value || "") ? new Date(value) : null;
  return when && !Number.isNaN(when.valueOf()) ? clock(when, zone, true) : value || "";
}

function pace(speed) {
  if (typeof speed !== "number") return speed || "";
  return speed === 1 ? "live" : `${whole(speed)}× market speed`;
}
