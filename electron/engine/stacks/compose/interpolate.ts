import type { Position } from '../../../../shared/domain/position.ts';
import type { ComposeNode, ScalarNode } from './node.ts';
import { mapItems, mapValues } from './node.ts';
import { type Place, pathRules, ruleAt, step } from './path-rules.ts';
import type { Problems } from './problems.ts';
import { type Lookup, substitute, type VariableRead } from './template.ts';

/** What the text of an attribute becomes after its variables are filled in. */
type Cast = 'integer' | 'number' | 'boolean';

const casts: Place<Cast> = pathRules<Cast>({
  'services.*.cpu_count': 'integer',
  'services.*.cpu_percent': 'number',
  'services.*.cpu_period': 'integer',
  'services.*.cpu_quota': 'integer',
  'services.*.cpu_rt_period': 'integer',
  'services.*.cpu_rt_runtime': 'integer',
  'services.*.cpus': 'number',
  'services.*.cpu_shares': 'integer',
  'services.*.init': 'boolean',
  'services.*.deploy.replicas': 'integer',
  'services.*.deploy.update_config.parallelism': 'integer',
  'services.*.deploy.update_config.max_failure_ratio': 'number',
  'services.*.deploy.rollback_config.parallelism': 'integer',
  'services.*.deploy.rollback_config.max_failure_ratio': 'number',
  'services.*.deploy.restart_policy.max_attempts': 'integer',
  'services.*.deploy.placement.max_replicas_per_node': 'integer',
  'services.*.healthcheck.retries': 'integer',
  'services.*.healthcheck.disable': 'boolean',
  'services.*.oom_kill_disable': 'boolean',
  'services.*.oom_score_adj': 'integer',
  'services.*.pids_limit': 'integer',
  'services.*.ports.*.target': 'integer',
  'services.*.privileged': 'boolean',
  'services.*.read_only': 'boolean',
  'services.*.scale': 'integer',
  'services.*.stdin_open': 'boolean',
  'services.*.tty': 'boolean',
  'services.*.ulimits.*': 'integer',
  'services.*.ulimits.*.hard': 'integer',
  'services.*.ulimits.*.soft': 'integer',
  'services.*.volumes.*.read_only': 'boolean',
  'services.*.volumes.*.volume.nocopy': 'boolean',
  'networks.*.external': 'boolean',
  'networks.*.internal': 'boolean',
  'networks.*.attachable': 'boolean',
  'networks.*.enable_ipv4': 'boolean',
  'networks.*.enable_ipv6': 'boolean',
  'volumes.*.external': 'boolean',
  'secrets.*.external': 'boolean',
  'configs.*.external': 'boolean',
});

export interface Interpolation {
  readonly root: ComposeNode;
  /** Nodes that could not be filled in. Later stages must not complain about them again. */
  readonly broken: ReadonlySet<ComposeNode>;
}

/** Told of every value that has variables: the text as it is written, and what was read for it. */
export type NoteReads = (position: Position, written: string, reads: readonly VariableRead[]) => void;

/** Fills in variables in every value (never in keys) and converts text to the type its attribute has. */
export function interpolate(root: ComposeNode, lookup: Lookup, problems: Problems, note?: NoteReads): Interpolation {
  const broken = new Set<ComposeNode>();

  function walk(node: ComposeNode, path: readonly (string | number)[], place: Place<Cast>): ComposeNode {
    if (node.kind === 'map') return mapValues(node, (value, key) => walk(value, [...path, key], step(place, key)));
    if (node.kind === 'list') return mapItems(node, (item, i) => walk(item, [...path, i], step(place, '[]')));
    if (typeof node.value !== 'string') return node;
    const filled = fill(node, path);
    const cast = ruleAt(place);
    return cast === undefined || typeof filled.value !== 'string' ? filled : convert(filled, cast, path);
  }

  function fill(node: ScalarNode, path: readonly (string | number)[]): ScalarNode {
    const result = substitute(node.value as string, lookup);
    for (const { name, offset } of result.missing) {
      problems.warn({
        code: 'compose.variable-missing',
        message: `The variable ${name} is not set; an empty text is used.`,
        remedy: `Set ${name} in .env or in the shell, or give a default: \${${name}:-value}.`,
        position: inside(node, offset),
        path,
      });
    }
    for (const fault of result.faults) {
      if (fault.kind === 'required') {
        problems.error({
          code: 'compose.variable-missing',
          message: `The variable ${fault.name} must be set${fault.reason === '' ? '' : `: ${fault.reason}`}.`,
          remedy: `Set ${fault.name} in .env or in the shell.`,
          position: inside(node, fault.offset),
          path,
        });
      } else {
        problems.error({
          code: 'compose.invalid',
          message: `The variable in “${shorten(node.text)}” is not written correctly.`,
          remedy: 'Write ${NAME} or ${NAME:-default}; a dollar sign that is meant as such is written $$.',
          position: inside(node, fault.offset),
          path,
        });
      }
    }
    if (result.faults.length > 0) {
      broken.add(node);
      return node;
    }
    if (result.reads.length > 0) note?.(node.position, node.value as string, result.reads);
    if (result.text === node.value) return node;
    return { kind: 'scalar', value: result.text, text: result.text, position: node.position };
  }

  function convert(node: ScalarNode, cast: Cast, path: readonly (string | number)[]): ScalarNode {
    if (broken.has(node)) return node;
    const text = node.value as string;
    const value = castText(text, cast);
    if (value !== undefined) {
      return { kind: 'scalar', value, text: String(value), position: node.position, ...fractionOf(cast) };
    }
    problems.error({
      code: 'compose.invalid',
      message: `“${shorten(text)}” is not ${castNames[cast]}, which ${path.at(-1)} needs.`,
      remedy: `Give ${castNames[cast]}.`,
      position: node.position,
      path,
    });
    broken.add(node);
    return node;
  }

  return { root: walk(root, [], casts), broken };
}

const castNames = { integer: 'a whole number', number: 'a number', boolean: 'true or false' } as const;

function fractionOf(cast: Cast): { readonly fraction?: boolean } {
  return cast === 'number' ? { fraction: true } : {};
}

export function castText(text: string, cast: Cast): number | boolean | undefined {
  if (cast === 'boolean') {
    const lower = text.toLowerCase();
    if (['true', 'y', 'yes', 'on'].includes(lower)) return true;
    if (['false', 'n', 'no', 'off'].includes(lower)) return false;
    return undefined;
  }
  if (cast === 'integer') {
    if (!/^[-+]?[0-9]+$/.test(text)) return undefined;
    return Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
  }
  if (!/^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function inside(node: ScalarNode, offset: number): Position {
  if (node.inset === undefined) return node.position;
  return { ...node.position, column: node.position.column + node.inset + offset };
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
