import type { EnvironmentView } from '../../shared/contract/environments.ts';
import type { AppState } from '../../shared/contract/streams.ts';
import type { HealthState } from '../../shared/domain/health.ts';
import type { Place } from '../../shared/domain/place.ts';
import { environmentLook, healthyCount } from '../../shared/looks/environment-look.ts';
import { healthLook, type Shape, type Tone } from '../../shared/looks/health-look.ts';

/** What choosing an entry of the tray's menu does. */
export type TrayAction =
  | { readonly do: 'open'; readonly place: Place | null }
  | { readonly do: 'start' | 'stop'; readonly environmentId: string }
  | { readonly do: 'run'; readonly environmentId: string; readonly routine: 'morning' | 'evening' }
  /** Environment null: all of them. */
  | { readonly do: 'pause' | 'watch'; readonly environmentId: string | null }
  | { readonly do: 'quit' };

export type TrayItem =
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'separator' }
  | { readonly kind: 'action'; readonly label: string; readonly action: TrayAction }
  | { readonly kind: 'menu'; readonly label: string; readonly items: readonly TrayItem[] };

export interface TrayModel {
  readonly tone: Tone;
  readonly shape: Shape;
  /** One line per environment. */
  readonly tooltip: string;
  readonly items: readonly TrayItem[];
  /** Environments in which something is wrong. */
  readonly wrong: number;
}

const name = 'Golden Hour';
/** Windows shows no more than 127 characters of a tooltip, and a menu should fit on a screen. */
const tooltipLines = 4;
const menuEnvironments = 12;

/** Which of two shapes stands for both: what needs somebody first, what is merely off last. */
const weight: Readonly<Record<Shape, number>> = { square: 5, triangle: 4, dashed: 3, half: 2, disc: 1, ring: 0 };

