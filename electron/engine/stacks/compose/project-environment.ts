import { dirname, isAbsolute } from 'node:path';
import {
  type Environment,
  type LoadContext,
  lookupIn,
  ownPosition,
  readText,
  secretPosition,
  shellPosition,
} from './context.ts';
import { discoverFiles, filesOfVariable, noComposeFile } from './discover.ts';
import { type EnvVariable, parseDotenv } from './dotenv.ts';
import { get, stringOf } from './node.ts';
import { maxBytes, parseYaml } from './parse.ts';
import { join } from './paths.ts';
import { createProblems } from './problems.ts';
import { nameOf, openRemote } from './remote.ts';
import { substitute } from './template.ts';

export interface ProjectEnvironment {
  /** The Compose files, absolute, the base first. */
  readonly files: readonly string[];
  /** The folder that relative paths start from. */
  readonly folder: string;
  readonly environment: Environment;
  /** Files of variables that were named in place of `.env`, absolute. */
  readonly envFiles: readonly string[];
  readonly profiles: readonly string[];
  readonly name: string;
}

export interface ProjectEnvironmentInput {
  readonly folder: string;
  readonly files?: readonly string[] | undefined;
  readonly projectDirectory?: string | undefined;
  readonly envFiles?: readonly string[] | undefined;
  readonly profiles?: readonly string[] | undefined;
  readonly projectName?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly secrets?: Readonly<Record<string, string>> | undefined;
}

/** Finds files, variables, profiles and the name of a project, in the order of precedence that Compose has. */
export async function findProject(context: LoadContext, input: ProjectEnvironmentInput): Promise<ProjectEnvironment> {
  const shell = new Map<string, EnvVariable>();
  for (const [name, value] of Object.entries(input.environment)) {
    if (value !== undefined) shell.set(name, { value, position: shellPosition });
  }
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(input.folder, path));
  const given = await givenFiles(context, input, absolute);
  const explicit = envFilesOf(input, shell)?.map(absolute);
  // Variables and the name are those of the folder one stands in when the first file comes from elsewhere.
  const [first] = given ?? [];
  const firstFolder = first === undefined || first.fetched ? input.folder : dirname(first.path);
  const ownFolder = input.projectDirectory === undefined ? undefined : absolute(input.projectDirectory);

  const secrets = Object.entries(input.secrets ?? {}).map(([name, value]): [string, EnvVariable] => [
    name,
    { value, position: secretPosition },
  ]);
  const set: Environment = new Map([...secrets, ...shell]);
  let environment = await withEnvFiles(context, set, explicit, ownFolder ?? firstFolder, shell);
  const fromVariable = environment.get('COMPOSE_FILE');
  let files: readonly string[] | undefined = given?.map((file) => file.path);
  if (files === undefined && fromVariable !== undefined) {
    files = filesOfVariable(fromVariable.value, environment.get('COMPOSE_PATH_SEPARATOR')?.value, input.folder);
  }
  files ??= await discoverFiles(input.folder, context.files);
  if (files.length === 0) throw noComposeFile(input.folder);
  const localFolder = ownFolder ?? (first?.fetched === true ? input.folder : dirname(files[0]!));
  // Where the first file from elsewhere lies, before all that was asked for.
  const fetched = given?.find((file) => file.fetched);
  const folder = fetched === undefined ? localFolder : dirname(fetched.path);
  if (explicit === undefined && localFolder !== firstFolder) {
    environment = await withEnvFiles(context, environment, undefined, localFolder, shell);
  }
  const name = await projectName(context, files, localFolder, environment, input.projectName);
  return {
    files,
    folder,
    name,
    envFiles: explicit ?? [],
    profiles: profilesOf(input, environment),
    environment: new Map([...environment, ['COMPOSE_PROJECT_NAME', { value: name, position: ownPosition }]]),
  };
}

interface GivenFile {
  readonly path: string;
  readonly fetched: boolean;
}

async function givenFiles(
  context: LoadContext,
  { files }: ProjectEnvironmentInput,
  absolute: (path: string) => string,
): Promise<readonly GivenFile[] | undefined> {
  if (files === undefined || files.length === 0) return undefined;
  const found: GivenFile[] = [];
  for (const file of files) {
    const remote = await openRemote(context, file, { file: '<command line>', line: 1, column: 1 });
    if (remote === 'failed') context.problems.throwIfAny();
    else
      found.push(
        remote === undefined ? { path: absolute(file), fetched: false } : { path: remote.file, fetched: true },
      );
  }
  return found;
}

