import { type BrowserWindow, dialog } from 'electron';

export type ClosingChoice = 'background' | 'wait' | 'quit';

const choices: readonly ClosingChoice[] = ['background', 'wait', 'quit'];
const namedAtMost = 5;

/** The question that is asked when the window is closed while work is under way. */
export function closingQuestion(operations: readonly string[]): { readonly message: string; readonly detail: string } {
  const first = operations[0] ?? '';
  const message =
    operations.length === 1 ? `“${first}” is still under way` : `${operations.length} operations are still under way`;
  const named = operations.length === 1 ? [] : operations.slice(0, namedAtMost).map((title) => `• ${title}`);
  if (operations.length > namedAtMost) named.push(`• and ${operations.length - namedAtMost} more`);
  return {
    message,
    detail: [
      ...named,
      ...(named.length === 0 ? [] : ['']),
      'In the background the work is finished, then Golden Hour quits. If you quit now, it is finished or undone at the next start. No data is lost either way.',
    ].join('\n'),
  };
}

export type LeavingChoice = 'tray' | 'quit' | 'wait';

const leavings: readonly LeavingChoice[] = ['tray', 'quit', 'wait'];

/** Asks, the first time, what closing the window means. Closing the dialog means waiting, and being asked again. */
export async function askWhereToClose(window: BrowserWindow): Promise<LeavingChoice> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    title: 'Golden Hour',
    message: 'Keep watching your stacks from the tray?',
    detail:
      'In the tray Golden Hour goes on watching and tells you when something fails. If it quits, your stacks keep running, unwatched.\n\nThis is asked once; Settings can change it.',
    buttons: ['Keep in the tray', 'Quit', 'Cancel'],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  });
  return leavings[response] ?? 'wait';
}

/** Asks what to do with the operations under way. Closing the dialog means waiting. */
export async function askHowToClose(window: BrowserWindow, operations: readonly string[]): Promise<ClosingChoice> {
  const { message, detail } = closingQuestion(operations);
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    title: 'Golden Hour',
    message,
    detail,
    buttons: ['Keep running in the background', 'Wait', 'Quit anyway'],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  });
  return choices[response] ?? 'wait';
}
