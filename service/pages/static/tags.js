// A field of several tags: the browser suggests a whole value, so each suggestion begins with the tags already typed.

export function suggestTags() {
  for (const field of document.querySelectorAll("input[data-tags][list]")) {
    const options = [...field.list.options];
    const names = options.map((option) => option.value);
    const offer = () => {
      const typed = field.value.split(",").slice(0, -1).map((name) => name.trim()).filter(Boolean);
      const start = typed.map((name) => `${name}, `).join("");
      const taken = new Set(typed.map((name) => name.toLowerCase()));
      options.forEach((option, at) => {
        option.value = taken.has(names[at].toLowerCase()) ? "" : start + names[at];
      });
    };
    field.addEventListener("input", offer);
    offer();
  }
}
