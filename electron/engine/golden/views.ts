import type { GenerationView, GoldenImageView, RestorePlan } from '../../../shared/contract/golden.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import type { Decision } from './decision.ts';
import type { Checked, Manifest, Timings } from './manifest.ts';
import type { StoredEnvironment, Way } from './store.ts';
import { size } from './store-errors.ts';

export function imageView(manifest: Manifest, checked: Checked | null, way: Way | null): GoldenImageView {
  const bytes = manifest.volumes.reduce((sum, volume) => sum + volume.bytes, 0);
  return {
    id: manifest.id,
    name: manifest.name,
    environmentId: manifest.environmentId,
    class: manifest.class,
    note: manifest.note,
    createdAt: manifest.createdAt,
    createdBy: manifest.createdBy,
    consistency: manifest.consistency,
    volumes: manifest.volumes.map(({ key, services, bytes: own, files, digest }) => ({
      key,
      services,
      bytes: own,
      files,
      digest,
    })),
    bytes,
    // Copies share nothing. What reflinks share only the file system knows.
    ownBytes: way === 'copy' ? manifest.volumes.reduce((sum, volume) => sum + volume.diskBytes, 0) : null,
    images: manifest.images,
    git: manifest.git,
    stackHash: manifest.stackHash,
    parentId: manifest.parentId,
    awayMs: manifest.awayMs,
    appVersion: manifest.appVersion,
    verifiedAt: checked?.at ?? null,
    damaged: checked?.damaged ?? false,
  };
}

export function generationViews(
  stored: StoredEnvironment,
  bytes: ReadonlyMap<string, number | null>,
): GenerationView[] {
  return [...stored.generations.values()]
    .map((each) => {
      const current = each.generation.id === stored.currentId;
      return {
        id: each.generation.id,
        environmentId: stored.environmentId,
        createdAt: each.generation.createdAt,
        current,
        origin: each.generation.origin,
        leftAt: current ? null : (each.left?.leftAt ?? null),
        keptUntil: current ? null : (each.left?.keptUntil ?? null),
        bytes: [...each.links.values()].reduce<number | null>(
          (sum, data) => (sum === null ? null : sum + (bytes.get(data) ?? 0)),
          0,
        ),
      };
    })
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

/** How long earlier restores of this environment took, as medians; null where nothing was measured. */
export function estimate(stored: StoredEnvironment | undefined, way: RestorePlan['way'], bytes: number) {
  const timings = [...(stored?.generations.values() ?? [])].flatMap((each) => each.timings ?? []);
  const same = timings.filter((each) => each.way === way);
  const rates = same.flatMap((each) => (each.prepareMs > 0 ? [each.preparedBytes / each.prepareMs] : []));
  const rate = median(rates);
  const prepare = way === 'copy' ? (rate === null || rate === 0 ? null : bytes / rate) : median(same.map(prepareOf));
  const round = (value: number | null): number | null => (value === null ? null : Math.round(value));
  return {
    prepareMs: way === 'switch' ? 0 : round(prepare),
    awayMs: round(median(timings.map((each) => each.awayMs))),
    gateMs: round(median(timings.flatMap((each) => each.gateMs ?? []))),
  };
}

const prepareOf = (timings: Timings): number => timings.prepareMs;

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

export interface PlanFacts {
  readonly imageIds: Readonly<Record<string, { readonly captured: string; readonly current: string }>>;
  readonly freeBytes: number;
  readonly undoHours: number;
}

export function restorePlan(
  target: EnvironmentTarget,
  decision: Decision,
  stored: StoredEnvironment | undefined,
  facts: PlanFacts,
): RestorePlan {
  const bytes = decision.volumes.reduce((sum, volume) => sum + volume.bytesThen, 0);
  const full = decision.neededBytes > facts.freeBytes;
  return {
    environmentId: target.id,
    imageId: decision.imageId,
    title: decision.imageName === null ? 'Bring back the data before' : `Restore ${decision.imageName}`,
    way: decision.way,
    services: Object.keys(target.project.services)
      .sort()
      .map((service) => servicePlan(service, decision, facts)),
    ...estimate(stored, decision.way, bytes),
    neededBytes: decision.neededBytes,
    freeBytes: facts.freeBytes,
    kept: keptSentences(decision, facts),
    checks: checkSentences(target, decision),
    problems: full
      ? [
          {
            severity: 'error',
            code: 'golden.no-space',
            message: `The golden store has ${size(facts.freeBytes)} free; this needs ${size(decision.neededBytes)}.`,
            remedy: 'Remove golden images you no longer need, or free space on the disk.',
          },
        ]
      : [],
    hash: decision.hash,
  };
}

function servicePlan(service: string, decision: Decision, facts: PlanFacts): RestorePlan['services'][number] {
  const volumes = decision.volumes.filter((volume) => volume.services.includes(service));
  const sum = (values: readonly (number | null)[]): number | null =>
    values.some((value) => value === null) ? null : values.reduce<number>((total, value) => total + (value ?? 0), 0);
  const starts = decision.start.includes(service);
  const image = facts.imageIds[service];
  const differs = image !== undefined && image.captured !== image.current;
  const remark = differs
    ? ' Its container image is another one than when the data was captured; it stays as it is now.'
    : '';
  if (volumes.length > 0) {
    const names = volumes.map((volume) => volume.key).join(', ');
    const inPlace = volumes.some((volume) => volume.kind === 'plain')
      ? ' The files are copied in place, as the volume is not in the golden store.'
      : '';
    return {
      service,
      effect: 'data',
      volumes: volumes.map((volume) => volume.key),
      bytesNow: sum(volumes.map((volume) => volume.bytesNow)),
      bytesThen: sum(volumes.map((volume) => volume.bytesThen)),
      words: `Gets other data in ${names}${starts ? ' and restarts' : ', and stays stopped'}.${inPlace}${remark}`,
    };
  }
  const restarts = decision.restartServices.includes(service);
  return {
    service,
    effect: restarts ? 'restart' : 'keep',
    volumes: [],
    bytesNow: null,
    bytesThen: null,
    words: restarts ? `Restarts, because it depends on a service with other data.${remark}` : 'Stays as it is.',
  };
}

function keptSentences(decision: Decision, facts: PlanFacts): string[] {
  const kept = [`The data of now stays one click away for at least ${facts.undoHours} hours.`];
  if (decision.shared.length > 0) kept.push('Volumes of other services stay as they are.');
  return [...kept, ...decision.remarks];
}

function checkSentences(target: EnvironmentTarget, decision: Decision): string[] {
  const checks: string[] = [];
  if (decision.imageId !== null) {
    checks.push('Every file that was copied must have the name, size, owner, mode and time it has in the image.');
  }
  if (decision.start.length === 0)
    return [...checks, 'Nothing runs now, so nothing is started and no health is checked.'];
  const names = decision.start.join(', ');
  checks.push(`${names} must be running and healthy within ${Math.round(target.gateTimeoutMs / 1000)} s.`);
  checks.push('If not, the data of now is switched back by itself and the services are started again.');
  return checks;
}
