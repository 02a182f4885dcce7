import { type ConfigEntry, isRepositorys, lastValue, splitKey } from './config-entries.ts';
import { quietSsh } from './hardening.ts';
import type { Setting } from './runner.ts';

/** What a repository's own configuration would run, and what is done about it. */
export interface Judgement {
  /** Take the place of what the repository says. */
  readonly settings: readonly Setting[];
  readonly variables: Readonly<Record<string, string>>;
  /** Programs that content passes through, named by the repository itself. They are not run. */
  readonly filters: readonly string[];
  /** Settings for which no server is talked to: they lead somewhere else, or run something that cannot be turned off. */
  readonly network: readonly string[];
}

/** Variables of `http` that only tune. All others say whom to trust, whom to go through, or which files to write. */
const tuning = new Set([
  'postbuffer',
  'lowspeedlimit',
  'lowspeedtime',
  'version',
  'maxrequests',
  'minsessions',
  'useragent',
  'noepsv',
  'followredirects',
  'extraheader',
  'keepaliveidle',
  'keepaliveinterval',
  'keepalivecount',
  'maxretries',
  'retryafter',
  'maxretrytime',
]);

const lfsCommands: Readonly<Record<string, RegExp>> = {
  clean: /^git-lfs clean -- %f$/,
  smudge: /^git-lfs smudge (--skip )?-- %f$/,
  process: /^git-lfs filter-process( --skip)?$/,
};

/** `git lfs` reads these too, and they name programs. */
const lfsPrograms = /^lfs\.(extension\.|customtransfer\.|(.*\.)?standalonetransferagent$)/;

export function judgeConfig(
  entries: readonly ConfigEntry[],
  environment: Readonly<Record<string, string | undefined>>,
): Judgement {
  const own = entries.filter(isRepositorys);
  const users = entries.filter((entry) => !isRepositorys(entry));
  const settings: Setting[] = [];
  const network = new Set<string>();
  const lfs = lfsIsPlain(own);
  const filters = new Set<string>();

  for (const { key } of own) {
    const { section, name, variable } = splitKey(key);
    if (section === 'filter' && variable in lfsCommands) {
      if (name === 'lfs' && lfs) continue;
      filters.add(name);
    } else if (section === 'lfs' && !lfs) filters.add('lfs');
    else if (section === 'remote') {
      // The first of these counts, not the last, so nothing takes its place.
      if (['uploadpack', 'receivepack', 'vcs', 'proxy', 'proxyauthmethod'].includes(variable)) network.add(key);
    } else if (section === 'branch' && variable === 'mergeoptions') settings.push([key, '']);
    else if (section === 'merge' && variable === 'driver') settings.push([key, 'false']);
    else if (section === 'diff' && (variable === 'command' || variable === 'external')) settings.push([key, '']);
    else if (section === 'hook' && name !== '') {
      settings.push([`hook.${name}.enabled`, 'false'], [`hook.${name}.event`, '']);
    } else if (section === 'http' && !tuning.has(variable)) network.add(key);
    else if (key === 'core.gitproxy' || key === 'fetch.bundleuri') network.add(key);
  }

  for (const name of filters) {
    for (const variable of ['clean', 'smudge', 'process', 'required']) {
      // What the user says of a filter of this name counts, as if the repository said nothing.
      const said = lastValue(users, `filter.${name}.${variable}`);
      const trusted = name === 'lfs' && !lfs ? undefined : said;
      settings.push([`filter.${name}.${variable}`, trusted ?? (variable === 'required' ? 'false' : '')]);
    }
  }
  settings.push(...credentialSettings(own, users));
  return {
    settings,
    variables: { GIT_SSH_COMMAND: sshCommand(users, environment) },
    filters: [...filters].filter((name) => !hasPrograms(settings, name)),
    network: [...network],
  };
}

function hasPrograms(settings: readonly Setting[], name: string): boolean {
  return settings.some(
    ([key, value]) => value !== '' && (key === `filter.${name}.clean` || key === `filter.${name}.process`),
  );
}

/** `git lfs install --local` writes the very words that the user's own configuration has elsewhere. */
function lfsIsPlain(own: readonly ConfigEntry[]): boolean {
  return own.every(({ key, value }) => {
    if (lfsPrograms.test(key)) return false;
    const { section, name, variable } = splitKey(key);
    if (section !== 'filter' || name !== 'lfs') return true;
    const plain = lfsCommands[variable];
    return plain === undefined || plain.test(value ?? '');
  });
}

/** Helpers gather from file to file, and an empty one starts afresh: so afresh, and the user's once more. */
function credentialSettings(own: readonly ConfigEntry[], users: readonly ConfigEntry[]): Setting[] {
  const isHelper = ({ key }: ConfigEntry): boolean => {
    const { section, variable } = splitKey(key);
    return section === 'credential' && variable === 'helper';
  };
  if (!own.some(isHelper)) return [];
  const again = users.filter(isHelper).map(({ key, value }): Setting => [key, value ?? '']);
  return [['credential.helper', ''], ...again];
}

/** Said by a variable, which goes before what any configuration says. */
function sshCommand(users: readonly ConfigEntry[], environment: Readonly<Record<string, string | undefined>>): string {
  const given = environment['GIT_SSH_COMMAND'] ?? lastValue(users, 'core.sshcommand');
  if (given !== undefined && given !== '') return given;
  const program = environment['GIT_SSH'];
  return program === undefined || program === '' ? quietSsh : `'${program.replaceAll("'", "'\\''")}'`;
}
