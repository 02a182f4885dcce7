import { defaultHealthRules, type HealthRules } from '../../shared/domain/health-rules.ts';
import { createRandom, type SimulatedService, simulate, simulationStart as start } from './alerts-simulation.ts';
import { type Bench, type BenchContext, median } from './harness.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const noises = [0, 0.01, 0.02, 0.05, 0.1] as const;
const flapSeconds = [5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 450, 600] as const;
const failures = 400;
const serviceDays = 200;
const flapRuns = 20;

const withoutJitter: HealthRules = { ...defaultHealthRules, jitter: 0 };

/** What the notices promise: design numbers for 2 % noise. */
const targets = { probesP95: 20, eventsP95: 3, falseAlarms: 0.05 } as const;

/**
 * The real state machine, incidents and notices on a virtual clock: how soon a hard failure is told, how often something
 * is told for nothing, and which flapping services are noticed. Needs no engine; the same figures on every machine.
 */
export const bench: Bench = {
  async run(context) {
    const missed: string[] = [];
    for (const noise of noises) {
      const check = (what: string, value: number, limit: number): void => {
        if (noise <= 0.02 && value > limit) missed.push(`${percent(noise)}: ${what} ${value} > ${limit}`);
      };
      check('hard failure by probes, p95', detection(context, noise, 'probes'), targets.probesP95);
      check('hard failure by events, p95', detection(context, noise, 'events'), targets.eventsP95);
      check('false alarms', falseAlarms(context, noise), targets.falseAlarms);
    }
    detection(context, 0.02, 'events, restart policy that does not help');
    flapping(context);
    if (missed.length > 0) throw new Error(`Targets missed: ${missed.join('; ')}`);
  },
};

const percent = (share: number): string => `${share * 100} % noise`;

function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(at * sorted.length) - 1)] ?? Infinity;
}

/** Seconds from a hard failure to its notice; returns the p95. */
function detection(context: BenchContext, noise: number, by: string): number {
  const seconds: number[] = [];
  const random = createRandom(Math.round(noise * 1000) + by.length);
  for (let run = 0; run < failures; run++) {
    const failsAt = start + 600_000 + random() * 60_000;
    const answer: SimulatedService['answer'] = (at) =>
      at < failsAt ? 'ok' : by === 'probes' && run % 2 === 0 ? 'hangs' : 'refused';
    const events: SimulatedService['events'] =
      by === 'probes'
        ? []
        : [
            {
              kind: 'container',
              at: failsAt + 20 + random() * 180,
              action: 'die',
              exitCode: run % 2 === 0 ? 1 : 137,
              oomKilled: run % 2 === 1,
              willRestart: by !== 'events',
              runsOnce: false,
              limitBytes: null,
              detail: null,
            },
          ];
    const { told } = simulate({ noise, answer, events, seed: run + 1 }, 900_000, (sofar) =>
      sofar.some(({ at }) => at >= failsAt),
    );
    const first = told.find(({ at }) => at >= failsAt);
    seconds.push(first === undefined ? Infinity : (first.at - failsAt) / 1000);
  }
  const p95 = quantile(seconds, 0.95);
  context.record({
    case: `${percent(noise)}: failure → notice by ${by}, median of ${failures}`,
    unit: 's',
    runs: [median(seconds)],
  });
  context.record({ case: `${percent(noise)}: failure → notice by ${by}, p95`, unit: 's', runs: [p95] });
  return p95;
}

/** Notices per day about a service that works. */
function falseAlarms(context: BenchContext, noise: number): number {
  const count = (rules: HealthRules, seed: number): { total: number; downs: number; words: string } => {
    const kinds: Record<string, number> = {};
    let total = 0;
    let downs = 0;
    for (let day = 0; day < serviceDays; day++) {
      const { told, health } = simulate({ noise, answer: () => 'ok', rules, seed: seed + day }, dayMs);
      total += told.length;
      downs += health.counters.downs;
      for (const { notice } of told) kinds[notice.title] = (kinds[notice.title] ?? 0) + 1;
    }
    const words = Object.entries(kinds).map(([title, times]) => `${times} × ${title}`);
    return { total: total / serviceDays, downs: downs / serviceDays, words: words.join(', ') };
  };
  const jittered = count(defaultHealthRules, 1_000);
  const regular = count(withoutJitter, 500_000);
  context.record({
    case: `${percent(noise)}: false alarms per service-day, over ${serviceDays} days`,
    unit: '/d',
    runs: [jittered.total],
  });
  context.say(
    `${percent(noise)}: told ${jittered.words || 'nothing'}; down ${jittered.downs} times a day, mostly for less than the notice waits; without jitter told ${regular.total} a day`,
  );
  return jittered.total;
}

/** Services that are down for the first half of every period: how many are told of within an hour, and how often. */
function flapping(context: BenchContext): void {
  for (const seconds of flapSeconds) {
    const period = seconds * 1000;
    const measure = (rules: HealthRules) => {
      let seen = 0;
      let notices = 0;
      const concluded: Record<string, number> = {};
      const first: number[] = [];
      for (let run = 0; run < flapRuns; run++) {
        const phase = (run / flapRuns) * period;
        const from = start + 600_000;
        const answer: SimulatedService['answer'] = (at) =>
          at >= from && (at - from + phase) % period < period / 2 ? 'refused' : 'ok';
        const { told, health } = simulate({ noise: 0, answer, rules, seed: run + 1 }, 600_000 + hourMs);
        if (told[0] !== undefined) {
          seen++;
          first.push((told[0].at - from) / 1000);
        }
        notices += told.length;
        concluded[health.state] = (concluded[health.state] ?? 0) + 1;
      }
      return { share: (seen / flapRuns) * 100, notices: notices / flapRuns, concluded, first };
    };
    const jittered = measure(defaultHealthRules);
    const regular = measure(withoutJitter);
    context.record({
      case: `flap every ${seconds} s: told within an hour`,
      unit: '%',
      runs: [jittered.share],
    });
    context.say(
      `flap every ${seconds} s: ${jittered.notices.toFixed(1)} notices in the hour, the first after ${jittered.first.length === 0 ? '–' : Math.round(median(jittered.first))} s, ended ${JSON.stringify(jittered.concluded)}; without jitter ${regular.share} % told, ${regular.notices.toFixed(1)} notices, ${JSON.stringify(regular.concluded)}`,
    );
  }
}
