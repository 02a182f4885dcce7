import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { ComposeBuild } from '../../../../shared/domain/compose-model.ts';
import { AppError } from '../../../../shared/errors.ts';

/** What an image is built from. */
export interface BuildSource {
  /** Absolute folder of the context, or null when the engine fetches it from `remote` itself. */
  readonly folder: string | null;
  readonly remote: string | null;
  readonly dockerfile: Dockerfile;
}

export interface Dockerfile {
  /** Undefined when it lies in a remote context. */
  readonly text: string | undefined;
  /** Absolute path; null for text in the Compose file and for a remote context. */
  readonly path: string | null;
  /** As a remote context names it, else the last part of its path. */
  readonly name: string;
  /** Relative to the context with forward slashes; null when it is not in there. */
  readonly inside: string | null;
  /** The rules beside it, which go before those of the context. */
  readonly ignore: string | undefined;
}

/** A URL or a git address, which the engine fetches itself. */
export function isRemote(context: string): boolean {
  return /^(https?|git|ssh):\/\/|^git@|^github\.com\//.test(context);
}

/** Reads the Dockerfile. Throws `compose.file-missing` when it or the context is not there. */
export async function readBuildSource(serviceName: string, build: ComposeBuild): Promise<BuildSource> {
  const declared = build.dockerfile ?? 'Dockerfile';
  const inline = build.dockerfile_inline;
  const none = { path: null, inside: null, ignore: undefined };
  if (isRemote(build.context)) {
    const dockerfile = { ...none, text: inline, name: inline === undefined ? declared : 'Dockerfile' };
    return { folder: null, remote: build.context, dockerfile };
  }
  const folder = build.context;
  if (inline !== undefined) {
    return { folder, remote: null, dockerfile: { ...none, text: inline, name: 'Dockerfile' } };
  }
  const path = isAbsolute(declared) ? declared : join(folder, declared);
  const text = await readDockerfile(serviceName, path);
  const ignore = await readFile(`${path}.dockerignore`, 'utf8').catch(() => undefined);
  const below = relative(folder, path);
  const inside = below.startsWith('..') || isAbsolute(below) ? null : below.split(sep).join('/');
  return { folder, remote: null, dockerfile: { text, path, name: basename(path), inside, ignore } };
}

async function readDockerfile(serviceName: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    // Also found in lower case, as docker does.
    const lower = join(dirname(path), 'dockerfile');
    if (basename(path) === 'Dockerfile') {
      const text = await readFile(lower, 'utf8').catch(() => undefined);
      if (text !== undefined) return text;
    }
    throw new AppError(
      {
        code: 'compose.file-missing',
        message: `The Dockerfile ${path} of ${serviceName} cannot be read.`,
        remedy: 'Create it, or correct build.context and build.dockerfile.',
        details: { path },
      },
      { cause },
    );
  }
}

/** Names of the images a Dockerfile starts from, for their registries' credentials. */
export function baseImages(text: string): readonly string[] {
  const stages = new Set<string>();
  const images: string[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line);
    if (match?.[1] === undefined) continue;
    if (!stages.has(match[1].toLowerCase()) && match[1] !== 'scratch' && !match[1].includes('$')) images.push(match[1]);
    if (match[2] !== undefined) stages.add(match[2].toLowerCase());
  }
  return [...new Set(images)];
}

/** The frontend that a Dockerfile asks for in its first lines: `# syntax=docker/dockerfile:1`. */
export function syntaxOf(text: string): string | undefined {
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const directive = /^(?:#|\/\/)\s*([a-z]+)\s*=\s*(\S.*?)\s*$/i.exec(line);
    if (directive === null) {
      if (/^#!/.test(line)) continue;
      return undefined;
    }
    if (directive[1]?.toLowerCase() === 'syntax') return directive[2];
  }
  return undefined;
}
