import type { TerminalView } from '../../../../shared/contract/streams.ts';

type Named = Pick<TerminalView, 'name' | 'service' | 'title'>;

/** What each tab is called: by the user, else by its place; a number tells apart what has the same place. */
export function tabNames(views: readonly Named[]): string[] {
  const seen = new Map<string, number>();
  return views.map((view) => {
    if (view.name !== null) return view.name;
    const name = view.service ?? view.title;
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return before === 0 ? name : `${name} ${before + 1}`;
  });
}
