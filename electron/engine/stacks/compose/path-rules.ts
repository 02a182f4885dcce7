/**
 * Rules for places in a document, written as patterns such as `services.*.ports.*`, looked up while walking down.
 * `*` stands for any key and for any list item.
 */
export interface PathRules<T> {
  readonly children: Map<string, PathRules<T>>;
  rule?: T;
}

/** Where a walk stands: every pattern prefix that still fits. */
export type Place<T> = readonly PathRules<T>[];

export function pathRules<T>(patterns: Readonly<Record<string, T>>): Place<T> {
  const root: PathRules<T> = { children: new Map() };
  for (const [pattern, rule] of Object.entries(patterns)) {
    let at = root;
    for (const segment of pattern.split('.')) {
      let next = at.children.get(segment);
      if (next === undefined) {
        next = { children: new Map() };
        at.children.set(segment, next);
      }
      at = next;
    }
    at.rule = rule;
  }
  return [root];
}

export function step<T>(place: Place<T>, segment: string): Place<T> {
  if (place.length === 0) return place;
  const next: PathRules<T>[] = [];
  for (const rules of place) {
    const exact = rules.children.get(segment);
    if (exact !== undefined) next.push(exact);
    const any = rules.children.get('*');
    if (any !== undefined && any !== exact) next.push(any);
  }
  return next;
}

export function steps<T>(place: Place<T>, segments: readonly string[]): Place<T> {
  return segments.reduce((at, segment) => step(at, segment), place);
}

export function ruleAt<T>(place: Place<T>): T | undefined {
  for (const rules of place) if (rules.rule !== undefined) return rules.rule;
  return undefined;
}
