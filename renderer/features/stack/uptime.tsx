import type { ReactNode } from 'react';
import type { ServiceView } from '../../../shared/contract/environments.ts';
import { formatDuration } from '../../ui/format.ts';
import { useNow } from '../../ui/use-now.ts';
import { uptimeMs } from './service-words.ts';

/** How long a service has been running; by the second while it is young. */
export function Uptime({ service }: { readonly service: ServiceView }): ReactNode {
  const ms = uptimeMs(service, useNow());
  if (ms === null) return <span className="t3">–</span>;
  return ms < 90_000 ? <Young service={service} /> : formatDuration(ms);
}

function Young({ service }: { readonly service: ServiceView }): ReactNode {
  return formatDuration(uptimeMs(service, useNow('second')) ?? 0);
}
