import { enginesContract } from './engines.ts';
import { environmentsContract, stacksContract } from './environments.ts';
import { gitContract } from './git.ts';
import { goldenContract } from './golden.ts';
import { healthContract, incidentsContract, noticesContract } from './health.ts';
import { metricsContract } from './metrics.ts';
import { operationsContract } from './operations.ts';
import { routinesContract } from './routines.ts';
import { secretsContract } from './secrets.ts';
import { settingsContract } from './settings.ts';
import { flowContract, logsContract, stateContract, statsContract, terminalContract } from './streams.ts';
import { summaryContract } from './summary.ts';
import { desktopContract, foldersContract, systemContract } from './system.ts';

/** The whole contract between the engine and everything that uses it: window, browser, CLI. */
export const contract = {
  system: systemContract,
  desktop: desktopContract,
  folders: foldersContract,
  engines: enginesContract,
  stacks: stacksContract,
  environments: environmentsContract,
  operations: operationsContract,
  golden: goldenContract,
  git: gitContract,
  health: healthContract,
  incidents: incidentsContract,
  notices: noticesContract,
  metrics: metricsContract,
  routines: routinesContract,
  secrets: secretsContract,
  summary: summaryContract,
  settings: settingsContract,
  state: stateContract,
  flow: flowContract,
  logs: logsContract,
  stats: statsContract,
  terminal: terminalContract,
};
export type Contract = typeof contract;