/** What the tray shows. State null: the engine is away, and nothing is known of now. */
export function trayModel(state: AppState | null, now: Date): TrayModel {
  if (state === null) {
    const text = 'The engine is being started again…';
    return {
      tone: 'idle',
      shape: 'dashed',
      tooltip: `${name}: ${text}`,
      items: frame([{ kind: 'text', label: text }]),
      wrong: 0,
    };
  }
  const all = state.environments.map((environment) => ({ environment, look: lookOf(environment) }));
  const worst = all
    .map(({ look }) => look)
    .reduce<{ tone: Tone; shape: Shape }>((found, look) => (weight[look.shape] > weight[found.shape] ? look : found), {
      tone: 'idle',
      shape: 'ring',
    });
  const lines = all.map(({ environment }) => `${environment.id}: ${stateLine(environment)}`);
  const rest = lines.length - tooltipLines;
  return {
    tone: worst.tone,
    shape: worst.shape,
    tooltip:
      lines.length === 0
        ? `${name}: no stack yet`
        : [...lines.slice(0, tooltipLines), ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n'),
    items: frame(
      all.slice(0, menuEnvironments).map(({ environment }) => environmentMenu(environment, state, now)),
      all.length > 1 ? watching(state, null, now) : [],
    ),
    wrong: all.filter(({ look }) => look.tone === 'down' || look.tone === 'degraded').length,
  };
}

/** As in the window, but calm: what is only suspected has not been concluded, and changes nothing here. */
function lookOf(environment: EnvironmentView): { tone: Tone; shape: Shape } {
  const look = environmentLook(environment);
  return look.word === healthLook('suspect').word ? healthLook('healthy') : look;
}

/** `6 of 7 healthy – redpanda is down`. */
function stateLine(environment: EnvironmentView): string {
  if (environment.stale) return 'not known since the Docker engine is away';
  if (environment.state === 'invalid') return 'its files have errors';
  if (environment.state === 'absent') return 'not created';
  if (environment.state === 'stopped' && said[environment.health] === undefined) return 'stopped';
  const { healthy, total } = healthyCount(environment);
  const wrong = environment.services
    .flatMap(({ name: service, health }) => (said[health] === undefined ? [] : [{ service, health }]))
    .sort((a, b) => weight[healthLook(b.health).shape] - weight[healthLook(a.health).shape]);
  const [first] = wrong;
  const more = wrong.length > 1 ? ` and ${wrong.length - 1} more` : '';
  return `${healthy} of ${total} healthy${first === undefined ? '' : ` – ${first.service} ${said[first.health]}${more}`}`;
}

const said: Partial<Readonly<Record<HealthState, string>>> = {
  down: 'is down',
  flapping: 'keeps going down',
  degraded: 'is degraded',
  unreachable: 'cannot be reached',
  recovering: 'is recovering',
  starting: 'is starting',
};

function environmentMenu(environment: EnvironmentView, state: AppState, now: Date): TrayItem {
  const { id: environmentId, stale, state: running } = environment;
  const busy = state.operations.some((one) => one.environmentId === environmentId && one.endedAt === null);
  const open = (label: string, place: Place): TrayItem => ({ kind: 'action', label, action: { do: 'open', place } });
  const run = state.routineRuns.find((one) => one.environmentId === environmentId && one.state === 'running');
  const routine = (label: string, name: 'morning' | 'evening'): TrayItem => ({
    kind: 'action',
    label,
    action: { do: 'run', environmentId, routine: name },
  });
  const hours: readonly TrayItem[] =
    run === undefined
      ? stale
        ? []
        : [routine('Start the day', 'morning'), routine('End the day', 'evening'), { kind: 'separator' }]
      : [open(runLine(run), { to: 'run', runId: run.id, environmentId }), { kind: 'separator' }];
  const steps: TrayItem[] = [];
  if (!stale && !busy && running !== 'running' && running !== 'invalid' && running !== 'unreachable')
    steps.push({ kind: 'action', label: 'Start', action: { do: 'start', environmentId } });
  if (!stale && !busy && (running === 'running' || running === 'partial'))
    steps.push({ kind: 'action', label: 'Stop', action: { do: 'stop', environmentId } });
  return {
    kind: 'menu',
    label: environmentId,
    items: [
      { kind: 'text', label: stateLine(environment) },
      { kind: 'separator' },
      ...hours,
      ...steps,
      open('Restore…', { to: 'golden', environmentId }),
      open('Open', { to: 'stack', environmentId, service: null }),
      { kind: 'separator' },
      ...watching(state, environmentId, now),
    ],
  };
}

/** `Morning startup: step 3 of 6`. */
function runLine({ title, steps }: AppState['routineRuns'][number]): string {
  const asks = steps.find((one) => one.state === 'asking');
  if (asks !== undefined) return `${title}: ${asks.title} needs an answer`;
  const over = steps.filter((one) => one.endedAt !== null || one.state === 'skipped').length;
  return `${title}: step ${Math.min(over + 1, steps.length)} of ${steps.length}`;
}

function watching(state: AppState, environmentId: string | null, now: Date): readonly TrayItem[] {
  const until = state.watch.pausedUntil[environmentId ?? '*'];
  const all = environmentId === null ? ' everything' : '';
  if (until === undefined || until <= now.getTime())
    return [{ kind: 'action', label: `Pause watching${all} for 1 hour`, action: { do: 'pause', environmentId } }];
  const clock = new Date(until).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false });
  return [
    { kind: 'text', label: `Not watched until ${clock}` },
    { kind: 'action', label: `Watch${all} again`, action: { do: 'watch', environmentId } },
  ];
}

function frame(middle: readonly TrayItem[], end: readonly TrayItem[] = []): readonly TrayItem[] {
  const separated = (items: readonly TrayItem[]): readonly TrayItem[] =>
    items.length === 0 ? [] : [{ kind: 'separator' }, ...items];
  return [
    { kind: 'action', label: `Open ${name}`, action: { do: 'open', place: null } },
    ...separated(middle),
    ...separated(end),
    { kind: 'separator' },
    { kind: 'action', label: `Quit ${name}`, action: { do: 'quit' } },
  ];
}
