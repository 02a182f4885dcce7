/**
 * What a plain YAML scalar means to Compose, whose YAML reader is neither quite 1.1 nor quite 1.2: `yes` is text,
 * `0644` and `0o644` are octal, `1_000` is a thousand, `08` is eight.
 */
export interface ResolvedScalar {
  readonly value: string | number | boolean | null;
  readonly text: string;
  readonly fraction?: boolean;
  /** A date, which is not text until it is quoted. */
  readonly date?: boolean;
}

const date =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})([Tt ][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})?)?$/;

function isDate(source: string): boolean {
  const match = date.exec(source);
  if (match === null) return false;
  // With a T comes a zone, with a space there is none.
  if (match[4] !== undefined && match[4].startsWith(' ') === (match[6] !== undefined)) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const words = new Map<string, boolean | null>([
  ['', null],
  ['~', null],
  ['null', null],
  ['Null', null],
  ['NULL', null],
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
]);
const special = new Map<string, readonly [number, string]>([
  ['.nan', [Number.NaN, 'NaN']],
  ['.inf', [Number.POSITIVE_INFINITY, '+Inf']],
  ['+.inf', [Number.POSITIVE_INFINITY, '+Inf']],
  ['-.inf', [Number.NEGATIVE_INFINITY, '-Inf']],
]);
const integer = /^[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|[1-9][0-9]*|0)$/;
const decimal = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

const largest = 2n ** 64n - 1n;
const smallest = -(2n ** 63n);

export function resolvePlain(source: string): ResolvedScalar {
  const word = words.get(source);
  if (word !== undefined) return { value: word, text: word === null ? '' : String(word) };
  const odd = special.get(source.toLowerCase());
  if (odd !== undefined && /^[-+]?\.(nan|NaN|NAN|inf|Inf|INF)$/.test(source)) {
    return { value: odd[0], text: odd[1], fraction: true };
  }
  if (!/^[-+.0-9]/.test(source)) return { value: source, text: source };
  if (isDate(source)) return { value: source, text: source, date: true };
  const digits = source.replaceAll('_', '');
  if (integer.test(digits)) {
    const whole = parseInteger(digits);
    if (whole <= largest && whole >= smallest) return { value: Number(whole), text: whole.toString() };
  }
  if (decimal.test(digits) && (source[0] !== '.' || digits === source)) {
    const value = Number(digits);
    return { value, text: formatFloat(value), fraction: true };
  }
  return { value: source, text: source };
}

function parseInteger(digits: string): bigint {
  const negative = digits.startsWith('-');
  const body = digits.replace(/^[-+]/, '');
  const whole = /^0[0-7]+$/.test(body) ? BigInt(`0o${body.slice(1)}`) : BigInt(body);
  return negative ? -whole : whole;
}

/** A floating-point number as Compose prints it into text: shortest digits, exponents of at least two digits. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power >= -4 && power < 21) {
    // JavaScript writes 0.00001 as 1e-5, but never within this range.
    return String(value);
  }
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
