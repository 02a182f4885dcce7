import type { Contract } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import type { Actor } from '../engine/api.ts';

type Door = Actor['door'];

/** Every procedure by its dotted name, for example `golden.restore`. */
export type Action = { [D in keyof Contract & string]: `${D}.${keyof Contract[D] & string}` }[keyof Contract & string];

const everyone: readonly Door[] = ['window', 'browser', 'socket', 'cli'];
/** What tray and notifications need, and no more. */
const andDesktop: readonly Door[] = [...everyone, 'desktop'];
/** Acts on the desktop of whoever sits there, so only the window on that desktop may ask. */
const windowOnly: readonly Door[] = ['window'];

/** Who may do what. What is not listed is denied; a procedure that is missing here does not compile. */
const permissions: Readonly<Record<Action, readonly Door[]>> = {
  'system.hello': andDesktop,
  'system.diagnostics': everyone,
  'desktop.pickFolder': windowOnly,
  'desktop.openUrl': windowOnly,
  'desktop.window': windowOnly,
  'folders.list': everyone,
  'engines.list': everyone,
  'engines.detect': everyone,
  'engines.test': everyone,
  'engines.select': everyone,
  'engines.doctor': everyone,
  'stacks.scan': everyone,
  'stacks.preview': everyone,
  'stacks.add': everyone,
  'stacks.forget': everyone,
  'stacks.config': everyone,
  'stacks.explain': everyone,
  'environments.list': everyone,
  'environments.get': everyone,
  'environments.plan': everyone,
  'environments.up': andDesktop,
  'environments.stop': andDesktop,
  'environments.restart': everyone,
  'environments.pull': everyone,
  'environments.down': everyone,
  'environments.remove': everyone,
  'operations.list': everyone,
  'operations.get': everyone,
  'operations.cancel': everyone,
  'operations.log': everyone,
  'operations.dismiss': everyone,
  'golden.list': everyone,
  'golden.generations': everyone,
  'golden.store': everyone,
  'golden.suggestName': everyone,
  'golden.planCapture': everyone,
  'golden.capture': everyone,
  'golden.planRestore': everyone,
  'golden.restore': everyone,
  'golden.planUndo': everyone,
  'golden.undo': everyone,
  'golden.verify': everyone,
  'golden.remove': everyone,
  'git.repositories': everyone,
  'git.impact': everyone,
  'git.restartAffected': everyone,
  'git.undoWip': everyone,
  'health.checks': everyone,
  'health.probe': everyone,
  'health.tryProbe': everyone,
  'health.setCheck': everyone,
  'health.previewCheck': everyone,
  'health.allowCommand': ['window', 'socket', 'cli'],
  'health.pauseWatching': andDesktop,
  'health.machine': ['desktop'],
  'health.timeline': everyone,
  'incidents.list': everyone,
  'incidents.get': everyone,
  'incidents.acknowledge': everyone,
  'notices.act': andDesktop,
  'notices.snooze': everyone,
  'notices.mute': everyone,
  'notices.tellWhenHealthy': everyone,
  'metrics.query': everyone,
  'metrics.export': everyone,
  'metrics.anomalies': everyone,
  'metrics.advice': everyone,
  'metrics.applyAdvice': everyone,
  'secrets.list': everyone,
  'secrets.set': everyone,
  'secrets.remove': everyone,
  'routines.list': andDesktop,
  'routines.preview': everyone,
  'routines.run': andDesktop,
  'routines.get': andDesktop,
  'routines.runs': everyone,
  'routines.cancel': everyone,
  'routines.retry': everyone,
  'routines.skip': everyone,
  'routines.answer': everyone,
  'routines.output': everyone,
  'routines.trend': everyone,
  'routines.trust': everyone,
  'routines.agree': ['window', 'socket', 'cli'],
  'routines.withdraw': everyone,
  'routines.schedule': everyone,
  'routines.previewSave': everyone,
  'routines.save': everyone,
  'routines.declaration': everyone,
  'routines.vocabulary': everyone,
  'routines.templates': everyone,
  'summary.day': everyone,
  'settings.get': everyone,
  'settings.set': andDesktop,
  'state.watch': andDesktop,
  'flow.ack': everyone,
  'logs.follow': everyone,
  'stats.watch': everyone,
  'terminal.list': everyone,
  'terminal.open': everyone,
  'terminal.openHost': ['window', 'cli'],
  'terminal.restore': everyone,
  'terminal.rename': everyone,
  'terminal.arrange': everyone,
  'terminal.activity': everyone,
  'terminal.attach': everyone,
  'terminal.input': everyone,
  'terminal.resize': everyone,
  'terminal.close': everyone,
};

/** Decides on one call. Returns the refusal, or undefined when it may go ahead. `environment` is null when none is concerned. */
export type Authorize = (actor: Actor, action: string, environment: string | null) => AppError | undefined;

export const authorize: Authorize = (actor, action) => {
  const allowed = Object.hasOwn(permissions, action) ? permissions[action as Action] : [];
  if (allowed.includes(actor.door)) return undefined;
  return new AppError({
    code: 'unauthorized',
    message: `${action} is not allowed from the ${actor.door}.`,
    remedy: allowed.includes('window')
      ? 'Do it in the Golden Hour window.'
      : 'Use a version of Golden Hour that offers it.',
    details: { action, door: actor.door },
  });
};
