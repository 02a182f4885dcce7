import type { ComposeProject } from '../../../../shared/domain/compose-model.ts';

/** With the default platform at every service that names none, for pulling, building and making containers. */
export function withPlatform(project: ComposeProject, platform: string | undefined): ComposeProject {
  if (platform === undefined) return project;
  const services = Object.entries(project.services).map(([name, service]) => [name, { platform, ...service }] as const);
  return { ...project, services: Object.fromEntries(services) };
}
