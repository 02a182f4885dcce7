import { totalmem } from 'node:os';
import type { EngineView } from '../../../shared/contract/engines.ts';
import type { OperationView } from '../../../shared/contract/operations.ts';
import type { DesktopCapabilities, Hello } from '../../../shared/contract/system.ts';
import { AppError } from '../../../shared/errors.ts';
import type { DesktopBridge, EngineApi } from '../api.ts';

export interface SystemDeps {
  readonly version: string;
  readonly epoch: string;
  readonly startedAt: Date;
  readonly dataFolder: string;
  readonly home: string;
  readonly platform: DesktopCapabilities['platform'];
  readonly desktop: DesktopBridge | undefined;
  readonly engines: () => EngineView[];
  readonly operations: () => OperationView[];
}

/** Who the engine is, what the desktop around it can do, and a report to paste. */
export function createSystem(deps: SystemDeps): Pick<EngineApi, 'system' | 'desktop'> {
  const { desktop } = deps;

  function needDesktop(): DesktopBridge {
    if (desktop === undefined) {
      throw new AppError({
        code: 'guard.refused',
        message: 'This needs the desktop window.',
        remedy: 'Open Golden Hour as an application to do this.',
      });
    }
    return desktop;
  }

  function hello(ownWindow: boolean): Hello {
    const here = ownWindow && desktop !== undefined;
    return {
      version: deps.version,
      epoch: deps.epoch,
      startedAt: deps.startedAt.toISOString(),
      pid: process.pid,
      dataFolder: deps.dataFolder,
      homeFolder: deps.home,
      desktop: {
        pickFolder: here,
        openUrl: here,
        windowControls: here && desktop.windowControls,
        platform: deps.platform,
      },
    };
  }

  return {
    system: {
      hello: async (_input, { actor }) => hello(actor.door === 'window'),
      diagnostics: async () => ({ text: report(deps) }),
    },
    desktop: {
      pickFolder: async ({ title }) => ({ folder: await needDesktop().pickFolder(title) }),
      async openUrl({ url }) {
        await needDesktop().openUrl(url);
        return {};
      },
      async window({ action }) {
        await needDesktop().window(action);
        return {};
      },
    },
  };
}

/** Nothing of an operation's input, no environment variables, no file contents: only what failed and where. */
function report(deps: SystemDeps): string {
  const home = (text: string): string => text.replaceAll(deps.home, '~');
  const lines = [
    `Golden Hour ${deps.version}`,
    `Node ${process.versions.node}${process.versions['electron'] === undefined ? '' : `, Electron ${process.versions['electron']}`}`,
    `${process.platform} ${process.arch}, ${Math.round(totalmem() / 1e9)} GB`,
    `Data folder ${deps.dataFolder}`,
    `Engine process ${process.pid} since ${deps.startedAt.toISOString()}`,
    '',
    'Docker engines',
    ...deps
      .engines()
      .map(
        (engine) =>
          `  ${engine.selected ? '*' : ' '} ${engine.name}: ${engine.state}, ${engine.endpoint}, version ${engine.version ?? 'unknown'}${engine.problem === null ? '' : ` (${engine.problem.message})`}`,
      ),
    '',
    'Operations that failed lately',
    ...deps
      .operations()
      .filter((operation) => operation.state === 'failed')
      .slice(0, 10)
      .map(
        (operation) =>
          `  ${operation.createdAt} ${operation.kind}: ${operation.error?.code}: ${operation.error?.message}`,
      ),
  ];
  return home(`${lines.join('\n')}\n`);
}
