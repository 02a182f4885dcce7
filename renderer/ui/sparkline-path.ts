/** Geometry of a sparkline: pure, so that it can be tested without a screen. */
export function sparklinePath(input: {
  readonly values: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly max: number | null;
  readonly limit: number | null;
  readonly span: number | null;
}): { readonly line: string; readonly area: string; readonly limitY: number | null } {
  const { values, width, height, limit } = input;
  const top = Math.max(input.max ?? 0, limit ?? 0, ...(input.max === null ? values : []), Number.MIN_VALUE);
  // One unit of air above and below keeps the line from being cut.
  const y = (value: number): number => 1 + (height - 2) * (1 - Math.min(1, Math.max(0, value / top)));
  const limitY = limit === null ? null : Number(y(limit).toFixed(1));
  if (values.length < 2) return { line: '', area: '', limitY };
  const slots = Math.max(input.span ?? values.length, values.length) - 1;
  const first = slots - (values.length - 1);
  const points = values.map((value, index) => {
    const x = (width * (first + index)) / slots;
    return `${x.toFixed(1)} ${y(value).toFixed(1)}`;
  });
  const line = `M${points.join('L')}`;
  const startX = ((width * first) / slots).toFixed(1);
  return { line, area: `${line}L${width} ${height}L${startX} ${height}Z`, limitY };
}
