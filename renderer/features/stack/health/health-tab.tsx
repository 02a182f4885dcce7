import { Activity, Pencil } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { CheckView } from '../../../../shared/contract/health.ts';
import { latencyAmount } from '../../../../shared/domain/clock-words.ts';
import { useAction, useHello } from '../../../client/hooks.ts';
import { Button } from '../../../ui/button.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { Facts } from '../../../ui/facts.tsx';
import { formatDuration } from '../../../ui/format.ts';
import { PlaceButton } from '../../../ui/place-button.tsx';
import { Section } from '../../../ui/section.tsx';
import { counterWords, probeWords, recoveryWords } from '../check-words.ts';
import type { Checks } from '../use-checks.ts';
import { AutomaticActions } from './automatic-actions.tsx';
import { CheckEditor } from './check-editor.tsx';
import styles from './health.module.css';
import { HostCommand } from './host-command.tsx';
import { LastCheck } from './last-check.tsx';
import { ServiceIncidents } from './service-incidents.tsx';

/** How a service is checked, what came of it, and when it was not well. */
export function HealthTab(props: {
  readonly environmentId: string;
  readonly service: string;
  readonly checks: Checks;
}): ReactNode {
  const { environmentId, service, checks } = props;
  const check = checks.of(service);
  const home = useHello()?.homeFolder ?? null;
  const probe = useAction();
  const [editing, setEditing] = useState(false);
  if (check === null) return <p className="t3">It is not watched yet.</p>;
  const runProbe = async (): Promise<void> => {
    await probe.run((client) => client.call((api, options) => api.health.probe({ environmentId, service }, options)));
    checks.refetch();
  };
  // What waits for a decision comes first.
  const waits = check.hostCommand?.allowed === false;
  const command = <HostCommand environmentId={environmentId} check={check} home={home} onChanged={checks.refetch} />;
  return (
    <div className={styles.tab}>
      <Section
        title="Check"
        note={check.source === 'declared' ? 'declared' : check.source === 'suggested' ? 'suggested' : undefined}
        actions={
          editing ? undefined : (
            <Button kind="ghost" icon={Pencil} onClick={() => setEditing(true)}>
              Edit
            </Button>
          )
        }
      >
        {editing ? (
          <CheckEditor
            environmentId={environmentId}
            check={check}
            home={home}
            onDone={() => {
              setEditing(false);
              checks.refetch();
            }}
          />
        ) : (
          <>
            {waits ? command : null}
            <div className={styles.probe}>
              <LastCheck check={check} />
              <Button
                size="small"
                icon={Activity}
                busy={probe.busy}
                disabled={check.probe === null || check.probe.none === true}
                onClick={() => void runProbe()}
              >
                Check now
              </Button>
            </div>
            <CheckFacts check={check} />
            {waits ? null : command}
            {probe.error === null ? null : <ErrorNotice error={probe.error} onDismiss={probe.clear} />}
          </>
        )}
      </Section>
      <AutomaticActions environmentId={environmentId} service={service} most={20} />
      <ServiceIncidents environmentId={environmentId} service={service} />
    </div>
  );
}

function PositionLink(props: { readonly position: NonNullable<CheckView['position']> }): ReactNode {
  const { file, line, column } = props.position;
  const place = `${file}:${line}:${column}`;
  return <PlaceButton place={place}>{`${file.split(/[/\\]/).at(-1)}:${line}:${column}`}</PlaceButton>;
}

function CheckFacts({ check }: { readonly check: CheckView }): ReactNode {
  const { rules, latency } = check;
  const { thresholdMs, baselineMs, baselineFactor } = rules.latency;
  return (
    <Facts
      wrap
      items={[
        { term: 'How', value: probeWords(check.probe) },
        check.target === null ? null : { term: 'Where', value: check.target, mono: true },
        { term: 'Why', value: check.why },
        check.obstacle == null || check.hostCommand !== undefined ? null : { term: 'Not made', value: check.obstacle },
        check.position === undefined ? null : { term: 'Written in', value: <PositionLink position={check.position} /> },
        {
          term: 'Every',
          value: `${formatDuration(rules.intervalMs)}, gives up after ${formatDuration(rules.timeoutMs)}`,
        },
        { term: 'Down', value: `after ${rules.downAfter} failures, healthy after ${rules.healthyAfter} successes` },
        { term: 'To start', value: `${formatDuration(rules.startPeriodMs)} before failures count` },
        {
          term: 'Slow',
          value:
            thresholdMs !== null
              ? `p95 above ${latencyAmount(thresholdMs)}`
              : baselineMs === null
                ? 'known once it is clear what is usual'
                : `p95 above ${baselineFactor} times the usual ${latencyAmount(baselineMs)}`,
        },
        latency === null
          ? null
          : {
              term: 'Answers',
              value: `p50 ${latencyAmount(latency.p50)}, p95 ${latencyAmount(latency.p95)}, p99 ${latencyAmount(latency.p99)}`,
            },
        { term: 'So far', value: counterWords(check) },
        { term: 'When down', value: recoveryWords[check.recovery] },
        check.muted ? { term: 'Notices', value: 'muted' } : null,
      ]}
    />
  );
}
