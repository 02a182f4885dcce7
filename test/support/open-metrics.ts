/** One family of a page of figures. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly unit: string | null;
  readonly samples: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum'],
  stateset: [''],
  info: ['_info'],
};
const numberPattern = /^(?:[+-]?Inf|NaN|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

/**
 * Reads a page by the letter of OpenMetrics 1.0 and throws at the first thing that is not in it: families apart and
 * together, metadata before samples, suffixes by type, units in names, no sample twice, buckets that add up, an end.
 */
export function parseOpenMetrics(text: string): Map<string, Family> {
  if (!text.endsWith('# EOF\n')) throw new Error('no # EOF at the end');
  const lines = text.slice(0, -'# EOF\n'.length).split('\n');
  if (lines.pop() !== '') throw new Error('a last line without its end');
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let current: Family | undefined;
  for (const line of lines) {
    const meta = /^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) ([^\n]*)$/.exec(line);
    if (meta !== null) {
      const [, what, name = '', rest = ''] = meta;
      if (what === 'TYPE') {
        if (families.has(name)) throw new Error(`${name} comes twice`);
        if (suffixes[rest] === undefined) throw new Error(`${name} is a ${rest}`);
        current = { name, type: rest, unit: null, samples: [] };
        families.set(name, current);
      } else if (current?.name !== name || current.samples.length > 0)
        throw new Error(`${what} of ${name} is out of place`);
      else if (what === 'UNIT') {
        if (!name.endsWith(`_${rest}`)) throw new Error(`${name} does not end in ${rest}`);
        current = { ...current, unit: rest };
        families.set(name, current);
      } else if (/(?<!\\)(?:\\\\)*\\(?![\\n"])/.test(rest) || /(?<!\\)"/.test(rest))
        throw new Error(`help of ${name}: ${rest}`);
      continue;
    }
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{([^\n]*)\})? (\S+)$/.exec(line);
    if (sample === null || current === undefined) throw new Error(`no sample: ${line}`);
    const [, name = '', labelText = '', value = ''] = sample;
    const family = current;
    if (!suffixes[family.type]?.some((suffix) => name === family.name + suffix))
      throw new Error(`${name} in ${family.name}`);
    if (!numberPattern.test(value)) throw new Error(`no number: ${line}`);
    const key = `${name}{${labelText}}`;
    if (seen.has(key)) throw new Error(`twice: ${key}`);
    seen.add(key);
    const number = Number(value.replace('Inf', 'Infinity'));
    if (family.type === 'counter' && !(number >= 0)) throw new Error(`a counter of ${value}`);
    family.samples.push({ name, labels: parseLabels(labelText), value: number });
  }
  for (const family of families.values()) if (family.type === 'histogram') checkHistogram(family);
  return families;
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  const pattern = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(,|$)/y;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw new Error(`no label: ${text.slice(at)}`);
    const [, name = '', value = '', separator] = match;
    if (labels[name] !== undefined) throw new Error(`label ${name} twice`);
    if (separator === ',' && pattern.lastIndex === text.length) throw new Error('a comma at the end');
    labels[name] = value.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
  }
  return labels;
}

function checkHistogram({ name, samples }: Family): void {
  const groups = new Map<string, Family['samples']>();
  for (const each of samples) {
    const { le: _, ...rest } = each.labels;
    const key = JSON.stringify(rest);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  for (const group of groups.values()) {
    const buckets = group.filter((each) => each.name === `${name}_bucket`);
    const ends = buckets.map((each) => Number((each.labels['le'] ?? '').replace('Inf', 'Infinity')));
    const rising = (values: number[], strictly: boolean): boolean =>
      values.every(
        (value, at) => at === 0 || (strictly ? value > (values[at - 1] ?? 0) : value >= (values[at - 1] ?? 0)),
      );
    const counts = buckets.map((each) => each.value);
    if (ends.at(-1) !== Infinity || !rising(ends, true)) throw new Error(`buckets of ${name}: ${ends}`);
    if (!rising(counts, false)) throw new Error(`counts of ${name}: ${counts}`);
    const count = group.find((each) => each.name === `${name}_count`)?.value;
    if (count !== counts.at(-1)) throw new Error(`${name}_count is ${count}, its last bucket ${counts.at(-1)}`);
  }
}
