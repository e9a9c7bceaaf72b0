// Text with entities, as nodes. Offsets are UTF-16 units, as JavaScript counts; foreign text only ever becomes
// text nodes. A tap on a command in a text is told as a "command" event with the command in `detail`.

export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", blockquote: "blockquote", expandable_blockquote: "blockquote" };

function wrapping(entity, text) {
  switch (entity.type) {
    case "text_link":
    case "url":
      return linked(entity.url || text);
    case "bot_command": {
      const button = make("button", "command");
      button.type = "button";
      button.addEventListener("click", () => {
        button.dispatchEvent(new CustomEvent("command", { bubbles: true, detail: text }));
      });
      return button;
    }
    case "spoiler": {
      const hidden = make("span", "spoiler");
      hidden.addEventListener("click", () => hidden.classList.add("open"));
      return hidden;
    }
    case "pre":
      return make("pre");
    default:
      return make(TAGS[entity.type] || "span");
  }
}

export function linked(address) {
  const anchor = make("a");
  if (/^(https?|tg):\/\//i.test(address)) anchor.href = address;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
  return anchor;
}

export function fill(parent, text, entities, from, to) {
  let at = from;
  while (entities.length && entities[0].offset < to) {
    const entity = entities.shift();
    const start = Math.max(entity.offset, at);
    const stop = entity.offset + entity.length;
    const end = Math.min(stop, to);
    if (start >= end) continue;
    parent.append(text.slice(at, start));
    const element = wrapping(entity, text.slice(start, end));
    fill(element, text, entities, start, end);
    parent.append(element);
    at = end;
    if (stop > to) entities.unshift({ ...entity, offset: to, length: stop - to });
  }
  parent.append(text.slice(at, to));
}
