/** The places of the window, and how they are written after the `#`. */
export type Route =
  | { readonly page: 'today' }
  | { readonly page: 'stacks' }
  | {
      readonly page: 'add-stack';
      readonly folder: string | null;
      /** A project that Compose started from the folder, to be read as it was started. */
      readonly project?: string;
    }
  | {
      readonly page: 'stack';
      readonly environmentId: string;
      readonly service: string | null;
      readonly tab: string | null;
    }
  | { readonly page: 'golden' }
  | { readonly page: 'activity'; readonly operationId: string | null }
  | {
      readonly page: 'incidents';
      readonly incidentId: string | null;
      /** A notice with what can be done about it, in place of an incident. */
      readonly noticeId?: string;
    }
  | { readonly page: 'routine'; readonly runId: string }
  /** What a routine will run, before it does: to be agreed to, and to be started from. */
  | { readonly page: 'routine-start'; readonly environmentId: string; readonly routine: string }
  /** The routines of an environment to be changed, one of them shown. */
  | { readonly page: 'routine-edit'; readonly environmentId: string; readonly routine: string }
  | { readonly page: 'settings'; readonly section: string | null };

export const home: Route = { page: 'today' };

const enc = encodeURIComponent;

export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'stack':
      return ['#', 'stacks', route.environmentId, route.service, route.service === null ? null : route.tab]
        .filter((part) => part !== null)
        .map((part) => (part === '#' ? part : enc(part)))
        .join('/');
    case 'add-stack':
      return ['#', 'add-stack', route.folder, route.folder === null ? null : (route.project ?? null)]
        .filter((part) => part !== null)
        .map((part) => (part === '#' ? part : enc(part)))
        .join('/');
    case 'activity':
      return route.operationId === null ? '#/activity' : `#/activity/${enc(route.operationId)}`;
    case 'incidents':
      if (route.noticeId !== undefined) return `#/notices/${enc(route.noticeId)}`;
      return route.incidentId === null ? '#/incidents' : `#/incidents/${enc(route.incidentId)}`;
    case 'routine':
      return `#/routine/${enc(route.runId)}`;
    case 'routine-start':
      return `#/routine-start/${enc(route.environmentId)}/${enc(route.routine)}`;
    case 'routine-edit':
      return `#/routine-edit/${enc(route.environmentId)}/${enc(route.routine)}`;
    case 'settings':
      return route.section === null ? '#/settings' : `#/settings/${enc(route.section)}`;
    default:
      return `#/${route.page}`;
  }
}

/** Anything that is not a place leads home. */
export function parseRoute(hash: string): Route {
  const parts = hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  const [page, first = null, second = null, third = null] = parts;
  switch (page) {
    case 'today':
    case 'golden':
      return { page };
    case 'stacks':
      return first === null
        ? { page: 'stacks' }
        : { page: 'stack', environmentId: first, service: second, tab: second === null ? null : third };
    case 'add-stack':
      return { page: 'add-stack', folder: first, ...(second === null ? {} : { project: second }) };
    case 'activity':
      return { page: 'activity', operationId: first };
    case 'incidents':
      return { page: 'incidents', incidentId: first };
    case 'notices':
      return { page: 'incidents', incidentId: null, ...(first === null ? {} : { noticeId: first }) };
    case 'routine':
      return first === null ? { page: 'today' } : { page: 'routine', runId: first };
    case 'routine-start':
      return first === null || second === null
        ? { page: 'today' }
        : { page: 'routine-start', environmentId: first, routine: second };
    case 'routine-edit':
      return first === null
        ? { page: 'today' }
        : { page: 'routine-edit', environmentId: first, routine: second ?? 'morning' };
    case 'settings':
      return { page: 'settings', section: first };
    default:
      return home;
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
