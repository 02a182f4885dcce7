import type { Incident } from '../../shared/domain/incident-types.ts';

/** An incident of `shop/main` that goes on, with only what a test says. */
export function incidentOf(service: string, from: number, more: Partial<Incident> = {}): Incident {
  return {
    id: `shop/main/${service}@${from}`,
    environment: 'shop/main',
    service,
    from,
    to: null,
    state: 'down',
    worst: 'down',
    cause: null,
    logLine: null,
    downs: 1,
    certain: true,
    evidenceAt: from,
    acknowledgedAt: null,
    snoozedUntil: null,
    inhibitedBy: null,
    ...more,
  };
}
