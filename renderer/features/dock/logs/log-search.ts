/** Where a query stands in a line: start and end in UTF-16 units, in order, not overlapping. */
export type Range = readonly [start: number, end: number];

/** A line is searched up to here, so that one endless line cannot stop the window. */
const mostMatches = 200;

/** Finds a query as people type it: plain text, case ignored unless the query has an upper-case letter. */
export function createMatcher(query: string): ((text: string) => readonly Range[]) | null {
  if (query === '') return null;
  const exact = query !== query.toLowerCase();
  const needle = exact ? query : query.toLowerCase();
  return (text) => {
    const hay = exact ? text : text.toLowerCase();
    // Lower case can be longer than the original (İ); positions would be wrong then, so match exactly instead.
    const searched = hay.length === text.length ? hay : text;
    const ranges: Range[] = [];
    let from = searched.indexOf(needle);
    while (from !== -1 && ranges.length < mostMatches) {
      ranges.push([from, from + needle.length]);
      from = searched.indexOf(needle, from + needle.length);
    }
    return ranges;
  };
}

/** A text cut into marked and unmarked pieces, for highlighting. */
export function pieces(text: string, ranges: readonly Range[]): readonly { text: string; marked: boolean }[] {
  const result: { text: string; marked: boolean }[] = [];
  let from = 0;
  for (const [start, end] of ranges) {
    if (start > from) result.push({ text: text.slice(from, start), marked: false });
    result.push({ text: text.slice(start, end), marked: true });
    from = end;
  }
  if (from < text.length) result.push({ text: text.slice(from), marked: false });
  return result;
}
