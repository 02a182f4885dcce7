import { Play, RotateCcw, Square } from 'lucide-react';
import type { ReactNode } from 'react';
import type { EnvironmentView, ServiceView } from '../../../shared/contract/environments.ts';
import type { CheckView } from '../../../shared/contract/health.ts';
import type { StatsSample } from '../../../shared/contract/streams.ts';
import { Moment } from '../../ui/ago.tsx';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { Facts } from '../../ui/facts.tsx';
import { formatMemory, formatMoment } from '../../ui/format.ts';
import { isWrong } from '../../ui/health.ts';
import { Sparkline } from '../../ui/sparkline.tsx';
import { AutomaticActions } from './health/automatic-actions.tsx';
import { HealthOverview } from './health/health-overview.tsx';
import { publishedPorts } from './port-words.ts';
import { PortLink } from './ports.tsx';
import { cpuWords, memoryLimit, memoryTone } from './resource-words.ts';
import type { ServiceAction } from './service-row.tsx';
import { restartCount, serviceLook } from './service-words.ts';
import styles from './stack.module.css';
import { buckets } from './stats-series.ts';
import type { Started } from './use-service-actions.ts';

const points = 120;

/** Why it is as it is, what can be done, and its facts. */
export function OverviewTab(props: {
  readonly environment: EnvironmentView;
  readonly service: ServiceView;
  readonly samples: readonly StatsSample[];
  readonly check: CheckView | null;
  readonly started: Started | null;
  readonly blocked: boolean;
  readonly onAction: (action: ServiceAction) => void;
}): ReactNode {
  const { environment, service, samples, started, blocked, onAction } = props;
  const look = serviceLook(service, environment.stale);
  const wrong = isWrong(look.tone);
  const runs = service.state === 'running' || service.state === 'paused' || service.state === 'restarting';
  const busy = (verb: Started['verb']): boolean => started?.verb === verb && started.service === service.name;
  const free = !blocked && !environment.stale;
  const latest = samples.at(-1) ?? null;
  const limit = memoryLimit(service, latest);
  const cause = props.check?.reason ?? service.reason ?? (wrong ? `${look.word}, and nothing says why.` : null);
  return (
    <>
      {cause === null ? null : (
        <div className={cx(styles.cause, 'sel')}>
          <p className="strong">{cause}</p>
          {service.since === null ? null : (
            <p>
              {look.word} since <Moment at={service.since} />
            </p>
          )}
        </div>
      )}
      <div className={styles.acts}>
        {runs ? (
          <>
            <Button
              kind={wrong ? 'primary' : 'plain'}
              icon={RotateCcw}
              busy={busy('restart')}
              disabled={!free && !busy('restart')}
              onClick={() => onAction('restart')}
            >
              Restart
            </Button>
            <Button
              kind="ghost"
              icon={Square}
              busy={busy('stop')}
              disabled={!free && !busy('stop')}
              onClick={() => onAction('stop')}
            >
              Stop
            </Button>
          </>
        ) : (
          <Button icon={Play} busy={busy('up')} disabled={!free && !busy('up')} onClick={() => onAction('up')}>
            Start
          </Button>
        )}
      </div>
      <HealthOverview environmentId={environment.id} check={props.check} />
      {samples.length < 2 ? null : (
        <>
          <Mini
            label={limit === null ? 'Memory, no limit' : `Memory, limit ${formatMemory(limit)}`}
            value={latest === null ? '–' : formatMemory(latest.memoryBytes)}
            tone={memoryTone(latest, limit)}
            values={buckets(samples, (one) => one.memoryBytes, points)}
            limit={limit}
            samples={samples}
          />
          <Mini
            label={
              service.limits.cpus === null ? 'CPU, per cent of one core' : `CPU, limit ${service.limits.cpus * 100} %`
            }
            value={latest === null ? '–' : cpuWords(latest.cpuPercent)}
            tone={null}
            values={buckets(samples, (one) => one.cpuPercent, points)}
            limit={service.limits.cpus === null ? null : service.limits.cpus * 100}
            samples={samples}
          />
        </>
      )}
      <ServiceFacts environment={environment} service={service} />
      <div className={styles.after}>
        <AutomaticActions environmentId={environment.id} service={service.name} most={3} />
      </div>
    </>
  );
}

