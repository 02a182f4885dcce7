const powers: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4, p: 5 };

/** `512m`, `1.5 GiB`, `64kb` in bytes, with 1024 as the step. Undefined: not a size. */
export function parseBytes(text: string): bigint | undefined {
  const match = /^([0-9]*\.?[0-9]+|[0-9]+\.)(?: ?([kmgtp])(?:i?b)?| ?b)?$/i.exec(text);
  if (match === null) return undefined;
  const power = powers[(match[2] ?? '').toLowerCase()] ?? 0;
  const bytes = Number(match[1]) * 1024 ** power;
  return bytes < 2 ** 63 ? BigInt(Math.trunc(bytes)) : undefined;
}

const nanoseconds: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
};

/** `1m30s`, `1.5h`, `2d` in nanoseconds. Undefined: not a duration. */
export function parseDuration(text: string): bigint | undefined {
  const sign = text.startsWith('-') ? -1n : 1n;
  const body = text.replace(/^[-+]/, '');
  if (body === '0') return 0n;
  if (!/^(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d|w))+$/.test(body)) return undefined;
  let total = 0n;
  for (const [, amount = '', unit = ''] of body.matchAll(/([0-9]*\.?[0-9]*)(ns|us|µs|μs|ms|s|m|h|d|w)/g)) {
    const size = nanoseconds[unit] ?? 0n;
    const [whole = '', fraction = ''] = amount.split('.');
    total += BigInt(whole === '' ? 0 : whole) * size;
    if (fraction !== '') total += (BigInt(fraction.slice(0, 18)) * size) / 10n ** BigInt(Math.min(fraction.length, 18));
  }
  return total < 2n ** 63n ? sign * total : undefined;
}

/** Nanoseconds in the form Compose prints: `1m30s`, `1.5s`, `100ms`, `0s`. */
export function formatDuration(duration: bigint): string {
  if (duration === 0n) return '0s';
  const sign = duration < 0n ? '-' : '';
  const total = duration < 0n ? -duration : duration;
  const second = nanoseconds['s']!;
  if (total < second) {
    for (const [unit, size] of [
      ['ms', 1_000_000n],
      ['µs', 1_000n],
    ] as const) {
      if (total >= size) return `${sign}${decimal(total, size)}${unit}`;
    }
    return `${sign}${total}ns`;
  }
  const hours = total / nanoseconds['h']!;
  const minutes = (total / nanoseconds['m']!) % 60n;
  const seconds = decimal(total % nanoseconds['m']!, second);
  const parts = hours > 0n ? [`${hours}h`, `${minutes}m`] : minutes > 0n ? [`${minutes}m`] : [];
  return `${sign}${parts.join('')}${seconds}s`;
}

function decimal(amount: bigint, unit: bigint): string {
  const digits = String(unit).length - 1;
  const fraction = String(amount % unit)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return `${amount / unit}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The number with the fewest digits that is the same 32-bit float: what Compose prints for `cpus: 0.1`. */
export function shortestFloat32(value: number): number {
  const target = Math.fround(value);
  for (let digits = 1; digits <= 9; digits++) {
    const candidate = Number(target.toPrecision(digits));
    if (Math.fround(candidate) === target) return candidate;
  }
  return target;
}

/** What Compose takes for yes in its own variables. */
export function isYes(value: string | undefined): boolean {
  return /^\s*(y|1|t|true)\s*$/i.test(value ?? '');
}
