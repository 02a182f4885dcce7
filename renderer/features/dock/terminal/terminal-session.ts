import { FitAddon } from '@xterm/addon-fit';
import { type IBufferLine, type ILink, Terminal } from '@xterm/xterm';
import type { TerminalBatch, TerminalView } from '../../../../shared/contract/streams.ts';
import { type AppError, toAppError } from '../../../../shared/errors.ts';
import { createInputQueue } from './input-queue.ts';
import { findLinks, isWebAddress } from './links.ts';
import { type PasteQuestion, pasteQuestion } from './paste-guard.ts';
import { newOutput } from './replay.ts';
import { onThemeChange, terminalTheme } from './terminal-theme.ts';

export interface TerminalStreamOptions {
  readonly terminalId: string;
  /** More may come when this has resolved. */
  readonly onBatch: (batch: TerminalBatch) => Promise<void>;
  readonly onStart: () => void;
  /** Failed for another reason than a lost connection. Return true to try again. */
  readonly onError: (error: AppError) => boolean;
  readonly signal: AbortSignal;
}

/** What a session needs from outside. */
export interface TerminalPorts {
  /** Attaches, again after each reconnection; resolves when the terminal has ended or is lost. */
  stream(options: TerminalStreamOptions): Promise<void>;
  input(terminalId: string, data: string): Promise<unknown>;
  resize(terminalId: string, columns: number, rows: number): Promise<unknown>;
  copy(text: string): void;
}

export interface SessionState {
  /** `gone`: the engine does not know it any more. */
  readonly status: 'attaching' | 'live' | 'exited' | 'gone';
  /** Exit status once it ended; null when it is not known. */
  readonly exitCode: number | null;
  /** What the shell calls itself (OSC 0 and 2), cleaned; empty until it does. */
  readonly title: string;
  /** Something a person has to agree to first. */
  readonly question:
    | { readonly kind: 'paste'; readonly paste: PasteQuestion }
    | { readonly kind: 'link'; readonly url: string }
    | null;
  readonly error: AppError | null;
}

export interface TerminalSession {
  readonly id: string;
  readonly state: SessionState;
  subscribe(listener: () => void): () => void;
  /** Shows the terminal inside `parent`; the one who mounted last has it. Returns the unmount. */
  mount(parent: HTMLElement): () => void;
  focus(): void;
  paste(): void;
  dismiss(): void;
  /** Text on the screen and above it, for tests and for copying. */
  text(): string;
  dispose(): void;
}

const scrollback = 5000;

const cleanTitle = (title: string): string => title.replace(/[\u0000-\u001f\u007f]/g, '').slice(0, 60);

/**
 * One terminal of this window: the screen, and the stream that feeds it. It lives outside React so that it keeps its
 * screen while the dock is closed; the page's reload brings it back from the engine's kept tail.
 */
