import { isAbsolute, normalize } from 'node:path';
import type { ComposeNode } from '../compose/node.ts';
import type { Problems } from '../compose/problems.ts';
import { type Path, positionIn, positionInText } from './places.ts';

/** Says that something at a place is wrong. `index` is that of the character in the text there. */
export type Say = (path: Path, message: string, remedy: string, index?: number) => void;

export function sayer(root: ComposeNode, problems: Problems): Say {
  return (path, message, remedy, index) =>
    problems.error({
      code: 'golden-file.invalid',
      message,
      remedy,
      position: index === undefined ? positionIn(root, path) : positionInText(root, path, index),
      path,
    });
}

/** A path below the stack's folder. */
export function checkInside(path: Path, folder: string, say: Say): void {
  if (!isAbsolute(folder) && !/^([A-Za-z]:)?[\\/]/.test(folder) && !/^\.\.([\\/]|$)/.test(normalize(folder))) return;
  say(path, `“${folder}” is outside of the stack's folder.`, 'Write a path below the folder that golden.yml is in.');
}
