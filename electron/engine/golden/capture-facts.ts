import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { withoutSecrets } from '../environments/masking.ts';
import { loadedOf } from '../environments/target.ts';
import type { ContainerInfo, EnvironmentTarget } from '../providers/provider.ts';
import type { CaptureInput } from './capture.ts';
import type { ImageIndex } from './capture-copy.ts';
import type { Survey } from './capture-survey.ts';
import type { Golden } from './context.ts';
import { gitInfo } from './git-info.ts';
import { partialFolder } from './layout.ts';
import { type Manifest, type ManifestVolume, manifestSchema } from './manifest.ts';
import { redactProject } from './redact.ts';
import { putFiles } from './scripts/images.ts';

/** What an image's manifest says of its stack. With it the manifest can be written when the Compose file is gone. */
export const factsSchema = manifestSchema.pick({ class: true, git: true, stackHash: true, images: true });
export type Facts = z.infer<typeof factsSchema>;

/** Reads what the manifest says of the stack, and puts the resolved configuration beside the image. */
export async function noteFacts(
  golden: Golden,
  target: EnvironmentTarget,
  id: string,
  signal: AbortSignal,
): Promise<Facts> {
  const containers = await golden.runtime.containers(target, signal);
  const facts = { class: target.class, ...(await describeStack(golden, target, signal)) };
  const loaded = loadedOf(target);
  const project = loaded === undefined ? target.project : withoutSecrets(loaded, target.project);
  const compose = JSON.stringify(redactProject(project), null, 2);
  await golden.helper.run(putFiles, [partialFolder(id), 'compose.json', compose], {
    signal,
    operationId: id,
    what: 'write the configuration',
  });
  return { ...facts, images: imagesOf(target, containers) };
}

export interface ManifestParts {
  readonly id: string;
  readonly input: CaptureInput;
  readonly survey: Survey;
  readonly facts: Facts;
  readonly index: ImageIndex;
  readonly awayMs: number | null;
  /** Every service had ended by itself, or was asked to and did. */
  readonly clean: boolean;
}

export async function writeManifest(golden: Golden, parts: ManifestParts, signal: AbortSignal): Promise<void> {
  const { id, input, survey, facts, index } = parts;
  const manifest: Manifest = {
    format: 1,
    id,
    name: input.name,
    environmentId: input.environmentId,
    projectName: survey.projectName,
    ...facts,
    purpose: input.purpose,
    note: input.note,
    createdAt: golden.clock.now().toISOString(),
    createdBy: input.by,
    consistency: parts.clean ? 'clean' : 'crash-consistent',
    volumes: index.map((entry): ManifestVolume => {
      const volume = survey.volumes.find((each) => each.key === entry.key);
      return { ...entry, services: volume?.services ?? [], plain: volume?.kind === 'plain' };
    }),
    omitted: survey.omitted,
    parentId: survey.parentId,
    awayMs: parts.awayMs,
    appVersion: golden.appVersion,
  };
  await golden.helper.run(putFiles, [partialFolder(id), 'manifest.json', JSON.stringify(manifest)], {
    signal,
    operationId: id,
    what: 'write the manifest',
  });
}

/** What the declaration looked like when the image was made. */
async function describeStack(
  golden: Golden,
  target: EnvironmentTarget,
  signal: AbortSignal,
): Promise<Pick<Manifest, 'git' | 'stackHash'>> {
  const git = await gitInfo(target.folder, golden.runProcess, signal);
  const hash = createHash('sha256');
  for (const file of target.files) {
    const bytes = await golden.files.readBytes(file, signal).catch(() => undefined);
    hash.update(`${file.slice(target.folder.length)}\0${bytes?.length ?? 'missing'}\0`);
    if (bytes !== undefined) hash.update(bytes);
  }
  return { git, stackHash: hash.digest('hex') };
}

/** Which image each service runs, down to the digest; a service without a container is left out. */
function imagesOf(target: EnvironmentTarget, containers: readonly ContainerInfo[]): Manifest['images'] {
  return Object.entries(target.project.services)
    .flatMap(([service, declared]) => {
      const container = containers.find((each) => each.service === service);
      if (container === undefined) return [];
      return [{ service, reference: declared.image ?? container.image, imageId: container.imageId }];
    })
    .sort((a, b) => (a.service < b.service ? -1 : 1));
}
