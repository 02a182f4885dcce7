import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { AppError } from '../../../shared/errors.ts';
import { arrangeLines } from './yaml-list.ts';
import { splice, spliceFlow } from './yaml-splice.ts';

/** Keys of mappings and places in lists, from the top. */
export type YamlPath = readonly (string | number)[];

/** A change to one place of a YAML file. An undefined value removes it. */
export interface YamlSet {
  readonly path: YamlPath;
  readonly value: unknown;
}

/** A list anew: items that are there already by their place, with their comments, and new ones. */
export interface YamlArrange {
  readonly path: YamlPath;
  readonly items: readonly ({ readonly from: number } | { readonly value: unknown })[];
}

export type YamlEdit = YamlSet | YamlArrange;

/**
 * Applies edits to the text of a YAML file. Lines that an edit does not concern stay as they are, byte by byte: comments,
 * quotes, blank lines, anchors. Only where the shape of the file leaves no other way (a comment inside of a flow mapping
 * that must grow) the whole file is printed anew, comments kept. Throws `input.invalid` when the text cannot be read or a
 * path leads through something that is neither a mapping nor a list.
 */
export function editYaml(text: string, edits: readonly YamlEdit[]): string {
  return edits.reduce((current, edit) => applyEdit(current, edit), text);
}

/** The value at a place, as plain data; undefined: nothing is there. */
export function readYaml(text: string, path: YamlPath): unknown {
  const node: unknown = path.length === 0 ? parse(text).contents : parse(text).getIn(path, true);
  if (node === null || node === undefined) return undefined;
  return (node as Node).toJS(parse(text));
}

function applyEdit(text: string, edit: YamlEdit): string {
  const wanted = parse(text);
  refuseThroughOthers(wanted, edit.path);
  if ('items' in edit) {
    arrange(wanted, edit);
    const arranged = arrangeLines(text, parse(text), edit) ?? spliceFlow(text, parse(text), wanted, edit.path);
    if (arranged !== undefined && sameContent(arranged, wanted)) return arranged;
    return wanted.toString({ lineWidth: 0 });
  }
  if (edit.value === undefined) {
    if (!wanted.hasIn(edit.path)) return text;
    wanted.deleteIn(edit.path);
    dropEmptyParents(wanted, edit.path);
  } else {
    dropEmptyScalars(wanted, edit.path);
    wanted.setIn(edit.path, wanted.createNode(edit.value));
  }
  const spliced = splice(text, parse(text), wanted, edit);
  // What was spliced counts only if it reads back as what was asked for.
  if (spliced !== undefined && sameContent(spliced, wanted)) return spliced;
  return wanted.toString({ lineWidth: 0 });
}

function parse(text: string): Document {
  const document = parseDocument(text, { merge: true });
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw new AppError({
      code: 'input.invalid',
      message: `The file cannot be changed because it cannot be read: ${problem.message}`,
      remedy: 'Mend the file first.',
    });
  }
  return document;
}

function sameContent(text: string, wanted: Document): boolean {
  const read = parseDocument(text, { merge: true });
  return read.errors.length === 0 && isDeepStrictEqual(read.toJS() ?? {}, wanted.toJS() ?? {});
}

function refuseThroughOthers(document: Document, path: YamlPath): void {
  for (let length = 0; length < path.length; length += 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (node === undefined || node === null || isMap(node) || (isScalar(node) && node.value === null)) continue;
    if (isSeq(node) && typeof path[length] === 'number') continue;
    const name = length === 0 ? 'The file' : path.slice(0, length).join('.');
    throw new AppError({
      code: 'input.invalid',
      message: `${name} is not a mapping, so ${path.join('.')} cannot be set.`,
      remedy: 'Change it by hand.',
    });
  }
}

function arrange(document: Document, { path, items }: YamlArrange): void {
  const list = document.getIn(path, true);
  const there = isSeq(list) ? list.items : undefined;
  const arranged = items.map((item) => ('from' in item ? there?.[item.from] : document.createNode(item.value)));
  if (!isSeq(list) || arranged.includes(undefined)) {
    throw new AppError({
      code: 'input.invalid',
      message: `${path.join('.')} is not the list that was to be changed.`,
      remedy: 'Read the file again.',
    });
  }
  list.items = arranged;
}

/** `golden:` with nothing behind it holds an empty scalar, which cannot take keys. */
function dropEmptyScalars(document: Document, path: YamlPath): void {
  for (let length = 1; length < path.length; length += 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isScalar(node) && node.value === null) document.setIn(path.slice(0, length), document.createNode({}));
  }
}

function dropEmptyParents(document: Document, path: YamlPath): void {
  for (let length = path.length - 1; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length));
    if (!isMap(parent) || parent.items.length > 0) return;
    // A place in a list stays, or those after it would be others.
    if (typeof path[length - 1] === 'number') return;
    document.deleteIn(path.slice(0, length));
  }
}
