import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { connectDocker, fixtureImages } from './docker.ts';
import type { TestRegistry } from './registry.ts';

export interface PushedImage {
  /** `127.0.0.1:40123/team/app:1` */
  readonly name: string;
  /** Of its manifest: `sha256:…` */
  readonly digest: string;
  /** Of all layers as they travel, bytes. */
  readonly bytes: number;
}

export interface ImageRecipe {
  /** `team/app` */
  readonly repository: string;
  readonly tag?: string;
  /** Bytes of incompressible content per layer, new in every run so that no engine has it already. */
  readonly layers: readonly number[];
  /** Its architecture. Default: this machine's. */
  readonly architecture?: string;
  /** With a shell in it, and a command that goes on for ever. Default false: nothing but content. */
  readonly runs?: boolean;
}

interface Blob {
  readonly digest: string;
  readonly size: number;
}

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';
const listType = 'application/vnd.docker.distribution.manifest.list.v2+json';

/** This machine's architecture in the words of images. */
export const machine = process.arch === 'x64' ? 'amd64' : process.arch;

/** Puts an image of one's own making into a registry without any engine having it. */
export async function putImage(registry: TestRegistry, recipe: ImageRecipe): Promise<PushedImage> {
  const { repository, tag = '1' } = recipe;
  const contents = await Promise.all(
    recipe.layers.map((size, index) => layerOf(`data-${index}`, randomBytes(size), 0o644)),
  );
  if (recipe.runs === true) contents.unshift(await layerOf('bin/busybox', await busybox(), 0o755));
  const layers: Blob[] = [];
  const diffIds: string[] = [];
  for (const tar of contents) {
    diffIds.push(digestOf(tar));
    layers.push(await putBlob(registry, repository, gzipSync(tar, { level: 1 })));
  }
  const config = await putBlob(
    registry,
    repository,
    Buffer.from(
      JSON.stringify({
        os: 'linux',
        architecture: recipe.architecture ?? machine,
        config: { Cmd: ['/bin/busybox', 'sleep', '100000'], Labels: { 'io.goldenhour.test': 'yes' } },
        rootfs: { type: 'layers', diff_ids: diffIds },
      }),
    ),
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', ...config },
    layers: layers.map((layer) => ({ mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', ...layer })),
  };
  const digest = await putManifest(registry, repository, tag, manifestType, manifest);
  const bytes = layers.reduce((sum, layer) => sum + layer.size, 0);
  return { name: `${registry.host}/${repository}:${tag}`, digest, bytes };
}

/** One name for images of several architectures that are in the same repository already. */
export async function putIndex(
  registry: TestRegistry,
  repository: string,
  tag: string,
  entries: readonly { readonly architecture: string; readonly digest: string }[],
): Promise<string> {
  const manifests = await Promise.all(
    entries.map(async ({ architecture, digest }) => {
      const found = await call(registry, `/v2/${repository}/manifests/${digest}`, {
        headers: { accept: manifestType },
      });
      const size = (await found.arrayBuffer()).byteLength;
      return { mediaType: manifestType, digest, size, platform: { os: 'linux', architecture } };
    }),
  );
  await putManifest(registry, repository, tag, listType, { schemaVersion: 2, mediaType: listType, manifests });
  return `${registry.host}/${repository}:${tag}`;
}

async function call(registry: TestRegistry, path: string, init: RequestInit): Promise<Response> {
  const url = new URL(path, `http://${registry.host}`);
  const { authorization } = registry;
  const headers = { ...(authorization === undefined ? {} : { authorization }), ...init.headers };
  const response = await fetch(url, { ...init, headers });
  if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${url}: ${response.status} ${await response.text()}`);
  return response;
}

async function putBlob(registry: TestRegistry, repository: string, content: Buffer): Promise<Blob> {
  const digest = digestOf(content);
  const begun = await call(registry, `/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  const upload = new URL(begun.headers.get('location') ?? '', `http://${registry.host}`);
  upload.searchParams.set('digest', digest);
  await call(registry, `${upload.pathname}${upload.search}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(content),
  });
  return { digest, size: content.length };
}

async function putManifest(
  registry: TestRegistry,
  repository: string,
  tag: string,
  type: string,
  manifest: object,
): Promise<string> {
  const body = JSON.stringify(manifest);
  const path = `/v2/${repository}/manifests/${tag}`;
  await call(registry, path, { method: 'PUT', headers: { 'content-type': type }, body });
  return digestOf(Buffer.from(body));
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

async function layerOf(name: string, content: Buffer, mode: number): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name, mode }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

let program: Promise<Buffer> | undefined;

/** The static busybox of the fixture images. */
function busybox(): Promise<Buffer> {
  program ??= (async () => {
    const container = await connectDocker().createContainer({ Image: fixtureImages.tools, Cmd: ['true'] });
    try {
      const archive = await container.getArchive({ path: '/bin/busybox' });
      const entries = archive.pipe(extract());
      for await (const entry of entries) {
        const chunks: Buffer[] = [];
        for await (const chunk of entry) chunks.push(chunk as Buffer);
        if (chunks.length > 0) return Buffer.concat(chunks);
      }
      throw new Error('the fixture image has no busybox');
    } finally {
      await container.remove({ force: true });
    }
  })();
  return program;
}
