import { devNull } from 'node:os';
import { delimiter, isAbsolute } from 'node:path';

/** What holds whatever a repository says: nothing in it is run, entered or asked for. Given to git before its arguments. */
export const hardenedSettings = {
  'core.hooksPath': devNull,
  'core.fsmonitor': 'false',
  'core.askPass': '',
  'credential.interactive': 'false',
  'submodule.recurse': 'false',
  'fetch.recurseSubmodules': 'false',
  'transfer.bundleURI': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'advice.detachedHead': 'false',
} as const;

/** The same for a repository of the user's, in which more is done than to check out one commit. */
export const repositorySettings = {
  ...hardenedSettings,
  // Where git looks for the references of borrowed objects: a command that is run with a path and prints them. None.
  'core.alternateRefsCommand': 'true',
  // A bare repository among the files of another is not taken for the repository.
  'safe.bareRepository': 'explicit',
  // What checks or makes signatures runs a program that the repository may name.
  'log.showSignature': 'false',
  'merge.verifySignatures': 'false',
  'commit.gpgSign': 'false',
  'push.gpgSign': 'false',
  'push.recurseSubmodules': 'no',
  'push.followTags': 'false',
  // Checked for us by git where it writes files.
  'core.protectNTFS': 'true',
  'core.protectHFS': 'true',
  'core.splitIndex': 'false',
  'core.quotePath': 'false',
  'i18n.commitEncoding': 'utf-8',
  'i18n.logOutputEncoding': 'utf-8',
  'log.follow': 'false',
} as const;

/** Of git's own variables only those that say how to reach a server. */
const kept =
  /^GIT_(SSH|SSH_COMMAND|SSH_VARIANT|SSL_\w+|HTTP_\w+|PROXY_\w+|CONFIG_GLOBAL|CONFIG_SYSTEM|CONFIG_NOSYSTEM)$/;

/**
 * The variables git is started with: the user's without git's own, except, with `own`, those that say how to reach a
 * server. Nobody sits at a terminal to answer, so git is told not to ask.
 */
export function gitEnvironment(
  given: Readonly<Record<string, string | undefined>>,
  own: boolean,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || name === 'SSH_ASKPASS') continue;
    if (!name.startsWith('GIT_') || (own && kept.test(name))) environment[name] = value;
    if (name.toUpperCase() === 'PATH') environment[name] = absoluteFolders(value).join(delimiter);
  }
  environment['GIT_TERMINAL_PROMPT'] = '0';
  environment['LC_ALL'] = 'C';
  return environment;
}

/** Of a search path. The others lead into whatever folder git is started in, which may hold another git. */
export function absoluteFolders(searchPath: string): string[] {
  return searchPath.split(delimiter).filter((folder) => isAbsolute(folder));
}

/** For ssh that nobody answers, and that leaves no connection behind. */
export const quietSsh = 'ssh -o ControlMaster=no -o BatchMode=yes';

/** What git wrote last, without its prefix and without passwords in addresses. */
export function saidByGit({ stderr }: { readonly stderr: string }): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.findLast((line) => /^(fatal|error|remote):/.test(line)) ?? lines.at(-1) ?? 'it said nothing';
  return withoutPasswords(telling.replace(/^(fatal|error|remote): */, '')).slice(0, 500);
}

/** Addresses as they may be shown. */
export function withoutPasswords(text: string): string {
  return text.replace(/(\w+:\/\/[^/@\s:]*):[^@\s/]*@/g, '$1@');
}
