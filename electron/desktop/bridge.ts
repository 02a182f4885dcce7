import { type BrowserWindow, dialog, safeStorage, shell } from 'electron';
import type { Question } from '../engine-control.ts';

/** Does what the engine asks of the desktop. */
export async function answerQuestion(window: BrowserWindow | undefined, question: Question): Promise<string | null> {
  switch (question.kind) {
    case 'openUrl': {
      // Checked again here: this hands the address to programs outside.
      const url = new URL(question.url);
      if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error(`${url.protocol} is not opened.`);
      await shell.openExternal(url.href);
      return null;
    }
    case 'pickFolder': {
      const options: Electron.OpenDialogOptions = {
        title: question.title,
        properties: ['openDirectory', 'createDirectory'],
      };
      const chosen = await (window === undefined
        ? dialog.showOpenDialog(options)
        : dialog.showOpenDialog(window, options));
      return chosen.canceled ? null : (chosen.filePaths[0] ?? null);
    }
    case 'window':
      if (question.action === 'minimize') window?.minimize();
      else if (question.action === 'close') window?.close();
      else if (window?.isMaximized() === true) window.unmaximize();
      else window?.maximize();
      return null;
    case 'seal':
      return hasKeyStore() ? safeStorage.encryptString(question.value).toString('base64') : null;
    case 'unseal':
      return hasKeyStore() ? safeStorage.decryptString(Buffer.from(question.sealed, 'base64')) : null;
  }
}

/** Without one Electron encrypts with a password that everybody knows. */
function hasKeyStore(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false;
  if (process.platform !== 'linux') return true;
  return !['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend());
}