function envFilesOf(input: ProjectEnvironmentInput, shell: Environment): readonly string[] | undefined {
  if (input.envFiles !== undefined && input.envFiles.length > 0) return input.envFiles;
  const listed = shell.get('COMPOSE_ENV_FILES')?.value ?? '';
  return listed === '' ? undefined : listed.split(',').map((path) => path.trim());
}

function profilesOf(input: ProjectEnvironmentInput, environment: Environment): readonly string[] {
  if (input.profiles !== undefined && input.profiles.length > 0) return input.profiles;
  const listed = environment.get('COMPOSE_PROFILES')?.value ?? '';
  return listed
    .split(',')
    .map((profile) => profile.trim())
    .filter((profile) => profile !== '');
}

/** Adds the variables of `.env`, or of the files named instead. What is set already wins. */
async function withEnvFiles(
  context: LoadContext,
  environment: Environment,
  explicit: readonly string[] | undefined,
  folder: string,
  shell: Environment,
): Promise<Environment> {
  let files = explicit;
  if (files === undefined) {
    const disabled = /^(1|t|true)$/i.test(shell.get('COMPOSE_DISABLE_ENV_FILE')?.value ?? '');
    const usual = join(folder, '.env');
    files = !disabled && (await context.files.info(usual))?.kind === 'file' ? [usual] : [];
  }
  let variables = new Map<string, EnvVariable>();
  for (const file of files) {
    const text = await readText(context, file, { file, line: 1, column: 1 }, 'env file');
    if (text !== undefined) variables = parseDotenv(text, file, lookupIn(environment), context.problems, variables);
  }
  return new Map([...variables, ...environment]);
}

/** What Compose makes of a name that was not meant as a project name. */
export function normalizeProjectName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}

async function projectName(
  context: LoadContext,
  files: readonly string[],
  folder: string,
  environment: Environment,
  asked: string | undefined,
): Promise<string> {
  const set = asked === undefined || asked === '' ? environment.get('COMPOSE_PROJECT_NAME') : undefined;
  const imposed = asked || set?.value;
  if (imposed !== undefined && imposed !== '') {
    if (normalizeProjectName(imposed) === imposed) return imposed;
    context.problems.error({
      code: 'compose.invalid',
      message: `“${imposed}” is not a project name.`,
      remedy: `Use lower-case letters, digits, _ and -, for example “${normalizeProjectName(imposed) || 'project'}”.`,
      position: set?.position ?? { file: '<command line>', line: 1, column: 1 },
    });
    return normalizeProjectName(imposed) || 'project';
  }
  const written = await writtenName(context, files, environment);
  const name = written === undefined ? normalizeProjectName(folder.split(/[\\/]/).at(-1) ?? '') : written;
  if (name !== '') return name;
  context.problems.error({
    code: 'compose.invalid',
    message: 'The project has no name: nothing is left of the name of its folder.',
    remedy: 'Add “name:” at the top of the Compose file.',
    position: { file: files[0]!, line: 1, column: 1 },
  });
  return 'project';
}

/** The `name` that the last file with one gives. Faults in the files are found when they are read for good. */
async function writtenName(
  context: LoadContext,
  files: readonly string[],
  environment: Environment,
): Promise<string | undefined> {
  let written: string | undefined;
  for (const file of files) {
    const info = await context.files.info(file);
    if (info?.kind !== 'file' || info.bytes > maxBytes) continue;
    const text = await context.files.readText(file, context.signal).catch(() => '');
    // Most files have no name at their top level.
    if (!/^(\s*\{|["']?name["']?\s*:)/m.test(text)) continue;
    const problems = createProblems();
    const documents = parseYaml(text, nameOf(context, file), problems);
    if (!problems.hasErrors && problems.warnings.length === 0) context.peeked.set(file, { text, documents });
    for (const { root } of documents) {
      const name = stringOf(get(root, 'name'));
      if (name !== undefined && name !== '') written = name;
    }
  }
  if (written === undefined) return undefined;
  return normalizeProjectName(substitute(written, lookupIn(environment)).text);
}
