import type { CheckView } from '../../../../shared/contract/health.ts';
import { type Probe, type ProbeKind, type ServiceCheck, serviceCheckSchema } from '../../../../shared/domain/checks.ts';
import { durationText } from '../../../../shared/domain/duration.ts';

export const kinds = ['suggested', 'http', 'tcp', 'command', 'postgres', 'redis', 'mysql', 'amqp', 'none'] as const;
export type FormKind = (typeof kinds)[number];

/** What stands in the fields. Empty: the default. */
export interface CheckForm {
  readonly kind: FormKind;
  readonly port: string;
  readonly path: string;
  readonly status: string;
  readonly body: string;
  readonly command: string;
  readonly where: 'container' | 'host';
  readonly interval: string;
  readonly timeout: string;
  readonly failures: string;
  readonly successes: string;
  readonly startPeriod: string;
  readonly latency: string;
  readonly recovery: '' | CheckView['recovery'];
}
export type FormField = keyof CheckForm;

const text = (value: string | number | undefined): string => (value === undefined ? '' : String(value));

/** The form of a check as it is declared; the suggested probe where none is. */
export function formOf(check: CheckView): CheckForm {
  const { declared } = check;
  const probe = declared?.probe ?? check.probe;
  const kind = declared?.probe === undefined ? 'suggested' : (Object.keys(declared.probe)[0] as ProbeKind);
  const port = (probe?.http ?? probe?.tcp ?? probe?.postgres ?? probe?.redis ?? probe?.mysql ?? probe?.amqp)?.port;
  return {
    kind,
    port: text(port),
    path: text(probe?.http?.path),
    status: (probe?.http?.status ?? []).join(', '),
    body: text(probe?.http?.body),
    command: probe?.command === undefined ? '' : joinWords(probe.command.run),
    where: probe?.command?.in ?? 'container',
    interval: text(declared?.interval),
    timeout: text(declared?.timeout),
    failures: text(declared?.failures),
    successes: text(declared?.successes),
    startPeriod: text(declared?.start_period),
    latency: text(declared?.latency_p95),
    recovery: declared?.recovery ?? '',
  };
}

/** What an empty field means, to be shown in it. */
export function defaultsOf({ rules }: CheckView): Readonly<Partial<Record<FormField, string>>> {
  return {
    interval: durationText(rules.intervalMs),
    timeout: durationText(rules.timeoutMs),
    failures: String(rules.downAfter),
    successes: String(rules.healthyAfter),
    startPeriod: durationText(rules.startPeriodMs),
    latency: rules.latency.thresholdMs === null ? 'as usual' : durationText(rules.latency.thresholdMs),
    path: '/',
    status: '200-399',
  };
}

export type FormResult =
  | { readonly ok: true; readonly check: ServiceCheck }
  | { readonly ok: false; readonly problems: Readonly<Partial<Record<FormField, string>>> };

/** The check that the form describes. What the form does not show is kept from what was declared. */
export function checkOf(form: CheckForm, declared: ServiceCheck | null): FormResult {
  const number = (value: string): number | undefined => (value.trim() === '' ? undefined : Number(value));
  const word = (value: string): string | undefined => (value.trim() === '' ? undefined : value.trim());
  const { probe: _probe, ...kept } = declared ?? {};
  const candidate = defined({
    ...kept,
    probe: form.kind === 'suggested' ? undefined : probeOf(form, declared?.probe),
    interval: word(form.interval),
    timeout: word(form.timeout),
    failures: number(form.failures),
    successes: number(form.successes),
    start_period: word(form.startPeriod),
    latency_p95: word(form.latency),
    recovery: form.recovery === '' ? undefined : form.recovery,
  });
  const parsed = serviceCheckSchema.safeParse(candidate);
  if (parsed.success) return { ok: true, check: parsed.data };
  const problems: Partial<Record<FormField, string>> = {};
  for (const issue of parsed.error.issues) {
    const field = fieldOf(issue.path.map(String));
    problems[field] ??= sentenceOf(field, issue.message);
  }
  return { ok: false, problems };
}

/** The probe to try; null while the form does not describe one. */
export function probeToTry(form: CheckForm, check: CheckView): Probe | null {
  if (form.kind === 'none') return null;
  if (form.kind === 'suggested') return check.declared?.probe === undefined ? check.probe : null;
  const result = checkOf(form, check.declared);
  return result.ok ? (result.check.probe ?? null) : null;
}

function probeOf(form: CheckForm, before: Probe | undefined): unknown {
  const port = form.port.trim() === '' ? undefined : Number(form.port);
  switch (form.kind) {
    case 'http': {
      const status = form.status.split(/[\s,]+/).filter((one) => one !== '');
      return {
        http: defined({
          ...before?.http,
          port: port ?? Number.NaN,
          path: form.path.trim() === '' ? undefined : form.path.trim(),
          status: status.length === 0 ? undefined : status.map((one) => (/^\d+$/.test(one) ? Number(one) : one)),
          body: form.body === '' ? undefined : form.body,
        }),
      };
    }
    case 'tcp':
      return { tcp: { port: port ?? Number.NaN } };
    case 'command':
      // In the container is the default: only what differs from it, or stood there, is written.
      return {
        command: defined({
          ...before?.command,
          run: splitWords(form.command),
          in: form.where === 'container' && before?.command?.in !== 'container' ? undefined : form.where,
        }),
      };
    case 'none':
      return { none: true };
    case 'suggested':
      return undefined;
    default:
      return { [form.kind]: defined({ ...before?.[form.kind], port }) };
  }
}

const defined = (value: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));

const fields: Readonly<Record<string, FormField>> = {
  port: 'port',
  path: 'path',
  status: 'status',
  body: 'body',
  run: 'command',
  interval: 'interval',
  timeout: 'timeout',
  failures: 'failures',
  successes: 'successes',
  start_period: 'startPeriod',
  latency_p95: 'latency',
};
const fieldOf = (path: readonly string[]): FormField =>
  path.map((part) => fields[part]).find((field) => field !== undefined) ?? 'kind';

function sentenceOf(field: FormField, message: string): string {
  if (field === 'port') return 'A port of the container, 1 to 65535';
  if (field === 'command') return 'A command, such as pg_isready -U app';
  if (field === 'failures' || field === 'successes') return 'A whole number, 1 to 100';
  return message.charAt(0).toUpperCase() + message.slice(1);
}

/** A command line as words; single and double quotes keep spaces together. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  for (const [, single, double, plain] of line.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+)/g))
    words.push(single ?? double?.replace(/\\(.)/g, '$1') ?? plain ?? '');
  return words;
}

export const joinWords = (words: readonly string[]): string =>
  words
    .map((one) => {
      if (/^[^\s'"]+$/.test(one)) return one;
      return one.includes("'") ? `"${one.replace(/(["\\])/g, '\\$1')}"` : `'${one}'`;
    })
    .join(' ');
