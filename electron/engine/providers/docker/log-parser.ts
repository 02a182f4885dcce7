import { createFrameDecoder, type OutputStream } from './demux.ts';
import { createLineSplitter, type LineSplitter } from './lines.ts';
import { compareStamps, isStamp, type LogPosition } from './log-stamp.ts';

/** What the engine stores as one message at most; a longer line comes in several messages. */
export const maxLineBytes = 16 * 1024;
const stampBytes = 30;

export interface ParsedLine {
  readonly stream: OutputStream;
  /** RFC 3339 with nanoseconds; null when the engine gave none. */
  readonly stamp: string | null;
  readonly text: string;
}

export interface LogParserOptions {
  readonly tty: boolean;
  readonly onLine: (line: ParsedLine) => void;
  /** Asked before each message is decoded; false: it is counted and skipped. */
  readonly afford?: (bytes: number) => boolean;
  readonly onSkipped?: (lines: number) => void;
  /** Where an earlier parser of the same container stopped: what it saw is left out. */
  readonly resume?: LogPositions;
}

export type LogPositions = Readonly<Partial<Record<OutputStream, LogPosition>>>;

export interface LogParser {
  push(chunk: Buffer): void;
  /** Gives out an unfinished last line. */
  end(): void;
  readonly positions: LogPositions;
}

/**
 * Turns the bytes of `GET /containers/{id}/logs?timestamps=1` into lines. Holds back at most one unfinished line per
 * stream. A position is (time, messages with that time), because times alone are not unique.
 */
export function createLogParser(options: LogParserOptions): LogParser {
  const positions: Partial<Record<OutputStream, LogPosition>> = { ...options.resume };
  const note = createNote(options.resume ?? {}, positions);
  return options.tty ? rawParser(options, positions, note) : framedParser(options, positions, note);
}

/** Records a message's time; true when an earlier parser had it already. */
type Note = (stream: OutputStream, stamp: string) => boolean;

function createNote(resume: LogPositions, positions: Partial<Record<OutputStream, LogPosition>>): Note {
  const repeated: Record<OutputStream, number> = { stdout: 0, stderr: 0 };
  const catchingUp: Record<OutputStream, boolean> = {
    stdout: resume.stdout !== undefined,
    stderr: resume.stderr !== undefined,
  };
  return (stream, stamp) => {
    const before = resume[stream];
    if (catchingUp[stream] && before !== undefined) {
      const order = compareStamps(stamp, before.stamp);
      if (order < 0) return true;
      if (order === 0 && repeated[stream] < before.count) {
        repeated[stream] += 1;
        return true;
      }
      if (order > 0) catchingUp[stream] = false;
    }
    const last = positions[stream];
    positions[stream] = { stamp, count: last?.stamp === stamp ? last.count + 1 : 1 };
    return false;
  };
}

interface StreamState {
  readonly splitter: LineSplitter;
  /** Bytes of the message's time so far, while it is incomplete. */
  head: Buffer | null;
  mode: 'stamp' | 'text' | 'skip';
  messageStamp: string | null;
  lineStamp: string | null;
}

function framedParser(
  options: LogParserOptions,
  positions: Partial<Record<OutputStream, LogPosition>>,
  note: Note,
): LogParser {
  const states = { stdout: createState('stdout'), stderr: createState('stderr') };

  function createState(stream: OutputStream): StreamState {
    const splitter = createLineSplitter((text) => {
      options.onLine({ stream, stamp: state.lineStamp, text });
      state.lineStamp = state.messageStamp;
    }, maxLineBytes);
    const state: StreamState = { splitter, head: null, mode: 'stamp', messageStamp: null, lineStamp: null };
    return state;
  }

  /** The message's time is complete. Returns the rest of the piece, and whether an earlier parser had the message. */
  function begin(state: StreamState, stream: OutputStream, bytes: Buffer): { rest: Buffer; seen: boolean } {
    const space = bytes.indexOf(0x20);
    const stamp = space > 0 && space <= 40 ? bytes.toString('latin1', 0, space) : '';
    const known = space === stampBytes ? looksLikeStamp(bytes) : isStamp(stamp);
    state.messageStamp = known ? stamp : null;
    if (!known) return { rest: bytes, seen: false };
    return { rest: bytes.subarray(space + 1), seen: note(stream, stamp) };
  }

  const decoder = createFrameDecoder((stream, piece, first, last) => {
    const state = states[stream];
    let rest = piece;
    if (first) {
      state.mode = 'stamp';
      state.head = null;
    }
    if (state.mode === 'stamp') {
      const bytes = state.head === null ? rest : Buffer.concat([state.head, rest]);
      if (bytes.length <= stampBytes && !last && bytes.indexOf(0x20) < 0) {
        state.head = Buffer.from(bytes);
        return;
      }
      state.head = null;
      const begun = begin(state, stream, bytes);
      rest = begun.rest;
      state.mode = begun.seen ? 'skip' : 'text';
      if (!begun.seen && options.afford?.(rest.length) === false) {
        state.splitter.flush();
        state.mode = 'skip';
        options.onSkipped?.(1);
      }
      if (state.splitter.pendingBytes === 0) state.lineStamp = state.messageStamp;
    }
    if (state.mode === 'text') state.splitter.push(rest);
  });

  return {
    push: (chunk) => decoder.push(chunk),
    end() {
      states.stdout.splitter.flush();
      states.stderr.splitter.flush();
    },
    get positions() {
      return positions;
    },
  };
}

/** Digits and dashes where they belong; a full check per message would cost more than all the rest. */
function looksLikeStamp(bytes: Buffer): boolean {
  return bytes[4] === 0x2d && bytes[7] === 0x2d && bytes[10] === 0x54 && bytes[19] === 0x2e && bytes[29] === 0x5a;
}

/** With a TTY there are no frames and one stream: the time stands at the start of each line. */
function rawParser(
  options: LogParserOptions,
  positions: Partial<Record<OutputStream, LogPosition>>,
  note: Note,
): LogParser {
  // A message is the time, a space and at most 16 KiB, so that the cut falls where the engine put the next time.
  const splitter = createLineSplitter(
    (line) => {
      const space = line.indexOf(' ');
      const head = space > 0 && space <= 40 ? line.slice(0, space) : '';
      if (!isStamp(head)) {
        options.onLine({ stream: 'stdout', stamp: null, text: line });
        return;
      }
      if (note('stdout', head)) return;
      if (options.afford?.(line.length) === false) options.onSkipped?.(1);
      else options.onLine({ stream: 'stdout', stamp: head, text: line.slice(space + 1) });
    },
    maxLineBytes + stampBytes + 1,
  );
  return {
    push: (chunk) => splitter.push(chunk),
    end: () => splitter.flush(),
    get positions() {
      return positions;
    },
  };
}