function Mini(props: {
  readonly label: string;
  readonly value: string;
  readonly tone: 'degraded' | 'down' | null;
  readonly values: readonly number[];
  readonly limit: number | null;
  readonly samples: readonly StatsSample[];
}): ReactNode {
  const first = props.samples[0]?.at;
  const last = props.samples.at(-1)?.at;
  const end = last === undefined ? 0 : Date.parse(last);
  // The axis is ten minutes wide even when there is less to show.
  const start = new Date(end - 600_000).toISOString();
  return (
    <div className={styles.mini}>
      <div className={styles.miniCap}>
        <span>{props.label}</span>
        <span className={cx('tn', props.tone === 'down' && styles.down, props.tone === 'degraded' && styles.degraded)}>
          {props.value}
        </span>
      </div>
      <Sparkline
        width="100%"
        height={34}
        values={props.values}
        span={points}
        limit={props.limit}
        tone={props.tone ?? undefined}
      />
      {first === undefined || last === undefined ? null : (
        <div className={cx(styles.miniAxis, 'tn')}>
          <span>{formatMoment(start, end)}</span>
          <span>{formatMoment(last, end)}</span>
        </div>
      )}
    </div>
  );
}

function ServiceFacts(props: { readonly environment: EnvironmentView; readonly service: ServiceView }): ReactNode {
  const { environment, service } = props;
  const neededBy = environment.services.filter((one) => one.dependsOn.includes(service.name)).map((one) => one.name);
  const image = service.instances[0]?.imageId ?? null;
  const ports = publishedPorts(service.ports);
  const inside = service.ports.filter((port) => port.hostPort === null);
  const restarts = restartCount(service);
  const limits = [
    service.limits.memoryBytes === null ? null : formatMemory(service.limits.memoryBytes),
    service.limits.cpus === null ? null : `${service.limits.cpus} CPUs`,
  ].filter((one) => one !== null);
  const list = (names: readonly string[]): string => names.join(', ');
  return (
    <Facts
      items={[
        service.image === null ? null : { term: 'Image', value: service.image, mono: true },
        service.build === null ? null : { term: 'Built from', value: service.build, mono: true },
        image === null ? null : { term: 'Image id', value: shortId(image), title: image, mono: true },
        service.command === null ? null : { term: 'Command', value: service.command, mono: true },
        ports.length === 0
          ? null
          : {
              term: 'Ports',
              value: (
                <span className={styles.portList}>
                  {ports.map((port) =>
                    service.state === 'running' ? (
                      <PortLink key={`${port.hostIp} ${port.hostPort} ${port.protocol}`} port={port} wide />
                    ) : (
                      <span key={`${port.hostIp} ${port.hostPort} ${port.protocol}`}>
                        {port.hostPort} → {port.containerPort}
                      </span>
                    ),
                  )}
                </span>
              ),
              mono: true,
            },
        inside.length === 0
          ? null
          : { term: 'Inside only', value: list(inside.map((port) => String(port.containerPort))), mono: true },
        service.volumes.length === 0 ? null : { term: 'Data', value: list(service.volumes) },
        service.dependsOn.length === 0 ? null : { term: 'Needs', value: list(service.dependsOn) },
        neededBy.length === 0 ? null : { term: 'Needed by', value: list(neededBy) },
        { term: 'Restarts', value: restarts === 0 ? 'none since it was created' : `${restarts} since it was created` },
        limits.length === 0 ? null : { term: 'Limits', value: list(limits) },
        service.driftReasons.length === 0 ? null : { term: 'Differs', value: list(service.driftReasons) },
        ...service.instances.map((instance) => ({
          term: service.instances.length === 1 ? 'Container' : `Container ${instance.number}`,
          value: instance.containerName,
          title: `${instance.containerName}\n${instance.containerId}`,
          mono: true,
        })),
      ]}
    />
  );
}

const shortId = (id: string): string => {
  const [kind, digest] = id.includes(':') ? (id.split(':') as [string, string]) : ['', id];
  const short = digest.length > 16 ? `${digest.slice(0, 8)}…${digest.slice(-4)}` : digest;
  return kind === '' ? short : `${kind}:${short}`;
};
