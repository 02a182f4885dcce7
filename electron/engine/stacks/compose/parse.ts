import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node as YamlNode } from 'yaml';
import type { Position } from '../../../../shared/domain/position.ts';
import { findTooDeep } from './nesting.ts';
import type { ComposeNode, MapEntry, MapNode } from './node.ts';
import type { Problems } from './problems.ts';
import { composeDocuments, openedAt } from './yaml-documents.ts';
import { explainYamlError } from './yaml-errors.ts';
import { resolvePlain } from './yaml-scalars.ts';

/** Larger files are not Compose files. */
export const maxBytes = 8 * 1024 * 1024;
/** Deeper nesting is an attack or a mistake; Compose's own model is at most nine levels deep. */
export const maxDepth = 100;
/** How many nodes aliases may unfold to. */
export const maxAliasNodes = 100_000;

const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

export interface ParsedDocument {
  readonly root: MapNode;
  /** Places tagged `!reset` or `!override`: what earlier files say there is dropped. */
  readonly cleared: readonly (readonly string[])[];
}

/** Thrown inside one document when going on makes no sense; the problem is already recorded. */
class Stop extends Error {}

/** Turns YAML text into trees with positions. Problems are recorded; broken documents are left out of the result. */
export function parseYaml(text: string, file: string, problems: Problems): readonly ParsedDocument[] {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (text.length > maxBytes) {
    problems.error({
      code: 'compose.invalid',
      message: `The file has ${Math.round(text.length / 1024 / 1024)} MB; a Compose file may have ${maxBytes / 1024 / 1024} MB at most.`,
      remedy: 'Check that this is the file you meant.',
      position: { file, line: 1, column: 1 },
    });
    return [];
  }
  const control = controlCharacter.exec(text);
  if (control !== null) {
    const before = text.slice(0, control.index).split(/\r\n|\r|\n/);
    const code = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    problems.error({
      code: 'compose.syntax',
      message: `The file contains the control character U+${code}, which YAML forbids.`,
      remedy: 'Remove it, or write it as an escape in double quotes.',
      position: { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
    });
    return [];
  }
  const source = text.replace(/^\uFEFF/, '');
  const deep = findTooDeep(source);
  if (deep !== undefined) {
    const before = source.slice(0, deep).split('\n');
    tooDeep(problems, { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 });
    return [];
  }
  const { documents, errors } = composeDocuments(source, lines);
  const parsed: ParsedDocument[] = [];
  let lastLine = 0;
  for (const error of errors) {
    // Mistakes draw others after them on the same line.
    const { line } = at(error.pos[0]);
    if (line === lastLine) continue;
    lastLine = line;
    const opened = openedAt(documents, error);
    const { message, remedy } = explainYamlError(error.code, error.message, opened !== undefined);
    problems.error({ code: 'compose.syntax', message, remedy, position: at(opened ?? error.pos[0]) });
  }
  if (errors.length > 0) return [];
  for (const document of documents) {
    if (document.contents === null) continue;
    try {
      const result = convert(document.contents as YamlNode, at, problems);
      if (result !== undefined) parsed.push(result);
    } catch (error) {
      if (error instanceof RangeError) tooDeep(problems, at(document.contents.range?.[0] ?? 0));
      else if (!(error instanceof Stop)) throw error;
    }
  }
  return parsed;
}

function tooDeep(problems: Problems, position: Position): void {
  problems.error({
    code: 'compose.syntax',
    message: 'The document is nested too deeply.',
    remedy: 'Check the indentation and the brackets.',
    position,
  });
}

/** The way to a node, innermost key first: most ways are never asked for. */
interface Trail {
  readonly parent: Trail | undefined;
  readonly key: string;
}

function pathOf(trail: Trail | undefined): readonly string[] {
  const path: string[] = [];
  for (let at = trail; at !== undefined; at = at.parent) path.unshift(at.key);
  return path;
}

function convert(root: YamlNode, at: (offset: number) => Position, problems: Problems): ParsedDocument | undefined {
  const anchors = new Map<string, YamlNode>();
  const open = new Set<YamlNode>();
  const cleared: (readonly string[])[] = [];
  let insideAlias = 0;
  let aliasNodes = 0;

  function stop(message: string, remedy: string, position: Position): never {
    problems.error({ code: 'compose.syntax', message, remedy, position });
    throw new Stop(message);
  }

  /** Undefined: the node was reset away. `fallback` is the position of nodes that have no text, such as `key:`. */
  function visit(
    node: YamlNode | null,
    trail: Trail | undefined,
    depth: number,
    fallback: Position,
  ): ComposeNode | undefined {
    const position = node?.range ? at(node.range[0]) : fallback;
    if (depth > maxDepth) {
      tooDeep(problems, position);
      throw new Stop();
    }
    if (node === null) return { kind: 'scalar', value: null, text: '', position };
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) {
        stop(`The alias *${node.source} has no anchor before it.`, `Define &${node.source} above this line.`, position);
      }
      if (open.has(target)) {
        stop(`The anchor &${node.source} contains itself.`, 'Remove the alias inside its own anchor.', position);
      }
      insideAlias += 1;
      const result = visit(target, trail, depth + 1, position);
      insideAlias -= 1;
      return result;
    }
    if (insideAlias > 0 && ++aliasNodes > maxAliasNodes) {
      stop('The aliases in this document unfold to too many values.', 'Use fewer nested aliases.', position);
    }
    const anchor = (node as { anchor?: string }).anchor;
    if (anchor !== undefined) anchors.set(anchor, node);
    const tag = (node as { tag?: string }).tag;
    if (tag === '!reset') {
      cleared.push(pathOf(trail));
      register(node);
      return undefined;
    }
    if (tag === '!override') cleared.push(pathOf(trail));
    if (isScalar(node)) return scalarOf(node, tag, position);
    open.add(node);
    try {
      if (isSeq(node)) {
        const items: ComposeNode[] = [];
        node.items.forEach((item, index) => {
          const visited = visit(item as YamlNode | null, { parent: trail, key: String(index) }, depth + 1, position);
          if (visited !== undefined) items.push(visited);
        });
        return { kind: 'list', items, position };
      }
      if (isMap(node)) return mapOf(node, trail, depth, position);
    } finally {
      open.delete(node);
    }
    return stop('This kind of YAML node is not known.', 'Write it as a mapping, a list or a value.', position);
  }

  /** Anchors inside a reset value can still be used below it. */
  function register(node: YamlNode | null): void {
    if (node === null) return;
    const anchor = (node as { anchor?: string }).anchor;
    if (anchor !== undefined) anchors.set(anchor, node);
    if (isMap(node)) for (const pair of node.items) register(pair.value as YamlNode | null);
    else if (isSeq(node)) for (const item of node.items) register(item as YamlNode | null);
  }

  function mapOf(
    node: Extract<YamlNode, { items: unknown }>,
    trail: Trail | undefined,
    depth: number,
    position: Position,
  ): MapNode {
    const own = new Map<string, MapEntry>();
    const merged: MapNode[] = [];
    const firstSeen = new Map<string, Position>();
    for (const pair of node.items as { key: YamlNode | null; value: YamlNode | null }[]) {
      const keyNode = pair.key;
      const keyPosition = keyNode?.range ? at(keyNode.range[0]) : position;
      const isMerge = keyNode !== null && isScalar(keyNode) && keyNode.type === 'PLAIN' && keyNode.source === '<<';
      const key = isMerge ? '<<' : keyOf(keyNode, trail, depth, keyPosition);
      const before = firstSeen.get(key);
      if (before !== undefined) {
        stop(
          `The key “${key}” is already defined in this mapping, at line ${before.line}.`,
          isMerge ? 'Write one << with a list: <<: [*a, *b].' : 'Remove one of the two, or merge them.',
          keyPosition,
        );
      }
      firstSeen.set(key, keyPosition);
      if (isMerge) {
        for (const source of mergeSources(pair.value, trail, depth, keyPosition)) merged.push(source);
        continue;
      }
      const value = visit(pair.value, { parent: trail, key }, depth + 1, endOf(keyNode, keyPosition));
      if (value !== undefined) own.set(key, { keyPosition, value });
    }
    if (merged.length === 0) return { kind: 'map', entries: own, position };
    const entries = new Map<string, MapEntry>();
    for (const source of merged) {
      for (const [key, entry] of source.entries) if (!entries.has(key)) entries.set(key, entry);
    }
    for (const [key, entry] of own) entries.set(key, entry);
    return { kind: 'map', entries, position };
  }

  function mergeSources(
    value: YamlNode | null,
    trail: Trail | undefined,
    depth: number,
    keyPosition: Position,
  ): readonly MapNode[] {
    const visited = visit(value, trail, depth + 1, keyPosition);
    if (visited === undefined) return [];
    const sources = visited.kind === 'list' ? visited.items : [visited];
    return sources.map((source) => {
      if (source.kind === 'map') return source;
      return stop('The merge key << takes a mapping or a list of mappings.', 'Point it to a mapping.', source.position);
    });
  }

  function keyOf(keyNode: YamlNode | null, trail: Trail | undefined, depth: number, position: Position): string {
    const visited = visit(keyNode, trail, depth + 1, position);
    if (visited?.kind === 'scalar' && typeof visited.value === 'string' && visited.date !== true) return visited.value;
    const found = visited?.kind === 'scalar' ? `“${visited.text}”` : 'a collection';
    return stop(`A key must be text, but this one is ${found}.`, 'Put quotes around the key.', position);
  }

  function endOf(keyNode: YamlNode | null, fallback: Position): Position {
    return keyNode?.range ? at(keyNode.range[0]) : fallback;
  }

  function scalarOf(node: YamlNode, tag: string | undefined, position: Position): ComposeNode {
    const { source, type, value } = node as { source?: string; type?: string; value?: unknown };
    const text = typeof value === 'string' ? value : String(value ?? '');
    if (type === 'PLAIN' && (tag === undefined || tag.startsWith('!') || tag !== 'tag:yaml.org,2002:str')) {
      const resolved = resolvePlain(text);
      if (typeof resolved.value !== 'string' || resolved.date === true)
        return { kind: 'scalar', ...resolved, position };
    }
    const verbatim = type === 'PLAIN' ? source === text : source === text && /QUOTE/.test(type ?? '');
    const inset = type === 'PLAIN' ? 0 : 1;
    return {
      kind: 'scalar',
      value: text,
      text,
      position,
      ...(verbatim && !text.includes('\n') ? { inset } : {}),
    };
  }

  const start = at(root.range?.[0] ?? 0);
  const visited = visit(root, undefined, 0, start);
  if (visited === undefined) return undefined;
  if (visited.kind !== 'map') {
    if (visited.kind === 'scalar' && visited.value === null) return undefined;
    return stop('The file must be a mapping at its top level.', 'Start with a key and a colon.', visited.position);
  }
  return { root: visited, cleared };
}
