import { posix } from 'node:path';
import type { Position } from '../../../../shared/domain/position.ts';
import { type Decode, fail, integer, place, strings, struct, textOf } from './decode.ts';
import { castText } from './interpolate.ts';
import { type ComposeNode, formatPath } from './node.ts';
import { splitShellWords } from './shell-words.ts';
import { compareText } from './short-ports.ts';
import { formatDuration, parseBytes, parseDuration } from './units.ts';

export const bytes: Decode = (node, path, context) => {
  if (node.kind === 'scalar') {
    if (node.value === null) return undefined;
    if (typeof node.value === 'number' && Number.isInteger(node.value)) return node.value === 0 ? undefined : node.text;
    const size = typeof node.value === 'string' ? parseBytes(node.value) : undefined;
    if (size !== undefined) return size === 0n ? undefined : size.toString();
  }
  const shown = node.kind === 'scalar' ? `“${node.text}”` : 'This';
  return fail(node, path, context, `${shown} is not a size, which ${formatPath(path)} needs.`, 'Write 512m or 2g.');
};

export const duration: Decode = (node, path, context) => {
  const parsed = node.kind === 'scalar' ? parseDuration(node.text) : undefined;
  if (parsed !== undefined) return formatDuration(parsed);
  const shown = node.kind === 'scalar' ? `“${node.text}”` : 'This';
  return fail(
    node,
    path,
    context,
    `${shown} is not a duration, which ${formatPath(path)} needs.`,
    'Write 30s or 1m30s.',
  );
};

/** Durations that Compose leaves out when they are zero. */
export const nonZeroDuration: Decode = (node, path, context) => {
  const decoded = duration(node, path, context);
  return decoded === '0s' ? undefined : decoded;
};

export const fileMode: Decode = (node, path, context) => {
  if (node.kind === 'scalar') {
    if (typeof node.value === 'number' && Number.isInteger(node.value)) return `0${node.value.toString(8)}`;
    if (typeof node.value === 'string' && /^[0-7]+$/.test(node.value)) {
      return `0${Number.parseInt(node.value, 8).toString(8)}`;
    }
  }
  return fail(node, path, context, `${formatPath(path)} is not a file mode.`, 'Write an octal number such as 0440.');
};

export const deviceCount: Decode = (node, path, context) => {
  if (node.kind === 'scalar' && String(node.value).toLowerCase() === 'all') return -1;
  const count = node.kind === 'scalar' && typeof node.value === 'string' ? castText(node.value, 'integer') : undefined;
  if (count !== undefined) return count || undefined;
  if (node.kind === 'scalar' && typeof node.value === 'number') return Math.trunc(node.value) || undefined;
  return fail(node, path, context, `${formatPath(path)} must be a number or “all”.`, 'Write 1 or all.');
};

/** A command: text is split into words, a list is taken as it is. Null stays null. */
export const command: Decode = (node, path, context) => {
  if (node.kind === 'scalar') {
    if (node.value === null) return null;
    const split = splitShellWords(node.text);
    if ('fault' in split) {
      return fail(
        node,
        path,
        context,
        `${formatPath(path)} cannot be split into words: ${split.fault}.`,
        'Write the command as a list: ["program", "argument"].',
      );
    }
    if (split.cutAt !== undefined) {
      context.problems.warn({
        code: 'compose.invalid',
        message: `${formatPath(path)} ends at “${node.text[split.cutAt]}”: no shell reads it, and Compose drops the rest.`,
        remedy: 'Write ["sh", "-c", "…"] if a shell is meant to read it.',
        position: node.position,
        path,
      });
    }
    return split.words;
  }
  return strings(node, path, context) ?? [];
};

/** `host=address`, sorted. */
export const extraHosts: Decode = (node, path, context) => {
  const hosts: { readonly text: string; readonly position: Position }[] = [];
  function add(host: string, address: string, from: ComposeNode): void {
    if (host === '' || /[:=]/.test(host)) {
      fail(from, path, context, `“${host}” is not a host name.`, 'Write host=address.');
      return;
    }
    const bare =
      address.length > 2 && address.startsWith('[') && address.endsWith(']') ? address.slice(1, -1) : address;
    hosts.push({ text: `${host}=${bare}`, position: from.position });
  }
  if (node.kind === 'map') {
    for (const [host, { value }] of node.entries) {
      if (value.kind === 'list')
        for (const item of value.items) add(host, item.kind === 'scalar' ? item.text : '', item);
      else add(host, value.kind === 'scalar' ? value.text : '', value);
    }
  } else if (node.kind === 'list') {
    for (const item of node.items) {
      const whole = item.kind === 'scalar' ? item.text : '';
      const match = /^([^=]*)=(.*)$/s.exec(whole) ?? /^([^:]*):(.*)$/s.exec(whole);
      if (match === null) {
        fail(item, path, context, `“${whole}” has no address.`, 'Write host=address.');
        continue;
      }
      for (const address of (match[2] ?? '').split(',')) add(match[1] ?? '', address, item);
    }
  } else if (node.value !== null)
    return fail(node, path, context, `${formatPath(path)} must be a list.`, 'Write host=address.');
  hosts.sort((a, b) => compareText(a.text, b.text));
  const texts = hosts.map((host) => host.text);
  for (const [index, host] of hosts.entries()) place(context, texts, index, host.position);
  return texts.length === 0 ? undefined : texts;
};

export const ulimit: Decode = (node, path, context) => {
  if (node.kind === 'scalar') return integer(node, path, context);
  return struct([
    ['soft', integer],
    ['hard', integer],
  ])(node, path, context);
};

export const healthTest: Decode = (node, path, context) => {
  if (node.kind !== 'scalar' || node.value === null) return strings(node, path, context);
  const test = ['CMD-SHELL', node.text];
  place(context, test, 1, node.position);
  return test;
};

export const containerPath: Decode = (node, path, context) => {
  const value = textOf(node, path, context);
  return value === undefined || value === '' ? undefined : posix.normalize(value).replace(/(?<=.)\/$/, '');
};
