import type { TerminalBatch, TerminalView } from '../../../../shared/contract/streams.ts';
import { toAppError } from '../../../../shared/errors.ts';
import { cleanTitle } from './clean-title.ts';
import { createInputQueue } from './input-queue.ts';
import { cleanPaste, pasteQuestion } from './paste-guard.ts';
import { newOutput } from './replay.ts';
import { createScreen } from './screen.ts';
import type { SessionState, TerminalPorts, TerminalSession } from './session-types.ts';

/** Undoes what a program left on that was cut off: colours, mouse reports, bracketed pastes. */
const calm = '\u001b[!p\u001b[0m\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?2004l\u001b[?25h';
const notice = (text: string): string => `\u001b[2m── ${text} ──\u001b[0m\r\n`;

/**
 * One terminal of this window: the screen, and the stream that feeds it. It lives outside React so that it keeps its
 * screen while the dock is closed; the page's reload brings it back from the engine's kept tail.
 */
export function createTerminalSession(view: TerminalView, ports: TerminalPorts): TerminalSession {
  const listeners = new Set<() => void>();
  const closing = new AbortController();
  let state: SessionState = {
    status: view.state === 'waiting' ? 'waiting' : view.exitCode === null ? 'attaching' : 'exited',
    exitCode: view.exitCode,
    title: '',
    rang: false,
    question: null,
    search: { open: false, query: '', index: -1, count: 0 },
    error: null,
  };
  const set = (change: Partial<SessionState>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };

  let mounted = false;
  let following = new AbortController();
  let seen = 0;
  /** While output is written again that was answered before: the answers are not for the shell. */
  let muted = 0;
  let trusted = false;
  let resizing: ReturnType<typeof setTimeout> | undefined;

  const keys = createInputQueue(
    (data) => ports.input(view.id, data),
    (error) => set({ error: toAppError(error) }),
  );
  const screen = createScreen({
    onData(data) {
      if ((state.status === 'live' || state.status === 'attaching') && muted === 0) keys.push(data);
    },
    onResize(columns, rows) {
      clearTimeout(resizing);
      resizing = setTimeout(() => {
        if (state.status === 'live') void ports.resize(view.id, columns, rows).catch(() => undefined);
      }, 60);
    },
    onTitle: (title) => set({ title: cleanTitle(title) }),
    onBell() {
      if (!mounted && muted === 0) set({ rang: true });
    },
    onLink: (url) => set({ question: { kind: 'link', url } }),
    onPaste(text) {
      const paste = pasteQuestion(text, trusted);
      if (paste === null) term.paste(cleanPaste(text));
      else set({ question: { kind: 'paste', paste } });
    },
    onCopy: ports.copy,
    onLeave: () => void screen.host.dispatchEvent(new CustomEvent('terminal-leave', { bubbles: true })),
    onSearch: () => session.openSearch(true),
    onMatches: (index, count) => set({ search: { ...state.search, index, count } }),
  });
  const { term } = screen;

  const write = (data: string): Promise<void> => new Promise((resolve) => term.write(data, resolve));

  async function onBatch(batch: TerminalBatch): Promise<void> {
    const output = newOutput(batch, seen);
    seen = output.offset;
    if (output.reset) term.reset();
    if (batch.replay === true) muted += 1;
    try {
      await write(output.data);
    } finally {
      if (batch.replay === true) muted -= 1;
    }
    if (batch.exit !== null) set({ status: 'exited', exitCode: batch.exit.code });
  }

  async function follow(): Promise<void> {
    const own = new AbortController();
    following = own;
    term.options.disableStdin = false;
    await ports.stream({
      terminalId: view.id,
      onBatch: async (batch) => {
        if (!own.signal.aborted) await onBatch(batch);
      },
      onStart() {
        if (state.status !== 'exited') set({ status: 'live', error: null });
        if (mounted) void ports.resize(view.id, term.cols, term.rows).catch(() => undefined);
      },
      onError(error) {
        if (own.signal.aborted) return false;
        const gone = error.code === 'terminal.not-found';
        set({ status: gone ? 'gone' : state.status, error });
        return !gone;
      },
      signal: AbortSignal.any([closing.signal, own.signal]),
    });
    if (!own.signal.aborted) term.options.disableStdin = true;
  }

  /** Asked for anew while it is under way, it is still one session. */
  let restoring = false;
  async function restore(): Promise<void> {
    if (restoring) return;
    restoring = true;
    following.abort();
    const fresh = seen === 0;
    const cutOff = state.status !== 'exited';
    set({ status: 'waiting', error: null, question: null, title: '' });
    try {
      await ports.restore(view.id, term.cols, term.rows);
    } catch (error) {
      set({ error: toAppError(error) });
      return;
    } finally {
      restoring = false;
    }
    seen = 0;
    const words = cutOff ? 'Restored: a new shell in the same place' : 'A new shell in the same place';
    // Leaving a second screen where there is none would put the cursor somewhere else.
    const leave = term.buffer.active.type === 'alternate' ? '\u001b[?1049l' : '';
    await write(`${fresh ? '' : `${leave}${calm}\r\n`}${notice(words)}`);
    set({ status: 'attaching', exitCode: null });
    void follow();
  }

  const session: TerminalSession = {
    id: view.id,
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    mount(parent) {
      const refit = (): void => {
        if (screen.host.parentElement === parent && parent.clientWidth > 0 && parent.clientHeight > 0) screen.fit();
      };
      screen.show(parent, `Terminal, ${view.name ?? view.title}`);
      mounted = true;
      if (state.rang) set({ rang: false });
      refit();
      if (state.status === 'waiting' && state.error === null) void restore();
      const observer = new ResizeObserver(refit);
      observer.observe(parent);
      return () => {
        observer.disconnect();
        if (screen.host.parentElement !== parent) return;
        mounted = false;
        screen.host.remove();
      };
    },
    focus: () => term.focus(),
    paste(remember) {
      if (state.question?.kind === 'paste') {
        if (remember) trusted = true;
        term.paste(cleanPaste(state.question.paste.text));
      }
      set({ question: null });
    },
    ask: (question) => set({ question }),
    dismiss: () => set({ question: null }),
    openSearch(open) {
      if (!open) screen.endSearch();
      set({ search: { ...state.search, open, ...(open ? {} : { index: -1, count: 0 }) } });
    },
    search(query, step) {
      set({ search: { ...state.search, query } });
      screen.find(query, step);
    },
    restore: () => void restore(),
    lost() {
      if (restoring || state.status === 'waiting') return;
      following.abort();
      set({ status: 'waiting', error: null });
      if (mounted) void restore();
    },
    screenReader(on) {
      if (term.options.screenReaderMode !== on) term.options.screenReaderMode = on;
    },
    text() {
      const buffer = term.buffer.active;
      const lines = Array.from({ length: buffer.length }, (_, y) => buffer.getLine(y)?.translateToString(true) ?? '');
      return lines.join('\n').trimEnd();
    },
    dispose() {
      closing.abort();
      clearTimeout(resizing);
      listeners.clear();
      screen.dispose();
    },
  };
  if (state.status !== 'waiting') void follow();
  return session;
}
