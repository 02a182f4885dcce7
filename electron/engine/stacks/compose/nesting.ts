/**
 * Where text is nested too deeply to be handed to a YAML parser, which works by recursion and would take the whole
 * process down. Counts brackets, indentation and the `- ` of nested lists, without reading YAML in earnest: text in
 * block scalars counts too, so that the limits are far above what any real file has. Undefined: nowhere.
 */
export function findTooDeep(text: string, limit = 300): number | undefined {
  const indents: number[] = [];
  let brackets = 0;
  let at = 0;
  while (at < text.length) {
    let end = text.indexOf('\n', at);
    if (end === -1) end = text.length;
    let start = at;
    while (start < end && text[start] === ' ') start += 1;
    if (start < end && text[start] !== '\r') {
      const indent = start - at;
      while (indents.length > 0 && indents.at(-1)! >= indent) indents.pop();
      indents.push(indent);
      let inline = 0;
      let i = start;
      // Nested lists and complex keys on one line: “- - ? - x”.
      while (i < end && /[-?:]/.test(text[i]!) && /\s/.test(text[i + 1] ?? '\n')) {
        inline += 1;
        i += 1;
        while (i < end && (text[i] === ' ' || text[i] === '\t')) i += 1;
        if (indents.length + inline > limit) return i;
      }
      brackets = bracketsAfter(text, i, end, brackets, limit - indents.length - inline);
      if (brackets === -1) return deepestBracket(text, i, end);
    }
    at = end + 1;
  }
  return undefined;
}

/** Open brackets at the end of a line; -1 when there are more than `limit` on the way. */
function bracketsAfter(text: string, from: number, end: number, open: number, limit: number): number {
  let depth = open;
  for (let i = from; i < end; i++) {
    const char = text.charCodeAt(i);
    if (char === 0x5b || char === 0x7b) {
      depth += 1;
      if (depth > limit) return -1;
    } else if ((char === 0x5d || char === 0x7d) && depth > 0) depth -= 1;
  }
  return depth;
}

function deepestBracket(text: string, from: number, end: number): number {
  for (let i = end - 1; i > from; i--) if (text[i] === '[' || text[i] === '{') return i;
  return from;
}
