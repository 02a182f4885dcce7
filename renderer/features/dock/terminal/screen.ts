import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Terminal } from '@xterm/xterm';
import { isWebAddress } from './links.ts';
import { linksOfLine } from './term-links.ts';
import { onThemeChange, searchColors, terminalFont, terminalTheme } from './terminal-theme.ts';

export interface ScreenEvents {
  /** Typed, or answered by the terminal itself. */
  readonly onData: (data: string) => void;
  readonly onResize: (columns: number, rows: number) => void;
  readonly onTitle: (title: string) => void;
  readonly onBell: () => void;
  readonly onLink: (url: string) => void;
  readonly onPaste: (text: string) => void;
  readonly onCopy: (text: string) => void;
  /** The person wants out, to the tab of the terminal. */
  readonly onLeave: () => void;
  readonly onSearch: () => void;
  readonly onMatches: (index: number, count: number) => void;
}

/** A terminal's screen: what it draws, what it refuses, and which keys it takes. */
export interface Screen {
  readonly term: Terminal;
  readonly host: HTMLElement;
  /** Puts it into `parent` and fits it; for the first time, opens it. */
  show(parent: HTMLElement, label: string): void;
  fit(): void;
  find(query: string, step: 'type' | 'next' | 'previous'): void;
  endSearch(): void;
  dispose(): void;
}

const scrollback = 5000;

export function createScreen(events: ScreenEvents): Screen {
  const host = document.createElement('div');
  host.style.cssText = 'position:absolute;inset:0';
  const askLink = (url: string): void => {
    if (isWebAddress(url)) events.onLink(url);
  };
  const term = new Terminal({
    // Marks of found text are drawn by what xterm calls proposed.
    allowProposedApi: true,
    ...terminalFont(),
    lineHeight: 1.3,
    scrollback,
    cursorBlink: false,
    theme: terminalTheme(),
    minimumContrastRatio: 4.5,
    macOptionIsMeta: true,
    linkHandler: { activate: (_event, url) => askLink(url), allowNonHttpProtocols: false },
  });
  const fit = new FitAddon();
  const search = new SearchAddon({ highlightLimit: 1000 });
  term.loadAddon(fit);
  term.loadAddon(search);
  refuse(term);
  /** What is looked for; null while nothing is. */
  let sought: string | null = null;
  const paint = (): void => {
    // The match in turn is selected, and the keyboard is in the field: the colour of a selection tells too little.
    const match = searchColors().activeMatchBackground;
    term.options.theme = { ...terminalTheme(), ...(sought === null ? {} : { selectionInactiveBackground: match }) };
  };
  const stopTheme = onThemeChange(() => {
    paint();
    if (sought !== null) search.findNext(sought, { decorations: searchColors(), incremental: true });
  });
  term.registerLinkProvider({
    provideLinks(y, callback) {
      callback(linksOfLine(term, y, askLink));
    },
  });
  term.onData(events.onData);
  term.onTitleChange(events.onTitle);
  term.onBell(events.onBell);
  term.onResize(({ cols, rows }) => events.onResize(cols, rows));
  search.onDidChangeResults(({ resultIndex, resultCount }) => events.onMatches(resultIndex, resultCount));
  listenToKeys(term, host, events);

  let opened = false;
  return {
    term,
    host,
    show(parent, label) {
      parent.append(host);
      if (opened) return;
      term.open(host);
      opened = true;
      term.textarea?.setAttribute('aria-label', label);
    },
    fit: () => fit.fit(),
    find(query, step) {
      const options = { decorations: searchColors(), incremental: step === 'type' };
      sought = query === '' ? null : query;
      paint();
      if (query === '') {
        search.clearDecorations();
        term.clearSelection();
        events.onMatches(-1, 0);
      } else if (step === 'next') search.findNext(query, options);
      // The newest output is what people look for: upwards first.
      else search.findPrevious(query, options);
    },
    endSearch() {
      sought = null;
      paint();
      search.clearDecorations();
      term.clearSelection();
    },
    dispose() {
      stopTheme();
      term.dispose();
      host.remove();
    },
  };
}

/**
 * What programs may not do: reach the user's clipboard (OSC 52), or have settings of the terminal typed back to them as
 * if the user had (DECRQSS). Reports about the window and its title are off in xterm unless they are turned on.
 */
function refuse(term: Terminal): void {
  term.parser.registerOscHandler(52, () => true);
  term.parser.registerDcsHandler({ intermediates: '$', final: 'q' }, () => true);
}

const isMac = (): boolean => /Mac/.test(navigator.userAgent);

function listenToKeys(term: Terminal, host: HTMLElement, events: ScreenEvents): void {
  /** True: for us, not for the shell. Called for both halves of a key press; acts on the first. */
  const ours = (event: KeyboardEvent): (() => void) | undefined => {
    const { code } = event;
    const only = (name: 'ctrlKey' | 'metaKey'): boolean =>
      event[name] && !event.altKey && !event[name === 'ctrlKey' ? 'metaKey' : 'ctrlKey'];
    const copy = (only('ctrlKey') && event.shiftKey && code === 'KeyC') || (only('metaKey') && code === 'KeyC');
    if (copy || (only('ctrlKey') && code === 'Insert')) {
      return () => {
        if (term.hasSelection()) events.onCopy(term.getSelection());
      };
    }
    // In a program that fills the screen (an editor, a pager) Ctrl+F is a page forward.
    const find = isMac() ? only('metaKey') && code === 'KeyF' : only('ctrlKey') && code === 'KeyF';
    if (find && (isMac() || event.shiftKey || term.buffer.active.type === 'normal')) return events.onSearch;
    if ((event.shiftKey && event.key === 'Escape') || (only('ctrlKey') && code === 'Backquote')) return events.onLeave;
    return undefined;
  };
  term.attachCustomKeyEventHandler((event) => {
    const act = ours(event);
    if (act !== undefined) {
      if (event.type === 'keydown') act();
      event.preventDefault();
      return false;
    }
    // Left to the browser, which turns it into a paste event.
    if (event.code === 'KeyV' && event.ctrlKey && event.shiftKey) return false;
    if (event.code === 'Insert' && event.shiftKey) return false;
    return !((event.ctrlKey || event.metaKey) && event.code === 'KeyJ');
  });
  host.addEventListener(
    'paste',
    (event) => {
      event.preventDefault();
      event.stopPropagation();
      events.onPaste(event.clipboardData?.getData('text/plain') ?? '');
    },
    { capture: true },
  );
  // The shell wants every key; the window keeps only what the handler above lets go.
  host.addEventListener('keydown', (event) => {
    const leaves = (event.ctrlKey || event.metaKey) && event.code === 'KeyJ';
    if (!leaves) event.stopPropagation();
  });
}