export function createTerminalSession(view: TerminalView, ports: TerminalPorts): TerminalSession {
  const listeners = new Set<() => void>();
  const closing = new AbortController();
  let state: SessionState = {
    status: view.exitCode === null ? 'attaching' : 'exited',
    exitCode: view.exitCode,
    title: '',
    question: null,
    error: null,
  };
  const set = (change: Partial<SessionState>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };

  const host = document.createElement('div');
  host.style.cssText = 'position:absolute;inset:0';
  const term = new Terminal({
    fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
    fontSize: 12,
    lineHeight: 1.3,
    scrollback,
    cursorBlink: false,
    theme: terminalTheme(),
    minimumContrastRatio: 4.5,
    macOptionIsMeta: true,
    linkHandler: { activate: (_event, url) => askLink(url), allowNonHttpProtocols: false },
  });
  const fit = new FitAddon();
  term.loadAddon(fit);
  // Programs in the container may not reach the user's clipboard.
  term.parser.registerOscHandler(52, () => true);
  const stopTheme = onThemeChange(() => {
    term.options.theme = terminalTheme();
  });

  const askLink = (url: string): void => {
    if (isWebAddress(url)) set({ question: { kind: 'link', url } });
  };
  term.registerLinkProvider({
    provideLinks(y, callback) {
      callback(linksOfLine(term, y, askLink));
    },
  });

  const keys = createInputQueue(
    (data) => ports.input(view.id, data),
    (error) => set({ error: toAppError(error) }),
  );
  term.onData((data) => {
    if (state.status === 'live') keys.push(data);
  });
  term.onTitleChange((title) => set({ title: cleanTitle(title) }));
  let resizing: ReturnType<typeof setTimeout> | undefined;
  term.onResize(({ cols, rows }) => {
    clearTimeout(resizing);
    resizing = setTimeout(() => void ports.resize(view.id, cols, rows).catch(() => undefined), 60);
  });
  term.attachCustomKeyEventHandler((event) => {
    const copy = (event.ctrlKey && event.shiftKey && event.code === 'KeyC') || (event.metaKey && event.code === 'KeyC');
    if (copy) {
      if (event.type === 'keydown' && term.hasSelection()) ports.copy(term.getSelection());
      event.preventDefault();
      return false;
    }
    // Left to the browser, which turns it into a paste event.
    if (event.ctrlKey && event.shiftKey && event.code === 'KeyV') return false;
    // The ways out of the terminal: to its tab, and to the window's own shortcuts.
    if (event.shiftKey && event.key === 'Escape') {
      if (event.type === 'keydown') host.dispatchEvent(new CustomEvent('terminal-leave', { bubbles: true }));
      return false;
    }
    return !((event.ctrlKey || event.metaKey) && event.code === 'KeyJ');
  });
  host.addEventListener(
    'paste',
    (event) => {
      const question = pasteQuestion(event.clipboardData?.getData('text/plain') ?? '');
      if (question === null) return;
      event.preventDefault();
      event.stopPropagation();
      set({ question: { kind: 'paste', paste: question } });
    },
    { capture: true },
  );
  // The shell wants every key; the window keeps only what the handler above lets go.
  host.addEventListener('keydown', (event) => {
    const leaves = (event.ctrlKey || event.metaKey) && event.code === 'KeyJ';
    if (!leaves) event.stopPropagation();
  });

  let opened = false;
  let seen = 0;
  const write = (batch: TerminalBatch): Promise<void> => {
    const output = newOutput(batch, seen);
    seen = output.offset;
    if (output.reset) term.reset();
    return new Promise((resolve) => term.write(output.data, resolve));
  };

  void ports
    .stream({
      terminalId: view.id,
      onBatch: async (batch) => {
        await write(batch);
        if (batch.exit !== null) set({ status: 'exited', exitCode: batch.exit.code });
      },
      onStart: () => {
        if (state.status !== 'exited') set({ status: 'live', error: null });
        if (opened) void ports.resize(view.id, term.cols, term.rows).catch(() => undefined);
      },
      onError: (error) => {
        const gone = error.code === 'terminal.not-found';
        set({ status: gone ? 'gone' : state.status, error });
        return !gone;
      },
      signal: closing.signal,
    })
    .finally(() => {
      term.options.disableStdin = true;
    });

  return {
    id: view.id,
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    mount(parent) {
      parent.append(host);
      if (!opened) {
        term.open(host);
        opened = true;
        term.textarea?.setAttribute('aria-label', `Terminal, ${view.title}`);
      }
      const refit = (): void => {
        if (host.parentElement === parent && parent.clientWidth > 0 && parent.clientHeight > 0) fit.fit();
      };
      refit();
      const observer = new ResizeObserver(refit);
      observer.observe(parent);
      return () => {
        observer.disconnect();
        if (host.parentElement === parent) host.remove();
      };
    },
    focus: () => term.focus(),
    paste() {
      if (state.question?.kind === 'paste') term.paste(state.question.paste.text);
      set({ question: null });
    },
    dismiss: () => set({ question: null }),
    text() {
      const buffer = term.buffer.active;
      const lines = Array.from({ length: buffer.length }, (_, y) => buffer.getLine(y)?.translateToString(true) ?? '');
      return lines.join('\n').trimEnd();
    },
    dispose() {
      closing.abort();
      clearTimeout(resizing);
      stopTheme();
      listeners.clear();
      term.dispose();
      host.remove();
    },
  };
}

/** The links of the row `y` (from 1), rows joined where the terminal wrapped them. */
function linksOfLine(term: Terminal, y: number, activate: (url: string) => void): ILink[] | undefined {
  const buffer = term.buffer.active;
  let top = y - 1;
  while (top > 0 && buffer.getLine(top)?.isWrapped === true) top -= 1;
  const places: { x: number; y: number }[] = [];
  let text = '';
  for (let row = top; ; row += 1) {
    const line: IBufferLine | undefined = buffer.getLine(row);
    if (line === undefined || (row > top && !line.isWrapped)) break;
    for (let x = 0; x < line.length; x += 1) {
      const cell = line.getCell(x);
      if (cell === undefined || cell.getWidth() === 0) continue;
      const chars = cell.getChars() || ' ';
      for (let unit = 0; unit < chars.length; unit += 1) places.push({ x: x + 1, y: row + 1 });
      text += chars;
    }
    if (row - top > 50) break;
  }
  const links = findLinks(text).flatMap((link): ILink[] => {
    const start = places[link.start];
    const end = places[link.end - 1];
    if (start === undefined || end === undefined) return [];
    return [{ range: { start, end }, text: link.url, activate: () => activate(link.url) }];
  });
  return links.length === 0 ? undefined : links;
}
